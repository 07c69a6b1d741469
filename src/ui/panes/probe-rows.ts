/** The Probe pane's rows: the port as seen from this machine, its latency, and the verdict. Pure. */
import type { Outage, ProbeFacts, ProbeSample, ProbeStatus } from '../../ops/probe.ts';
import type { Catalogue } from '../../text/catalogue.ts';
import { wrap } from '../../text/measure.ts';
import { type Row, row, rowWidth, type Span, span } from '../rows.ts';
import { BARS, SYMBOL, type Tone } from '../theme.ts';
import { type Ranked, ranked } from './ranked.ts';

export interface ProbeView {
  readonly facts: ProbeFacts;
  readonly verdict: {
    readonly tone: Tone;
    readonly symbol: string;
    readonly headline: string;
    /** What mends it, with the key that does; null when nothing is to be mended. */
    readonly mend: string | null;
  };
  /** Length so far of the outage that lasts, if one does. */
  readonly ongoing: string | null;
}

export function statusLook(status: ProbeStatus | null): { readonly symbol: string; readonly tone: Tone } {
  if (status === null) return { symbol: SYMBOL.unknown, tone: 'quiet' };
  if (status === 'open') return { symbol: SYMBOL.good, tone: 'good' };
  return { symbol: SYMBOL.bad, tone: 'bad' };
}

export function probeRows(view: ProbeView, width: number, height: number, text: Catalogue['console']): Row[] {
  const { facts, verdict } = view;
  const roomy = height > 6;
  const rows: Ranked[] = [{ rank: 0, row: stateRow(facts, text) }];
  if (facts.samples.length > 0) {
    const figures = figureSpans(facts, roomy, text);
    if (roomy) {
      rows.push({ rank: 2, row: row('  ', ...figures) });
    } else {
      const room = Math.max(4, width - 4 - rowWidth(figures));
      rows.push({ rank: 2, row: row('  ', ...sparkline(facts.samples.slice(-room)), '  ', ...figures) });
    }
  }
  const lines = wrap(text.probe.verdict(verdict.headline), width - 2, roomy ? 3 : 1);
  for (const [index, line] of lines.entries()) {
    rows.push({
      rank: index === 0 ? 1 : 4,
      row: row(span(index === 0 ? `${verdict.symbol} ` : '  ', verdict.tone), span(line, verdict.tone)),
    });
  }
  if (verdict.mend !== null) {
    const mend = wrap(text.probe.mend(verdict.mend), width - 2, roomy ? 3 : 1);
    for (const [index, line] of mend.entries())
      rows.push({ rank: index === 0 ? 3 : 4, row: row('  ', line) });
  }
  const answer = answerRow(facts, text);
  if (answer !== null) rows.push({ rank: 6, row: answer });
  rows.push(...outageRows(facts.outages, view.ongoing, text));
  if (roomy && facts.samples.length > 0) {
    // The picture of the latency takes what the words leave, between one row and four.
    const spare = Math.max(1, Math.min(4, height - rows.length));
    const picture = latencyChart(facts.samples.slice(2 - width), spare);
    rows.splice(1, 0, ...picture.map((line) => ({ rank: 5, row: row('  ', ...line) })));
  }
  return ranked(rows, height);
}

function stateRow(facts: ProbeFacts, text: Catalogue['console']): Row {
  const newest = facts.samples.at(-1) ?? null;
  const look = statusLook(newest?.status ?? null);
  const where = facts.address.includes(':')
    ? `[${facts.address}]:${facts.port}`
    : `${facts.address}:${facts.port}`;
  const said =
    newest === null
      ? text.probe.none
      : newest.ms === null
        ? text.probe.status[newest.status]
        : text.format.latency(newest.ms);
  const paused =
    facts.paused === null
      ? null
      : facts.paused === 'calculation'
        ? text.probe.pausedCalculation
        : text.probe.pausedBusy;
  return row(
    span(`${look.symbol} `, look.tone),
    span(where, 'plain', { bold: true }),
    span(`  ${said}`, newest === null || newest.ms !== null ? 'plain' : look.tone),
    paused !== null && span(`  ${paused}`, 'quiet'),
  );
}

function figureSpans(facts: ProbeFacts, all: boolean, text: Catalogue['console']): Span[] {
  const figures: Span[] = [];
  for (const [name, value] of [
    ['p50', facts.p50],
    ['p95', facts.p95],
    [text.probe.max, facts.max],
  ] as const) {
    if (name === text.probe.max && !all) continue;
    if (value !== null) figures.push(span(`${name} `, 'quiet'), span(`${text.format.milliseconds(value)}  `));
  }
  if (facts.loss !== null) {
    const said = text.probe.loss(text.format.percent(facts.loss));
    figures.push(span(said, facts.loss > 0 ? 'warning' : 'quiet'));
  }
  return figures;
}

/** One bar a sample, against the slowest one shown; a probe that failed is a cross. */
export const sparkline = (samples: readonly ProbeSample[]): Row => latencyChart(samples, 1)[0] ?? [];

/** The same over several rows, the highest first. */
export function latencyChart(samples: readonly ProbeSample[], height: number): Row[] {
  const slowest = Math.max(0, ...samples.map((sample) => sample.ms ?? 0));
  return Array.from({ length: height }, (_, fromTop) => {
    const floor = height - 1 - fromTop;
    const spans: Span[] = [];
    for (const { ms } of samples) {
      const failed = ms === null;
      const level =
        failed || slowest === 0 ? 1 : Math.max(1, Math.round((ms / slowest) * height * BARS.length));
      const bar = failed ? (floor === 0 ? SYMBOL.no : ' ') : barFor(level - floor * BARS.length);
      const tone: Tone = failed ? 'bad' : 'accent';
      const last = spans.at(-1);
      if (last?.tone === tone) spans[spans.length - 1] = { ...last, text: last.text + bar };
      else spans.push(span(bar, tone));
    }
    return spans;
  });
}

/** A cell filled to `eighths`, of which there may be none or more than there are. */
function barFor(eighths: number): string {
  return eighths <= 0 ? ' ' : (BARS[Math.min(BARS.length, eighths) - 1] ?? ' ');
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
      const held =
        answer.heldBy === null
          ? ''
          : `, ${words.answerHeld(`${answer.heldBy.address}:${answer.heldBy.port}`)}`;
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
