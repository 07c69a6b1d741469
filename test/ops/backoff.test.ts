import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, RECONNECT_LIMITS } from '../../src/ops/backoff.ts';

describe('backoffMs', () => {
  it.each([
    [0, 0, 500],
    [0, 0.5, 750],
    [1, 0.5, 1250],
    [2, 0.5, 2250],
    [5, 0.5, 15_250],
    [5, 0, 500],
    [40, 0.5, 15_250],
    [5000, 0.5, 15_250],
  ])('attempt %i with %f draws %f ms', (attempt, random, ms) => {
    expect(backoffMs(attempt, random)).toBe(ms);
  });

  it('stays between floor and ceiling, and reaches further with each attempt', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (n, random) => {
          const ms = backoffMs(n, random);
          expect(ms).toBeGreaterThanOrEqual(RECONNECT_LIMITS.floorMs);
          expect(ms).toBeLessThanOrEqual(RECONNECT_LIMITS.ceilingMs);
          expect(backoffMs(n + 1, random)).toBeGreaterThanOrEqual(ms);
        },
      ),
    );
  });
});
