/** One connection as one sample: its state, and how long the handshake took. */
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { type Connector, closeWithFin, connectErrorCode } from '../connector.ts';
import type { ProbeSample } from './facts.ts';
import { statusOf } from './status.ts';

export interface SampleOptions {
  readonly connector: Connector;
  readonly clock: Clock;
  readonly target: { readonly address: string; readonly port: number };
  readonly timeoutMs: number;
  readonly linkLive: () => boolean;
  readonly signal: AbortSignal;
  /** Told of every connection that is made. */
  readonly opened: (socket: Socket) => void;
  /** Milliseconds that this process has worked rather than waited, so far. @default Node's own count */
  readonly busyMs?: () => number;
}

export interface SampledConnection {
  readonly sample: ProbeSample;
  /** Connected, and the caller's to close; null unless the sample is `open`. */
  readonly socket: Socket | null;
  readonly elapsedMs: number;
}

/** A handshake slower than this is doubted when this process was busy for most of it. */
const DOUBTED_MS = 20;
/** Loading and drawing the screen for the first time outlasts two. */
const MOST_MEASUREMENTS = 4;

/**
 * Never rejects. A handshake that ended while this process was drawing or loading is noticed late, and
 * would tell of us and not of the network: it is measured again.
 */
export async function sampleOnce(options: SampleOptions): Promise<SampledConnection> {
  const busyMs = options.busyMs ?? (() => performance.eventLoopUtilization().active);
  for (let count = 1; ; count += 1) {
    const busyBefore = busyMs();
    const measured = await measure(options);
    const { ms } = measured.sample;
    const doubted = ms !== null && ms >= DOUBTED_MS && busyMs() - busyBefore >= ms / 2;
    if (measured.socket === null || !doubted || count === MOST_MEASUREMENTS) return measured;
    closeWithFin(measured.socket, options.clock);
  }
}

async function measure(options: SampleOptions): Promise<SampledConnection> {
  const { connector, clock, target, timeoutMs, signal } = options;
  const at = { atMono: clock.now(), atWall: clock.wall() };
  const elapsed = (): number => clock.now() - at.atMono;
  try {
    const socket = await connector(target.address, target.port, { timeoutMs, signal });
    const ms = elapsed();
    options.opened(socket);
    return { sample: { ...at, status: 'open', ms }, socket, elapsedMs: ms };
  } catch (error) {
    const elapsedMs = elapsed();
    const status = statusOf(connectErrorCode(error), elapsedMs, options.linkLive());
    return { sample: { ...at, status, ms: null }, socket: null, elapsedMs };
  }
}
