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
  /** Rows the firewall's zones take, the one content whose length is the host's. @default 3 */
  readonly firewallRows?: number;
}

/** Up to how many rows a pane is raised, before the next in line is. */
type Claim = readonly [id: PaneId, rows: number];

const WIDE = { columns: 100, rows: 15 };
const STACKED = { columns: 60, rows: 15 };
const SMALLEST = { columns: 20, rows: 5 };
const HINTS_FROM_ROWS = 7;

const LEFT = ['service', 'firewall', 'probe'] as const;
const RIGHT = ['journal', 'calculator'] as const;
/** State, PID, policy, memory, description, file: what the Service pane says of a unit that is well. */
const SERVICE_ROWS = 6;
/** A chart of two rows, its figures, the verdict and what mends it. */
const PROBE_ROWS = 9;
/** The Journal is what the Calculator's answers show up in: never the smaller of the two. */
const CALCULATOR_SHARE = 4.5;

export function layOut({ columns, rows, focus, zoomed, firewallRows }: LayoutInput): Layout {
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
  const firewall = Math.max(3, Math.min(12, firewallRows ?? 3));
  if (columns >= WIDE.columns) {
    const left = leftWidth(columns);
    return {
      ...base,
      mode: 'wide',
      columns: [
        place(leftColumn(height - LEFT.length - 1, firewall), 0, left),
        place(rightColumn(height - RIGHT.length - 1), left, columns - left),
      ],
      hints: true,
    };
  }
  return {
    ...base,
    mode: 'stacked',
    columns: [place(stack(focus, height - PANES.length - 1, firewall), 0, columns)],
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

/** Cells of the left column where there are two. */
export function leftWidth(columns: number): number {
  return Math.min(60, Math.max(44, Math.floor(columns * 0.4)));
}

/** What is: each pane what its content takes, and the Probe, which has a history to show, the rest. */
function leftColumn(rows: number, firewall: number): Bodies {
  const claims: Claim[] = [
    ['service', 2],
    ['firewall', 2],
    ['probe', 4],
    ['service', 4],
    ['firewall', 3],
    ['probe', 6],
    ['service', SERVICE_ROWS],
    ['probe', PROBE_ROWS],
    ['firewall', firewall],
    ['probe', 16],
    // The row that a countdown or a result takes, and then nothing has to give way to it.
    ['service', SERVICE_ROWS + 1],
    ['probe', 24],
    ['service', SERVICE_ROWS + 2],
  ];
  return give(LEFT, claims, 'probe', rows);
}

/** What happens. */
function rightColumn(rows: number): Bodies {
  const calculator = Math.max(2, Math.min(9, Math.floor(rows / CALCULATOR_SHARE)));
  return give(RIGHT, [['calculator', Math.min(calculator, rows - 1)]], 'journal', rows);
}

/** The focused pane gets what it needs, the others a line or two, and the Journal the rest. */
function stack(focus: PaneId, rows: number, firewall: number): Bodies {
  const needs: Readonly<Record<PaneId, number>> = {
    service: SERVICE_ROWS,
    firewall,
    probe: PROBE_ROWS,
    journal: 12,
    calculator: 5,
  };
  const claims: Claim[] = [
    ...PANES.map((id): Claim => [id, 1]),
    [focus, 3],
    // The one line more without which a shrunk pane says nothing.
    ['service', 2],
    ['probe', 2],
    [focus, needs[focus]],
    ['journal', 6],
    ['probe', 3],
    ['service', 4],
    ['calculator', 3],
    ['journal', 10],
    ...PANES.map((id): Claim => [id, needs[id]]),
  ];
  return give(PANES, claims, 'journal', rows);
}

type Bodies = { id: PaneId; body: number }[];

/** Gives out `rows` by the claims in their order; `rest` gets what nobody claims. */
function give(ids: readonly PaneId[], claims: readonly Claim[], rest: PaneId, rows: number): Bodies {
  const bodies = new Map<PaneId, number>(ids.map((id) => [id, 0]));
  let left = Math.max(0, rows);
  const raise = (id: PaneId, by: number): void => {
    bodies.set(id, (bodies.get(id) ?? 0) + by);
    left -= by;
  };
  for (const [id, upTo] of claims) raise(id, Math.max(0, Math.min(left, upTo - (bodies.get(id) ?? 0))));
  raise(rest, left);
  return ids.map((id) => ({ id, body: bodies.get(id) ?? 0 }));
}

function place(panes: Bodies, x: number, width: number): PlacedPane[] {
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
