/** StartLimitBurst= within StartLimitIntervalSec=: how often a unit may be started, see systemd.unit(5). */

export interface StartLimit {
  /** Counts a start at `now` (ms); false when it is one too many. */
  take(now: number): boolean;
  reset(): void;
}

/** systemd's defaults are 5 starts in 10 s. As there, a window begins with the first start in it. */
export function startLimit(burst: number, intervalMs: number): StartLimit {
  let begin = Number.NEGATIVE_INFINITY;
  let taken = 0;
  return {
    take(now) {
      if (now - begin >= intervalMs) {
        begin = now;
        taken = 0;
      }
      taken += 1;
      return taken <= burst;
    },
    reset() {
      begin = Number.NEGATIVE_INFINITY;
    },
  };
}
