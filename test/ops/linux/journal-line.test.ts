import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineSplitter, type Line } from '../../../src/ops/linux/journal-line.ts';

const text = ({ head, tail }: Line) => (tail === null ? head.toString() : `${head}…${tail}`);

describe('the line splitter', () => {
  it('hands out whole lines, however the bytes arrive', () => {
    const splitter = createLineSplitter({ head: 100, tail: 10 });
    const got = ['one\ntw', 'o', '\n', '\nthree\nfo', 'ur'].flatMap((chunk) =>
      splitter.push(Buffer.from(chunk)),
    );
    expect(got.map(text)).toEqual(['one', 'two', '', 'three']);
    expect(splitter.push(Buffer.from('\n')).map(text)).toEqual(['four']);
  });

  it('keeps the two ends of a line that is too long, and goes on after it', () => {
    const splitter = createLineSplitter({ head: 4, tail: 3 });
    expect(splitter.push(Buffer.from('abcdefghij\nnext\n')).map(text)).toEqual(['abcd…hij', 'next']);
    expect(splitter.push(Buffer.from('abcdefg\n')).map(text)).toEqual(['abcdefg']);
  });

  it('cuts any bytes at any place as one would cut the whole', () => {
    const limits = fc.record({ head: fc.integer({ min: 1, max: 12 }), tail: fc.integer({ min: 1, max: 6 }) });
    const chunks = fc.array(
      fc.array(fc.constantFrom('a', 'b', '\n'), { maxLength: 30 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(limits, chunks, ({ head, tail }, parts) => {
        const splitter = createLineSplitter({ head, tail });
        const got = parts.flatMap((part) => splitter.push(Buffer.from(part))).map(text);
        const lines = parts.join('').split('\n').slice(0, -1);
        expect(got).toEqual(
          lines.map((line) =>
            line.length <= head + tail ? line : `${line.slice(0, head)}…${line.slice(-tail)}`,
          ),
        );
      }),
    );
  });

  it('holds no more of a line that never ends than it was allowed', () => {
    const splitter = createLineSplitter({ head: 1024, tail: 64 });
    const chunk = Buffer.alloc(64 * 1024, 'x');
    for (let n = 0; n < 512; n += 1) expect(splitter.push(chunk)).toEqual([]);
    const [line] = splitter.push(Buffer.from('\n'));
    expect(line?.head).toHaveLength(1024);
    expect(line?.tail).toHaveLength(64);
  });
});
