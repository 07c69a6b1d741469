/** The rest between two turns of a loop, which can be cut short. */
import type { Clock } from './clock.ts';

export interface Pacer {
  /** Resolves after `ms`, or as soon as it is woken; at once when that happened during the turn before. */
  rest(ms: number): Promise<void>;
  wake(): void;
}

export function createPacer(clock: Clock): Pacer {
  let resting: AbortController | null = null;
  let woken = false;
  return {
    async rest(ms) {
      if (!woken) {
        resting = new AbortController();
        await clock.sleep(ms, resting.signal).catch(() => undefined);
        resting = null;
      }
      woken = false;
    },
    wake() {
      woken = true;
      resting?.abort();
    },
  };
}
