/** The cells of a terminal's screen: what is in each, and how it is drawn. */
import type { Terminal } from '@xterm/headless';

/** A colour as the program asked for it: the terminal's own, one of the 256, or 0xRRGGBB. */
export type Colour =
  | { readonly kind: 'default' }
  | { readonly kind: 'palette'; readonly index: number }
  | { readonly kind: 'rgb'; readonly value: number };

export interface Cell {
  /** What is drawn; '' in the second half of a wide character. */
  readonly text: string;
  /** Columns taken: 1 or 2, and 0 for the second half of a wide character. */
  readonly width: number;
  readonly foreground: Colour;
  readonly background: Colour;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
  readonly strikethrough: boolean;
}

/** Row `y` of the visible screen, as many cells as there are columns. */
export function readRow(screen: Terminal, y: number): readonly Cell[] {
  const line = screen.buffer.active.getLine(screen.buffer.active.baseY + y);
  return Array.from({ length: screen.cols }, (_, x) => {
    const cell = line?.getCell(x) ?? screen.buffer.active.getNullCell();
    return {
      text: cell.getWidth() === 0 ? '' : cell.getChars() || ' ',
      width: cell.getWidth(),
      foreground: colour(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
      background: colour(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
      italic: cell.isItalic() !== 0,
      underline: cell.isUnderline() !== 0,
      inverse: cell.isInverse() !== 0,
      strikethrough: cell.isStrikethrough() !== 0,
    };
  });
}

function colour(isDefault: boolean, isRgb: boolean, value: number): Colour {
  if (isDefault) return { kind: 'default' };
  return isRgb ? { kind: 'rgb', value } : { kind: 'palette', index: value };
}
