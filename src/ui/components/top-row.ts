/** The top line: who and where, how the link is, the unit, what is special, the time. Pure. */
import type { Catalogue } from '../../text/catalogue.ts';
import { type Row, row, rowWidth, type Span, span, spread } from '../rows.ts';
import { SYMBOL } from '../theme.ts';

export interface TopView {
  readonly host: string;
  readonly demo: boolean;
  readonly readOnly: boolean;
  readonly unit: string;
  readonly clock: string;
  readonly link: LinkView;
  /** The verdict in a word or two; null where the link says it already. */
  readonly verdict: Span | null;
  readonly reconnectKey: string;
}

export type LinkView =
  | { readonly state: 'connecting' }
  | { readonly state: 'live'; readonly roundTrip: string | null }
  | { readonly state: 'lost'; readonly ago: string; readonly retryIn: string | null };

export function linkSpan(link: LinkView, key: string, text: Catalogue['console'], short: boolean): Span {
  const words = text.top;
  switch (link.state) {
    case 'connecting':
      return span(`◌ ${words.connecting}`, 'warning');
    case 'live':
      return span(
        `${SYMBOL.good} ${words.live}${link.roundTrip === null || short ? '' : ` ${link.roundTrip}`}`,
        'good',
      );
    case 'lost': {
      const lost = `${SYMBOL.bad} ${words.lost(link.ago)}`;
      if (short) return span(lost, 'bad');
      const retry = link.retryIn === null ? words.retrying : words.retryIn(link.retryIn);
      return span(`${lost}, ${retry}${key === '' ? '' : ` (${words.now(key)})`}`, 'bad');
    }
  }
}

/** Parts give way from the least to the most needed as the line gets shorter; the link never does. */
export function topRow(view: TopView, width: number, text: Catalogue['console']): Row {
  const gap = span('  ');
  const marks: Span[] = [
    ...(view.demo ? [gap, span(text.top.demo, 'accent', { bold: true })] : []),
    ...(view.readOnly ? [gap, span(text.top.readOnly, 'warning', { bold: true })] : []),
  ];
  const name = [span('tp5-tui', 'accent', { bold: true }), gap];
  const host = [span(view.host, 'plain', { bold: true }), gap];
  const unit = [span('   '), span(view.unit)];
  const verdict = view.verdict === null ? [] : [gap, view.verdict];
  const clock = row(span(`  ${view.clock} `, 'quiet'));
  const link = (short: boolean): Span => linkSpan(view.link, view.reconnectKey, text, short);
  const lead = span(' ');
  const forms: (readonly [Row, Row])[] = [
    [row(lead, ...name, ...host, link(false), ...unit, ...verdict, ...marks), clock],
    [row(lead, ...host, link(false), ...unit, ...verdict, ...marks), clock],
    [row(lead, ...host, link(false), ...verdict, ...marks), clock],
    ...(view.link.state === 'lost' ? [[row(lead, link(false), ...marks), clock] as const] : []),
    [row(lead, ...host, link(true), ...verdict, ...marks), clock],
    [row(lead, ...host, link(true), ...verdict, ...marks), []],
    [row(lead, link(true), ...verdict, ...marks), []],
    [row(lead, link(true), ...marks), []],
  ];
  const fitting = forms.find(([left, right]) => rowWidth(left) + rowWidth(right) <= width);
  const [left, right] = fitting ?? [row(link(true), ...marks), []];
  return spread(left, right, width);
}
