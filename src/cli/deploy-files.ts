/** The application's own files, as `deploy FILE…` names them on this machine. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { AppFile } from '../ops/deploy/app-files.ts';
import { fileTrouble } from './file-trouble.ts';
import { type Invocation, UsageError } from './invocation.ts';

const FILE_LIMIT = 1024 * 1024;
/** What a unit's ExecStart= takes without quoting. */
const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/**
 * A host where a file is expected: every other command takes it there.
 * @throws UsageError
 */
export function refuseHosts(paths: readonly string[], { text, settings }: Invocation): void {
  const host = paths.find(
    (path) =>
      !existsSync(path) && (/^[^/@]+@[^/@]+$/.test(path) || Object.hasOwn(settings.hosts ?? {}, path)),
  );
  if (host !== undefined) throw new UsageError(text.deploy.hostAsFile(host));
}

/** @throws UsageError */
export async function readFiles(paths: readonly string[], { text }: Invocation): Promise<AppFile[]> {
  const files: AppFile[] = [];
  for (const path of paths) {
    const name = basename(path);
    if (!FILE_NAME.test(name)) throw new UsageError(text.deploy.badFileName(name));
    if (files.some((file) => file.name === name)) throw new UsageError(text.deploy.sameName(name));
    try {
      // The size first: a device or a film is not to be read into memory.
      if ((await stat(path)).size > FILE_LIMIT) throw new Error(text.deploy.fileTooBig(FILE_LIMIT));
      files.push({ name, content: await readFile(path) });
    } catch (error) {
      throw new UsageError(text.deploy.badFile(path, fileTrouble(error)));
    }
  }
  return files;
}
