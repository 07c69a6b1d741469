/** What changes between two texts, line by line, in the hunks of a unified diff. Pure. */

export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new';
  /** Without its newline. Foreign text. */
  readonly text: string;
}

export interface Hunk {
  /** 1-based; 0 when the side has no lines, as `diff -u` prints it. */
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly DiffLine[];
}

/** Beyond this many cells of the table, what differs is shown as gone and new as a whole. */
const TABLE_LIMIT = 4_000_000;

/** @param context lines shown around a change */
export function diffLines(before: string, after: string, context = 3): Hunk[] {
  return hunksOf(editScript(linesOf(before), linesOf(after)), context);
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The shortest script by the longest common subsequence, after the ends that are the same are set aside. */
function editScript(old: readonly string[], now: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < now.length - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  ) {
    tail += 1;
  }
  const same = (text: string): DiffLine => ({ kind: 'same', text });
  return [
    ...old.slice(0, head).map(same),
    ...middle(old.slice(head, old.length - tail), now.slice(head, now.length - tail)),
    ...old.slice(old.length - tail).map(same),
  ];
}

function middle(old: readonly string[], now: readonly string[]): DiffLine[] {
  const gone = (text: string): DiffLine => ({ kind: 'gone', text });
  const fresh = (text: string): DiffLine => ({ kind: 'new', text });
  if (old.length * now.length > TABLE_LIMIT) return [...old.map(gone), ...now.map(fresh)];

  // common[i * width + j]: how many lines old[i…] and now[j…] have in common, in order.
  const width = now.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const script: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    const left = old[i];
    const right = now[j];
    if (left !== undefined && left === right) {
      script.push({ kind: 'same', text: left });
      i += 1;
      j += 1;
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      script.push(gone(left));
      i += 1;
    } else if (right !== undefined) {
      script.push(fresh(right));
      j += 1;
    }
  }
  return script;
}

function hunksOf(script: readonly DiffLine[], context: number): Hunk[] {
  const changed = script.flatMap((line, index) => (line.kind === 'same' ? [] : [index]));
  const hunks: Hunk[] = [];
  let first = 0;
  while (first < changed.length) {
    let last = first;
    while (last + 1 < changed.length && (changed[last + 1] ?? 0) - (changed[last] ?? 0) <= 2 * context + 1) {
      last += 1;
    }
    const from = Math.max(0, (changed[first] ?? 0) - context);
    const lines = script.slice(from, (changed[last] ?? 0) + context + 1);
    const earlier = script.slice(0, from);
    const count = (some: readonly DiffLine[], without: DiffLine['kind']): number =>
      some.filter((line) => line.kind !== without).length;
    const oldLines = count(lines, 'new');
    const newLines = count(lines, 'gone');
    hunks.push({
      oldStart: count(earlier, 'new') + (oldLines === 0 ? 0 : 1),
      oldLines,
      newStart: count(earlier, 'gone') + (newLines === 0 ? 0 : 1),
      newLines,
      lines,
    });
    first = last + 1;
  }
  return hunks;
}
