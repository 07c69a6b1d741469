/** What a guard remembers of one host and its service, and how that outlives the guard's own process. */
import type { FallCause, Moment } from './event.ts';
import type { Streak } from './streak.ts';

export interface GuardMemory {
  readonly judged: 'unknown' | 'up' | 'down';
  /** When what is judged began; null while nothing is. */
  readonly since: Moment | null;
  /** Why it is down; null unless it is. */
  readonly cause: FallCause | null;
  /** Falls in the last ten minutes that nobody ordered. */
  readonly falls: readonly Moment[];
  /** Restarts by systemd in the last ten minutes. */
  readonly restarts: readonly Moment[];
  /** The loop it is in; `falls` counts on, whatever is forgotten above. */
  readonly loop: { readonly since: Moment; readonly falls: number } | null;
  /** The link's loss; `told` once it has counted as blindness. */
  readonly blind: { readonly since: Moment; readonly detail: string; readonly told: boolean } | null;
  /** Looks that have not settled anything yet, and the one that settled it last. */
  readonly streak: Streak | null;
}

export const NOTHING_KNOWN: GuardMemory = {
  judged: 'unknown',
  since: null,
  cause: null,
  falls: [],
  restarts: [],
  loop: null,
  blind: null,
  streak: null,
};

/**
 * What is left of a memory after the process has ended: judgements stand, streaks do not, and monotonic
 * times are made anew from the wall's.
 * @param now on this process's clocks
 */
export function recall(memory: GuardMemory, now: Moment): GuardMemory {
  const anew = ({ wall }: Moment): Moment => ({ wall, mono: now.mono - Math.max(0, now.wall - wall) });
  const { since, falls, restarts, loop, blind } = memory;
  return {
    ...memory,
    since: since && anew(since),
    falls: falls.map(anew),
    restarts: restarts.map(anew),
    loop: loop && { ...loop, since: anew(loop.since) },
    blind: blind?.told ? { ...blind, since: anew(blind.since) } : null,
    streak: null,
  };
}

/** What was written to disk, if that is what it is: a file that somebody else wrote is no memory. */
export function asMemory(value: unknown): GuardMemory | null {
  if (!isRecord(value)) return null;
  const { judged, since, falls, restarts, loop, blind } = value;
  const whole =
    (judged === 'unknown' || judged === 'up' || judged === 'down') &&
    (since === null || isMoment(since)) &&
    Array.isArray(falls) &&
    falls.every(isMoment) &&
    Array.isArray(restarts) &&
    restarts.every(isMoment) &&
    (loop === null || (isRecord(loop) && isMoment(loop.since) && typeof loop.falls === 'number')) &&
    (blind === null || (isRecord(blind) && isMoment(blind.since) && typeof blind.told === 'boolean'));
  return whole ? (value as unknown as GuardMemory) : null;
}

function isMoment(value: unknown): value is Moment {
  return isRecord(value) && Number.isFinite(value.mono) && Number.isFinite(value.wall);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
