import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { fileTrouble } from '../../src/cli/file-trouble.ts';

describe('fileTrouble', () => {
  it.each([
    ['/nonexistent/file', 'no such file or directory'],
    ['/', /^illegal operation on a directory$/],
  ])('says why %s cannot be read, and nothing else', async (path, words) => {
    const error: unknown = await readFile(path).catch((thrown: unknown) => thrown);
    expect(fileTrouble(error)).toMatch(words);
  });

  it('leaves our own words as they are', () => {
    expect(fileTrouble(new Error('larger than 1 MiB'))).toBe('larger than 1 MiB');
    expect(fileTrouble('odd')).toBe('odd');
  });
});
