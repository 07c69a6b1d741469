/**
 * Whether the port really comes and goes with the service.
 *
 * At first only as it is now: open when the service runs, closed when it does not. The proof itself stops
 * the service and starts it again, and is made only when it was allowed.
 */
import type { FirewallFacts, Host, PortSpec, ZoneFacts } from '../host.ts';
import { portOpen } from '../zone.ts';
import {
  after,
  type Check,
  type CheckResult,
  defineCheck,
  type Evidence,
  fail,
  fixable,
  type Subject,
} from './check.ts';
import { firstOf } from './feed.ts';
import type { PortState } from './firewall-lines.ts';
import { guardingZone } from './integrate-firewall.ts';
import { shellWord, typed } from './shell-word.ts';

export const FIREWALL_FOLLOWS: Check = defineCheck({
  id: 'firewall-follows',
  group: 'integrate',
  needs: ['service', 'firewall'],
  wants: ['cards', 'listenAddress'],
  judge({ service, firewall, cards, listenAddress }, { port }) {
    const evidence = firewall.evidence;
    const running = service.value.active === 'active';
    if (!running && service.value.active === 'activating') return after('active', { evidence });
    const address = listenAddress?.value ?? null;
    const guard = guardingZone(firewall.value, cards?.value ?? null, address);
    const zone = firewall.value.zones.find((one) => one.name === guard?.zone) ?? firewall.value.zones[0];
    if (zone === undefined) return after('firewalld-running', { evidence });
    const { runtime, permanent } = stateOf(zone, port, running);
    if (runtime !== running || permanent !== running) {
      const verb = running ? 'add' : 'remove';
      const change = `${shellWord(`--zone=${zone.name}`)} --${verb}-port=${port}/tcp`;
      const commands = [
        ...(runtime === running ? [] : [`sudo firewall-cmd ${change}`]),
        ...(permanent === running ? [] : [`sudo firewall-cmd --permanent ${change}`]),
      ];
      const finding = { code: 'drifted', port, zone: zone.name, running, runtime, permanent } as const;
      return fail(finding, { evidence, ...fixable(...commands) });
    }
    return { state: 'skip', finding: { code: 'unseen', why: { code: 'not-stopped' } }, evidence };
  },
});

/** @param otherwise taken for a scope that could not be read */
function stateOf(zone: ZoneFacts, port: number, otherwise: boolean): PortState {
  return {
    runtime: zone.runtime === null ? otherwise : portOpen(zone.runtime, port),
    permanent: zone.permanent === null ? otherwise : portOpen(zone.permanent, port),
  };
}

/** Whether the proof can be made: everything that it rests on is right. */
export function isReadyToProve(results: readonly CheckResult[]): boolean {
  const result = results.find(({ id }) => id === 'firewall-follows');
  if (result?.finding.code !== 'unseen' || result.finding.why.code !== 'not-stopped') return false;
  return ['active', 'firewall-open-on-start', 'firewall-close-on-stop'].every(
    (id) => results.find((one) => one.id === id)?.state !== 'fail',
  );
}

interface Stopped {
  readonly stop: { readonly ok: boolean; readonly detail: string };
  readonly afterStop: PortState;
  readonly start: { readonly ok: boolean; readonly detail: string };
  readonly afterStart: PortState;
  readonly evidence: readonly Evidence[];
}

/**
 * Stops the service, looks, starts it, looks again.
 * @throws Failed `link-lost`, `not-permitted`; the signal's reason. The service is started all the same.
 */
export async function proveFollows(
  host: Host,
  firewall: FirewallFacts,
  subject: Subject,
  zone: string,
  signal: AbortSignal,
): Promise<CheckResult> {
  const { port } = subject;
  const seen =
    host.info.kind === 'demo'
      ? await stopAndStart(host, subject, zone, signal)
      : await stopAndStartOnHost(host, subject, zone, signal);
  const base = {
    id: 'firewall-follows',
    group: 'integrate',
    evidence: [...seen.evidence],
    mend: null,
  } as const;
  if (!seen.stop.ok)
    return { ...base, state: 'fail', finding: { code: 'did-not-stop', detail: seen.stop.detail } };
  if (!seen.start.ok)
    return { ...base, state: 'fail', finding: { code: 'did-not-start', detail: seen.start.detail } };
  const name = zone || firewall.defaultZone;
  if (seen.afterStop.runtime || seen.afterStop.permanent) {
    return { ...base, state: 'fail', finding: { code: 'stays-open', port, zone: name } };
  }
  if (!seen.afterStart.runtime || !seen.afterStart.permanent) {
    return { ...base, state: 'fail', finding: { code: 'stays-closed', port, zone: name } };
  }
  return { ...base, state: 'pass', finding: { code: 'follows', port } };
}

/**
 * One script, so that the service is started again whatever becomes of the link or of us meanwhile. It
 * prints eight strings, each ended by a NUL.
 */
const SCRIPT = `trap '' HUP INT PIPE TERM
ports() { firewall-cmd "$@" --list-ports 2>&1; }
stop=$(systemctl stop "$1" 2>&1); stopped=$?
a=$(ports --zone="$2"); b=$(ports --permanent --zone="$2")
start=$(systemctl start "$1" 2>&1); started=$?
c=$(ports --zone="$2"); d=$(ports --permanent --zone="$2")
printf '%s\\0' "$stopped" "$stop" "$a" "$b" "$started" "$start" "$c" "$d"`;

async function stopAndStartOnHost(
  host: Host,
  { unit, port }: Subject,
  zone: string,
  signal: AbortSignal,
): Promise<Stopped> {
  const argv = ['env', 'LC_ALL=C', 'sh', '-c', SCRIPT, 'sh', unit, zone];
  const said = await host.run(argv, { privileged: true, signal });
  const [stopped = '', stop = '', a = '', b = '', started = '', start = '', c = '', d = ''] =
    said.stdout.split('\0');
  const name = shellWord(unit.replace(/\.service$/, ''));
  const list = typed(['firewall-cmd', `--zone=${zone}`, '--list-ports'], true);
  const listPermanent = typed(['firewall-cmd', '--permanent', `--zone=${zone}`, '--list-ports'], true);
  return {
    stop: { ok: stopped === '0', detail: stop || said.stderr.trim() },
    afterStop: { runtime: isListed(a, port), permanent: isListed(b, port) },
    start: { ok: started === '0', detail: start },
    afterStart: { runtime: isListed(c, port), permanent: isListed(d, port) },
    evidence: [
      { command: `sudo systemctl stop ${name}`, output: stop },
      { command: list, output: a },
      { command: listPermanent, output: b },
      { command: `sudo systemctl start ${name}`, output: start },
      { command: list, output: c },
      { command: listPermanent, output: d },
    ],
  };
}

/** The same through the host's subjects, for the embedded one: there is no link to lose. */
async function stopAndStart(
  host: Host,
  { unit, port }: Subject,
  zone: string,
  signal: AbortSignal,
): Promise<Stopped> {
  const look = async (): Promise<PortState> => {
    const facts = await firstOf(host.firewall, new AbortController().signal);
    const found = facts.zones.find((one) => one.name === zone) ?? facts.zones[0];
    return found === undefined ? { runtime: false, permanent: false } : stateOf(found, port, false);
  };
  signal.throwIfAborted();
  const stop = await host.service.act('stop');
  const afterStop = await look();
  const start = await host.service.act('start');
  const afterStart = await look();
  const evidence = (verb: string, state: PortState): readonly Evidence[] => [
    { command: `sudo systemctl ${verb} ${shellWord(unit.replace(/\.service$/, ''))}`, output: '' },
    { command: 'sudo firewall-cmd --list-ports', output: state.runtime ? `${port}/tcp` : '' },
  ];
  const outcome = (act: typeof stop) => ({ ok: act.ok, detail: act.ok ? '' : act.failure.code });
  return {
    stop: outcome(stop),
    afterStop,
    start: outcome(start),
    afterStart,
    evidence: [...evidence('stop', afterStop), ...evidence('start', afterStart)],
  };
}

/** Whether `firewall-cmd --list-ports` printed the port, by itself or in a range. */
function isListed(text: string, port: number): boolean {
  const ports = text.split(/\s+/).flatMap((spec): PortSpec[] => {
    const [range, protocol] = spec.split('/');
    return range === undefined || protocol === undefined ? [] : [{ port: range, protocol }];
  });
  return portOpen({ services: [], ports }, port);
}
