/** A mistyped command is taken for a host: which command was meant. */
import { COMMANDS } from './command-table.ts';

/** Letters that may be wrong, missing, too many or swapped. */
const MOST_EDITS = 2;

/** The command that `word` comes nearest to; null when it is one, or is like none. */
export function meantCommand(word: string | undefined | null): string | null {
  // A short word is near to everything; an address or a full name was meant as a host.
  if (!word || word.length < 3 || /[@.:]/.test(word)) return null;
  const near = COMMANDS.map(({ name }) => ({ name, edits: edits(word.toLowerCase(), name) }))
    .filter(({ name, edits }) => edits <= Math.min(MOST_EDITS, name.length - 2))
    .toSorted((a, b) => a.edits - b.edits);
  const [nearest] = near;
  return nearest === undefined || nearest.edits === 0 ? null : nearest.name;
}

/** The optimal string alignment distance: each change, and each swap of neighbours, counts one. */
function edits(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      current.push(swapped ? Math.min(cost, (beforeLast[column - 2] ?? 0) + 1) : cost);
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length] ?? 0;
}
