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
  /** While this outage lasted, no guard was there for so long, ms. */
  readonly awayMs: number;
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
  awayMs: 0,
  streak: null,
};

/**
 * What is left of a memory after the process has ended: judgements stand, streaks do not, and monotonic
 * times are made anew from the wall's.
 * @param now on this process's clocks
 * @param lastWall when a guard last looked; null when that is not known
 */
export function recall(memory: GuardMemory, now: Moment, lastWall: number | null): GuardMemory {
  const anew = ({ wall }: Moment): Moment => ({ wall, mono: now.mono - Math.max(0, now.wall - wall) });
  const { since, falls, restarts, loop, blind } = memory;
  const gapMs = now.wall - Math.max(lastWall ?? 0, since?.wall ?? now.wall);
  return {
    ...memory,
    since: since && anew(since),
    falls: falls.map(anew),
    restarts: restarts.map(anew),
    loop: loop && { ...loop, since: anew(loop.since) },
    blind: blind?.told ? { ...blind, since: anew(blind.since) } : null,
    awayMs: memory.awayMs + (gapMs >= LONG_AWAY_MS ? gapMs : 0),
    streak: null,
  };
}

/** A guard that is started anew is back within this, and has missed nothing that matters. */
const LONG_AWAY_MS = 120_000;

const CAUSES: Readonly<Record<FallCause, true>> = {
  refused: true,
  rejected: true,
  filtered: true,
  unreachable: true,
  mute: true,
  held: true,
  wrong: true,
  closed: true,
};

/** What was written to disk, if that is what it is: a file that somebody else wrote is no memory. */
export function asMemory(value: unknown): GuardMemory | null {
  if (!isRecord(value)) return null;
  const { judged, since, cause, falls, restarts, loop, blind, awayMs } = value;
  const whole =
    (judged === 'unknown' || judged === 'up' || judged === 'down') &&
    (since === null || isMoment(since)) &&
    Array.isArray(falls) &&
    falls.every(isMoment) &&
    Array.isArray(restarts) &&
    restarts.every(isMoment) &&
    (loop === null || (isRecord(loop) && isMoment(loop.since) && Number.isFinite(loop.falls))) &&
    Number.isFinite(awayMs) &&
    (blind === null || isBlindness(blind)) &&
    (cause === null || (typeof cause === 'string' && Object.hasOwn(CAUSES, cause)));
  return whole ? (value as unknown as GuardMemory) : null;
}

function isMoment(value: unknown): value is Moment {
  return isRecord(value) && Number.isFinite(value.mono) && isTime(value.wall);
}

/** What a Date can be: a time beyond it could not be told any more. */
function isTime(value: unknown): boolean {
  return typeof value === 'number' && !Number.isNaN(new Date(value).getTime());
}

function isBlindness(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return isMoment(value.since) && typeof value.told === 'boolean' && typeof value.detail === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
