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
  const rows: Ranked[] = [{ rank: 0, row: stateRow(facts, text) }];
  if (facts.samples.length > 0) rows.push({ rank: 2, row: statsRow(facts, width, text) });
  const lines = wrap(`${text.probe.verdict}: ${verdict.headline}`, width - 2, height > 6 ? 3 : 1);
  for (const [index, line] of lines.entries()) {
    rows.push({
      rank: index === 0 ? 1 : 4,
      row: row(span(index === 0 ? `${verdict.symbol} ` : '  ', verdict.tone), span(line, verdict.tone)),
    });
  }
  if (verdict.mend !== null) {
    const mend = wrap(`${text.probe.mend}: ${verdict.mend}`, width - 2, height > 6 ? 3 : 1);
    for (const [index, line] of mend.entries())
      rows.push({ rank: index === 0 ? 3 : 4, row: row('  ', line) });
  }
  const answer = answerRow(facts, text);
  if (answer !== null) rows.push({ rank: 6, row: answer });
  rows.push(...outageRows(facts.outages, view.ongoing, text));
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

/** The sparkline takes what the figures leave. */
function statsRow(facts: ProbeFacts, width: number, text: Catalogue['console']): Row {
  const figures: Span[] = [];
  const figure = (name: string, value: string, tone?: Tone): void => {
    figures.push(span(`  ${name} `, 'quiet'), span(value, tone));
  };
  if (facts.p50 !== null) figure('p50', text.format.latency(facts.p50));
  if (facts.p95 !== null) figure('p95', text.format.latency(facts.p95));
  if (facts.max !== null) figure(text.probe.max, text.format.latency(facts.max));
  if (facts.loss !== null) {
    figures.push(
      span('  '),
      span(text.probe.loss(text.format.percent(facts.loss)), facts.loss > 0 ? 'warning' : 'quiet'),
    );
  }
  const room = Math.min(facts.samples.length, Math.max(0, width - 2 - rowWidth(figures)));
  return row('  ', ...sparkline(facts.samples.slice(facts.samples.length - Math.max(room, 4))), ...figures);
}

/** One bar a sample, against the slowest one shown; a probe that failed is a cross. */
export function sparkline(samples: readonly ProbeSample[]): Span[] {
  const slowest = Math.max(0, ...samples.map((sample) => sample.ms ?? 0));
  const spans: Span[] = [];
  for (const { ms } of samples) {
    const bar = ms === null ? SYMBOL.no : barFor(slowest === 0 ? 0 : ms / slowest);
    const tone: Tone = ms === null ? 'bad' : 'accent';
    const last = spans.at(-1);
    if (last?.tone === tone) spans[spans.length - 1] = { ...last, text: last.text + bar };
    else spans.push(span(bar, tone));
  }
  return spans;
}

function barFor(share: number): string {
  return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))] ?? BARS[0];
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
        outage.lengthMs === null ? text.probe.ongoing(ongoing ?? '') : text.format.duration(outage.lengthMs);
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
