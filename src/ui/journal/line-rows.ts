/** One line of the journal as rows: time, writer, message, with the matches of the search marked. Pure. */
import type { JournalLine } from '../../state/journal-buffer.ts';
import type { Catalogue } from '../../text/catalogue.ts';
import { harmless } from '../../text/foreign.ts';
import { cut, widthOf, wrap } from '../../text/measure.ts';
import { type Row, row, type Span, span } from '../rows.ts';
import { SYMBOL, type Tone } from '../theme.ts';
import type { TimeStyle } from '../view.ts';
import { type LensItem, type Matcher, writerOf } from './lens.ts';

export interface LineStyle {
  readonly width: number;
  /** Rows one line may take when wrapped. */
  readonly maxRows: number;
  readonly wrap: boolean;
  readonly time: TimeStyle;
  readonly nowWall: number;
  /** Whose journal it is: not named again in each of systemd's lines. */
  readonly unit: string;
  readonly pattern: Matcher | null;
  /** Whether a column in front shows which line is chosen. */
  readonly gutter: boolean;
  readonly text: Catalogue['console'];
}

/** Under this many cells the time gives its place to the message. */
const NARROW = 40;

export function itemRows(
  item: LensItem,
  line: JournalLine | undefined,
  style: LineStyle,
  chosen: boolean,
): Row[] {
  const { text } = style;
  const lead: Span[] = style.gutter ? [span(chosen ? `${SYMBOL.chosen} ` : '  ', 'accent')] : [];
  if (item.kind === 'fold') {
    return [row(...lead, span(`${SYMBOL.fold} ${text.journal.folded(item.count)}`, 'quiet'))];
  }
  if (line === undefined) return [row(...lead)];
  if (line.kind === 'gap') {
    const said =
      line.reason === 'rotated'
        ? text.journal.gapRotated
        : text.journal.gapSuppressed(line.count === null ? null : text.format.integer(line.count));
    return [row(...lead, span(`${SYMBOL.warning} ${said}`, 'warning'))];
  }

  const tone = toneOf(line.entry.priority);
  const head: Span[] = [...lead];
  if (style.width >= NARROW || style.time !== 'clock') {
    head.push(span(`${timeOf(line.entry.realtimeUs / 1000, style)} `, 'quiet'));
  }
  if (line.entry.priority <= 4) {
    head.push(span(`${line.entry.priority <= 3 ? SYMBOL.bad : SYMBOL.warning} `, tone));
  }
  const bySystemd = line.entry.identifier === 'systemd' && line.entry.pid === 1;
  head.push(span(`${bySystemd ? 'systemd' : writerOf(line)} `, 'quiet'));
  const used = head.reduce((sum, part) => sum + widthOf(part.text), 0);
  const said = bySystemd ? unnamed(line.entry.message, style.unit) : line.entry.message;
  const message = harmless(said) + (line.entry.cut ? '…' : '');
  const room = Math.max(1, style.width - used);
  // A head that leaves next to nothing is not hung beside: the message goes under it.
  if (!style.wrap || room < 8) {
    return [row(...head, ...marked(cut(message, room), style.pattern, tone, chosen))];
  }
  const lines = wrap(message, room, Math.max(1, style.maxRows));
  return lines.map((part, index) => {
    const front = index === 0 ? head : [span(' '.repeat(used))];
    return row(...front, ...marked(part, style.pattern, tone, chosen));
  });
}

/** systemd's line without the unit's name: `unit: ` in front, or `unit - ` before its description (since 247). */
function unnamed(message: string, unit: string): string {
  const front = `${unit}: `;
  return message.startsWith(front) ? message.slice(front.length) : message.replace(`${unit} - `, '');
}

function timeOf(wall: number, { time, nowWall, text }: LineStyle): string {
  if (time === 'date') return text.format.dateTime(wall);
  if (time === 'clock') return text.format.clock(wall);
  return text.journal.age(text.format.duration(nowWall - wall)).padStart(12);
}

export function toneOf(priority: number): Tone {
  if (priority <= 3) return 'bad';
  if (priority === 4) return 'warning';
  if (priority >= 7) return 'quiet';
  return 'plain';
}

function marked(text: string, pattern: Matcher | null, tone: Tone, bold: boolean): Span[] {
  const style = bold ? { bold } : {};
  const ranges = pattern?.ranges(text) ?? [];
  const spans: Span[] = [];
  let at = 0;
  for (const [from, to] of ranges) {
    if (from > at) spans.push(span(text.slice(at, from), tone, style));
    spans.push(span(text.slice(from, to), 'accent', { inverse: true, underline: true, ...style }));
    at = to;
  }
  if (at < text.length) spans.push(span(text.slice(at), tone, style));
  return spans;
}
