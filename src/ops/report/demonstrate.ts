/**
 * The two proofs that harm: `kill -9` and the way back, then stop and start with the firewall looked at
 * after each. What is shown is what was really typed; the service is left running, as it was found.
 */
import { type Ask, ask as askOnce } from '../../calc/client.ts';
import { createAsker } from '../checks/asker.ts';
import type { Subject } from '../checks/check.ts';
import { firstOf } from '../checks/feed.ts';
import type { Finding } from '../checks/findings.ts';
import { parseListAll } from '../checks/firewall-zone-text.ts';
import { shellWord, typed as typedLine } from '../checks/shell-word.ts';
import type { Clock } from '../clock.ts';
import type { Connector } from '../connector.ts';
import { runDrill } from '../drill/drill.ts';
import type { DrillProgress, DrillStepName } from '../drill/progress.ts';
import { entriesTo } from '../firewall/entry.ts';
import type { ActionOutcome, Host, InterfaceAddress } from '../host.ts';
import { zoneOf } from '../zone.ts';
import { type Typed, typedEvidence, typedSaid } from './typed.ts';

export interface Demonstration {
  readonly drill: DrillProgress;
  /** The kill and the status right after it, as typed; empty where the host takes no commands. */
  readonly afterKill: readonly Typed[];
  /** The status once it was back. */
  readonly afterWait: readonly Typed[];
  /** null when the drill left nothing to stop, or there is no firewalld to look at. */
  readonly follows: Follows | null;
}

export interface Follows {
  readonly typed: readonly Typed[];
  readonly finding: Finding;
  readonly passed: boolean;
}

export interface Demonstrating {
  readonly host: Host;
  readonly clock: Clock;
  readonly connector: Connector;
  readonly subject: Subject;
  /** @default of a server that nothing is known of */
  readonly ask?: Ask;
  /** Where the service is dialled from here. */
  readonly address: string;
  readonly onDrill: (progress: DrillProgress) => void;
  readonly signal: AbortSignal;
}

/** What the outputs speak; see the asker. */
export const LOCALE = 'C.UTF-8';

/** @throws Failed `link-lost`; the signal's reason. systemd brings the service back all the same. */
export async function demonstrate(demonstrating: Demonstrating): Promise<Demonstration> {
  const { host, signal } = demonstrating;
  const interfaces = await host.listeners.interfaces().catch(() => null);
  const letGo = await settle(demonstrating);
  const killed = await kill(demonstrating, interfaces).finally(letGo);
  signal.throwIfAborted();
  const { steps } = killed.drill;
  const did = (name: DrillStepName): boolean =>
    steps.some((step) => step.name === name && step.state === 'done');
  const [wasKilled, up] = [did('killed'), did('started')];
  if (!up && wasKilled) await putBack(demonstrating);
  return { ...killed, follows: up ? await stopAndStart(demonstrating, interfaces) : null };
}

/** Longer than a service takes to start and firewalld to say how it is. */
const SETTLED_MS = 5000;

/**
 * Waits until the firewall's state is known, and has it kept so: a drill that begins before cannot tell
 * whether the port closes. A service that is just being started is given the time.
 * @returns what lets go of it
 */
async function settle({ host, clock, signal }: Demonstrating): Promise<() => void> {
  const enough = new AbortController();
  const either = AbortSignal.any([signal, enough.signal]);
  const known = Promise.withResolvers<void>();
  // Not permitted to see it, or no firewalld: the drill does without.
  const stop = host.firewall.watch(
    () => known.resolve(),
    () => known.resolve(),
  );
  const started = firstOf(host.service, either, ({ sub }) => !sub.startsWith('start')).catch(() => undefined);
  const late = clock.sleep(SETTLED_MS, either).catch(() => undefined);
  await Promise.race([Promise.all([known.promise, started]), late]);
  enough.abort();
  return stop;
}

/** A service that the kill left down for good is started once more: it was found running. */
async function putBack({ host, signal }: Demonstrating): Promise<void> {
  const { active } = await firstOf(host.service, signal);
  if (active !== 'failed' && active !== 'inactive') return;
  await host.service.act('reset-failed', signal);
  await host.service.act('start', signal);
}

async function kill(
  { host, clock, connector, subject, ask = askOnce, address, onDrill, signal }: Demonstrating,
  interfaces: readonly InterfaceAddress[] | null,
): Promise<Omit<Demonstration, 'follows'>> {
  const { unit, port } = subject;
  const name = unit.replace(/\.service$/, '');
  const say = createAsker(host, signal, LOCALE);
  // With no right to `kill`, polkit may still let systemd do it for us; the embedded host has no shell.
  const byCommand = host.info.kind !== 'demo' && host.info.privilege.kind !== 'none';
  const killing: Typed[] = [];
  let attempts = 0;
  let waiting: Promise<Typed> | null = null;

  const status = async (): Promise<Typed> => {
    attempts += 1;
    return typedSaid(await say(['systemctl', 'status', name], { root: true, attempt: attempts }));
  };

  async function typeKill(): Promise<ActionOutcome> {
    const began = clock.now();
    const shown = await say(['systemctl', 'show', '-P', 'MainPID', name]);
    killing.push(typedSaid(shown));
    const pid = shown.stdout.trim();
    if (!/^[1-9]\d*$/.test(pid)) return { ok: false, failure: { code: 'not-running', unit }, tookMs: 0 };
    const said = await say(['kill', '-9', pid], { root: true });
    killing.push(typedSaid(said));
    const tookMs = clock.now() - began;
    if (said.code === 0) return { ok: true, job: null, tookMs };
    const failure = { code: 'not-permitted', action: said.command, detail: said.stderr.trim() } as const;
    return { ok: false, failure, tookMs };
  }

  const drill = await runDrill({
    host: {
      ...host,
      service: {
        ...host.service,
        act: (verb, during) => (verb === 'kill' && byCommand ? typeKill() : host.service.act(verb, during)),
      },
    },
    clock,
    connector,
    subject: { unit, port, address },
    interfaces,
    ask: subject.asksAnswers ? ask : null,
    signal,
    onProgress(progress) {
      const waits = progress.steps.some((step) => step.name === 'restarting' && step.state === 'done');
      if (waits && host.info.kind !== 'demo') waiting ??= status();
      onDrill(progress);
    },
  });
  signal.throwIfAborted();
  const afterKill = waiting === null ? killing : [...killing, await waiting];
  const afterWait = host.info.kind === 'demo' || waiting === null ? [] : [await status()];
  return { drill, afterKill, afterWait };
}

/**
 * One script, so that the service is started again whatever becomes of the link or of us meanwhile. It
 * prints six strings, each ended by a NUL.
 */
const SCRIPT = `trap '' HUP INT PIPE TERM
stop=$(systemctl stop "$1" 2>&1); stopped=$?
a=$(firewall-cmd "--zone=$2" --list-all 2>&1)
start=$(systemctl start "$1" 2>&1); started=$?
b=$(firewall-cmd "--zone=$2" --list-all 2>&1)
printf '%s\\0' "$stopped" "$stop" "$a" "$started" "$start" "$b"`;

async function stopAndStart(
  demonstrating: Demonstrating,
  interfaces: readonly InterfaceAddress[] | null,
): Promise<Follows | null> {
  const { host, subject, address, signal } = demonstrating;
  const { unit, port } = subject;
  // The embedded host's proof is the checks' own: it has no shell to run a script in.
  if (host.info.kind === 'demo' || host.info.privilege.kind === 'none') return null;
  const firewall = await firstOf(host.firewall, signal);
  if (!firewall.running) return null;
  const zone = zoneOf(firewall, interfaces, address)?.name ?? firewall.defaultZone;
  const name = shellWord(unit.replace(/\.service$/, ''));
  const argv = ['env', `LC_ALL=${LOCALE}`, 'sh', '-c', SCRIPT, 'sh', unit, zone];
  const said = await host.run(argv, { privileged: true, signal });
  const [stopped, stop = '', closed = '', started, start = '', open = ''] = said.stdout.split('\0');

  const isDefault = zone === firewall.defaultZone;
  const listAll = ['firewall-cmd', ...(isDefault ? [] : [`--zone=${zone}`]), '--list-all'];
  const sudo = host.info.privilege.kind === 'root' ? '' : 'sudo ';
  const show = (command: string, output: string): Typed =>
    typedEvidence({ command: `${sudo}${command}`, output });
  const isOpen = (text: string): boolean | null => {
    const listed = parseListAll(text);
    if (listed === null) return null;
    const { settings, ...bound } = listed;
    const now = { ...bound, name: zone, runtime: settings, permanent: null };
    return entriesTo(now, firewall, port).runtime?.open ?? null;
  };
  return {
    typed: [
      show(`systemctl stop ${name}`, stop),
      show(typedLine(listAll), closed),
      show(`systemctl start ${name}`, start),
      show(typedLine(listAll), open),
    ],
    ...judge(
      { stopped, stop: stop || said.stderr.trim(), started, start, port, zone },
      isOpen(closed),
      isOpen(open),
    ),
  };
}

interface Told {
  readonly stopped: string | undefined;
  readonly stop: string;
  readonly started: string | undefined;
  readonly start: string;
  readonly port: number;
  readonly zone: string;
}

function judge(
  told: Told,
  openAfterStop: boolean | null,
  openAfterStart: boolean | null,
): Pick<Follows, 'finding' | 'passed'> {
  const { port, zone } = told;
  if (told.stopped !== '0') return { passed: false, finding: { code: 'did-not-stop', detail: told.stop } };
  if (told.started !== '0') return { passed: false, finding: { code: 'did-not-start', detail: told.start } };
  if (openAfterStop !== false) return { passed: false, finding: { code: 'stays-open', port, zone } };
  if (openAfterStart !== true) return { passed: false, finding: { code: 'stays-closed', port, zone } };
  return { passed: true, finding: { code: 'follows', port } };
}
