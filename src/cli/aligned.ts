/** Rows for people: cells that stand below each other, cut where the terminal ends. Pure. */
import { cut, pad, widthOf } from '../text/measure.ts';
import type { Paint, Tone } from './paint.ts';

/** A cell; to be made harmless by who makes it. */
export interface Cell {
  readonly text: string;
  /** @default 'plain' */
  readonly tone?: Tone;
  /** @default 'left' */
  readonly align?: 'right';
}

const GAP = 2;
/** What the last column keeps, which is the one that says why; the others give way down to the second. */
const LAST_KEEPS = 16;
const OTHERS_KEEP = 8;

/**
 * @param columns of the terminal; null: nothing is cut
 * @returns a line for each row; the widest columns give way first, then what the last cells hold
 */
export function alignedRows(
  rows: readonly (readonly Cell[])[],
  columns: number | null,
  paint: Paint,
): string[] {
  const widths = fittedWidths(rows, columns);
  return rows.map((row) => {
    let used = 0;
    let line = '';
    for (const [index, cell] of row.entries()) {
      const room = columns === null ? Number.POSITIVE_INFINITY : columns - used;
      if (room <= 0) break;
      const width = widths[index] ?? 0;
      const last = index === row.length - 1;
      const placed =
        cell.align === 'right'
          ? ' '.repeat(Math.max(0, width - widthOf(cell.text))) + cut(cell.text, width)
          : last
            ? cell.text
            : pad(cell.text, width);
      const shown = room === Number.POSITIVE_INFINITY ? placed : cut(placed, room);
      line += paint(shown, cell.tone ?? 'plain');
      used += width + GAP;
      if (!last && (columns === null || used < columns)) line += ' '.repeat(GAP);
    }
    return line.replace(/ +$/, '');
  });
}

/**
 * The rows, and below them in full what their ends say that was cut: why a host could not be reached is not to be
 * lost for want of columns.
 * @param nameAt the cell that names a row
 */
export function tableOf(
  rows: readonly (readonly Cell[])[],
  nameAt: number,
  columns: number | null,
  paint: Paint,
): string[] {
  const lines = alignedRows(rows, columns, paint);
  const below = rows.flatMap((row, index) => {
    const { text = '', tone = 'plain' } = row.at(-1) ?? {};
    const whole = lines[index]?.includes(text) ?? false;
    return whole ? [] : [`${paint(row[nameAt]?.text ?? '', tone)}: ${text}`];
  });
  return below.length === 0 ? lines : [...lines, '', ...below];
}

function fittedWidths(rows: readonly (readonly Cell[])[], columns: number | null): number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, index) =>
    Math.max(0, ...rows.map((row) => widthOf(row[index]?.text ?? ''))),
  );
  if (columns === null) return widths;
  const kept = Math.min(widths.at(-1) ?? 0, LAST_KEEPS);
  const others = widths.slice(0, -1);
  let over = others.reduce((sum, width) => sum + width + GAP, 0) + kept - columns;
  for (; over > 0; over--) {
    const widest = others.indexOf(Math.max(0, ...others));
    const width = others[widest] ?? 0;
    if (width <= OTHERS_KEEP) break;
    others[widest] = width - 1;
  }
  return [...others, ...widths.slice(-1)];
}
