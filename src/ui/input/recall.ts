/** Earlier inputs: walking through them with the arrows, and searching backwards. Pure. */

/** Oldest first, as a shell keeps them: an input is not kept twice in a row. */
export type Inputs = readonly string[];

export function remember(inputs: Inputs, input: string): Inputs {
  return input === '' || inputs.at(-1) === input ? inputs : [...inputs, input];
}

/** Where the walk is: an index into the inputs, or null on the line being typed, kept in `draft`. */
export interface Walk {
  readonly at: number | null;
  readonly draft: string;
}

export const NOT_WALKING: Walk = { at: null, draft: '' };

/** One step back (`-1`) or forth (`1`). null: there is nothing further that way. */
export function step(
  inputs: Inputs,
  walk: Walk,
  typed: string,
  direction: -1 | 1,
): { readonly walk: Walk; readonly text: string } | null {
  if (direction === -1) {
    const at = (walk.at ?? inputs.length) - 1;
    const text = inputs[at];
    if (text === undefined) return null;
    return { walk: { at, draft: walk.at === null ? typed : walk.draft }, text };
  }
  if (walk.at === null) return null;
  const text = inputs[walk.at + 1];
  return text === undefined
    ? { walk: NOT_WALKING, text: walk.draft }
    : { walk: { at: walk.at + 1, draft: walk.draft }, text };
}

/** The newest input before index `before` that holds `part`; null: none. */
export function searchBack(inputs: Inputs, part: string, before: number): number | null {
  if (part === '') return null;
  for (let index = Math.min(before, inputs.length) - 1; index >= 0; index -= 1) {
    if (inputs[index]?.includes(part)) return index;
  }
  return null;
}
