/** What the overlays say, as rows. Pure. */
import type { JournalLine } from '../../state/journal-buffer.ts';
import type { Catalogue } from '../../text/catalogue.ts';
import { harmless } from '../../text/foreign.ts';
import { widthOf, wrap } from '../../text/measure.ts';
import { ACTION_TABLE, type Action } from '../actions.ts';
import type { KeyTable } from '../bindings.ts';
import { writerOf } from '../journal/lens.ts';
import { keyLabel } from '../key-label.ts';
import { PANES } from '../layout.ts';
import { BLANK, type Row, row, rowWidth, type Span, span } from '../rows.ts';
import { RUNG_LOOK, type RungInWords } from '../sentences.ts';
import { SYMBOL, type Tone } from '../theme.ts';
import type { Overlay } from '../view.ts';
import type { PaletteItem } from './palette-items.ts';

type Text = Catalogue['console'];

export function dialogRows(
  dialog: Overlay & { kind: 'dialog' },
  width: number,
  height: number,
  text: Text,
): Row[] {
  const question = wrap(harmless(dialog.question), width, 4).map((line) =>
    row(span(line, dialog.harmful ? 'warning' : 'plain', { bold: true })),
  );
  const choices = choiceRows(dialog, width);
  const notes = dialog.notes.flatMap((note) => wrap(note, width, 3)).map((line) => row(span(line, 'quiet')));
  const help = wrap(text.dialog.help, width, 4).map((line) => row(span(line, 'quiet')));
  const full = [...question, ...notes, BLANK, ...choices.rows, BLANK, ...help];
  if (full.length <= height) return full;
  const tight = [...question, ...notes, ...choices.rows];
  if (tight.length <= height) return tight;
  // Too low for all of it: what is asked and the answers stay; in the end those beside the chosen one.
  const answers = choices.rows.length < height ? choices.rows : choices.rowOfChosen;
  return [...question.slice(0, Math.max(0, height - answers.length)), ...answers];
}

/** The answers side by side, on as many rows as they need: one that is cut off could be chosen unseen. */
function choiceRows(
  { choices, chosen }: Overlay & { kind: 'dialog' },
  width: number,
): { readonly rows: readonly Row[]; readonly rowOfChosen: readonly Row[] } {
  const rows: Row[] = [];
  let at = 0;
  for (const [index, choice] of choices.entries()) {
    const marked = index === chosen;
    const answer = row(
      span(marked ? `${SYMBOL.chosen} ` : '  ', 'accent', { bold: true }),
      span(choice.label, marked ? 'accent' : 'plain', { bold: marked, inverse: marked }),
      span(` (${choice.keys[0]})`, 'quiet'),
    );
    const last = rows.at(-1);
    const beside = last === undefined ? answer : row(...last, '  ', ...answer);
    if (last !== undefined && rowWidth(beside) <= width) rows[rows.length - 1] = beside;
    else rows.push(answer);
    if (marked) at = rows.length - 1;
  }
  return { rows, rowOfChosen: rows.slice(at, at + 1) };
}

export function helpRows(keys: KeyTable, width: number, text: Text): Row[] {
  const rows: Row[] = [];
  const section = (title: string): void => {
    if (rows.length > 0) rows.push(BLANK);
    rows.push(row(span(title, 'accent', { bold: true })));
  };
  const column = Math.min(22, Math.max(8, Math.floor(width / 3)));
  const entry = (key: string, said: string): void => {
    const lines = wrap(said, Math.max(1, width - column - 2));
    for (const [index, line] of lines.entries()) {
      const front = index === 0 ? key : '';
      rows.push(
        row(
          '  ',
          span(front + ' '.repeat(Math.max(1, column - widthOf(front))), 'plain', { bold: true }),
          span(line),
        ),
      );
    }
  };
  const entries = (title: string, belongs: (action: Action) => boolean): void => {
    const actions = ACTION_TABLE.filter(belongs);
    if (actions.length === 0) return;
    section(title);
    for (const { id } of actions) {
      const labels = keys.keysOf(id).map((key) => keyLabel(key, text.keyNames));
      entry(labels.length === 0 ? text.help.none : labels.join('  '), text.actions[id].title);
    }
  };
  entries(text.help.service, ({ group }) => group === 'service');
  entries(text.help.port, ({ group }) => group === 'port');
  entries(text.help.everywhere, ({ scope, group }) => scope === 'global' && group === undefined);
  for (const [key = '', said = ''] of text.help.always) entry(key, said);
  for (const pane of PANES) entries(text.help.inPane(text.panes[pane]), ({ scope }) => scope === pane);
  section(text.help.typing);
  for (const [key = '', said = ''] of text.help.typingKeys) entry(key, said);
  return rows;
}

export function paletteRows(
  items: readonly PaletteItem[],
  chosen: number,
  width: number,
  height: number,
  text: Text,
): Row[] {
  if (items.length === 0) return [row(span(text.palette.empty, 'quiet'))];
  const from = Math.max(0, Math.min(chosen - Math.floor(height / 2), items.length - height));
  return items.slice(from, from + height).map((item, index) => {
    const isChosen = from + index === chosen;
    const key = item.keys.map((one) => keyLabel(one, text.keyNames)).join(' ');
    const off = item.blocked !== null;
    const room = Math.max(1, width - 2 - widthOf(key) - 1);
    const title = wrap(item.title, room, 1)[0] ?? '';
    return row(
      span(isChosen ? `${SYMBOL.chosen} ` : '  ', 'accent', { bold: true }),
      span(title, off ? 'quiet' : isChosen ? 'accent' : 'plain', { bold: isChosen }),
      ' '.repeat(Math.max(1, width - 2 - widthOf(title) - widthOf(key))),
      span(key, 'quiet'),
    );
  });
}

export interface VerdictInWords {
  readonly headline: string;
  readonly tone: Tone;
  readonly rungs: readonly RungInWords[];
  readonly mend: string | null;
}

export function verdictRows(verdict: VerdictInWords, width: number, text: Text): Row[] {
  const rows: Row[] = wrap(harmless(verdict.headline), width, 4).map((line) =>
    row(span(line, verdict.tone, { bold: true })),
  );
  rows.push(BLANK);
  const column = Math.max(...verdict.rungs.map((rung) => widthOf(rung.name))) + 2;
  // Where it is narrow, the symbol and the evidence say it.
  const states = width < 60 ? 0 : Math.max(...verdict.rungs.map((rung) => widthOf(rung.stateName))) + 2;
  for (const rung of verdict.rungs) {
    const look = RUNG_LOOK[rung.state];
    const front: Span[] = [
      span(`${look.symbol} `, look.tone),
      span(rung.name.padEnd(column), 'plain', { bold: true }),
      span(states === 0 ? '' : rung.stateName.padEnd(states), look.tone),
    ];
    const used = 2 + column + states;
    const beside = width - used >= 20;
    const evidence = wrap(
      harmless(states > 0 && rung.state === 'skipped' ? '' : rung.evidence),
      beside ? width - used : Math.max(1, width - 4),
      4,
    );
    const tone: Tone = rung.state === 'skipped' ? 'quiet' : 'plain';
    if (!beside) rows.push(row(...front));
    for (const [index, line] of evidence.entries()) {
      if (!beside) rows.push(row('    ', span(line, tone)));
      else if (index === 0) rows.push(row(...front, span(line, tone)));
      else rows.push(row(' '.repeat(used), span(line, tone)));
    }
  }
  if (verdict.mend !== null) {
    rows.push(BLANK, row(span(text.probe.mendTitle, 'accent', { bold: true })));
    for (const line of wrap(harmless(verdict.mend), Math.max(1, width - 2), 6)) rows.push(row('  ', line));
  }
  return rows;
}

export function lineRows(line: JournalLine | undefined, width: number, text: Text): Row[] {
  if (line?.kind !== 'entry') return [row(span(text.journal.empty, 'quiet'))];
  const { entry } = line;
  const words = text.journal;
  const field = (name: string, value: string): Row => row(span(`${name}  `, 'quiet'), span(value));
  const rows: Row[] = [
    field(words.detailFields.time, text.format.dateTime(entry.realtimeUs / 1000)),
    field(words.detailFields.from, writerOf(line)),
    field(words.detailFields.priority, PRIORITY_NAMES[entry.priority] ?? String(entry.priority)),
  ];
  if (entry.invocationId !== null) rows.push(field(words.detailFields.invocation, entry.invocationId));
  if (entry.binary) rows.push(row(span(`${SYMBOL.warning} ${words.binary}`, 'warning')));
  if (entry.cut) rows.push(row(span(`${SYMBOL.warning} ${words.cut}`, 'warning')));
  rows.push(BLANK, ...wrap(harmless(entry.message), width, 2000).map((part) => row(part)));
  return rows;
}

/** syslog's names (journalctl -p). */
const PRIORITY_NAMES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
