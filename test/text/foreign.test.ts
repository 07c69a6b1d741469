/** Foreign text made harmless. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { harmless } from '../../src/text/foreign.ts';

/** What a terminal prints and nothing else. Written apart from the code: by what may be there, not by what may not. */
const PRINTS = /^[\p{L}\p{M}\p{N}\p{P}\p{S} \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]*$/u;

describe('harmless', () => {
  it.each([
    ['2+3', '2+3'],
    ['Réponse envoyée à 日本 👍', 'Réponse envoyée à 日本 👍'],
    ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
    ['\x1b]52;c;ZXZpbA==\x07', '\\x1b]52;c;ZXZpbA==\\x07'],
    ['a\rb\bc', 'a\\x0db\\x08c'],
    ['\x9b31m', '\\x9b31m'],
    ['one\ttwo', 'one    two'],
    ['one\ntwo', 'one↵two'],
    ['user\u202egpj.exe', 'user\\u202egpj.exe'],
    ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
    ['soft\u00adhyphen', 'soft\\xadhyphen'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['filler\u3164\u115f', 'filler\\u3164\\u115f'],
    ['variation\ufe0f', 'variation\\ufe0f'],
    ['joiner\u034f', 'joiner\\u034f'],
    ['half\ud800', 'half\\ud800'],
    ['lines\u2028\u2029', 'lines\\u2028\\u2029'],
    ['private\ue000', 'private\\ue000'],
  ])('%j is %j', (foreign, shown) => {
    expect(harmless(foreign)).toBe(shown);
  });

  it('keeps letters from being piled up over other rows', () => {
    expect(harmless(`a${'\u0301'.repeat(40)}b`)).toBe('a\u0301\u0301b');
  });

  it('looks at no more than it is told to', () => {
    expect(harmless('abcdef', 3)).toBe('abc…');
    expect(harmless('x'.repeat(1_000_000)).length).toBe(16_385);
  });

  it('shows a pair that the cut tore in two as what it is', () => {
    expect(harmless('a😀b', 2)).toBe('a\\ud83d…');
  });

  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    fc
      .array(fc.constantFrom('\x1b', '[', ']', '0', ';', 'm', '\x07', '\x9b', '\u202e', '\u0301'))
      .map((all) => all.join('')),
  );

  it('leaves only what prints', () => {
    fc.assert(
      fc.property(anything, (foreign) => {
        expect(harmless(foreign)).toMatch(PRINTS);
      }),
      { numRuns: 2000 },
    );
  });

  it('changes nothing that is harmless already', () => {
    fc.assert(
      fc.property(anything, (foreign) => {
        expect(harmless(harmless(foreign))).toBe(harmless(foreign));
      }),
    );
  });

  it('leaves plain text alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(harmless(text)).toBe(text);
      }),
    );
  });
});
