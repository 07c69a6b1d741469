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

/** Each as four weights, in the order of the chart, from the named code point on. */
const charts: ReadonlyArray<readonly [from: number, weights: string]> = [
  [0x2500, '0101 0202 1010 2020'],
  [0x250c, '0110 0210 0120 0220 0011 0012 0021 0022 1100 1200 2100 2200 1001 1002 2001 2002'],
  [0x251c, '1110 1210 2110 1120 2120 2210 1220 2220 1011 1012 2011 1021 2021 2012 1022 2022'],
  [0x252c, '0111 0112 0211 0212 0121 0122 0221 0222 1101 1102 1201 1202 2101 2102 2201 2202'],
  [0x253c, '1111 1112 1211 1212 2111 1121 2121 2112 2211 1122 1221 2212 1222 2122 2221 2222'],
  [0x2574, '0001 1000 0100 0010 0002 2000 0200 0020'],
];

const arms: ReadonlyMap<number, Arms> = new Map(
  charts.flatMap(([from, weights]) =>
    weights.split(' ').map((digits, index) => {
      const [up, right, down, left] = [...digits].map(Number) as Weight[];
      return [from + index, [up ?? 0, right ?? 0, down ?? 0, left ?? 0]] as const;
    }),
  ),
);

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
  const found = arms.get(code);
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
