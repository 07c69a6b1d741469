/** The Probe pane's rows: the port as seen from this machine, its latency, and the verdict with its rungs. Pure. */
import type { Outage, ProbeFacts, ProbeStatus } from '../../ops/probe/facts.ts';
import type { Catalogue } from '../../text/catalogue.ts';
import { cut, widthOf, wrap } from '../../text/measure.ts';
import { placeOf } from '../../text/pieces.ts';
import { BLANK, type Row, row, rowWidth, type Span, span } from '../rows.ts';
import { RUNG_LOOK, type RungInWords } from '../sentences.ts';
import { SYMBOL, type Tone } from '../theme.ts';
import { latencyChart, sparkline } from './latency-chart.ts';
import type { NetdataRows } from './netdata-rows.ts';
import { type Ranked, ranked } from './ranked.ts';

export interface ProbeView {
  readonly facts: ProbeFacts;
  readonly verdict: {
    readonly tone: Tone;
    readonly symbol: string;
    readonly headline: string;
    /** What mends it, with the key that does; null when nothing is to be mended. */
    readonly mend: string | null;
    /** All six, where there is room for them. */
    readonly rungs: readonly RungInWords[];
  };
  /** Length so far of the outage that lasts, if one does. */
  readonly ongoing: string | null;
  /** Netdata's own view; null where there is none. */
  readonly netdata: NetdataRows | null;
}

/** From so many rows on there is a chart, the verdict's rungs, and air between them. */
const ROOMY = 7;
const RUNGS_FROM = 14;
const AIRY = 19;
const CHART_ROWS = 5;
/** Fewer bars than that say nothing. */
const LEAST_BARS = 8;

export function statusLook(status: ProbeStatus | null): { readonly symbol: string; readonly tone: Tone } {
  if (status === null) return { symbol: SYMBOL.unknown, tone: 'quiet' };
  if (status === 'open') return { symbol: SYMBOL.good, tone: 'good' };
  return { symbol: SYMBOL.bad, tone: 'bad' };
}

/** Whether a pane that high shows the rungs: by its height alone, so that they do not come and go. */
export const showsRungs = (height: number): boolean => height >= RUNGS_FROM;

export function probeRows(view: ProbeView, width: number, height: number, text: Catalogue['console']): Row[] {
  const { facts, verdict } = view;
  const roomy = height >= ROOMY;
  const rows: Ranked[] = [{ rank: 0, row: stateRow(view, width, text) }];
  const air = height >= AIRY ? [{ rank: 9, row: BLANK }] : [];
  if (facts.samples.length > 0) {
    const room = width - 2;
    const figures = figuresIn(roomy ? room : room - 2 - LEAST_BARS, facts, text);
    const line = roomy ? [] : [...sparkline(facts.samples, room - 2 - rowWidth(figures)), span('  ')];
    rows.push({ rank: 3, row: row('  ', ...line, ...figures) });
  }
  rows.push(...air);
  for (const [index, line] of wrap(
    text.probe.verdict(verdict.headline),
    width - 2,
    roomy ? 3 : 1,
  ).entries()) {
    const front = span(index === 0 ? `${verdict.symbol} ` : '  ', verdict.tone);
    rows.push({ rank: index === 0 ? 1 : 4, row: row(front, span(line, verdict.tone, { bold: true })) });
  }
  if (verdict.mend !== null) {
    for (const [index, line] of wrap(verdict.mend, width - 2, roomy ? 3 : 1).entries()) {
      const front = span(index === 0 ? `${SYMBOL.next} ` : '  ', 'accent');
      rows.push({ rank: index === 0 ? 2 : 4, row: row(front, line) });
    }
  }
  for (const line of view.netdata?.rows ?? []) {
    rows.push({ rank: view.netdata?.urgent ? 3 : 7, row: line });
  }
  if (showsRungs(height)) {
    rows.push(...air, ...rungRows(verdict.rungs, width).map((line) => ({ rank: 6, row: line })));
  } else {
    const answer = answerRow(facts, text);
    if (answer !== null) rows.push({ rank: 7, row: answer });
  }
  const outages = outageRows(facts.outages, view.ongoing, text);
  if (outages.length > 0 && air.length > 0) {
    rows.push(...air, { rank: 9, row: row('  ', span(text.probe.outages, 'quiet')) });
  }
  rows.push(...outages);
  if (roomy && facts.samples.length > 0) {
    // The picture of the latency takes what the words leave; it is no clearer for being taller.
    // Where none was measured there is no scale either, only the crosses.
    const tallest = facts.samples.some(({ ms }) => ms !== null) ? CHART_ROWS : 1;
    const spare = Math.max(1, Math.min(tallest, height - rows.filter(({ rank }) => rank < 9).length));
    const chart = latencyChart(facts.samples, width - 2, spare, text.format);
    rows.splice(1, 0, ...chart.map((line) => ({ rank: 5, row: row('  ', ...line) })));
  }
  return ranked(rows, height);
}

function stateRow({ facts, ongoing }: ProbeView, width: number, text: Catalogue['console']): Row {
  const newest = facts.samples.at(-1) ?? null;
  const look = statusLook(newest?.status ?? null);
  const words = text.probe;
  const where = placeOf(facts);
  const wait = { calculation: words.pausedCalculation, 'server-busy': words.pausedBusy };
  const paused = facts.paused === null ? null : span(`  ${wait[facts.paused]}`, 'quiet');
  const front = [span(`${look.symbol} `, look.tone), span(where, 'plain', { bold: true })];
  const said = (what: string): Row =>
    row(...front, span(`  ${what}`, newest === null || newest.ms !== null ? 'plain' : look.tone), paused);
  const why = facts.restraints.connect;
  if (why !== null && why.code !== 'looking') {
    return row(
      span(`${SYMBOL.unknown} `, 'quiet'),
      ...front.slice(1),
      span(`  ${words.notDialled}`, 'quiet'),
    );
  }
  if (newest === null) return said(words.none);
  if (newest.ms !== null) return said(text.format.latency(newest.ms));
  if (ongoing === null) return said(words.status[newest.status]);
  const long = said(words.downFor(words.status[newest.status], ongoing));
  return rowWidth(long) <= width ? long : said(words.downFor(words.statusShort[newest.status], ongoing));
}

/** As many of the figures as fit whole, the most telling last to go. */
function figuresIn(width: number, facts: ProbeFacts, text: Catalogue['console']): Span[] {
  const names = [
    ['p50', facts.p50],
    ['p95', facts.p95],
    [text.probe.max, facts.max],
  ] as const;
  const known = names.filter(([, value]) => value !== null);
  const loss =
    facts.loss === null
      ? []
      : [span(text.probe.loss(text.format.percent(facts.loss)), facts.loss > 0 ? 'warning' : 'quiet')];
  for (let count = known.length; count >= 0; count -= 1) {
    for (const gap of ['  ', ' ']) {
      const figures = known.slice(0, count).flatMap(([name, value], index) => {
        const unit = index === count - 1 ? ' ms' : '';
        return [span(`${name} `, 'quiet'), span(`${text.format.milliseconds(value ?? 0)}${unit}${gap}`)];
      });
      if (rowWidth([...figures, ...loss]) <= width) return [...figures, ...loss];
    }
  }
  return [];
}

/** A line each: what was seen there, and in colour only what is wrong. */
function rungRows(rungs: readonly RungInWords[], width: number): Row[] {
  const column = Math.max(...rungs.map(({ name }) => widthOf(name))) + 2;
  return rungs.map(({ name, state, evidence }) => {
    const { symbol, tone } = RUNG_LOOK[state];
    const faulty = state === 'broken' || state === 'warning';
    const front = name + ' '.repeat(column - widthOf(name));
    return row(
      span(`${symbol} `, tone),
      span(front, faulty ? 'plain' : 'quiet'),
      span(cut(evidence, Math.max(1, width - 2 - column)), faulty ? tone : 'quiet'),
    );
  });
}

function answerRow({ answer }: ProbeFacts, text: Catalogue['console']): Row | null {
  const words = text.probe;
  switch (answer?.state) {
    case undefined:
      return null;
    case 'right':
      return row('  ', span(words.answerRight(text.format.latency(answer.ms)), 'quiet'));
    case 'wrong':
      return row(
        span(`${SYMBOL.bad} ${words.answerWrong(answer.expression, answer.got, answer.expected)}`, 'bad'),
      );
    case 'mute': {
      const held = answer.heldBy === null ? '' : `, ${words.answerHeld(placeOf(answer.heldBy))}`;
      return row(
        span(`${SYMBOL.warning} ${words.answerMute(text.format.latency(answer.waitedMs))}${held}`, 'warning'),
      );
    }
    case 'closed':
      return row(span(`${SYMBOL.warning} ${words.answerClosed}`, 'warning'));
  }
}

function outageRows(
  outages: readonly Outage[],
  ongoing: string | null,
  text: Catalogue['console'],
): Ranked[] {
  return outages
    .slice(-8)
    .reverse()
    .map((outage, index) => {
      const length =
        outage.lengthMs === null ? text.probe.ongoing(ongoing ?? '') : lengthOf(outage.lengthMs, text);
      return {
        rank: 7 + index,
        row: row(
          span(
            `${outage.lengthMs === null ? SYMBOL.bad : SYMBOL.unknown} `,
            outage.lengthMs === null ? 'bad' : 'quiet',
          ),
          span(`${text.format.clock(outage.fromWall)}  `, 'quiet'),
          `${text.probe.statusShort[outage.status]}  `,
          span(length, outage.lengthMs === null ? 'bad' : 'quiet'),
        ),
      };
    });
}

/** Short outages to the tenth: `0 s` would say there was none. */
export function lengthOf(ms: number, text: Catalogue['console']): string {
  return ms < 10_000 ? text.format.seconds(ms) : text.format.duration(ms);
}
