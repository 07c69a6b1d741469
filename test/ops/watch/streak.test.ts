/** Looks in a row: which count, and what they settle. */
import { describe, expect, it } from 'vitest';
import type { FallCause, Moment } from '../../../src/ops/watch/event.ts';
import { decides, extend, type Observation, type Streak } from '../../../src/ops/watch/streak.ts';

const RULES = { failures: 2, successes: 3, apartMs: 1500 };
const at = (mono: number): Moment => ({ mono, wall: 1_790_000_000_000 + mono });
const up = (mono: number): Observation => ({ at: at(mono), ok: true });
const down = (mono: number, cause: FallCause = 'refused'): Observation => ({
  at: at(mono),
  ok: false,
  cause,
});

const streakOf = (...seen: readonly Observation[]): Streak | null =>
  seen.reduce<Streak | null>((streak, one) => extend(streak, one, RULES), null);

describe('a streak', () => {
  it('counts looks that are far enough apart, from the last that counted', () => {
    expect(streakOf(down(0), down(1499))?.count).toBe(1);
    expect(streakOf(down(0), down(1500))?.count).toBe(2);
    // Not from the last that was seen: else a look each second would never count.
    expect(streakOf(down(0), down(1000), down(2000))).toMatchObject({
      count: 2,
      counted: at(2000),
      first: at(0),
    });
    expect(streakOf(down(0), down(1500), down(2999))?.count).toBe(2);
    expect(streakOf(down(0), down(1500), down(3000))?.count).toBe(3);
  });

  it('takes the newest cause, counted or not', () => {
    expect(streakOf(down(0, 'refused'), down(10, 'wrong'))).toMatchObject({
      count: 1,
      cause: 'wrong',
    });
    expect(streakOf(down(0), up(10))?.cause).toBeNull();
  });

  it('begins anew with a look of the other kind, however soon', () => {
    expect(streakOf(down(0), down(1500), up(1501))).toEqual({
      ok: true,
      count: 1,
      first: at(1501),
      counted: at(1501),
      cause: null,
    });
  });

  it('settles at its own number of failures or of successes', () => {
    const settled = (count: number, ok: boolean): boolean =>
      decides({ ok, count, first: at(0), counted: at(0), cause: null }, RULES);
    expect([settled(1, false), settled(2, false), settled(2, true), settled(3, true)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });
});
