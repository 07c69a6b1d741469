/** The TCP probe from this machine: five states, latency, loss and the list of outages. */
import type { Socket } from 'node:net';
import type { Caution } from '../caution/caution.ts';
import { type Restraint, UNRESTRAINED } from '../caution/restraint.ts';
import type { Clock } from '../clock.ts';
import { type Connector, closeWithFin } from '../connector.ts';
import type { ListenerFacts } from '../host.ts';
import { createPacer } from '../pacer.ts';
import { type Ask, askQuestion, QUESTION_TIMEOUT_MS } from './answer.ts';
import type { AnswerCheck, ProbeFacts } from './facts.ts';
import { type Busy, holderIn, queueIn, RETRY_MS, stillBusy, visitorIn } from './politeness.ts';
import type { OwnPorts } from './ports.ts';
import { sampleOnce } from './sample.ts';
import { createServerLog } from './server-log.ts';
import { noProbeFacts, withSample } from './stats.ts';

const INTERVAL_MS = 2000;
/** Longer than the 3 s after which a host that is down shows as unreachable, not as filtered. */
const TIMEOUT_MS = 3500;
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
  /** Whether it may be dialled, and what dialling did. @default it may */
  readonly caution?: Pick<Caution, 'restraints' | 'effect'>;
}

export interface Probe {
  facts(): ProbeFacts;
  /** Probes at once, as far as politeness lets it. */
  now(): void;
  /** As `now`, and asks for an answer as well. */
  check(): void;
  /** The service has started anew: whatever held the old one is gone, and an answer is due. */
  serviceStarted(): void;
  /** A line of the service's journal: may hint at who is served. */
  heard(message: string): void;
  /** Somebody else of ours asked, and this is what came of it. */
  answered(answer: AnswerCheck): void;
  /** Whether it may be dialled is another matter now. */
  cautioned(): void;
  /** Pauses it while the user's own calculation is in flight. Returns the function that resumes it. */
  hold(): () => void;
  /** Resolves when nothing of it is in flight any more: a question asked is waited for, see `askQuestion`. */
  stop(): Promise<void>;
}

/**
 * Connects every `intervalMs`, and closes with FIN: the exercise's server dies of a reset. It takes one
 * client at a time, so a plain connection made while another client is served would stay in its accept
 * queue, and two fill that. Hence, once the server is known to be busy, nothing is dialled: the sockets
 * are looked at instead until it is free.
 */
export function startProbe(options: ProbeOptions): Probe {
  const { clock, target, ports, ask, look, onChange } = options;
  const intervalMs = options.intervalMs ?? INTERVAL_MS;
  const stopping = new AbortController();
  const pacer = createPacer(clock);
  const log = createServerLog(ports, clock);

  let facts = noProbeFacts(target.address, target.port);
  let busy: Busy | null = null;
  /** Since when another client was seen each time that we looked. */
  let suspectedMono: number | null = null;
  let askedMono = Number.NEGATIVE_INFINITY;
  let holds = 0;

  function set(patch: Partial<ProbeFacts>): void {
    const paused = holds > 0 ? 'calculation' : busy === null ? null : 'server-busy';
    const restraints = options.caution?.restraints() ?? UNRESTRAINED;
    const effect = options.caution?.effect() ?? null;
    const looked = restraints.connect === null ? null : facts.looked;
    facts = { ...facts, looked, ...patch, paused, restraints, effect };
    if (!stopping.signal.aborted) onChange(facts);
  }

  /** Dials for a sample; null when it failed, or when there is no room in the accept queue. */
  async function dial(): Promise<Socket | null> {
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    const { signal } = stopping;
    const opened = (connected: Socket): void => ports.add(connected.localPort, 'probe');
    const { sample, socket, elapsedMs } = await sampleOnce({ ...options, timeoutMs, signal, opened });
    if (socket === null && signal.aborted) return null;
    if (socket !== null) log.connected(socket.localPort);
    if (sample.status !== 'filtered' || !(await queueIsFull(elapsedMs))) set(withSample(facts, sample));
    return socket;
  }

  /** No answer to a SYN is what a full accept queue looks like, too: no firewall is to be blamed then. */
  async function queueIsFull(waitedMs: number): Promise<boolean> {
    const sockets = await look();
    if (sockets === null || queueIn(sockets, target.port) === 0) return false;
    becomeBusy(waitedMs, sockets);
    return true;
  }

  function becomeBusy(waitedMs: number, sockets: ListenerFacts | null): void {
    const nowMono = clock.now();
    const heldBy = sockets === null ? null : holderIn(sockets, ports);
    const queued = sockets !== null && queueIn(sockets, target.port) > 0;
    busy = { sinceMono: nowMono - waitedMs, heldBy, queued, triedMono: nowMono };
    set({ answer: { state: 'mute', waitedMs, atMono: nowMono, heldBy } });
  }

  function beginAnew(): void {
    busy = null;
    suspectedMono = null;
    askedMono = Number.NEGATIVE_INFINITY;
    set({});
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
    if (answer === null) return;
    if (answer.state === 'mute') becomeBusy(answer.waitedMs, await look());
    else set({ answer });
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

  /** What is left to do while the server is busy: look whether it still is. */
  async function wait(before: Busy): Promise<void> {
    const sockets = await look();
    // Begun anew while we looked.
    if (busy !== before) return;
    const nowMono = clock.now();
    const next = stillBusy(before, sockets, { ports, port: target.port, nowMono });
    if (next === null) return beginAnew();
    busy = next;
    const waitedMs = nowMono - next.sinceMono;
    set({ answer: { state: 'mute', waitedMs, atMono: nowMono, heldBy: next.heldBy } });
  }

  /** What is left where it must not be dialled: its sockets tell whether it listens, and whom it serves. */
  async function lookOnly(restraint: Restraint): Promise<void> {
    if (restraint.code === 'looking' || (restraint.code === 'set' && restraint.probe === 'off'))
      return set({});
    busy = null;
    const sockets = await look();
    if (sockets === null) return set({ looked: null });
    const at = { atMono: clock.now(), atWall: clock.wall() };
    const listens = sockets.listeners.some(({ port }) => port === target.port);
    set({ looked: { ...at, listens, peer: visitorIn(sockets, ports) } });
  }

  const mayAsk = (): boolean => (options.caution?.restraints() ?? UNRESTRAINED).ask === null;

  async function turn(): Promise<void> {
    if (holds > 0) return;
    const { connect: restraint } = options.caution?.restraints() ?? UNRESTRAINED;
    if (restraint !== null) return lookOnly(restraint);
    if (busy !== null) await wait(busy);
    if (busy !== null) return;
    const asking = mayAsk() ? ask : null;
    const wasOpen = facts.samples.at(-1)?.status === 'open';
    if (asking === null || !wasOpen) {
      const opened = await connect();
      // To connect may have told why not to ask.
      if (opened && ask !== null && mayAsk()) await question(ask);
    } else if (clock.now() - askedMono >= QUESTION_EVERY_MS) {
      await question(asking);
    } else {
      await connectUnlessHeld(asking);
    }
  }

  /** A plain connection, but where the server's log makes us wonder whether it would be accepted. */
  async function connectUnlessHeld(asking: Ask): Promise<void> {
    const hinted = log.somebodyCame();
    if (log.keptUsWaiting() && clock.now() - askedMono >= RETRY_MS) {
      await question(asking);
      if (facts.answer?.state === 'right') log.falseAlarm();
      return;
    }
    const held = (hinted || suspectedMono !== null) && (await waitsForAnother());
    if (hinted) log.looked(held);
    if (!held) await connect();
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const beganMono = clock.now();
      await turn();
      if (!stopping.signal.aborted) await pacer.rest(Math.max(0, intervalMs - (clock.now() - beganMono)));
    }
  }

  const running = run();

  return {
    facts: () => facts,
    now: pacer.wake,
    check() {
      askedMono = Number.NEGATIVE_INFINITY;
      pacer.wake();
    },
    serviceStarted() {
      log.restart();
      beginAnew();
      pacer.wake();
    },
    cautioned() {
      set({});
      pacer.wake();
    },
    heard: log.heard,
    answered(answer) {
      if (answer.state !== 'mute') {
        askedMono = clock.now();
        return set({ answer });
      }
      if (busy === null) becomeBusy(answer.waitedMs, null);
      pacer.wake();
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
        pacer.wake();
      };
    },
    stop() {
      stopping.abort();
      pacer.wake();
      return running;
    },
  };
}
