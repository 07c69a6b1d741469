/** A question and its answers: none is out of sight, however narrow or low the screen is. */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../src/text/catalogue.ts';
import type { Language } from '../../../src/text/language.ts';
import { portDialog } from '../../../src/ui/dialogs.ts';
import { dialogRows } from '../../../src/ui/overlays/overlay-rows.ts';
import { rowWidth } from '../../../src/ui/rows.ts';
import { drawConsole } from '../../support/drawn-console.tsx';
import { createFakeSession } from '../../support/fake-session.ts';

const state = createFakeSession({ nowMono: 0 }).store.getState();

function question(language: Language) {
  const dialog = portDialog(false, state, catalogue(language).console);
  if (dialog === null) throw new Error('there is no port to close');
  return dialog;
}

function drawn(language: Language, chosen: number, width: number, height: number): string[] {
  const text = catalogue(language).console;
  const rows = dialogRows({ ...question(language), chosen }, width, height, text);
  expect(rows.length).toBeLessThanOrEqual(height);
  for (const line of rows) expect(rowWidth(line)).toBeLessThanOrEqual(width);
  return rows.map((line) => line.map(({ text: words }) => words).join(''));
}

describe('dialogRows', () => {
  it('puts the answers side by side where there is room', () => {
    expect(drawn('en', 0, 72, 20)).toContain('▸ Cancel (n)    Runtime (r)    Permanent (p)    Both (b)');
  });

  it('gives those that find no room a row more', () => {
    const rows = drawn('en', 3, 46, 20);
    const first = rows.indexOf('  Cancel (n)    Runtime (r)    Permanent (p)');
    expect(rows[first + 1]).toBe('▸ Both (b)');
  });

  it.each(['en', 'fr'] as const)('shows what is chosen at any size, in %s', (language) => {
    const { choices } = question(language);
    for (const [index, { label }] of choices.entries()) {
      for (const width of [18, 30, 46, 72]) {
        for (const height of [1, 2, 3, 5, 8, 20]) {
          const rows = drawn(language, index, width, height);
          expect(rows.join('\n'), `${label} at ${width}×${height}`).toContain(`▸ ${label} (`);
        }
      }
    }
  });
});

describe('the dialog on the screen', () => {
  it.each(['en', 'fr'] as const)(
    'keeps the chosen answer in sight at every height, in %s',
    async (language) => {
      const screen = await drawConsole({ columns: 50, rows: 40, language });
      const [, , , last] = question(language).choices;
      await screen.type('O', '\x1b[D');
      for (let rows = 5; rows <= 40; rows += 1) {
        await screen.resize(50, rows);
        expect(screen.lines().join('\n'), `${rows} rows`).toContain(`▸ ${last?.label} (`);
      }
      screen.unmount();
    },
  );
});
