import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProbeSample, ProbeStatus } from '../../../src/ops/probe/facts.ts';
import { NO_HISTORY, percentile, record, summarize, WINDOW } from '../../../src/ops/probe/stats.ts';
import { statusOf } from '../../../src/ops/probe/status.ts';

function sample(status: ProbeStatus, index: number, ms = 1): ProbeSample {
  return { atMono: index * 2000, atWall: index * 2000, status, ms: status === 'open' ? ms : null };
}

/** `o` open, `r` refused, `j` rejected, `f` filtered. */
const STATUS: Record<string, ProbeStatus> = { o: 'open', r: 'refused', j: 'rejected', f: 'filtered' };

function history(pattern: string) {
  return [...pattern].reduce(
    (so, letter, index) => record(so, sample(STATUS[letter] ?? 'unreachable', index)),
    NO_HISTORY,
  );
}

describe('percentile', () => {
  it.each([
    [[], 0.5, null],
    [[7], 0.5, 7],
    [[7], 0.95, 7],
    [[1, 2], 0.5, 1],
    [[1, 2, 3], 0.5, 2],
    [Array.from({ length: 100 }, (_, index) => index + 1), 0.95, 95],
    [Array.from({ length: 20 }, (_, index) => index + 1), 0.95, 19],
  ])('of %j at %f is %s', (sorted, share, value) => {
    expect(percentile(sorted, share)).toBe(value);
  });
});

describe('summarize', () => {
  it('counts latency over the open samples and loss over all', () => {
    const samples = [sample('open', 0, 3), sample('refused', 1), sample('open', 2, 1), sample('filtered', 3)];
    expect(summarize(samples)).toEqual({ p50: 1, p95: 3, max: 3, loss: 0.5 });
  });

  it('knows nothing without samples', () => {
    expect(summarize([])).toEqual({ p50: null, p95: null, max: null, loss: null });
  });

  it('orders its figures, whatever the samples', () => {
    const letters = fc.string({ unit: fc.constantFrom(...Object.keys(STATUS)), maxLength: 400 });
    fc.assert(
      fc.property(letters, fc.double({ min: 0.01, max: 4000, noNaN: true }), (pattern, ms) => {
        const samples = [...pattern].map((letter, index) =>
          sample(STATUS[letter] ?? 'open', index, ms + index),
        );
        const { p50, p95, max, loss } = summarize(samples);
        if (p50 === null || p95 === null || max === null) expect(pattern).not.toContain('o');
        else expect(p50 <= p95 && p95 <= max).toBe(true);
        if (loss !== null) expect(loss >= 0 && loss <= 1).toBe(true);
      }),
    );
  });
});

describe('record', () => {
  it.each([
    ['', []],
    ['ooo', []],
    ['oorrroo', [[4000, 6000, 'refused']]],
    ['orjfo', [[2000, 6000, 'refused']]],
    [
      'oroffo',
      [
        [2000, 2000, 'refused'],
        [6000, 4000, 'filtered'],
      ],
    ],
    ['rro', [[0, 4000, 'refused']]],
    ['orr', [[2000, null, 'refused']]],
  ])('%j has the outages %j', (pattern, expected) => {
    const outages = history(pattern).outages.map(({ fromMono, lengthMs, status }) => [
      fromMono,
      lengthMs,
      status,
    ]);
    expect(outages).toEqual(expected);
  });

  it('keeps ten minutes of samples', () => {
    const { samples } = history('o'.repeat(WINDOW + 50));
    expect(samples).toHaveLength(300);
    expect(samples[0]?.atMono).toBe(50 * 2000);
  });
});

describe('statusOf', () => {
  it.each([
    ['ECONNREFUSED', 1, true, 'refused'],
    ['EHOSTUNREACH', 1, true, 'rejected'],
    ['EHOSTUNREACH', 3100, true, 'unreachable'],
    ['EHOSTUNREACH', 1, false, 'unreachable'],
    ['EACCES', 1, true, 'rejected'],
    ['EPERM', 0, false, 'rejected'],
    ['ETIMEDOUT', 3500, true, 'filtered'],
    ['ENETUNREACH', 0, false, 'unreachable'],
    ['ENOTFOUND', 20, true, 'unreachable'],
    ['', 0, true, 'unreachable'],
  ])('%s after %d ms, link live: %s, is %s', (code, elapsedMs, live, status) => {
    expect(statusOf(code, elapsedMs, live)).toBe(status);
  });
});
