/** The Journal pane's rows and the notes in its title. Pure. */
import type { JournalBuffer } from '../../state/journal-buffer.ts';
import type { Catalogue } from '../../text/catalogue.ts';
import type { EditedLine } from '../input/line-editor.ts';
import type { JournalLens } from '../journal/lens.ts';
import { itemRows, type LineStyle } from '../journal/line-rows.ts';
import { chosen, matchPlace, type Scene, topIndex } from '../journal/moves.ts';
import { type Row, row, type Span, span } from '../rows.ts';
import { SYMBOL } from '../theme.ts';
import type { JournalView } from '../view.ts';

export interface SeenJournal {
  readonly lens: JournalLens;
  readonly buffer: JournalBuffer;
  readonly view: JournalView;
  readonly scene: Scene;
  /** Whether lines come as they are written. */
  readonly live: boolean;
  readonly nowWall: number;
  readonly unit: string;
}

export function journalRows(
  { lens, buffer, view, scene, nowWall, unit }: SeenJournal,
  width: number,
  height: number,
  text: Catalogue['console'],
): Row[] {
  if (lens.length === 0) {
    const said = buffer.length === 0 ? text.journal.empty : text.journal.nothingPasses;
    return [row(span(said, 'quiet'))];
  }
  const style: LineStyle = {
    width,
    maxRows: height,
    wrap: view.wrap,
    time: view.time,
    nowWall,
    unit,
    pattern: lens.pattern,
    gutter: !view.follow,
    text,
  };
  const range = view.follow ? null : chosen(view, scene);
  const rows: Row[] = [];
  for (let index = topIndex(view, scene); rows.length < height; index += 1) {
    const item = lens.at(index);
    if (item === undefined) break;
    const isChosen = range !== null && item.seq >= range[0] && item.seq <= range[1];
    rows.push(...itemRows(item, buffer.at(item.seq), style, isChosen));
  }
  // Wrapped lines may not come out even: while following, the newest is what must be seen.
  return view.follow ? rows.slice(-height) : rows.slice(0, height);
}

export function journalNotes(
  { lens, buffer, view, scene, live }: SeenJournal,
  text: Catalogue['console'],
): Span[] {
  const words = text.journal;
  const notes: Span[] = [];
  if (view.follow) {
    if (live) notes.push(span(words.following, 'quiet'));
  } else {
    notes.push(span(words.paused, 'warning'));
    const fresh = lens.countFrom(view.pausedAt);
    if (fresh > 0) notes.push(span(`${SYMBOL.more} ${words.newLines(fresh)}`, 'accent'));
  }
  if (view.priority !== 'all') notes.push(span(words.priorities[view.priority], 'accent'));
  if (view.query !== '') {
    const total = scene.matches.length;
    const place = matchPlace(view, scene);
    notes.push(
      total === 0
        ? span(`/${view.query} ${words.noMatch}`, 'warning')
        : span(`/${view.query} ${words.matches(place === 0 ? '-' : String(place), String(total))}`, 'accent'),
    );
  }
  if (buffer.dropped > 0) notes.push(span(words.notKept(text.format.integer(buffer.dropped)), 'quiet'));
  if (!view.folded) notes.push(span(words.unfolded, 'quiet'));
  return notes;
}

export function searchRow(line: EditedLine, text: Catalogue['console']): Row {
  return row(
    span('/', 'accent', { bold: true }),
    line.before,
    line.after,
    line.before + line.after === '' && span(`  ${text.journal.searchPrompt}`, 'quiet'),
  );
}
