/** What is remembered of each host's service between runs: one small file each, in the state folder. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { asRemembered, type CautionStore, forgetfulStore, type Remembered } from '../ops/caution/memory.ts';
import type { ProbeSetting } from '../ops/caution/restraint.ts';
import { writeDurably } from '../ops/durable-file.ts';
import type { Invocation } from './invocation.ts';

/** The embedded host begins anew each time. */
export function cautionStore({
  via,
  target,
  folders,
}: Pick<Invocation, 'via' | 'target' | 'folders'>): CautionStore {
  if (via === 'demo') return forgetfulStore();
  const place = via === 'local' ? 'local' : `${target.host ?? ''} ${target.sshPort ?? ''}`;
  return fileStore(join(folders.state, 'services'), `${place} ${target.unit}`);
}

/** What a session is told of how to treat the service. */
export function sessionCaution(invocation: Invocation): {
  readonly probeSetting: ProbeSetting | null;
  readonly cautionStore: CautionStore;
} {
  return { probeSetting: invocation.target.probe, cautionStore: cautionStore(invocation) };
}

/** @param key whatever a host and a unit are called: no name for a file */
export function fileStore(folder: string, key: string): CautionStore {
  const path = join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 24)}.json`);
  let written = '';
  let writing: Promise<void> = Promise.resolve();

  async function write(text: string): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Of two programs that write at once, one wins whole.
    const partial = `${path}.${process.pid}.partial`;
    await writeDurably(partial, text);
    await rename(partial, path);
  }

  return {
    async recall() {
      try {
        const text = await readFile(path, 'utf8');
        const remembered = asRemembered(JSON.parse(text));
        if (remembered !== null) written = text;
        return remembered;
      } catch {
        // Nothing there, or nothing of ours: it is found out again.
        return null;
      }
    },
    remember({ look, effects }: Remembered) {
      const text = JSON.stringify({ key, look, effects });
      if (text === written) return;
      written = text;
      writing = writing.then(() => write(text)).catch(() => undefined);
    },
    settled: () => writing,
  };
}
