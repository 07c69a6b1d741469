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

/**
 * @param columns of the terminal; null: nothing is cut
 * @returns a line for each row; what the last cells hold is cut first
 */
export function alignedRows(
  rows: readonly (readonly Cell[])[],
  columns: number | null,
  paint: Paint,
): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, index) =>
    Math.max(0, ...rows.map((row) => widthOf(row[index]?.text ?? ''))),
  );
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
          ? ' '.repeat(width - widthOf(cell.text)) + cell.text
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
