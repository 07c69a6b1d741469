/** Runs at once, then at most once in so many milliseconds: a flood costs a bounded number of runs. */
import type { Clock } from '../ops/clock.ts';

/** @returns what asks for a run. The last request is always followed by one. */
export function createThrottle(
  clock: Clock,
  everyMs: number,
  run: () => void,
  signal: AbortSignal,
): () => void {
  let lastMono = Number.NEGATIVE_INFINITY;
  let waiting = false;
  function now(): void {
    waiting = false;
    lastMono = clock.now();
    run();
  }
  return () => {
    if (waiting || signal.aborted) return;
    const restMs = lastMono + everyMs - clock.now();
    if (restMs <= 0) return now();
    waiting = true;
    clock.sleep(restMs, signal).then(now, () => undefined);
  };
}
