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
}

/** The looks so far that were all alike. */
export interface Streak {
  readonly ok: boolean;
  readonly count: number;
  readonly first: Moment;
  /** The newest failure's; null in a streak of successes. */
  readonly cause: FallCause | null;
}

export function extend(streak: Streak | null, seen: Observation): Streak {
  const cause = seen.ok ? null : seen.cause;
  return streak === null || streak.ok !== seen.ok
    ? { ok: seen.ok, count: 1, first: seen.at, cause }
    : { ...streak, count: streak.count + 1, cause };
}

/** Whether this streak settles anything. */
export function decides({ ok, count }: Streak, rules: StreakRules): boolean {
  return count >= (ok ? rules.successes : rules.failures);
}
