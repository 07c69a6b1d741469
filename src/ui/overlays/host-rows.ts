/** What the switcher lists and says, as rows. Pure. */
import type { Catalogue } from '../../text/catalogue.ts';
import { harmless } from '../../text/foreign.ts';
import { cut, pad, widthOf, wrap } from '../../text/measure.ts';
import type { FailedSwitch, HostChoice } from '../hosts.ts';
import { type EditedLine, textOf } from '../input/line-editor.ts';
import { BLANK, fill, type Row, row, span } from '../rows.ts';
import { SYMBOL } from '../theme.ts';
import { fuzzy } from './palette-items.ts';

type Words = Catalogue['hosts']['switcher'];

/** Those whose name or place holds the typed letters in their order; the order of the settings is kept. */
export function hostItems(choices: readonly HostChoice[], query: EditedLine): readonly HostChoice[] {
  const wanted = textOf(query).trim();
  return choices.filter(({ title, place }) => fuzzy(wanted, `${title} ${place}`) !== null);
}

const WIDEST_NAME = 24;

/** Exactly `height` rows. */
export function hostRows(
  items: readonly HostChoice[],
  chosen: number,
  width: number,
  height: number,
  words: Words,
): readonly Row[] {
  if (items.length === 0) return fill([row(span(words.empty, 'quiet'))], height);
  const column = Math.min(WIDEST_NAME, Math.max(...items.map(({ title }) => widthOf(harmless(title)))));
  const from = Math.max(0, Math.min(chosen - Math.floor(height / 2), items.length - height));
  const rows = items.slice(from, from + height).map(({ title, place, here }, index) => {
    const isChosen = from + index === chosen;
    const mark = here ? `  ${SYMBOL.good} ${words.here}` : '';
    const room = Math.max(0, width - 2 - column - 2 - widthOf(mark));
    return row(
      span(isChosen ? `${SYMBOL.chosen} ` : '  ', 'accent', { bold: true }),
      span(pad(harmless(title), column), isChosen ? 'accent' : 'plain', { bold: isChosen }),
      '  ',
      span(cut(harmless(place), room), 'quiet'),
      here && span(mark, 'good'),
    );
  });
  return fill(rows, height);
}

/** Why the switch failed, below the list; what does not fit is left away from its end. */
export function failureRows(
  failure: FailedSwitch | null,
  width: number,
  height: number,
  words: Words,
): readonly Row[] {
  if (failure === null || height <= 0) return [];
  const head = wrap(words.failed(failure.title), width, 2).map((line) =>
    row(span(line, 'bad', { bold: true })),
  );
  const why = failure.why
    .split('\n')
    .flatMap((line) => wrap(harmless(line), width, 4))
    .map((line) => row(span(line)));
  return [BLANK, ...head, ...why].slice(0, height);
}

/** No host has a name: how one gets it. */
export function unnamedRows(settingsPath: string, width: number, words: Words): readonly Row[] {
  return [
    ...wrap(harmless(words.none(settingsPath)), width).map((line) => row(line)),
    BLANK,
    ...words.example.map((line) => row(span(`  ${line}`, 'accent'))),
  ];
}
