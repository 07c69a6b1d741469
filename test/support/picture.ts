/**
 * A terminal's screen as an SVG picture: a dark window with a title, and every character at its place in the
 * grid whatever font the reader has. The same cells always give the same bytes.
 */
import { horizontal, rectangle, shapeOf, short } from './box-drawing.ts';
import type { Cell, Colour } from './cells.ts';

export interface PictureOptions {
  /** Shown in the window's frame, and the picture's text for those who cannot see it. */
  readonly title: string;
  /** Drawn when it is there; the program's cursor. */
  readonly cursor?: { readonly x: number; readonly y: number };
}

/** Whole pixels, so that lines that meet at a cell's edge leave no seam. 15 px monospace is 9 px wide. */
const cell = { width: 9, height: 20 };
const fontSize = 15;
const baseline = 15;
const margin = 12;
const titleBar = 34;
const theme = { background: '#0f141b', frame: '#2a313c', title: '#8b97a7', foreground: '#d3dae3' };

/** The sixteen named colours on that background; the other 240 are the same in every terminal. */
const named = [
  '#3b4452 #ff6b6b #6bd968 #e8b84b #6aa6ff #d68cff #4fd1d9 #c3ccd8',
  '#7a8699 #ff8f8f #95ec8c #ffd479 #95c1ff #e6b3ff #86e9ee #ffffff',
].flatMap((half) => half.split(' '));

export function picture(rows: readonly (readonly Cell[])[], options: PictureOptions): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const width = columns * cell.width + 2 * margin;
  const height = rows.length * cell.height + titleBar + margin;
  const size = `${short(width)} ${short(height)}`;
  const title = escaped(options.title);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" width="${short(width)}" height="${short(height)}" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<style>text{font:${fontSize}px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,"Liberation Mono",monospace;white-space:pre}.b{font-weight:bold}.i{font-style:italic}.u{text-decoration:underline}.s{text-decoration:line-through}</style>`,
    `<rect x=".5" y=".5" width="${short(width - 1)}" height="${short(height - 1)}" rx="9" fill="${theme.background}" stroke="${theme.frame}"/>`,
    ...['#ff5f57', '#febc2e', '#28c840'].map(
      (colour, index) =>
        `<circle cx="${margin + 8 + index * 18}" cy="${titleBar / 2}" r="5.5" fill="${colour}"/>`,
    ),
    `<text x="${short(width / 2)}" y="${titleBar / 2 + 5}" text-anchor="middle" fill="${theme.title}">${title}</text>`,
    ...rows.flatMap((row, y) => drawRow(row, y, options.cursor?.y === y ? options.cursor.x : null)),
    '</svg>',
    '',
  ].join('\n');
}

interface Style {
  readonly foreground: string;
  readonly background: string | null;
  readonly classes: string;
}

function styleOf(drawn: Cell, underCursor: boolean): Style {
  const ink = paint(drawn.foreground) ?? theme.foreground;
  const ground = paint(drawn.background);
  const swapped = drawn.inverse !== underCursor;
  const foreground = swapped ? (ground ?? theme.background) : ink;
  const background = swapped ? ink : ground;
  return {
    foreground: drawn.dim ? mix(foreground, background ?? theme.background) : foreground,
    background,
    classes: [
      drawn.bold ? 'b' : '',
      drawn.italic ? 'i' : '',
      drawn.underline ? 'u' : '',
      drawn.strikethrough ? 's' : '',
    ]
      .filter(Boolean)
      .join(' '),
  };
}

/** One row: grounds first, then what is on them, in runs of one style. */
function drawRow(row: readonly Cell[], y: number, cursorX: number | null): string[] {
  const top = titleBar + y * cell.height;
  const styles = row.map((drawn, x) => styleOf(drawn, x === cursorX));
  const left = (x: number): number => margin + x * cell.width;

  const grounds = runs(row, (x) => styles[x]?.background ?? '')
    .filter(({ key }) => key !== '')
    .map(({ key, from, to }) => rectangle(left(from), top, (to - from) * cell.width, cell.height, key));

  const marks = runs(row, (x) => {
    const drawn = row[x];
    const style = styles[x];
    if (drawn === undefined || style === undefined || drawn.text.trim() === '') return '';
    // Words share a run; what must sit exactly in its cell is a run of its own.
    const line = horizontal.test(drawn.text);
    const alone = !line && (drawn.width === 2 || !/^[\x21-\x7e\xa1-\xff]$/.test(drawn.text));
    const apart = line ? drawn.text : alone ? String(x) : '';
    return [style.foreground, style.classes, apart].join('|');
  })
    .filter(({ key }) => key !== '')
    .flatMap(({ from, to }) => {
      const first = row[from];
      const style = styles[from];
      if (first === undefined || style === undefined) return [];
      const columns = to - from + (first.width === 2 ? 1 : 0);
      const box = { x: left(from), y: top, width: columns * cell.width, height: cell.height };
      const shape = shapeOf(first.text, box, style.foreground);
      const text = row
        .slice(from, to)
        .map((drawn) => drawn.text)
        .join('');
      return [shape ?? word(text, box, style)];
    });
  return [...grounds, ...marks];
}

function word(text: string, box: { x: number; y: number; width: number }, style: Style): string {
  const classes = style.classes === '' ? '' : ` class="${style.classes}"`;
  return `<text x="${short(box.x)}" y="${short(box.y + baseline)}" textLength="${short(box.width)}" lengthAdjust="spacingAndGlyphs" fill="${style.foreground}"${classes}>${escaped(text)}</text>`;
}

interface Run {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/** Neighbouring cells with the same key, as half-open ranges of columns. */
function runs(row: readonly Cell[], keyOf: (x: number) => string): Run[] {
  const found: Run[] = [];
  for (let x = 0; x < row.length; x += 1) {
    const key = keyOf(x);
    const last = found.at(-1);
    if (last?.key === key) found[found.length - 1] = { ...last, to: x + 1 };
    else found.push({ key, from: x, to: x + 1 });
  }
  return found;
}

function paint(colour: Colour): string | null {
  if (colour.kind === 'default') return null;
  return colour.kind === 'rgb' ? hex(colour.value) : paletteColour(colour.index);
}

/** xterm's 256 colours: 16 named, a cube of 6×6×6, 24 greys. */
function paletteColour(index: number): string {
  const known = named[index];
  if (known !== undefined) return known;
  if (index >= 232) return hex((8 + (index - 232) * 10) * 0x010101);
  const level = (step: number): number => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return hex((level(Math.floor(cube / 36)) << 16) | (level(Math.floor(cube / 6) % 6) << 8) | level(cube % 6));
}

function hex(value: number): string {
  return `#${value.toString(16).padStart(6, '0')}`;
}

/** Half-way from one colour to another: what terminals make of dim text. */
function mix(one: string, other: string): string {
  const channels = [1, 3, 5].map((at) => {
    const of = (colour: string): number => Number.parseInt(colour.slice(at, at + 2), 16);
    return Math.round(of(one) * 0.55 + of(other) * 0.45);
  });
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
