/** The process's streams as commands see them. */
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLine, outputOf } from '../../src/cli/io.ts';

describe('outputOf', () => {
  it('takes the width 0 of a terminal that was told none for not known: nothing would fit', () => {
    const terminal = (columns?: number) =>
      outputOf(Object.assign(new PassThrough(), { isTTY: true, columns }) as unknown as NodeJS.WriteStream);
    expect(terminal(0).columns).toBeUndefined();
    expect(terminal(80).columns).toBe(80);
    expect(terminal().columns).toBeUndefined();
  });
});

describe('a line of JSON', () => {
  it('holds nothing that a terminal acts on or draws as nothing, and reads back as it was', () => {
    const acted = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
    const foreign = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(
          '\x1b]52;c;x\x07',
          '\x9b2J',
          '\u202e',
          '\u2066',
          '\u3164',
          '\ufe0f',
          '\u{e0041}',
          '\ud800',
        ),
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(foreign, (parts) => {
        const value = { [parts.join('')]: parts.join(' ') };
        const line = jsonLine(value);
        return !acted.test(line) && JSON.stringify(JSON.parse(line)) === JSON.stringify(value);
      }),
    );
    expect(jsonLine({ a: 'x\u3164y' })).toBe('{"a":"x\\u3164y"}');
  });
});
