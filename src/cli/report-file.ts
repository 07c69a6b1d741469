/** The report's file: written whole or not at all, and never over another one without leave. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export type FilePlace = 'free' | 'taken' | 'folder' | 'no-folder';

/** What is at `path` now. */
export async function lookAt(path: string): Promise<FilePlace> {
  const found = await stat(path).catch(() => null);
  if (found !== null) return found.isDirectory() ? 'folder' : 'taken';
  const folder = await stat(dirname(path)).catch(() => null);
  return folder?.isDirectory() ? 'free' : 'no-folder';
}

/**
 * @param replace whether a file that is there may be replaced
 * @returns false when one is there that may not
 * @throws the file system's error
 */
export async function writeWhole(path: string, content: string, replace: boolean): Promise<boolean> {
  // A link is followed: what it leads to is what is meant.
  const target = await realpath(path).catch(() => path);
  const beside = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  await writeFile(beside, content, { flag: 'wx' });
  try {
    if (replace) {
      await rename(beside, target);
      return true;
    }
    return await place(beside, target);
  } finally {
    await unlink(beside).catch(() => undefined);
  }
}

/** `rename` replaces silently; `link` does not, and where a file system has no links, an exclusive copy. */
async function place(from: string, to: string): Promise<boolean> {
  for (const put of [link, exclusiveCopy]) {
    try {
      await put(from, to);
      return true;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'EEXIST') return false;
      if (put === exclusiveCopy) throw error;
    }
  }
  return false;
}

function exclusiveCopy(from: string, to: string): Promise<void> {
  return copyFile(from, to, constants.COPYFILE_EXCL);
}
