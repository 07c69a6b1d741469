/**
 * Line-drawing and block characters as shapes, so that a picture's lines meet from cell to cell in any font.
 * Names of characters: Unicode charts U+2500 (Box Drawing) and U+2580 (Block Elements).
 */

/** Where a cell is, in the picture's own units. */
export interface CellBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Weight = 0 | 1 | 2;
/** Weights of the arms that go up, right, down and left from the middle of the cell. */
type Arms = readonly [Weight, Weight, Weight, Weight];

const arms: ReadonlyMap<string, Arms> = new Map<string, Arms>([
  ['─', [0, 1, 0, 1]],
  ['━', [0, 2, 0, 2]],
  ['│', [1, 0, 1, 0]],
  ['┃', [2, 0, 2, 0]],
  ['┌', [0, 1, 1, 0]],
  ['┏', [0, 2, 2, 0]],
  ['┐', [0, 0, 1, 1]],
  ['┓', [0, 0, 2, 2]],
  ['└', [1, 1, 0, 0]],
  ['┗', [2, 2, 0, 0]],
  ['┘', [1, 0, 0, 1]],
  ['┛', [2, 0, 0, 2]],
  ['├', [1, 1, 1, 0]],
  ['┣', [2, 2, 2, 0]],
  ['┤', [1, 0, 1, 1]],
  ['┫', [2, 0, 2, 2]],
  ['┬', [0, 1, 1, 1]],
  ['┳', [0, 2, 2, 2]],
  ['┴', [1, 1, 0, 1]],
  ['┻', [2, 2, 0, 2]],
  ['┼', [1, 1, 1, 1]],
  ['╋', [2, 2, 2, 2]],
  ['╴', [0, 0, 0, 1]],
  ['╵', [1, 0, 0, 0]],
  ['╶', [0, 1, 0, 0]],
  ['╷', [0, 0, 1, 0]],
]);

/** The two arms that a rounded corner joins: horizontal (1 right, -1 left) and vertical (1 down, -1 up). */
const corners: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['╭', [1, 1]],
  ['╮', [-1, 1]],
  ['╰', [1, -1]],
  ['╯', [-1, -1]],
]);

/** A run of one of these is drawn as one line. */
export const horizontal = /^[─━]$/;

/** The SVG elements that draw `character` in `box`, or null for a character that is left to the font. */
export function shapeOf(character: string, box: CellBox, colour: string): string | null {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x2580 && code <= 0x2590) return block(code, box, colour);
  const corner = corners.get(character);
  if (corner !== undefined) return roundCorner(corner, box, colour);
  const found = arms.get(character);
  return found === undefined ? null : lines(found, box, colour);
}

function lines([up, right, down, left]: Arms, { x, y, width, height }: CellBox, colour: string): string {
  const middleX = x + width / 2;
  const middleY = y + height / 2;
  const ends: ReadonlyArray<readonly [Weight, number, number]> = [
    [up, middleX, y],
    [right, x + width, middleY],
    [down, middleX, y + height],
    [left, x, middleY],
  ];
  const middle = `${short(middleX)} ${short(middleY)}`;
  return ([1, 2] as const)
    .map((weight) => {
      const points = ends.filter(([of]) => of === weight).map(([, x, y]) => `${short(x)} ${short(y)}`);
      // From one end through the middle to another, so that a corner is a join and not two loose ends.
      const paths = points.map((point, index) => `M${point}L${middle}L${points[index + 1] ?? point}`);
      return paths.length === 0
        ? ''
        : stroke(paths.slice(0, Math.max(1, paths.length - 1)).join(''), colour, weight);
    })
    .join('');
}

function roundCorner(
  [toX, toY]: readonly [number, number],
  { x, y, width, height }: CellBox,
  colour: string,
): string {
  const middleX = x + width / 2;
  const middleY = y + height / 2;
  const radius = width / 2;
  const path = [
    `M${short(middleX + toX * (width / 2))} ${short(middleY)}`,
    `Q${short(middleX)} ${short(middleY)} ${short(middleX)} ${short(middleY + toY * radius)}`,
    `L${short(middleX)} ${short(middleY + toY * (height / 2))}`,
  ].join('');
  return stroke(path, colour, 1);
}

function stroke(path: string, colour: string, weight: Weight): string {
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${weight}.2"/>`;
}

/** U+2580–U+2590: halves, eighths from below (2581–2588), eighths from the left (2589–258F). */
function block(code: number, { x, y, width, height }: CellBox, colour: string): string {
  if (code === 0x2580) return rectangle(x, y, width, height / 2, colour);
  if (code === 0x2590) return rectangle(x + width / 2, y, width / 2, height, colour);
  if (code <= 0x2588) {
    const filled = (height * (code - 0x2580)) / 8;
    return rectangle(x, y + height - filled, width, filled, colour);
  }
  return rectangle(x, y, (width * (0x2590 - code)) / 8, height, colour);
}

export function rectangle(x: number, y: number, width: number, height: number, colour: string): string {
  return `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${colour}" shape-rendering="crispEdges"/>`;
}

/** A number in at most two decimals, the same on every machine. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
