/** The process's streams as commands see them. */
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { outputOf } from '../../src/cli/io.ts';

describe('outputOf', () => {
  it('takes the width 0 of a terminal that was told none for not known: nothing would fit', () => {
    const terminal = (columns?: number) =>
      outputOf(Object.assign(new PassThrough(), { isTTY: true, columns }) as unknown as NodeJS.WriteStream);
    expect(terminal(0).columns).toBeUndefined();
    expect(terminal(80).columns).toBe(80);
    expect(terminal().columns).toBeUndefined();
  });
});
