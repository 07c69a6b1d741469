/** The chart of the probe's latencies: its scale, its bars, what is beyond it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formats } from '../../../src/text/format.ts';
import { chartTop, latencyChart, sparkline } from '../../../src/ui/panes/latency-chart.ts';
import { type Row, rowWidth } from '../../../src/ui/rows.ts';

const samples = (...latencies: readonly (number | null)[]) => latencies.map((ms) => ({ ms }));
const textOf = (line: Row): string => line.map(({ text }) => text).join('');
const chart = (latencies: readonly (number | null)[], height: number, width = 40): string[] =>
  latencyChart(samples(...latencies), width, height, formats('en')).map(textOf);

describe('the scale', () => {
  it.each([
    [[0.42, 0.4, 0.9], 0.9, 1],
    [[1, 2, 4], 4, 4],
    [[1.1, 1.2, 3.3], 3.3, 4],
    [[0.6, 0.6, 0.7, 26], 1.8, 2],
    [[120, 180], 180, 200],
    [[], 0, 1],
    [[0], 0, 0.01],
  ])('of %j reaches %f, rounded up to %f ms', (latencies, _, top) => {
    expect(chartTop(samples(...latencies))).toBe(top);
  });

  it('is never below what is usual, and never far above', () => {
    const latency = fc.double({ min: 0.001, max: 10_000, noNaN: true });
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1 }), (latencies) => {
        const sorted = [...latencies].sort((one, other) => one - other);
        const usual = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
        const top = chartTop(samples(...latencies));
        expect(top).toBeGreaterThanOrEqual(usual * 0.999);
        expect(top).toBeLessThanOrEqual(Math.max(0.01, usual * 3 * 1.51));
      }),
    );
  });
});

describe('the chart', () => {
  it('draws a bar a sample, a failed probe as a cross, and says what its top is', () => {
    expect(chart([1, null, 2, 4], 4)).toEqual(['4.0 ms    █', '          █', '         ██', '       █✗██']);
  });

  it('keeps the everyday latencies apart beside one that is far out, which it marks', () => {
    expect(chart([0.5, 0.6, 0.5, 26, 0.4, 0.9], 2)).toEqual(['1.5 ms    ▲ ▂', '       ▅▆▅█▄█']);
  });

  it('shows the newest where there are more samples than cells', () => {
    expect(chart([1, 1, 1, 1, 1, 1, 1, 2], 1, 10)).toEqual(['2.0 ms ▄▄█']);
  });

  it('fits whatever the samples', () => {
    const latency = fc.option(fc.double({ min: 0, max: 1e5, noNaN: true }));
    const size = { width: fc.integer({ min: 12, max: 80 }), height: fc.integer({ min: 1, max: 6 }) };
    fc.assert(
      fc.property(fc.array(latency), fc.record(size), (latencies, { width, height }) => {
        const rows = latencyChart(samples(...latencies), width, height, formats('fr'));
        expect(rows).toHaveLength(height);
        for (const line of rows) expect(rowWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('is one row of bars where there is room for no more', () => {
    expect(textOf(sparkline(samples(0.5, 0.6, 26, null, 0.6), 4))).toBe('▂▲✗▂');
  });
});
