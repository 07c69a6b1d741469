/** The keys that make sense now, as many as fit. Pure. */
import type { ConsoleState } from '../../state/store.ts';
import type { Catalogue } from '../../text/catalogue.ts';
import { ACTION_TABLE, type Action, type ActionId, blocked } from '../actions.ts';
import type { KeyTable } from '../bindings.ts';
import { keyLabel } from '../key-label.ts';
import type { PaneId } from '../layout.ts';
import { type Row, row, rowWidth, type Span, span } from '../rows.ts';
import { nextAction } from '../sentences.ts';
import { SYMBOL } from '../theme.ts';

/** What can be asked for now in `focus`, the most telling first: what mends what is wrong before all. */
export function hintedActions(state: ConsoleState, focus: PaneId): ActionId[] {
  const mending = nextAction(state);
  const place = ({ id, hint }: Action): number => (id === mending ? 0 : (hint ?? 0));
  return ACTION_TABLE.filter((action) => action.hint !== undefined || action.id === mending)
    .filter((action) => action.scope === 'global' || action.scope === focus)
    .filter((action) => blocked(action, state) === null)
    .filter((action) => action.id === mending || (action.suits?.(state) ?? true))
    .sort((one, other) => place(one) - place(other))
    .map((action) => action.id);
}

/** Help and quit are always there: with them everything else is found. */
const ALWAYS: readonly ActionId[] = ['help', 'quit'];

/** @param mending the one that mends what is wrong: it stands out */
export function hintRow(
  ids: readonly ActionId[],
  mending: ActionId | null,
  keys: KeyTable,
  width: number,
  text: Catalogue['console'],
): Row {
  const piece = (id: ActionId): Span[] => {
    const key = keys.keysOf(id)[0];
    if (key === undefined) return [];
    const label = keyLabel(key, text.keyNames);
    const said = text.actions[id].hint;
    if (id === mending) {
      return [
        span(` ${SYMBOL.next} ${label} ${said} `, 'warning', { bold: true, inverse: true }),
        span('  '),
      ];
    }
    return [span(`${label} `, 'accent', { bold: true }), span(`${said}  `, 'quiet')];
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

/** Pairs of key and word while something else than commands takes the keys: the first and the last in any case. */
export function pairsRow(pairs: readonly (readonly string[])[], width: number): Row {
  for (let kept = pairs.length; kept > 2; kept -= 1) {
    const shown = pairsIn([...pairs.slice(0, kept - 1), ...pairs.slice(-1)]);
    if (rowWidth(shown) - 2 <= width) return shown;
  }
  return pairsIn(pairs.length > 2 ? [...pairs.slice(0, 1), ...pairs.slice(-1)] : pairs);
}

function pairsIn(pairs: readonly (readonly string[])[]): Row {
  return row(
    ' ',
    ...pairs.flatMap(([key = '', said = '']) => [
      span(`${key} `, 'accent', { bold: true }),
      span(`${said}  `, 'quiet'),
    ]),
  );
}
