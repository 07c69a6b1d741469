/** Long outputs cut to a length that is read: the beginning and the end stay, and how much went is known. Pure. */

export interface Bounded {
  readonly first: readonly BoundedLine[];
  /** Lines left out between the two. */
  readonly cut: number;
  readonly last: readonly BoundedLine[];
}

export interface BoundedLine {
  readonly text: string;
  /** UTF-16 units left out at its end. */
  readonly cut: number;
}

const FIRST_LINES = 48;
const LAST_LINES = 12;
const LINE_UNITS = 400;

/** Nothing is cut for the sake of one line: the word about it is a line as well. */
export function bounded(output: string): Bounded {
  const all = output === '' ? [] : output.split('\n');
  const over = all.length - FIRST_LINES - LAST_LINES;
  if (over <= 1) return { first: all.map(boundedLine), cut: 0, last: [] };
  return {
    first: all.slice(0, FIRST_LINES).map(boundedLine),
    cut: over,
    last: all.slice(-LAST_LINES).map(boundedLine),
  };
}

function boundedLine(line: string): BoundedLine {
  if (line.length <= LINE_UNITS) return { text: line, cut: 0 };
  return { text: line.slice(0, LINE_UNITS), cut: line.length - LINE_UNITS };
}
