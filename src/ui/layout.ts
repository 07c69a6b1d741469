/** Where each pane stands in a terminal of any size. Pure: sizes in, rectangles out. */

export const PANES = ['service', 'firewall', 'probe', 'journal', 'calculator'] as const;
export type PaneId = (typeof PANES)[number];

/** A pane's rectangle in cells, the borders within. Panes of a column share the line between them. */
export interface PlacedPane {
  readonly id: PaneId;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Rows it draws: its title line, its body, and the bottom line when it is the last of its column. */
  readonly height: number;
  /** Rows of content. */
  readonly body: number;
  readonly first: boolean;
  readonly last: boolean;
}

export interface Layout {
  /** `wide`: two columns. `stacked`: all panes in one. `single`: the focused pane alone. `line`: one line. */
  readonly mode: 'wide' | 'stacked' | 'single' | 'line';
  readonly width: number;
  readonly height: number;
  readonly columns: readonly (readonly PlacedPane[])[];
  /** Whether there is a line of key hints at the bottom. */
  readonly hints: boolean;
}

export interface LayoutInput {
  readonly columns: number;
  readonly rows: number;
  readonly focus: PaneId;
  readonly zoomed: boolean;
}

/** Rows a pane cannot do without, rows it likes, and its part of what is left. */
interface Wish {
  readonly id: PaneId;
  readonly min: number;
  readonly like: number;
  readonly weight: number;
}

const WIDE = { columns: 100, rows: 15 };
const STACKED = { columns: 60, rows: 15 };
const SMALLEST = { columns: 20, rows: 5 };
const HINTS_FROM_ROWS = 7;

const LEFT: readonly Wish[] = [
  { id: 'service', min: 2, like: 8, weight: 1 },
  { id: 'firewall', min: 2, like: 5, weight: 2 },
  { id: 'probe', min: 3, like: 8, weight: 4 },
];
const RIGHT: readonly Wish[] = [
  { id: 'journal', min: 3, like: 10, weight: 3 },
  { id: 'calculator', min: 2, like: 5, weight: 1 },
];
/** The one or two lines without which a shrunk pane says nothing. */
const SHRUNK: Readonly<Record<PaneId, number>> = {
  service: 2,
  firewall: 1,
  probe: 2,
  journal: 1,
  calculator: 1,
};

export function layOut({ columns, rows, focus, zoomed }: LayoutInput): Layout {
  const base = { width: columns, height: rows };
  if (columns < SMALLEST.columns || rows < SMALLEST.rows) {
    return { ...base, mode: 'line', columns: [], hints: false };
  }
  const small = columns < STACKED.columns || rows < STACKED.rows;
  if (small || zoomed) {
    const hints = rows >= HINTS_FROM_ROWS;
    const body = rows - 1 - (hints ? 1 : 0) - 2;
    return {
      ...base,
      mode: 'single',
      columns: [place([{ id: focus, body }], 0, columns)],
      hints,
    };
  }
  const height = rows - 2;
  if (columns >= WIDE.columns) {
    const left = Math.min(60, Math.max(40, Math.floor(columns * 0.42)));
    return {
      ...base,
      mode: 'wide',
      columns: [
        place(share(LEFT, height - LEFT.length - 1), 0, left),
        place(share(RIGHT, height - RIGHT.length - 1), left, columns - left),
      ],
      hints: true,
    };
  }
  return {
    ...base,
    mode: 'stacked',
    columns: [place(stack(focus, height - PANES.length - 1), 0, columns)],
    hints: true,
  };
}

/** The pane's rectangle, or null when it is not on the screen. */
export function placeOf(layout: Layout, id: PaneId): PlacedPane | null {
  for (const column of layout.columns) {
    for (const pane of column) if (pane.id === id) return pane;
  }
  return null;
}

/** The focused pane takes what the others, shrunk, leave; they give up their second line when it is tight. */
function stack(focus: PaneId, rows: number): { id: PaneId; body: number }[] {
  const wishes = PANES.map((id): Wish => {
    if (id === focus) return { id, min: 3, like: Math.max(3, rows - 6), weight: 1 };
    return { id, min: 1, like: SHRUNK[id], weight: 0 };
  });
  return share(wishes, rows);
}

/** Gives out `rows`: what each must have, then what each likes, in turns; then by weight. */
function share(wishes: readonly Wish[], rows: number): { id: PaneId; body: number }[] {
  const bodies = wishes.map(() => 0);
  let left = rows;
  const round = (upTo: (wish: Wish) => number): void => {
    for (let given = true; given && left > 0; ) {
      given = false;
      for (const [index, wish] of wishes.entries()) {
        const body = bodies[index] ?? 0;
        if (left === 0 || body >= upTo(wish)) continue;
        bodies[index] = body + 1;
        left -= 1;
        given = true;
      }
    }
  };
  round((wish) => wish.min);
  round((wish) => wish.like);
  const weights = wishes.reduce((sum, wish) => sum + wish.weight, 0);
  const extra = left;
  for (const [index, wish] of wishes.entries()) {
    const part = weights === 0 ? 0 : Math.floor((extra * wish.weight) / weights);
    bodies[index] = (bodies[index] ?? 0) + part;
    left -= part;
  }
  const heaviest = wishes.reduce(
    (best, wish, index) => (wish.weight > (wishes[best]?.weight ?? 0) ? index : best),
    0,
  );
  bodies[heaviest] = (bodies[heaviest] ?? 0) + left;
  return wishes.map((wish, index) => ({ id: wish.id, body: bodies[index] ?? 0 }));
}

function place(panes: readonly { id: PaneId; body: number }[], x: number, width: number): PlacedPane[] {
  let y = 1;
  return panes.map(({ id, body }, index) => {
    const last = index === panes.length - 1;
    const pane: PlacedPane = {
      id,
      x,
      y,
      width,
      height: body + (last ? 2 : 1),
      body,
      first: index === 0,
      last,
    };
    y += pane.height;
    return pane;
  });
}
