/** What a guard remembers, on disk: one small file for each host and unit it watches. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeDurably } from '../durable-file.ts';
import { asMemory, type GuardMemory } from './memory.ts';

export interface GuardRecord {
  /** Grows with each change: of two records, the higher is the newer, whatever the clock did. */
  readonly revision: number;
  readonly memory: GuardMemory;
}

/** A record that was read from somewhere; null when it is none. */
export function asRecord(value: unknown): GuardRecord | null {
  if (typeof value !== 'object' || value === null || !('revision' in value && 'memory' in value)) return null;
  const memory = asMemory(value.memory);
  const { revision } = value;
  return memory !== null && typeof revision === 'number' && Number.isSafeInteger(revision)
    ? { revision, memory }
    : null;
}

/** The newest of those that there are. */
export function newest(records: readonly (GuardRecord | null)[]): GuardRecord | null {
  return records.reduce(
    (best, record) => (record !== null && (best === null || record.revision > best.revision) ? record : best),
    null,
  );
}

/** @param key host and unit; null when there is no record, or none that can be read */
export async function readRecord(folder: string, key: string): Promise<GuardRecord | null> {
  try {
    return asRecord(JSON.parse(await readFile(pathOf(folder, key), 'utf8')));
  } catch {
    // A guard that remembers nothing judges anew.
    return null;
  }
}

/** There whole or not at all, and still there after a power cut. */
export async function writeRecord(folder: string, key: string, record: GuardRecord): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = pathOf(folder, key);
  const partial = `${path}.partial`;
  await writeDurably(partial, JSON.stringify({ key, ...record }));
  await rename(partial, path);
  await syncFolder(folder);
}

/** When a guard last looked after this folder's hosts, ms since the epoch; null when that is not known. */
export async function readAlive(folder: string): Promise<number | null> {
  const text = await readFile(join(folder, 'alive'), 'utf8').catch(() => '');
  return /^\d{13}$/.test(text) ? Number(text) : null;
}

/** Not worth a wait for the disk: after a power cut an older one is as good. */
export async function writeAlive(folder: string, wall: number): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'alive'), String(Math.round(wall)), { mode: 0o600 });
}

/** A key holds whatever a host is called: no name for a file. */
function pathOf(folder: string, key: string): string {
  return join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 24)}.json`);
}
