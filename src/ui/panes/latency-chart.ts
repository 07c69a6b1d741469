/**
 * The probe's latencies as bars, one a sample, newest last. The scale is for the everyday ones: what is
 * far beyond them is cut off and marked, rather than pressing all the others flat. Pure.
 */
import type { ProbeSample } from '../../ops/probe/facts.ts';
import type { Formats } from '../../text/format.ts';
import { widthOf } from '../../text/measure.ts';
import { type Row, row, type Span, span } from '../rows.ts';
import { BARS, SYMBOL, type Tone } from '../theme.ts';

type Samples = readonly Pick<ProbeSample, 'ms'>[];

/** How many times the usual latency the chart reaches at most. */
const REACH = 3;

/** What the top of the chart stands for, in ms: round, and high enough for what is usual. */
export function chartTop(samples: Samples): number {
  const open = samples.flatMap(({ ms }) => (ms === null ? [] : [ms])).sort((one, other) => one - other);
  const usual = open[Math.ceil(open.length / 2) - 1];
  if (usual === undefined) return 1;
  return roundUp(Math.min(open.at(-1) ?? usual, REACH * usual));
}

const STEPS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

function roundUp(ms: number): number {
  if (!(ms > 0.01)) return 0.01;
  const unit = 10 ** Math.floor(Math.log10(ms));
  const step = STEPS.find((each) => each * unit >= ms * (1 - 1e-9)) ?? 10;
  return Number((step * unit).toPrecision(2));
}

/** The bars alone, the highest row first. */
export function bars(samples: Samples, height: number, top: number): Row[] {
  return Array.from({ length: height }, (_, fromTop) => {
    const spans: Span[] = [];
    for (const { ms } of samples) {
      const { text, tone } = cell(ms, height - 1 - fromTop, height, top);
      const last = spans.at(-1);
      if (last?.tone === tone) spans[spans.length - 1] = { ...last, text: last.text + text };
      else spans.push(span(text, tone));
    }
    return spans;
  });
}

function cell(ms: number | null, floor: number, height: number, top: number): { text: string; tone: Tone } {
  if (ms === null) return { text: floor === 0 ? SYMBOL.no : ' ', tone: 'bad' };
  if (ms > top && floor === height - 1) return { text: SYMBOL.beyond, tone: 'warning' };
  const eighths = Math.max(1, Math.round((Math.min(ms, top) / top) * height * BARS.length));
  const here = eighths - floor * BARS.length;
  return { text: here <= 0 ? ' ' : (BARS[Math.min(BARS.length, here) - 1] ?? ' '), tone: 'accent' };
}

/** The bars with their scale in front, as many samples as fit into `width`. */
export function latencyChart(samples: Samples, width: number, height: number, format: Formats): Row[] {
  // The scale is that of what is shown, and its label takes from the room of that.
  const label = (top: number): string => `${format.latency(top)} `;
  if (samples.every(({ ms }) => ms === null)) return bars(samples.slice(-width), height, 1);
  const guess = label(chartTop(samples.slice(-width)));
  const shown = samples.slice(-Math.max(1, width - widthOf(guess)));
  const top = chartTop(shown);
  const front = label(top);
  const room = Math.max(1, width - widthOf(front));
  return bars(shown.slice(-room), height, top).map((line, index) =>
    row(span(index === 0 ? front : ' '.repeat(widthOf(front)), 'quiet'), ...line),
  );
}

/** One row of bars in at most `width` cells, without a scale: for where there is no room for one. */
export function sparkline(samples: Samples, width: number): Row {
  const shown = samples.slice(-width);
  return bars(shown, 1, chartTop(shown))[0] ?? [];
}
