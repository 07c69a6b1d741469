/**
 * A number that may change a thousand times a second, passed on thirty times a second at most: the first
 * change at once, the last one always. A flood of log lines then costs frames by time, not by line.
 */
import type { Clock } from '../ops/clock.ts';

export interface Pulse {
  subscribe(listener: () => void): () => void;
  /** The number as it was last passed on. */
  value(): number;
}

const PERIOD_MS = 33;

/** @param watch calls back at each change and returns the stop function */
export function createPulse(
  clock: Clock,
  read: () => number,
  watch: (changed: () => void) => () => void,
): Pulse {
  const listeners = new Set<() => void>();
  let passed = read();
  let nextAt = Number.NEGATIVE_INFINITY;
  let waiting = false;
  let stopWatching: (() => void) | null = null;
  let stopping = new AbortController();

  function pass(): void {
    waiting = false;
    if (passed === read()) return;
    passed = read();
    nextAt = clock.now() + PERIOD_MS;
    for (const listener of [...listeners]) listener();
  }

  function changed(): void {
    if (waiting || passed === read()) return;
    const wait = nextAt - clock.now();
    if (wait <= 0) {
      pass();
      return;
    }
    waiting = true;
    clock.sleep(wait, stopping.signal).then(pass, () => {
      waiting = false;
    });
  }

  return {
    value: () => (stopWatching === null ? read() : passed),
    subscribe(listener) {
      listeners.add(listener);
      if (stopWatching === null) {
        passed = read();
        stopping = new AbortController();
        stopWatching = watch(changed);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stopWatching?.();
        stopWatching = null;
        stopping.abort();
      };
    },
  };
}
