/** The whole screen at every size: never an overflow, never a crash, whatever is shown on it. */
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { ConsoleState } from '../../src/state/store.ts';
import { drawConsole } from '../support/drawn-console.tsx';
import { RUNNING } from '../support/fake-host.ts';
import { KEY } from '../support/frames.tsx';

const LONG = '日本語 👩‍👩‍👧 \x1b[31mé\u0301\u0301\u0301 \u202e '.repeat(30);

const STATES: readonly Partial<ConsoleState>[] = [
  {},
  { link: { state: 'connecting' }, service: null, firewall: null },
  {
    link: {
      state: 'lost',
      sinceMono: 990_000,
      detail: 'x',
      attempts: 3,
      retryAtMono: 1_003_000,
      lastFailure: null,
    },
    readOnly: true,
  },
  {
    service: {
      atMono: 0,
      value: {
        ...RUNNING,
        unit: LONG,
        description: LONG,
        active: 'activating',
        sub: 'auto-restart',
        restartAtMono: 1_020_000,
        needsReload: true,
        memoryBytes: 2 ** 40,
        cpuNs: 1e15,
        exit: { how: 'killed', status: 9 },
        result: 'signal',
      },
    },
    calculations: [
      {
        id: 1,
        input: '2+3',
        result: { state: 'wrong', answer: LONG, expected: '5', ms: 1, via: 'host', dialect: 'bare' },
      },
      { id: 2, input: LONG, result: { state: 'asking' } },
    ],
  },
];

/** Keys that open something that has to fit as well. */
const SCENES: readonly (readonly string[])[] = [
  [],
  ['t'],
  ['o'],
  ['?'],
  [':', 'a'],
  ['v'],
  ['d', 'y'],
  ['4', KEY.up, KEY.enter],
  ['4', 'w', KEY.up, KEY.shiftUp],
  ['/', 'line', KEY.enter],
  ['/', '日本'],
  ['5', '日本語'.repeat(40)],
  ['5', '2/3', KEY.enter],
  ['3', 'z'],
];

function overflow(lines: readonly string[], columns: number, rows: number): string | null {
  if (lines.length > rows) return `${lines.length} lines of ${rows}`;
  const wide = lines.find((line) => stringWidth(line) > columns);
  return wide === undefined ? null : `${stringWidth(wide)} cells of ${columns}: ${wide}`;
}

describe('the screen', () => {
  it('fits, at any size, in any state, with anything open', async () => {
    const cases = fc.record({
      columns: fc.integer({ min: 1, max: 140 }),
      rows: fc.integer({ min: 1, max: 50 }),
      state: fc.constantFrom(...STATES),
      scene: fc.constantFrom(...SCENES),
      language: fc.constantFrom('en' as const, 'fr' as const),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ columns, rows, state, scene, language }) => {
        const screen = await drawConsole({ columns, rows, state, language });
        try {
          screen.session.log('line one', 'probe', { message: LONG, priority: 3 }, { message: '' });
          screen.session.gap('rotated', null);
          await screen.type(...scene);
          expect(overflow(screen.lines(), columns, rows)).toBeNull();
          await screen.clock.advance(1000);
          await screen.settle();
          expect(overflow(screen.lines(), columns, rows)).toBeNull();
        } finally {
          screen.unmount();
        }
      }),
      { numRuns: 100 },
    );
  });

  it('follows the terminal through sizes in the middle of anything', async () => {
    const screen = await drawConsole({ columns: 120, rows: 40 });
    screen.session.log(...Array.from({ length: 100 }, (_, index) => `line ${index} ${LONG}`));
    await screen.type('4', KEY.pageUp, 'w', '?');
    for (const [columns, rows] of [
      [80, 24],
      [30, 6],
      [1, 1],
      [140, 50],
      [60, 15],
      [19, 40],
      [120, 40],
    ] as const) {
      await screen.resize(columns, rows);
      expect(overflow(screen.lines(), columns, rows)).toBeNull();
    }
    screen.unmount();
  });
});
