/** The known_hosts files themselves: read before a connection, appended to when a key was accepted. */
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type HostName, type KnownHostsFile, knownHostsLine } from './known-hosts.ts';

/** Reads the files that are there; one that is missing or unreadable knows nobody. */
export async function readKnownHosts(paths: readonly string[]): Promise<KnownHostsFile[]> {
  return Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(path, 'utf8').catch(() => '') })),
  );
}

export interface AcceptedKey {
  readonly host: HostName;
  readonly key: Buffer;
  /** `HashKnownHosts` of the user's configuration. */
  readonly hashed: boolean;
}

/**
 * Appends an accepted key. A new file is the user's alone (0600), and so is a new folder (0700).
 * @throws the file system's error
 */
export async function appendKnownHost(path: string, accepted: AcceptedKey): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const before = await readFile(path, 'utf8').catch(() => '');
  const line = knownHostsLine(accepted.host, accepted.key, accepted.hashed ? randomBytes(20) : null);
  // A file that was edited by hand may lack its last newline.
  const separator = before === '' || before.endsWith('\n') ? '' : '\n';
  await appendFile(path, `${separator}${line}\n`, { mode: 0o600 });
}
