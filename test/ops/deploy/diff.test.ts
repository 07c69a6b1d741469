import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines, type Hunk } from '../../../src/ops/deploy/diff.ts';

const text = (hunks: readonly Hunk[]): string[] =>
  hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines.map((line) => `${{ same: ' ', gone: '-', new: '+' }[line.kind]}${line.text}`),
  ]);

/** What patch(1) does with hunks. */
function patched(before: readonly string[], hunks: readonly Hunk[]): string[] {
  const result: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    const from = hunk.oldLines === 0 ? hunk.oldStart : hunk.oldStart - 1;
    result.push(...before.slice(at, from));
    expect(result.length).toBe(hunk.newLines === 0 ? hunk.newStart : hunk.newStart - 1);
    const old = hunk.lines.filter((line) => line.kind !== 'new').map((line) => line.text);
    expect(before.slice(from, from + hunk.oldLines)).toEqual(old);
    result.push(...hunk.lines.filter((line) => line.kind !== 'gone').map((line) => line.text));
    at = from + hunk.oldLines;
  }
  return [...result, ...before.slice(at)];
}

describe('diffLines', () => {
  it('is what diff -u prints', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n';
    const after = 'a\nB\nc\nd\ne\nf\ng\nh\ni\nj\nk\n';
    expect(text(diffLines(before, after))).toEqual([
      '@@ -1,5 +1,5 @@',
      ' a',
      '-b',
      '+B',
      ' c',
      ' d',
      ' e',
      '@@ -9,4 +9,3 @@',
      ' i',
      ' j',
      ' k',
      '-l',
    ]);
  });

  it('shows a new file as nothing but new lines', () => {
    expect(text(diffLines('', 'a\nb\n'))).toEqual(['@@ -0,0 +1,2 @@', '+a', '+b']);
  });

  it('has no hunks where nothing changes', () => {
    expect(diffLines('a\nb\n', 'a\nb\n')).toEqual([]);
  });

  it('gives hunks that make the one text of the other', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 25 });
    fc.assert(
      fc.property(lines, lines, fc.integer({ min: 0, max: 4 }), (before, after, context) => {
        const end = (of: readonly string[]): string => of.map((line) => `${line}\n`).join('');
        expect(patched(before, diffLines(end(before), end(after), context))).toEqual(after);
      }),
    );
  });

  it('is done in no time with two long files that have nothing in common', () => {
    const long = (letter: string): string => `${letter}\n`.repeat(20_000);
    expect(diffLines(long('a'), long('b'))[0]?.lines).toHaveLength(40_000);
  });
});
