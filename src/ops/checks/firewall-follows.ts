/**
 * Whether the port really comes and goes with the service.
 *
 * At first only as it is now: open when the service runs, closed when it does not. The proof itself stops
 * the service and starts it again, and is made only when it was allowed.
 */
import { closingCommand } from '../firewall/access.ts';
import { type Entries, type Entry, entriesTo, isPortItself } from '../firewall/entry.ts';
import type { Because } from '../firewall/maybe.ts';
import type { FirewallFacts, Host, ZoneFacts } from '../host.ts';
import {
  after,
  byHand,
  type Check,
  type CheckResult,
  defineCheck,
  type Evidence,
  fail,
  fixable,
  type Subject,
} from './check.ts';
import { firstOf } from './feed.ts';
import { parseListAll } from './firewall-zone-text.ts';
import { guardingZone } from './integrate-firewall.ts';
import { withServices } from './open-services.ts';
import { shellWord, typed } from './shell-word.ts';

export const FIREWALL_FOLLOWS: Check = defineCheck({
  id: 'firewall-follows',
  group: 'integrate',
  needs: ['service', 'firewall'],
  wants: ['cards', 'listenAddress', 'openServices'],
  judge({ service, firewall, cards, listenAddress, openServices }, { port }) {
    const evidence = firewall.evidence;
    const running = service.value.active === 'active';
    if (!running && service.value.active === 'activating') return after('active', { evidence });
    const address = listenAddress?.value ?? null;
    const guard = guardingZone(firewall.value, cards?.value ?? null, address);
    const zone = firewall.value.zones.find((one) => one.name === guard?.zone) ?? firewall.value.zones[0];
    if (zone === undefined) return after('firewalld-running', { evidence });
    const entries = entriesTo(zone, withServices(firewall.value, openServices), port);
    // A scope that could not be read is taken for right.
    const { runtime = running, permanent = running } = {
      runtime: entries.runtime?.open,
      permanent: entries.permanent?.open,
    };
    if (runtime !== running || permanent !== running) {
      const by = reasonOf(entries, port, running);
      const finding = { code: 'drifted', port, zone: zone.name, running, runtime, permanent, ...by } as const;
      return fail(finding, { evidence, ...mendOf(entries, zone.name, port, running) });
    }
    return { state: 'skip', finding: { code: 'unseen', why: { code: 'not-stopped' } }, evidence };
  },
});

/** What opens it beside the port itself, or keeps it out beside the zone's target. */
function reasonOf(entries: Entries, port: number, running: boolean): { readonly by?: Because } {
  const wrong = [entries.runtime, entries.permanent].filter((one) => one !== null && one.open !== running);
  const reasons = wrong.flatMap((entry) => {
    if (entry === null) return [];
    if (running) return isUsualEnd(entry.by) ? [] : [entry.by];
    return entry.openings.filter((one) => !isPortItself(one, port));
  });
  const [by] = reasons;
  return by === undefined ? {} : { by };
}

/** Nothing in the zone lets the port in: adding it does. */
function isUsualEnd({ code, place }: Because): boolean {
  return code === 'target' && place?.kind === 'zone';
}

function mendOf(entries: Entries, zone: string, port: number, running: boolean) {
  const scopes = [
    [entries.runtime, false],
    [entries.permanent, true],
  ] as const;
  const change = `${shellWord(`--zone=${zone}`)} --${running ? 'add' : 'remove'}-port=${port}/tcp`;
  let ours = true;
  const commands = scopes.flatMap(([entry, isPermanent]): readonly string[] => {
    if (entry === null || entry.open === running) return [];
    const causes: Entry['openings'] = running ? [entry.by] : entry.openings;
    return causes.flatMap((cause) => {
      if (running ? isUsualEnd(cause) : isPortItself(cause, port)) {
        return [`sudo firewall-cmd ${isPermanent ? '--permanent ' : ''}${change}`];
      }
      // Others may rest on a service, a range or a rule: that is not for us to take away.
      ours = false;
      return closingCommand(cause, isPermanent) ?? [];
    });
  });
  if (commands.length === 0) return {};
  return ours ? fixable(...commands) : byHand(...commands);
}

/** Whether the proof can be made: everything that it rests on is right. */
export function isReadyToProve(results: readonly CheckResult[]): boolean {
  const result = results.find(({ id }) => id === 'firewall-follows');
  if (result?.finding.code !== 'unseen' || result.finding.why.code !== 'not-stopped') return false;
  return ['active', 'firewall-open-on-start', 'firewall-close-on-stop'].every(
    (id) => results.find((one) => one.id === id)?.state !== 'fail',
  );
}

interface Looked {
  readonly runtime: Entry | null;
  readonly permanent: Entry | null;
}

interface Stopped {
  readonly stop: { readonly ok: boolean; readonly detail: string };
  readonly afterStop: Looked;
  readonly start: { readonly ok: boolean; readonly detail: string };
  readonly afterStart: Looked;
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
      : await stopAndStartOnHost(host, firewall, subject, zone, signal);
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
  const left = [seen.afterStop.runtime, seen.afterStop.permanent].filter((one) => one?.open === true);
  if (left.length > 0) {
    const by = left.flatMap((one) => one?.openings.filter((each) => !isPortItself(each, port)) ?? [])[0];
    const finding = { code: 'stays-open', port, zone: name, ...(by === undefined ? {} : { by }) } as const;
    return { ...base, state: 'fail', finding };
  }
  const missing = [seen.afterStart.runtime, seen.afterStart.permanent].filter((one) => one?.open !== true);
  if (missing.length > 0) {
    const by = missing.flatMap((one) => (one === null || isUsualEnd(one.by) ? [] : [one.by]))[0];
    const finding = { code: 'stays-closed', port, zone: name, ...(by === undefined ? {} : { by }) } as const;
    return { ...base, state: 'fail', finding };
  }
  return { ...base, state: 'pass', finding: { code: 'follows', port } };
}

/**
 * One script, so that the service is started again whatever becomes of the link or of us meanwhile. It
 * prints eight strings, each ended by a NUL.
 */
const SCRIPT = `trap '' HUP INT PIPE TERM
zone() { firewall-cmd "$@" --list-all 2>&1; }
stop=$(systemctl stop "$1" 2>&1); stopped=$?
a=$(zone --zone="$2"); b=$(zone --permanent --zone="$2")
start=$(systemctl start "$1" 2>&1); started=$?
c=$(zone --zone="$2"); d=$(zone --permanent --zone="$2")
printf '%s\\0' "$stopped" "$stop" "$a" "$b" "$started" "$start" "$c" "$d"`;

async function stopAndStartOnHost(
  host: Host,
  firewall: FirewallFacts,
  { unit, port }: Subject,
  zone: string,
  signal: AbortSignal,
): Promise<Stopped> {
  const argv = ['env', 'LC_ALL=C', 'sh', '-c', SCRIPT, 'sh', unit, zone];
  const said = await host.run(argv, { privileged: true, signal });
  const [stopped = '', stop = '', a = '', b = '', started = '', start = '', c = '', d = ''] =
    said.stdout.split('\0');
  const name = shellWord(unit.replace(/\.service$/, ''));
  const list = typed(['firewall-cmd', `--zone=${zone}`, '--list-all'], true);
  const listPermanent = typed(['firewall-cmd', '--permanent', `--zone=${zone}`, '--list-all'], true);
  const look = (now: string, later: string): Looked => {
    const [runtime, permanent] = [parseListAll(now), parseListAll(later)];
    const own = firewall.zones.find((one) => one.name === zone);
    const { interfaces = [], sources = [], target = 'default' } = runtime ?? own ?? {};
    const facts: ZoneFacts = {
      ...{ name: zone, interfaces, sources, target },
      runtime: runtime?.settings ?? null,
      permanent: permanent?.settings ?? null,
    };
    return entriesTo(facts, firewall, port);
  };
  return {
    stop: { ok: stopped === '0', detail: stop || said.stderr.trim() },
    afterStop: look(a, b),
    start: { ok: started === '0', detail: start },
    afterStart: look(c, d),
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
  const look = async (): Promise<Looked> => {
    const facts = await firstOf(host.firewall, new AbortController().signal);
    const found = facts.zones.find((one) => one.name === zone) ?? facts.zones[0];
    return found === undefined ? { runtime: null, permanent: null } : entriesTo(found, facts, port);
  };
  signal.throwIfAborted();
  const stop = await host.service.act('stop');
  const afterStop = await look();
  const start = await host.service.act('start');
  const afterStart = await look();
  const evidence = (verb: string, state: Looked): readonly Evidence[] => [
    { command: `sudo systemctl ${verb} ${shellWord(unit.replace(/\.service$/, ''))}`, output: '' },
    { command: 'sudo firewall-cmd --list-ports', output: state.runtime?.open ? `${port}/tcp` : '' },
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
