/** One beat shared by everything that shows an age or a countdown. It runs only while somebody listens. */
import type { Clock } from '../ops/clock.ts';

export interface Ticker {
  subscribe(listener: () => void): () => void;
  /** Monotonic time of the last beat: one moment for all that is drawn between two beats. */
  now(): number;
}

/** @param wait milliseconds from one beat to the next */
export function createTicker(clock: Clock, wait: () => number): Ticker {
  const listeners = new Set<() => void>();
  let running: AbortController | null = null;
  let last = clock.now();

  async function beat(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(wait(), signal);
      last = clock.now();
      for (const listener of [...listeners]) listener();
    }
  }

  return {
    now: () => (running === null ? clock.now() : last),
    subscribe(listener) {
      listeners.add(listener);
      if (running === null) {
        running = new AbortController();
        last = clock.now();
        beat(running.signal).catch(() => undefined);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        running?.abort();
        running = null;
      };
    },
  };
}

/** Beats as the wall clock's second turns, so that the time shown is never a second behind. */
export const secondTicker = (clock: Clock): Ticker =>
  createTicker(clock, () => 1000 - (Math.floor(clock.wall()) % 1000));

/** Ten beats a second, for bars that run. */
export const fastTicker = (clock: Clock): Ticker => createTicker(clock, () => 100);
