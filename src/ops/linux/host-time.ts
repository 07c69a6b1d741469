/** The host's CLOCK_MONOTONIC, as systemd stamps with it, on our own clock. */
import type { Clock } from '../clock.ts';
import { persist } from '../retries.ts';
import type { Transport } from '../transport/transport.ts';

export interface HostTime {
  /**
   * A moment on the host as a moment of `Clock.now()`, ms.
   * @param monotonicUs CLOCK_MONOTONIC on the host; 0 means never
   * @param realtimeUs the same moment on the host's wall clock
   */
  toMono(monotonicUs: number, realtimeUs: number): number | null;
  /** A stamp that was made only now: what the host said in a signal that just came. */
  observe(monotonicUs: number): void;
  /** Settles when the host's clock was read, or could not be; never rejects. Read it may be later all the same. */
  readonly ready: Promise<void>;
}

/** /proc/uptime counts in hundredths and cuts the rest off. */
const HALF_TICK_MS = 5;
/** No live link delays a signal by more: beyond this the host's clocks disagree. */
const SUSPENDED_MS = 6_000;

/**
 * Reads /proc/uptime (proc_uptime(5)) over the transport. It counts the time a machine was suspended,
 * which CLOCK_MONOTONIC does not: where signals show that the two are far apart, the signals are
 * believed. Until it was read, and where it cannot be, wall clocks are taken to agree.
 */
export function openHostTime(transport: Transport, clock: Clock, over: AbortSignal): HostTime {
  /** Our now minus the host's, ms. */
  let shift: number | null = null;

  const tried = Promise.withResolvers<void>();

  async function read(): Promise<void> {
    // The first read pays for opening the file; only the second one's round trip is known.
    await uptimeMs(transport);
    const asked = clock.now();
    const uptime = await uptimeMs(transport);
    const arrived = clock.now();
    if (uptime !== null) shift = (asked + arrived) / 2 - uptime - HALF_TICK_MS;
  }

  persist(read, { clock, signal: over, onFailure: () => tried.resolve() }).then(tried.resolve, () =>
    tried.resolve(),
  );

  return {
    toMono(monotonicUs, realtimeUs) {
      if (monotonicUs <= 0) return null;
      if (shift === null) return clock.now() - (clock.wall() - realtimeUs / 1000);
      return monotonicUs / 1000 + shift;
    },
    observe(monotonicUs) {
      if (shift === null) return;
      const seen = clock.now() - monotonicUs / 1000;
      if (seen - shift > SUSPENDED_MS) shift = seen;
    },
    ready: tried.promise,
  };
}

async function uptimeMs(transport: Transport): Promise<number | null> {
  const text = await transport.readFile('/proc/uptime').then(
    (bytes) => bytes.toString('latin1'),
    async () => (await transport.run(['cat', '/proc/uptime'])).stdout,
  );
  const seconds = Number.parseFloat(text);
  return Number.isFinite(seconds) ? seconds * 1000 : null;
}
