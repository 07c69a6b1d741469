/** N failures in a row are a fall, M successes in a row a recovery. Pure. */
import type { FallCause, Moment } from './event.ts';

/** One look at the service that says something about it. */
export type Observation =
  | { readonly at: Moment; readonly ok: true }
  | { readonly at: Moment; readonly ok: false; readonly cause: FallCause };

export interface StreakRules {
  /** Failures in a row that make it down; at least 1. */
  readonly failures: number;
  /** Successes in a row that make it up; at least 1. */
  readonly successes: number;
  /**
   * Looks that come sooner after the last one counted tell no more than that one: each change of the unit wakes
   * the probe, and a restart of a tenth of a second would be N failures in a row otherwise.
   */
  readonly apartMs: number;
}

/** The looks so far that were all alike. */
export interface Streak {
  readonly ok: boolean;
  readonly count: number;
  readonly first: Moment;
  /** When the newest that counted was. */
  readonly counted: Moment;
  /** The newest failure's; null in a streak of successes. */
  readonly cause: FallCause | null;
}

export function extend(streak: Streak | null, seen: Observation, { apartMs }: StreakRules): Streak {
  const { at, ok } = seen;
  const cause = seen.ok ? null : seen.cause;
  if (streak === null || streak.ok !== ok) return { ok, count: 1, first: at, counted: at, cause };
  if (at.mono - streak.counted.mono < apartMs) return { ...streak, cause };
  return { ...streak, count: streak.count + 1, counted: at, cause };
}

/** Whether this streak settles anything. */
export function decides({ ok, count }: Streak, rules: StreakRules): boolean {
  return count >= (ok ? rules.successes : rules.failures);
}
