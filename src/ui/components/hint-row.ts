/** The keys that make sense now, as many as fit. Pure. */
import type { ConsoleState } from '../../state/store.ts';
import type { Catalogue } from '../../text/catalogue.ts';
import { ACTION_TABLE, type ActionId, blocked } from '../actions.ts';
import type { KeyTable } from '../bindings.ts';
import { keyLabel } from '../key-label.ts';
import type { PaneId } from '../layout.ts';
import { type Row, row, rowWidth, type Span, span } from '../rows.ts';

/** What can be asked for now in `focus`, the most telling first. */
export function hintedActions(state: ConsoleState, focus: PaneId): ActionId[] {
  return ACTION_TABLE.filter((action) => action.hint !== undefined)
    .filter((action) => action.scope === 'global' || action.scope === focus)
    .filter((action) => blocked(action, state) === null && (action.suits?.(state) ?? true))
    .sort((one, other) => (one.hint ?? 0) - (other.hint ?? 0))
    .map((action) => action.id);
}

/** Help and quit are always there: with them everything else is found. */
const ALWAYS: readonly ActionId[] = ['help', 'quit'];

export function hintRow(
  ids: readonly ActionId[],
  keys: KeyTable,
  width: number,
  text: Catalogue['console'],
): Row {
  const piece = (id: ActionId): Span[] => {
    const key = keys.keysOf(id)[0];
    if (key === undefined) return [];
    return [
      span(`${keyLabel(key, text.keyNames)} `, 'accent', { bold: true }),
      span(`${text.actions[id].hint}  `, 'quiet'),
    ];
  };
  const last = ALWAYS.flatMap(piece);
  const chosen: Span[] = [span(' ')];
  let room = width - 1 - rowWidth(last);
  for (const id of ids) {
    if (ALWAYS.includes(id)) continue;
    const spans = piece(id);
    const cells = rowWidth(spans);
    if (cells > room) continue;
    chosen.push(...spans);
    room -= cells;
  }
  return row(...chosen, ...last);
}

/** Pairs of key and word while something else than commands takes the keys. */
export function pairsRow(pairs: readonly (readonly string[])[]): Row {
  return row(
    ' ',
    ...pairs.flatMap(([key = '', said = '']) => [
      span(`${key} `, 'accent', { bold: true }),
      span(`${said}  `, 'quiet'),
    ]),
  );
}
