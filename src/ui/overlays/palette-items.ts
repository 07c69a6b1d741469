/** What the palette lists: every action whose name holds the typed letters in their order, best first. */
import { ACTION_TABLE, type ActionId, type Blocked, blocked } from '../actions.ts';
import type { ConsoleController } from '../controller.ts';
import { type EditedLine, textOf } from '../input/line-editor.ts';

export interface PaletteItem {
  readonly id: ActionId;
  readonly title: string;
  readonly keys: readonly string[];
  readonly blocked: Blocked | null;
}

export function paletteItems(controller: ConsoleController, query: EditedLine): PaletteItem[] {
  const { session, text, keys } = controller.deps;
  const state = session.store.getState();
  const { focus } = controller.view.getState();
  const wanted = textOf(query).trim();
  return ACTION_TABLE.filter((action) => action.id !== 'palette')
    .filter((action) => action.scope === 'global' || action.scope === focus)
    .map((action) => ({
      item: {
        id: action.id,
        title: text.console.actions[action.id].title,
        keys: keys.keysOf(action.id),
        blocked: blocked(action, state),
      },
      score: fuzzy(wanted, `${text.console.actions[action.id].title} ${action.id}`),
    }))
    .filter(({ score }) => score !== null)
    .sort((one, other) => (other.score ?? 0) - (one.score ?? 0))
    .map(({ item }) => item);
}

/**
 * How well `text` holds the letters of `wanted` in their order; null when it does not. Letters in a
 * row and at the start of a word count more.
 */
export function fuzzy(wanted: string, text: string): number | null {
  const needle = bare(wanted);
  const hay = bare(text);
  if (needle === '') return 0;
  const whole = hay.indexOf(needle);
  if (whole !== -1) return 1000 - whole + (whole === 0 || hay[whole - 1] === ' ' ? 500 : 0);
  let score = 0;
  let at = -1;
  for (const letter of needle) {
    if (letter === ' ') continue;
    const next = hay.indexOf(letter, at + 1);
    if (next === -1) return null;
    score += next === at + 1 ? 8 : /[\s:-]/.test(hay[next - 1] ?? ' ') ? 6 : 1;
    at = next;
  }
  return score;
}

/** Without case and accents: `e` finds `é`. */
function bare(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
