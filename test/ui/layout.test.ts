/** The layout: every pane in its place, nothing over the edge, at any size. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Layout, layOut, PANES, placeOf } from '../../src/ui/layout.ts';

const at = (
  columns: number,
  rows: number,
  focus: (typeof PANES)[number] = 'service',
  zoomed = false,
): Layout => layOut({ columns, rows, focus, zoomed });

const shown = (layout: Layout): string[] => layout.columns.flat().map((pane) => pane.id);

describe('the layout', () => {
  it.each([
    [120, 40, 'wide'],
    [100, 30, 'wide'],
    [120, 20, 'wide'],
    [100, 15, 'wide'],
    [99, 30, 'stacked'],
    [80, 24, 'stacked'],
    [60, 15, 'stacked'],
    [59, 24, 'single'],
    [80, 14, 'single'],
    [120, 10, 'single'],
    [20, 5, 'single'],
    [19, 24, 'line'],
    [80, 4, 'line'],
    [1, 1, 'line'],
  ] as const)('of %i columns and %i rows is %s', (columns, rows, mode) => {
    expect(at(columns, rows).mode).toBe(mode);
  });

  it('has two columns from 100 columns on: what is, and what happens', () => {
    expect(at(120, 40).columns.map((column) => column.map((pane) => pane.id))).toEqual([
      ['service', 'firewall', 'probe'],
      ['journal', 'calculator'],
    ]);
  });

  it('gives the focused pane of a stack what the others, shrunk, leave', () => {
    const layout = at(80, 24, 'journal');
    const journal = placeOf(layout, 'journal');
    expect(shown(layout)).toEqual([...PANES]);
    for (const id of PANES) {
      if (id !== 'journal') expect(placeOf(layout, id)?.body).toBeLessThanOrEqual(2);
    }
    expect(journal?.body).toBeGreaterThanOrEqual(9);
  });

  it.each(PANES)('gives a focused %s what it needs on 80 by 24, and the journal the rest', (focus) => {
    const layout = at(80, 24, focus);
    const bodies = PANES.map((id) => placeOf(layout, id)?.body);
    expect(bodies).toEqual(
      {
        service: [6, 1, 2, 6, 1],
        firewall: [3, 3, 3, 6, 1],
        probe: [2, 1, 9, 3, 1],
        journal: [2, 1, 2, 10, 1],
        calculator: [2, 1, 2, 6, 5],
      }[focus],
    );
  });

  it.each([
    [120, 40, [7, 3, 24], [28, 7]],
    [100, 30, [6, 3, 15], [20, 5]],
    [200, 60, [8, 3, 43], [46, 9]],
  ])('of %i by %i leaves no row to a pane that has nothing to put there', (columns, rows, left, right) => {
    const bodies = at(columns, rows).columns.map((column) => column.map(({ body }) => body));
    expect(bodies).toEqual([left, right]);
  });

  it('gives the firewall the rows that its zones take, as far as there are any', () => {
    const firewall = (rows: number, firewallRows: number) =>
      placeOf(layOut({ columns: 120, rows, focus: 'service', zoomed: false, firewallRows }), 'firewall')
        ?.body;
    expect([firewall(40, 1), firewall(40, 5), firewall(60, 40), firewall(20, 8)]).toEqual([3, 5, 12, 3]);
  });

  it('shows the focused pane alone while it is enlarged', () => {
    expect(shown(at(200, 60, 'probe', true))).toEqual(['probe']);
  });

  it('fills the screen and no more, at any size', () => {
    const sizes = fc.record({
      columns: fc.integer({ min: 1, max: 300 }),
      rows: fc.integer({ min: 1, max: 120 }),
      focus: fc.constantFrom(...PANES),
      zoomed: fc.boolean(),
    });
    fc.assert(
      fc.property(sizes, (size) => {
        const layout = layOut(size);
        if (layout.mode === 'line') return;
        const lines = 1 + (layout.hints ? 1 : 0);
        let x = 0;
        for (const column of layout.columns) {
          const [first] = column;
          let y = 1;
          for (const pane of column) {
            expect(pane).toMatchObject({ x, y, width: first?.width });
            expect(pane.body).toBeGreaterThanOrEqual(1);
            expect(pane.height).toBe(pane.body + (pane.last ? 2 : 1));
            y += pane.height;
          }
          expect(y - 1).toBe(size.rows - lines);
          x += first?.width ?? 0;
        }
        expect(x).toBe(size.columns);
        expect(shown(layout)).toContain(size.focus);
      }),
      { numRuns: 500 },
    );
  });
});
