/** The border of a pane as rows, its title in the line above; panes of a column share that line. Pure. */
import { cut, widthOf } from '../../text/measure.ts';
import { fitRow, type Row, row, type Span, span } from '../rows.ts';
import type { Tone } from '../theme.ts';

export interface FrameLook {
  readonly title: string;
  /** Said behind the title: `following`, `stale 12 s`. */
  readonly notes: readonly Span[];
  readonly width: number;
  readonly first: boolean;
  readonly last: boolean;
  readonly focused: boolean;
  /** Whether the pane above, whose bottom line this is, is the focused one. */
  readonly focusAbove: boolean;
}

/** Heavy lines are drawn around the focused pane: focus shows without colours as well. */
export function titleRow({ title, notes, width, first, focused, focusAbove }: FrameLook): Row {
  const heavy = focused || focusAbove;
  const tone: Tone = heavy ? 'accent' : 'quiet';
  const dash = heavy ? '━' : '─';
  const [left, right] = corners(first, focused, focusAbove);
  const inner = width - 2;
  const name = cut(` ${title} `, inner);
  const spans: Span[] = [span(name, focused ? 'accent' : 'plain', { bold: true })];
  let used = widthOf(name);
  for (const note of notes) {
    const said = `${note.text} `;
    if (used + widthOf(said) + 2 > inner) break;
    spans.push(span(`${dash} `, tone), { ...note, text: said });
    used += widthOf(said) + 2;
  }
  return row(span(left, tone), ...spans, span(dash.repeat(Math.max(0, inner - used)) + right, tone));
}

function corners(first: boolean, focused: boolean, focusAbove: boolean): readonly [string, string] {
  if (first) return focused ? ['┏', '┓'] : ['┌', '┐'];
  if (focused) return ['┢', '┪'];
  return focusAbove ? ['┡', '┩'] : ['├', '┤'];
}

export function bottomRow({ width, focused }: FrameLook): Row {
  const [left, dash, right] = focused ? ['┗', '━', '┛'] : ['└', '─', '┘'];
  return row(span(left + dash.repeat(Math.max(0, width - 2)) + right, focused ? 'accent' : 'quiet'));
}

/** A cell of air beside the border, where there is room for it. */
export const padding = (width: number): number => (width >= 30 ? 1 : 0);

/** Cells of content between the borders. */
export const contentWidth = (width: number): number => Math.max(0, width - 2 - 2 * padding(width));

export function bodyRow(content: Row, { width, focused }: FrameLook): Row {
  const side = span(focused ? '┃' : '│', focused ? 'accent' : 'quiet');
  const air = span(' '.repeat(padding(width)));
  return [side, air, ...fitRow(content, contentWidth(width)), air, side];
}
