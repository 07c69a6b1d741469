/** What a terminal says of itself is not typed by anybody. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReplyFilter, SEQUENCE_MS } from '../../../src/ui/input/reply-filter.ts';

/** What comes through when the pieces come one after the other and then nothing more does. */
function through(...pieces: readonly string[]): string {
  const filter = createReplyFilter();
  let keys = '';
  for (const [index, piece] of pieces.entries()) keys += filter.push(piece, index);
  return keys + (filter.holds ? filter.flush(pieces.length + SEQUENCE_MS) : '');
}

describe('the filter of replies', () => {
  it.each([
    ['typed text', '2+3\r'],
    ['arrows', '\x1b[A\x1b[1;2B\x1bOC'],
    ['a lone Esc', '\x1b'],
    ['Esc twice', '\x1b\x1b'],
    ['Alt with a letter', '\x1bx'],
    ['other scripts', 'é日👩‍👩‍👧'],
    ['a paste', '\x1b[200~rm -rf /\n\x1b]0;title\x07\x1b[201~'],
  ])('passes %s', (_, keys) => {
    expect(through(keys)).toBe(keys);
  });

  it.each([
    ['a colour (OSC 10)', '\x1b]10;rgb:ffff/ffff/ffff\x07'],
    ['a colour ended by ST', '\x1b]11;rgb:0000/0000/0000\x1b\\'],
    ['a version (DCS)', '\x1bP>|xterm(390)\x1b\\'],
    ['an application command (APC)', '\x1b_Gi=31;OK\x1b\\'],
    ['an 8-bit reply', '\x9d10;rgb:ffff\x9c'],
    ['8-bit controls', '\x84\x85'],
  ])('drops %s, in one piece or in any two', (_, reply) => {
    expect(through(`a${reply}b`)).toBe('ab');
    for (let at = 1; at < reply.length; at += 1) {
      expect(through(`a${reply.slice(0, at)}`, `${reply.slice(at)}b`)).toBe('ab');
    }
  });

  it('puts torn keys together', () => {
    expect(through('\x1b', '[', 'A')).toBe('\x1b[A');
    expect(through('x\x1b[20', '0~pa', 'ste\x1b[2', '01~y')).toBe('x\x1b[200~paste\x1b[201~y');
  });

  it('lets a torn sequence go when the rest never comes', () => {
    expect(through('\x1b[9;9')).toBe('');
    expect(through('\x1b[')).toBe('');
    expect(through('\x1bO')).toBe('');
  });

  it('drops what breaks off in the middle, and looks at the rest anew', () => {
    expect(through('\x1b[1;\x1b[A')).toBe('\x1b[A');
  });

  it('does not swallow for ever what only looked like a reply', () => {
    const filter = createReplyFilter();
    expect(filter.push('\x1b]', 0)).toBe('');
    expect(filter.push('q', 1000)).toBe('q');
  });

  it('gives the same however the keys and replies are cut', () => {
    const keys = fc.constantFrom('a', '2+3', '\r', '\x1b[A', '\x1b[3~', '\x1bOC', 'é');
    const replies = fc.constantFrom('\x1b]10;rgb:1/2/3\x07', '\x1bP1$r0m\x1b\\', '\x9d4;1\x9c');
    const parts = fc.array(
      fc.oneof(
        keys.map((text) => [text, text]),
        replies.map((text) => [text, '']),
      ),
    );
    fc.assert(
      fc.property(parts, fc.array(fc.nat(20), { maxLength: 30 }), (all, cuts) => {
        const wire = all.map(([sent]) => sent).join('');
        const wanted = all.map(([, kept]) => kept).join('');
        const pieces: string[] = [];
        let rest = wire;
        for (const cut of cuts) {
          pieces.push(rest.slice(0, cut));
          rest = rest.slice(cut);
        }
        expect(through(...pieces, rest)).toBe(wanted);
      }),
    );
  });
});
