/** Editing one line. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EditedLine,
  EMPTY_LINE,
  edit,
  insert,
  LINE_LIMIT,
  lineOf,
  textOf,
} from '../../../src/ui/input/line-editor.ts';

/** `|` stands for the cursor. */
const line = (drawn: string): EditedLine => {
  const [before = '', after = ''] = drawn.split('|');
  return { before, after };
};
const drawn = ({ before, after }: EditedLine): string => `${before}|${after}`;

describe('a line being typed', () => {
  it.each([
    ['12|3', 'left', '1|23'],
    ['|123', 'left', '|123'],
    ['12|3', 'right', '123|'],
    ['12|3', 'home', '|123'],
    ['12|3', 'ctrl+a', '|123'],
    ['12|3', 'end', '123|'],
    ['12|3', 'ctrl+e', '123|'],
    ['12|3', 'backspace', '1|3'],
    ['|123', 'backspace', '|123'],
    ['12|3', 'delete', '12|'],
    ['12|3', 'ctrl+u', '|3'],
    ['12|3', 'ctrl+k', '12|'],
    ['12 + 34|5', 'ctrl+w', '12 + |5'],
    ['12 + |5', 'ctrl+w', '12 |5'],
    // One press takes one letter, however many code points it is made of.
    ['e\u0301|', 'backspace', '|'],
    ['👩‍👩‍👧|', 'left', '|👩‍👩‍👧'],
  ])('%s, %s: %s', (before, chord, after) => {
    const edited = edit(line(before), chord);
    expect(edited && drawn(edited)).toBe(after);
  });

  it('leaves other keys alone', () => {
    expect(edit(line('12|3'), 'f5')).toBeNull();
    expect(edit(line('12|3'), 'ctrl+p')).toBeNull();
  });

  it('inserts at the cursor', () => {
    expect(drawn(insert(line('1|3'), '2'))).toBe('12|3');
  });

  it.each([
    ['2+3\nrm -rf /', '2+3'],
    ['\r\n2+3', '2+3'],
    ['\x1b[31m2\x07+\u202e3', '[31m2+3'],
    ['2\t+3', '2 +3'],
    ['\ud800', ''],
  ])('takes of a paste %j only %j', (pasted, kept) => {
    expect(textOf(insert(EMPTY_LINE, pasted))).toBe(kept);
  });

  it('keeps to its limit', () => {
    const full = insert(EMPTY_LINE, '9'.repeat(1000));
    expect(textOf(full)).toHaveLength(LINE_LIMIT);
    expect(textOf(insert(full, '9'))).toHaveLength(LINE_LIMIT);
  });

  it('loses and gains nothing by moving about', () => {
    const moves = fc.array(fc.constantFrom('left', 'right', 'home', 'end', 'ctrl+a', 'ctrl+e'));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), moves, (text, chords) => {
        const start = insert(EMPTY_LINE, text);
        let now = lineOf(textOf(start));
        for (const chord of chords) now = edit(now, chord) ?? now;
        expect(textOf(now)).toBe(textOf(start));
      }),
    );
  });
});
