/** Which key does what: the table's defaults with the user's own on top, refused when two actions would share one. */
import { ACTION_TABLE, type ActionId, type Scope } from './actions.ts';
import { parseChord } from './keys.ts';
import type { PaneId } from './layout.ts';

export type KeyClash =
  | { readonly kind: 'unknown-action'; readonly action: string }
  | { readonly kind: 'unknown-key'; readonly action: ActionId; readonly key: string }
  /** Ctrl+C quits, Ctrl+Z suspends and Esc closes, whatever the settings say. */
  | { readonly kind: 'reserved'; readonly action: ActionId; readonly key: string }
  | { readonly kind: 'overlap'; readonly key: string; readonly actions: readonly [ActionId, ActionId] };

export interface KeyTable {
  /** The action of `chord` while `pane` is focused. */
  actionFor(chord: string, pane: PaneId): ActionId | null;
  /** The action's keys, the first being the one to show; empty when it has none. */
  keysOf(id: ActionId): readonly string[];
}

export type KeyOverrides = Readonly<Record<string, string | readonly string[]>>;

export type Bound =
  | { readonly ok: true; readonly table: KeyTable }
  | { readonly ok: false; readonly clashes: readonly KeyClash[] };

const RESERVED = ['ctrl+c', 'ctrl+z', 'esc'];

/**
 * @param overrides action → its key or keys, replacing the default ones; an empty list takes its keys away
 */
export function bindKeys(overrides: KeyOverrides = {}): Bound {
  const clashes: KeyClash[] = [];
  const own = new Map<ActionId, readonly string[]>();
  for (const [name, written] of Object.entries(overrides)) {
    const action = ACTION_TABLE.find((candidate) => candidate.id === name);
    if (action === undefined) {
      clashes.push({ kind: 'unknown-action', action: name });
      continue;
    }
    const keys: string[] = [];
    for (const key of typeof written === 'string' ? [written] : written) {
      const chord = parseChord(key);
      if (chord === null) clashes.push({ kind: 'unknown-key', action: action.id, key });
      else if (RESERVED.includes(chord)) clashes.push({ kind: 'reserved', action: action.id, key });
      else if (!keys.includes(chord)) keys.push(chord);
    }
    own.set(action.id, keys);
  }

  const taken: { key: string; scope: Scope; id: ActionId }[] = [];
  for (const action of ACTION_TABLE) {
    for (const key of own.get(action.id) ?? action.keys) {
      const other = taken.find((one) => one.key === key && meet(one.scope, action.scope));
      if (other) clashes.push({ kind: 'overlap', key, actions: [other.id, action.id] });
      taken.push({ key, scope: action.scope, id: action.id });
    }
  }
  if (clashes.length > 0) return { ok: false, clashes };

  return {
    ok: true,
    table: {
      actionFor: (chord, pane) => taken.find((one) => one.key === chord && meet(one.scope, pane))?.id ?? null,
      keysOf: (id) => taken.filter((one) => one.id === id).map((one) => one.key),
    },
  };
}

/** A global key counts in every pane, so it may not be a pane's as well: which one would win? */
function meet(one: Scope, other: Scope): boolean {
  return one === other || one === 'global' || other === 'global';
}
