/** The drill: kill -9, then the way back timed step by step against RestartSec. */
import type { Clock } from '../clock.ts';
import { type Connector, closeWithFin } from '../connector.ts';
import { Failed } from '../failure.ts';
import type { Host, InterfaceAddress, ServiceFacts } from '../host.ts';
import { type Ask, askQuestion } from '../probe/answer.ts';
import { isAwaitingSign } from '../start-type.ts';
import type { DrillProgress, DrillReason } from './progress.ts';
import {
  type DrillTrack,
  done,
  hopeless,
  idleDrill,
  isDone,
  observe,
  restartsAfterKill,
  settle,
  settlePort,
} from './steps.ts';
import { type DrillWatch, watchHost } from './watch.ts';

/** systemd may be this late (AccuracySec), and its announcements a little more. */
const WAIT_TOLERANCE_MS = 1000;
/** On top of RestartSec: stopping, starting, and the commands around both. */
const ALLOWANCE_MS = 60_000;
const FIRST_FACTS_MS = 5000;
/** How long after the start it may take to be reached and to answer. */
const REACH_MS = 10_000;
const REACH_AGAIN_MS = 100;
const CONNECT_MS = 2000;
/** How far the firewall's announcement may be behind the unit's. */
const FIREWALL_LAG_MS = 2000;

export interface DrillOptions {
  readonly host: Host;
  readonly clock: Clock;
  readonly subject: { readonly unit: string; readonly address: string; readonly port: number };
  /** For the zone of the service's address. */
  readonly interfaces: readonly InterfaceAddress[] | null;
  readonly connector: Connector;
  /** Asks one question of the server; null: to be reached is enough. */
  readonly ask: Ask | null;
  readonly onProgress: (progress: DrillProgress) => void;
  readonly signal: AbortSignal;
}

/** Ends a drill before it passed. */
class Ended extends Error {
  readonly reason: DrillReason;

  constructor(reason: DrillReason) {
    super(reason.code);
    this.reason = reason;
  }
}

/**
 * Kills the service's main process and times the way back by what the host announces. Passed: systemd
 * waited RestartSec within a second, and the service was reached from here with the right answer.
 * A unit that would not come back (`Restart=`) is not killed at all.
 *
 * Never rejects. Aborted, it ends as `cancelled`; systemd goes on with the restart all the same.
 */
export async function runDrill(options: DrillOptions): Promise<DrillProgress> {
  const { host, clock, subject, onProgress, signal } = options;
  let progress = idleDrill(subject.unit, null, clock.now());
  let track: DrillTrack | null = null;
  const ending = new AbortController();
  const cancel = (): void => ending.abort(new Ended({ code: 'cancelled' }));

  function report(next: DrillProgress): void {
    if (next === progress) return;
    progress = next;
    if (track !== null) track = { ...track, progress };
    onProgress(progress);
  }

  function look(): void {
    const service = watch?.service() ?? null;
    if (watch === null || track === null || service === null) return;
    track = observe(track, service, watch.portOpen(), clock.now());
    report(track.progress);
  }

  async function drill(seen: DrillWatch): Promise<void> {
    const before = await seen.until(() => seen.service(), FIRST_FACTS_MS);
    if (before === null) throw new Ended({ code: 'timeout', waitedMs: FIRST_FACTS_MS });
    report(idleDrill(subject.unit, before, clock.now()));
    if (before.load === 'not-found' && before.mainPid === 0) {
      const failure = { code: 'no-such-unit', unit: subject.unit } as const;
      throw new Ended({ code: 'refused', failure });
    }
    if (isAwaitingSign(before)) throw new Ended({ code: 'not-ready', type: before.type });
    if (before.active !== 'active' || before.mainPid === 0) throw new Ended({ code: 'not-running' });
    if (!restartsAfterKill(before.restart)) {
      throw new Ended({ code: 'no-restart', restart: before.restart });
    }
    // What the port does is told by how it was.
    await seen.until(() => seen.firewallSpoke() || null, FIRST_FACTS_MS);
    track = beginTrack(progress, seen.portOpen());
    const outcome = await unlessEnded(host.service.act('kill', ending.signal), ending.signal);
    if (!outcome.ok) throw new Ended({ code: 'refused', failure: outcome.failure });
    report(done(progress, 'killed', clock.now()));

    await comeBack(seen, before);
    await beReached(seen);
    await seen.until(() => portIsSettled(), FIREWALL_LAG_MS);
    report(settlePort(progress));
    const measuredMs = progress.waitedMs ?? 0;
    if (Math.abs(measuredMs - before.restartSecMs) > WAIT_TOLERANCE_MS) {
      throw new Ended({ code: 'wait-differs', expectedMs: before.restartSecMs, measuredMs });
    }
    // What is still open was too short to be announced.
    report({ ...settle(progress, 'absent'), passed: true });
  }

  function portIsSettled(): true | null {
    return isDone(progress, 'port-closed') && !isDone(progress, 'port-open') ? null : true;
  }

  /** Gives up as soon as it is clear that it will not come back. */
  function hope(seen: DrillWatch): void {
    const service = seen.service();
    const reason = track && service && hopeless(track, service, clock.now());
    if (reason) throw new Ended(reason);
  }

  async function comeBack(seen: DrillWatch, before: ServiceFacts): Promise<void> {
    const started = await seen.until(() => {
      hope(seen);
      return isDone(progress, 'started') ? true : null;
    }, before.restartSecMs + ALLOWANCE_MS);
    if (started === null) throw new Ended({ code: 'timeout', waitedMs: clock.now() - progress.startedMono });
  }

  async function beReached(seen: DrillWatch): Promise<void> {
    const deadlineMono = clock.now() + REACH_MS;
    for (;;) {
      const reason = await reachOnce();
      if (reason === null) return;
      hope(seen);
      if (reason.code !== 'does-not-connect' && reason.code !== 'no-answer') throw new Ended(reason);
      if (clock.now() >= deadlineMono) throw new Ended(reason);
      await clock.sleep(REACH_AGAIN_MS, ending.signal);
    }
  }

  /** null: reached, and answered rightly where that is asked. */
  async function reachOnce(): Promise<DrillReason | null> {
    if (options.ask === null) {
      const socket = await dial();
      if (socket === null) return { code: 'does-not-connect' };
      closeWithFin(socket, clock);
      report(settle(progress, 'absent', ['answers']));
      return null;
    }
    const answer = await unlessEnded(askQuestion({ ask: options.ask, clock, dial }), ending.signal);
    switch (answer?.state) {
      case 'right':
        report(done(progress, 'answers', clock.now()));
        return null;
      case 'wrong':
        return { code: 'wrong-answer', got: answer.got };
      case 'mute':
        // Asked again, the questions would only pile up in its queue.
        throw new Ended({ code: 'no-answer' });
      case 'closed':
        return { code: 'no-answer' };
      case undefined:
        return { code: 'does-not-connect' };
    }
  }

  async function dial() {
    const { address, port } = subject;
    const connecting = options.connector(address, port, { timeoutMs: CONNECT_MS, signal: ending.signal });
    const socket = await connecting.catch(() => null);
    if (socket !== null) report(done(progress, 'connects', clock.now()));
    return socket;
  }

  let watch: DrillWatch | null = null;
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  void host.lost.then(() => ending.abort(new Ended({ code: 'link-lost' })));
  watch = watchHost({ ...options, onFacts: look, signal: ending.signal });
  try {
    await drill(watch);
  } catch (error) {
    const cause = ending.signal.aborted ? ending.signal.reason : error;
    report({ ...settle(progress, 'missed'), passed: false, reason: reasonOf(cause) });
  } finally {
    signal.removeEventListener('abort', cancel);
    watch.stop();
  }
  return progress;
}

function beginTrack(progress: DrillProgress, portWasOpen: boolean | null): DrillTrack {
  return { progress, portWasOpen, waitFromMono: null, waitUntilMono: null, downMono: null, relapsed: false };
}

/** @throws the signal's reason as soon as it is aborted: a host that is gone may never answer. */
function unlessEnded<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function reasonOf(error: unknown): DrillReason {
  if (error instanceof Ended) return error.reason;
  if (error instanceof Failed) return { code: 'refused', failure: error.failure };
  const detail = error instanceof Error ? error.message : String(error);
  return { code: 'refused', failure: { code: 'host-error', name: 'drill', detail } };
}
