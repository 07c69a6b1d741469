/**
 * The queue of alerts on disk: one file an alert, there whole or not at all, and gone only once it was handed
 * over. What a crash leaves behind at any point is either nothing or an alert that is still to be sent.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeDurably } from '../durable-file.ts';
import type { DiscordMessage } from './message.ts';

export interface Draft {
  /** Alerts of one lane are delivered in their order. */
  readonly lane: string;
  readonly message: DiscordMessage;
  /** What whoever wrote it wants to find beside it after a crash; JSON. */
  readonly attached: unknown;
}

export interface SpooledAlert extends Draft {
  /** Shown in the message, so that one that came twice is known for the same. */
  readonly id: string;
  /** Orders all of them. */
  readonly seq: number;
}

/** Points at which a crash is survived; a test ends the process at each. */
export type SpoolStep = 'begun' | 'written' | 'renamed' | 'posted' | 'removed';

export interface Spool {
  /** What an earlier process left, oldest first. */
  readonly left: readonly SpooledAlert[];
  /** Files that were no alerts: set aside under `rejected`. */
  readonly damaged: readonly string[];
  /** A new one's id, known before it is written since it is part of the message. */
  newId(): string;
  /** Resolves when it would survive a power cut. */
  add(id: string, draft: Draft): Promise<SpooledAlert>;
  /** It was handed over. */
  remove(alert: SpooledAlert): Promise<void>;
  /** It will never be taken: kept aside for a person to look at. @returns the file */
  setAside(alert: SpooledAlert): Promise<string>;
}

const FILE = /^(\d{12,15})-([0-9a-f]{12})\.json$/;
const ASIDE = 'rejected';
/** An alert and what is attached to it have some kilobytes. */
const MOST_BYTES = 1024 * 1024;
/** A link is not followed, and a pipe is not waited for; Windows has neither flag, nor what they are for. */
const AS_IT_IS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** @param onStep told of each point that was reached, before going on */
export async function openSpool(
  folder: string,
  onStep: (step: SpoolStep) => void = () => undefined,
): Promise<Spool> {
  const aside = join(folder, ASIDE);
  await mkdir(aside, { recursive: true, mode: 0o700 });
  const left: SpooledAlert[] = [];
  const damaged: string[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    // Begun and never renamed: it was not promised to anybody yet.
    if (name.endsWith('.partial')) await rm(path, { force: true, recursive: true });
    if (!FILE.test(name)) continue;
    const alert = readAlert(name, await readOwnFile(path));
    if (alert !== null) left.push(alert);
    else {
      await rename(path, join(aside, name));
      damaged.push(join(aside, name));
    }
  }
  left.sort((a, b) => a.seq - b.seq);
  let lastSeq = left.at(-1)?.seq ?? 0;

  return {
    left,
    damaged,
    newId: () => randomBytes(6).toString('hex'),
    async add(id, draft) {
      lastSeq += 1;
      const alert: SpooledAlert = { ...draft, id, seq: lastSeq };
      onStep('begun');
      const path = join(folder, fileName(alert));
      const partial = `${path}.partial`;
      await writeDurably(partial, JSON.stringify(alert));
      onStep('written');
      await rename(partial, path);
      await syncFolder(folder);
      onStep('renamed');
      return alert;
    },
    async remove(alert) {
      onStep('posted');
      await rm(join(folder, fileName(alert)), { force: true });
      await syncFolder(folder);
      onStep('removed');
    },
    async setAside(alert) {
      const path = join(aside, fileName(alert));
      await rename(join(folder, fileName(alert)), path);
      await syncFolder(folder);
      return path;
    },
  };
}

function fileName({ seq, id }: SpooledAlert): string {
  return `${String(seq).padStart(12, '0')}-${id}.json`;
}

/** What an earlier process of ours wrote; `''` for what none of ours can have written, or cannot be read. */
async function readOwnFile(path: string): Promise<string> {
  try {
    const file = await open(path, AS_IT_IS);
    try {
      const stat = await file.stat();
      const uid = process.getuid?.();
      const ours = stat.isFile() && stat.size <= MOST_BYTES && (uid === undefined || stat.uid === uid);
      return ours ? await file.readFile('utf8') : '';
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
}

function readAlert(name: string, text: string): SpooledAlert | null {
  const [, seq, id] = FILE.exec(name) ?? [];
  try {
    const alert = JSON.parse(text) as SpooledAlert;
    const whole =
      alert.seq === Number(seq) &&
      alert.id === id &&
      typeof alert.lane === 'string' &&
      Array.isArray(alert.message?.embeds);
    return whole ? alert : null;
  } catch {
    return null;
  }
}
