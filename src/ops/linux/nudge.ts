/** Something worth doing soon, however often it is asked for: one at a time, one waiting, not too often. */
import type { Clock } from '../clock.ts';

export interface NudgeOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Failures are nobody's business: the next nudge tries again. */
  readonly run: () => Promise<void>;
  /** Least time between two starts, ms. @default 120 */
  readonly everyMs?: number;
}

export function createNudge({ clock, signal, run, everyMs = 120 }: NudgeOptions): () => void {
  let busy = false;
  let asked = false;

  async function work(): Promise<void> {
    busy = true;
    while (asked && !signal.aborted) {
      asked = false;
      const began = clock.now();
      await run().catch(() => {});
      const rest = everyMs - (clock.now() - began);
      if (rest > 0) await clock.sleep(rest, signal).catch(() => {});
    }
    busy = false;
  }

  return () => {
    asked = true;
    if (!busy) void work();
  };
}
