/** What a process printed as it died: the end of a Python traceback, as that tells the reason in a line. Pure. */

const BEGINS = 'Traceback (most recent call last):';
const LONGEST = 300;

/** @param lines of one process, in order. @returns null when it printed no traceback */
export function lastWordsOf(lines: readonly string[]): string | null {
  const all = lines.flatMap((line) => line.split('\n'));
  const from = all.findLastIndex((line) => line.trim() === BEGINS);
  if (from < 0) return null;
  // Its frames are indented; the first line that is not is the error itself.
  const error = all.slice(from + 1).find((line) => /^\S/.test(line));
  return error === undefined ? null : error.trim().slice(0, LONGEST);
}
