/** The TCP probe from this machine: five states, latency, loss and the list of outages. */
import type { Socket } from 'node:net';
import type { Clock } from './clock.ts';
import { type Connector, closeWithFin, connectErrorCode } from './connector.ts';
import type { ListenerFacts } from './host.ts';
import { type Ask, askQuestion, QUESTION_TIMEOUT_MS } from './probe-answer.ts';
import { type Busy, holderIn, queueIn, stillBusy } from './probe-politeness.ts';
import type { OwnPorts } from './probe-ports.ts';
import { NO_HISTORY, record, summarize } from './probe-stats.ts';
import { statusOf } from './probe-status.ts';

/**
 * `open`: the handshake was done; `refused`: RST; `rejected`: an ICMP answer from a firewall
 * (EHOSTUNREACH or EACCES from an address that is up); `filtered`: no answer in time;
 * `unreachable`: no way to the host.
 */
export type ProbeStatus = 'open' | 'refused' | 'rejected' | 'filtered' | 'unreachable';

export interface ProbeSample {
  readonly atMono: number;
  readonly atWall: number;
  readonly status: ProbeStatus;
  /** Time to the handshake's end in ms; null unless `open`. */
  readonly ms: number | null;
}

export interface Outage {
  readonly fromMono: number;
  readonly fromWall: number;
  /** null while it lasts. */
  readonly lengthMs: number | null;
  readonly status: ProbeStatus;
}

/** What the last question of `2+3` gave; asked rarely, never while somebody else is served. */
export type AnswerCheck =
  | { readonly state: 'right'; readonly ms: number; readonly atMono: number }
  | {
      readonly state: 'wrong';
      readonly expression: string;
      readonly expected: string;
      readonly got: string;
      readonly atMono: number;
    }
  | {
      readonly state: 'mute';
      readonly waitedMs: number;
      readonly atMono: number;
      /** Another client that the server has accepted meanwhile; null: none seen, or not readable. */
      readonly heldBy: { readonly address: string; readonly port: number } | null;
    }
  | { readonly state: 'closed'; readonly atMono: number };

export interface ProbeFacts {
  readonly address: string;
  readonly port: number;
  /** Newest last; at most 300 (ten minutes). */
  readonly samples: readonly ProbeSample[];
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
  /** Share of the samples that were not open, 0–1; null without samples. */
  readonly loss: number | null;
  /** Newest last. */
  readonly outages: readonly Outage[];
  readonly answer: AnswerCheck | null;
  /** Why it is not dialling right now. */
  readonly paused: 'calculation' | 'server-busy' | null;
}

export const PROBE_INTERVAL_MS = 2000;
/** Longer than the 3 s after which a host that is down shows as unreachable, not as filtered. */
export const PROBE_TIMEOUT_MS = 3500;
/** An answer is asked for when the port opens, when the service starts, and then this rarely. */
const QUESTION_EVERY_MS = 60_000;

export interface ProbeOptions {
  readonly connector: Connector;
  readonly clock: Clock;
  readonly target: { readonly address: string; readonly port: number };
  /** @default 2000 */
  readonly intervalMs?: number;
  /** @default 3500 */
  readonly timeoutMs?: number;
  /** Asks one question of the server; null: the service is no calculator. */
  readonly ask: Ask | null;
  /** Where the probe leaves the local ports of its connections. */
  readonly ports: OwnPorts;
  /** Whether the link to the host lives: tells a rejecting firewall from a host that is down. */
  readonly linkLive: () => boolean;
  /** Reads the sockets on the service's port; null when they cannot be read. Never rejects. */
  readonly look: () => Promise<ListenerFacts | null>;
  readonly onChange: (facts: ProbeFacts) => void;
}

export interface Probe {
  facts(): ProbeFacts;
  /** Probes at once, as far as politeness lets it. */
  now(): void;
  /** The service has started anew: whatever held the old one is gone, and an answer is due. */
  serviceStarted(): void;
  /** Somebody else of ours asked and waited in vain. */
  muteSeen(waitedMs: number): void;
  /** Pauses it while the user's own calculation is in flight. Returns the function that resumes it. */
  hold(): () => void;
  /** Resolves when nothing of it is in flight any more: a question asked is waited for, see `askQuestion`. */
  stop(): Promise<void>;
}

/** A probe that has seen nothing yet. */
export function noProbeFacts(address: string, port: number): ProbeFacts {
  return { address, port, ...NO_HISTORY, ...summarize([]), answer: null, paused: null };
}

/**
 * Connects every `intervalMs`, and closes with FIN: the exercise's server dies of a reset. It takes one
 * client at a time, so a plain connection made while another client is served would stay in its accept
 * queue, and two fill that. Hence, once the server is known to be busy, nothing is dialled: the sockets
 * are looked at instead until it is free.
 */
export function startProbe(options: ProbeOptions): Probe {
  const { connector, clock, target, ports, ask, look, onChange } = options;
  const intervalMs = options.intervalMs ?? PROBE_INTERVAL_MS;
  const timeoutMs = options.timeoutMs ?? PROBE_TIMEOUT_MS;
  const stopping = new AbortController();

  let facts = noProbeFacts(target.address, target.port);
  let busy: Busy | null = null;
  /** Another client was seen when a question was due; when that was first so. */
  let suspectedMono: number | null = null;
  let askedMono = Number.NEGATIVE_INFINITY;
  let holds = 0;
  let waking = new AbortController();
  let sleeping = false;
  let again = false;

  function set(patch: Partial<ProbeFacts>): void {
    const paused = holds > 0 ? 'calculation' : busy === null ? null : 'server-busy';
    facts = { ...facts, ...patch, paused };
    if (!stopping.signal.aborted) onChange(facts);
  }

  function take(sample: ProbeSample): void {
    const history = record(facts, sample);
    set({ ...history, ...summarize(history.samples) });
  }

  /** Dials for a sample; null when it failed, or when there is no room in the accept queue. */
  async function dial(): Promise<Socket | null> {
    const atMono = clock.now();
    const atWall = clock.wall();
    try {
      const socket = await connector(target.address, target.port, { timeoutMs, signal: stopping.signal });
      ports.add(socket.localPort, 'probe');
      take({ atMono, atWall, status: 'open', ms: clock.now() - atMono });
      return socket;
    } catch (error) {
      if (stopping.signal.aborted) return null;
      const elapsedMs = clock.now() - atMono;
      const status = statusOf(connectErrorCode(error), elapsedMs, options.linkLive());
      if (status === 'filtered' && (await queueIsFull(elapsedMs))) return null;
      take({ atMono, atWall, status, ms: null });
      return null;
    }
  }

  /** No answer to a SYN is what a full accept queue looks like, too: no firewall is to be blamed then. */
  async function queueIsFull(waitedMs: number): Promise<boolean> {
    const sockets = await look();
    if (sockets === null || queueIn(sockets, target.port) === 0) return false;
    becomeBusy(waitedMs, sockets);
    return true;
  }

  function becomeBusy(waitedMs: number, sockets: ListenerFacts | null): void {
    const heldBy = sockets === null ? null : holderIn(sockets, ports);
    const sinceMono = clock.now() - waitedMs;
    const queued = sockets !== null && queueIn(sockets, target.port) > 0;
    busy = { sinceMono, heldBy, queued, triedMono: clock.now() };
    set({ answer: { state: 'mute', waitedMs, atMono: clock.now(), heldBy } });
  }

  async function connect(): Promise<boolean> {
    const socket = await dial();
    if (socket !== null) closeWithFin(socket, clock);
    return socket !== null;
  }

  async function question(asking: Ask): Promise<void> {
    if (await waitsForAnother()) return;
    askedMono = clock.now();
    const answer = await askQuestion({ ask: asking, dial, clock });
    if (answer?.state !== 'mute') {
      if (answer !== null) set({ answer });
      return;
    }
    becomeBusy(answer.waitedMs, await look());
  }

  /** Looks before it asks: a question put behind another client's would only wait in the queue. */
  async function waitsForAnother(): Promise<boolean> {
    const sockets = await look();
    const holder = sockets === null ? null : holderIn(sockets, ports);
    if (holder === null) {
      suspectedMono = null;
      return false;
    }
    suspectedMono ??= clock.now();
    const waitedMs = clock.now() - suspectedMono;
    // Being served takes a millisecond: who is still there after a question's time holds the server.
    if (waitedMs >= QUESTION_TIMEOUT_MS) becomeBusy(waitedMs, sockets);
    return true;
  }

  async function turn(): Promise<void> {
    if (holds > 0) return;
    if (busy !== null) {
      const sockets = await look();
      if (busy === null) return;
      const next = stillBusy(busy, sockets, { ports, port: target.port, nowMono: clock.now() });
      if (next !== null) {
        busy = next;
        set({
          answer: {
            state: 'mute',
            waitedMs: clock.now() - next.sinceMono,
            atMono: clock.now(),
            heldBy: next.heldBy,
          },
        });
        return;
      }
      busy = null;
      suspectedMono = null;
      askedMono = Number.NEGATIVE_INFINITY;
      set({});
    }
    const wasOpen = facts.samples.at(-1)?.status === 'open';
    if (ask === null) {
      await connect();
    } else if (!wasOpen) {
      if (await connect()) await question(ask);
    } else if (suspectedMono !== null || clock.now() - askedMono >= QUESTION_EVERY_MS) {
      await question(ask);
    } else {
      await connect();
    }
  }

  async function sleep(ms: number): Promise<void> {
    if (again || stopping.signal.aborted) {
      again = false;
      return;
    }
    waking = new AbortController();
    sleeping = true;
    await clock.sleep(ms, waking.signal).catch(() => undefined);
    sleeping = false;
  }

  function wake(): void {
    if (sleeping) waking.abort();
    else again = true;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const beganMono = clock.now();
      await turn();
      await sleep(Math.max(0, intervalMs - (clock.now() - beganMono)));
    }
  }

  const running = run();

  return {
    facts: () => facts,
    now: wake,
    serviceStarted() {
      busy = null;
      suspectedMono = null;
      askedMono = Number.NEGATIVE_INFINITY;
      set({});
      wake();
    },
    muteSeen(waitedMs) {
      if (busy === null) becomeBusy(waitedMs, null);
      wake();
    },
    hold() {
      holds += 1;
      set({});
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        holds -= 1;
        set({});
        wake();
      };
    },
    stop() {
      stopping.abort();
      wake();
      return running;
    },
  };
}
