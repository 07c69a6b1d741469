/** Rows of styled text: what the pure parts of the panes make and `Line` draws. */
import { harmless } from '../text/foreign.ts';
import { cut, widthOf } from '../text/measure.ts';
import type { Tone } from './theme.ts';

export interface Span {
  readonly text: string;
  readonly tone?: Tone;
  readonly bold?: boolean;
  /** Shown as chosen: reversed where there are colours. Never the only mark of it. */
  readonly inverse?: boolean;
  readonly underline?: boolean;
}

export type Row = readonly Span[];

export const BLANK: Row = [];

/** A piece of a row. Whatever it holds is made harmless here: rows are the only way to the screen. */
export function span(text: string, tone?: Tone, style?: Omit<Span, 'text' | 'tone'>): Span {
  return tone === undefined ? { text: harmless(text), ...style } : { text: harmless(text), tone, ...style };
}

export function row(...parts: readonly (Span | string | null | false | undefined)[]): Row {
  const spans: Span[] = [];
  for (const part of parts) {
    if (typeof part === 'string') spans.push(span(part));
    else if (part) spans.push(part);
  }
  return spans;
}

export function rowWidth(line: Row): number {
  let width = 0;
  for (const part of line) width += widthOf(part.text);
  return width;
}

/** `line` in exactly `width` cells: cut with `…`, or filled with spaces. */
export function fitRow(line: Row, width: number): Row {
  const spans: Span[] = [];
  let left = width;
  for (const part of line) {
    if (part.text === '') continue;
    if (left <= 0) {
      // Something is left over: what was put last says so.
      const last = spans.pop();
      if (last) spans.push(...shorten(last));
      return spans;
    }
    const text = cut(part.text, left);
    spans.push(text === part.text ? part : { ...part, text });
    left -= widthOf(text);
    if (text !== part.text) break;
  }
  if (left > 0) spans.push({ text: ' '.repeat(left) });
  return spans;
}

/** The same cells with the last one given to `…`. */
function shorten(part: Span): Span[] {
  const width = widthOf(part.text);
  const text = `${cut(`${part.text}  `, width)}`;
  const missing = width - widthOf(text);
  return missing > 0 ? [{ ...part, text: text + ' '.repeat(missing) }] : [{ ...part, text }];
}

/** Two ends of one line: `right` keeps its place while there is room, `left` is cut first. */
export function spread(left: Row, right: Row, width: number): Row {
  const rightWidth = rowWidth(right);
  if (rightWidth >= width) return fitRow(left, width);
  return [...fitRow(left, width - rightWidth), ...right];
}

/** Exactly `height` rows: cut, or filled with blank ones. */
export function fill(rows: readonly Row[], height: number): Row[] {
  const kept = rows.slice(0, Math.max(0, height));
  while (kept.length < height) kept.push(BLANK);
  return kept;
}

/** All pieces quiet: what a pane shows while nothing new can come. */
export function faded(line: Row): Row {
  return line.map((part) => ({ ...part, tone: 'quiet', bold: false }));
}
