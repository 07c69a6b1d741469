/** Cells: cutting, padding, wrapping. The oracle is what Ink measures with. */
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { harmless } from '../../src/text/foreign.ts';
import { cut, cutStart, pad, widthOf, wrap } from '../../src/text/measure.ts';
import { countMeasured } from '../support/measured.ts';

const text = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('a', ' ', '日', 'é', 'e\u0301', '👍', '가', 'ก', '│') }),
  )
  .map((foreign): string => harmless(foreign));
const width = fc.integer({ min: 0, max: 30 });

describe('the width of a text', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['日本', 4],
    ['👍', 2],
    ['│─┏', 3],
    ['…', 1],
  ])('%j is %i', (sample, cells) => {
    expect(widthOf(sample)).toBe(cells);
  });

  it('is the one Ink lays out by', () => {
    fc.assert(
      fc.property(text, (sample) => {
        expect(widthOf(sample)).toBe(stringWidth(sample));
      }),
    );
  });
});

describe('cutting', () => {
  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 4, 'abc…'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
    ['', 3, ''],
  ])('%j to %i cells is %j', (sample, cells, expected) => {
    expect(cut(sample, cells)).toBe(expected);
  });

  it('never takes more cells than it has, and keeps what fits', () => {
    fc.assert(
      fc.property(text, width, (sample, cells) => {
        expect(stringWidth(cut(sample, cells))).toBeLessThanOrEqual(cells);
        expect(stringWidth(cutStart(sample, cells))).toBeLessThanOrEqual(cells);
        if (stringWidth(sample) <= cells) expect(cut(sample, cells)).toBe(sample);
        if (stringWidth(sample) <= cells) expect(cutStart(sample, cells)).toBe(sample);
      }),
    );
  });

  it('fills up to the cell', () => {
    fc.assert(
      fc.property(text, width, (sample, cells) => {
        expect(stringWidth(pad(sample, cells))).toBe(cells);
      }),
    );
  });

  it('keeps the end of a line being typed', () => {
    expect(cutStart('1234567', 4)).toBe('…567');
  });

  it('costs by the width and not by the length', () => {
    const long = '👩‍👩‍👧'.repeat(100_000);
    const measured = countMeasured();
    cut(long, 100);
    wrap(long, 100, 3);
    expect(measured()).toBeGreaterThan(0);
    expect(measured()).toBeLessThan(long.length / 10);
  });
});

describe('wrapping', () => {
  it.each([
    ['one two three', 7, ['one two', 'three']],
    ['one two', 3, ['one', 'two']],
    ['abcdefgh', 3, ['abc', 'def', 'gh']],
    ['日本語', 4, ['日本', '語']],
    ['日本', 1, ['…']],
    ['', 5, ['']],
    ['a b', 0, []],
  ])('%j at %i cells is %j', (sample, cells, lines) => {
    expect(wrap(sample, cells)).toEqual(lines);
  });

  it.each([
    ['it restarts in 1.6 s now', 17, ['it restarts in', '1.6 s now']],
    ['verdict : rien', 9, ['verdict :', 'rien']],
    ['est-ce prêt ? oui', 11, ['est-ce', 'prêt ? oui']],
    ['loss 12.5 % of 3', 12, ['loss 12.5 %', 'of 3']],
    ['12 subjects', 5, ['12', 'subje', 'cts']],
  ])('keeps a figure with its unit, and a sign with its word: %j in %i', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });

  it('says at the last line allowed that there is more', () => {
    expect(wrap('one two three four', 7, 2)).toEqual(['one two', 'three …']);
  });

  it('fits, loses nothing but spaces, and ends', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 20 }), (sample, cells) => {
        const lines = wrap(sample, cells);
        for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(cells);
        if (lines.includes('…')) return;
        expect(lines.join('').replaceAll(' ', '')).toBe(sample.replaceAll(' ', ''));
      }),
    );
  });
});
