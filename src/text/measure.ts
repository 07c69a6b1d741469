/**
 * How many terminal cells a text takes, and cutting, padding and wrapping by cells.
 *
 * The measure is Ink's own (`string-width`, grapheme by grapheme), so that what is cut here is what
 * is laid out there. It is never handed a long text whole: cutting stops at the width asked for,
 * since measuring emoji sequences costs more than their length.
 */
import stringWidth from 'string-width';

const ASCII = /^[\x20-\x7e]*$/;
const ELLIPSIS = '…';
const CACHE_SIZE = 4096;

const segmenter = new Intl.Segmenter();
const widths = new Map<string, number>();

/** Cells of one grapheme. */
function graphemeWidth(grapheme: string): number {
  const code = grapheme.charCodeAt(0);
  if (grapheme.length === 1 && code >= 0x20 && code < 0x300 && (code < 0x7f || code > 0xa0)) {
    return code === 0xad ? 0 : 1;
  }
  const known = widths.get(grapheme);
  if (known !== undefined) return known;
  const width = stringWidth(grapheme);
  if (widths.size >= CACHE_SIZE) widths.clear();
  widths.set(grapheme, width);
  return width;
}

/** Graphemes of a text, in order. */
export function* graphemes(text: string): Generator<string> {
  if (ASCII.test(text)) yield* text;
  else for (const { segment } of segmenter.segment(text)) yield segment;
}

/** Cells that `text` takes on one line. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const grapheme of graphemes(text)) width += graphemeWidth(grapheme);
  return width;
}

/** The longest start of `text` that takes at most `width` cells, and how many it takes. */
function start(text: string, width: number): { readonly text: string; readonly width: number } {
  let taken = 0;
  let end = 0;
  for (const grapheme of graphemes(text)) {
    const cells = graphemeWidth(grapheme);
    if (taken + cells > width) break;
    taken += cells;
    end += grapheme.length;
  }
  return { text: text.slice(0, end), width: taken };
}

/** Bounds what is looked at: no line of a terminal shows more graphemes than that. */
function piece(text: string, width: number): string {
  const units = width * 16 + 64;
  return text.length > units ? text.slice(0, units) : text;
}

/** `text` in at most `width` cells; what does not fit is replaced by `…`. */
export function cut(text: string, width: number): string {
  if (width <= 0) return '';
  if (text.length <= width && ASCII.test(text)) return text;
  const looked = piece(text, width);
  const whole = start(looked, width);
  if (whole.text.length === text.length) return text;
  return start(looked, width - 1).text + ELLIPSIS;
}

/** The last cells of `text`, with `…` in front when it was cut: for paths and for what is being typed. */
export function cutStart(text: string, width: number): string {
  if (width <= 0) return '';
  if (widthOf(text) <= width) return text;
  const parts = [...graphemes(text)];
  let taken = 0;
  let from = parts.length;
  while (from > 0) {
    const cells = graphemeWidth(parts[from - 1] ?? '');
    if (taken + cells > width - 1) break;
    taken += cells;
    from -= 1;
  }
  return ELLIPSIS + parts.slice(from).join('');
}

/** `text` in exactly `width` cells: cut, or filled with spaces behind. */
export function pad(text: string, width: number): string {
  const fitted = cut(text, width);
  return fitted + ' '.repeat(Math.max(0, width - widthOf(fitted)));
}

/** What stays with the word before it: a figure's unit, and the signs that French sets apart by a space. */
const BOUND = /^ (?:[:;?!»%]|(?:ms|s|min|h|d|j|[KMGT]?i?[Bo])(?![\p{L}\p{N}]))/u;

/** The last space at or before `end` where a line may end; -1 when there is none. */
function lastBreak(text: string, end: number): number {
  for (let at = text.lastIndexOf(' ', end); at > 0; at = text.lastIndexOf(' ', at - 1)) {
    const bound = BOUND.exec(text.slice(at, at + 5));
    if (bound === null) return at;
    const sign = /[:;?!»%]$/.test(bound[0]);
    if (!sign && !/\d/.test(text[at - 1] ?? '')) return at;
  }
  return -1;
}

/**
 * `text` in lines of at most `width` cells, broken at spaces where a word fits, else within it.
 * @param maxLines lines beyond are dropped and the last kept one ends in `…`
 */
export function wrap(text: string, width: number, maxLines = Number.POSITIVE_INFINITY): string[] {
  if (width <= 0) return [];
  const lines: string[] = [];
  let rest = text;
  for (;;) {
    if (lines.length + 1 >= maxLines) {
      lines.push(cut(rest, width));
      return lines;
    }
    const looked = piece(rest, width);
    let line = start(looked, width).text;
    if (line.length === rest.length) {
      lines.push(rest);
      return lines;
    }
    // A grapheme wider than the line: shown as cut rather than looped on for ever.
    if (line === '') {
      lines.push(ELLIPSIS);
      return lines;
    }
    const space = lastBreak(rest, line.length);
    if (space > 0) line = rest.slice(0, space);
    lines.push(line);
    rest = rest.slice(line.length).replace(/^ /, '');
    if (rest === '') return lines;
  }
}
