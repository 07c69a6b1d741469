/** What a shell makes of a command line: exactly the arguments that were given. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCommand, quoteCommand, quoteWord } from '../../../src/ops/transport/quote.ts';

describe('quoting', () => {
  it.each([
    ['plain', 'plain'],
    ['a-b_c+d=e.f,g/h:i@j%k0', 'a-b_c+d=e.f,g/h:i@j%k0'],
    ['', "''"],
    ['=cat', "'=cat'"],
    ['a b', "'a b'"],
    ['~', "'~'"],
    ['$HOME', "'$HOME'"],
    ["it's", "'it'\\''s'"],
    ["''", "''\\'''\\'''"],
    ['a\nb', "'a\nb'"],
    ['é', "'é'"],
    ['a;reboot', "'a;reboot'"],
    ['x!', "'x!'"],
    ['plain\n', "'plain\n'"],
  ])('makes one word of %j', (argument, word) => {
    expect(quoteWord(argument)).toBe(word);
  });

  it('parts words with one space', () => {
    expect(quoteCommand(['printf', '%s', 'a b', ''])).toBe("printf %s 'a b' ''");
  });

  it('refuses what no argument can hold', () => {
    expect(() => quoteCommand(['echo', 'a\0b'])).toThrow(RangeError);
    expect(() => quoteCommand(['echo', 'a\0b'])).toThrow('an argument holds a NUL character');
    expect(() => encodeCommand(['echo', 'a\0b'])).toThrow('an argument holds a NUL character');
    expect(() => quoteCommand(['echo', 'a\nb'])).toThrow('an argument holds a newline');
  });

  it.skipIf(process.platform === 'win32')('is read by a shell as it was meant', () => {
    const argument = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({
        unit: fc.constantFrom("'", '"', '\\', '$', '`', '\n', ' ', '*', '~', '=', '!', '-', '#', '&'),
      }),
    );
    const arguments_ = fc.array(
      argument.map((text) => text.replaceAll('\0', '')),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(arguments_, (argv) => {
        const read = (line: string): string[] =>
          execFileSync('sh', ['-c', line]).toString('utf8').split('\0').slice(0, -1);
        const onOneLine = argv.map((text) => text.replaceAll('\n', ' '));
        expect(read(quoteCommand(['printf', '%s\\0', ...onOneLine]))).toEqual(onOneLine);
        const encoded = encodeCommand(['printf', '%s\\0', ...argv]);
        expect(encoded).not.toContain('\n');
        expect(read(`eval "$(printf %b ${quoteWord(encoded)})"`)).toEqual(argv);
      }),
      { numRuns: 50 },
    );
  });
});
