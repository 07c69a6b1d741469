/** One connection as one sample: its state, and how long the handshake took. */
import type { Socket } from 'node:net';
import type { Clock } from './clock.ts';
import { type Connector, connectErrorCode } from './connector.ts';
import type { ProbeSample } from './probe.ts';
import { statusOf } from './probe-status.ts';

export interface SampleOptions {
  readonly connector: Connector;
  readonly clock: Clock;
  readonly target: { readonly address: string; readonly port: number };
  readonly timeoutMs: number;
  readonly linkLive: () => boolean;
  readonly signal: AbortSignal;
}

export interface SampledConnection {
  readonly sample: ProbeSample;
  /** Connected, and the caller's to close; null unless the sample is `open`. */
  readonly socket: Socket | null;
  readonly elapsedMs: number;
}

/** Never rejects. */
export async function sampleOnce(options: SampleOptions): Promise<SampledConnection> {
  const { connector, clock, target, timeoutMs, signal } = options;
  const at = { atMono: clock.now(), atWall: clock.wall() };
  const elapsed = (): number => clock.now() - at.atMono;
  try {
    const socket = await connector(target.address, target.port, { timeoutMs, signal });
    const ms = elapsed();
    return { sample: { ...at, status: 'open', ms }, socket, elapsedMs: ms };
  } catch (error) {
    const elapsedMs = elapsed();
    const status = statusOf(connectErrorCode(error), elapsedMs, options.linkLive());
    return { sample: { ...at, status, ms: null }, socket: null, elapsedMs };
  }
}
