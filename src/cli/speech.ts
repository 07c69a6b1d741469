/**
 * How a host's calculator is spoken to: as the settings say, else as it was learnt, also by earlier runs.
 *
 * What was learnt is one file for all hosts. It saves a question or two, and nothing depends on it: a file that
 * cannot be read is an empty one, and what cannot be written is learnt again.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SpeakerOptions } from '../calc/client.ts';
import { type Dialect, type DialectMemory, isDialect } from '../calc/dialect.ts';
import type { Invocation } from './invocation.ts';

export function speechOf({ via, target, folders }: Invocation): SpeakerOptions {
  const { dialect, answerTimeoutMs: timeoutMs, host, address, unit, port } = target;
  // The embedded host is new each time.
  if (via === 'demo') return { dialect, timeoutMs };
  const where = via === 'local' ? 'local' : (host ?? address ?? '');
  return {
    dialect,
    timeoutMs,
    memory: fileDialects(join(folders.state, 'dialects.json'), `${where} ${unit} ${port}`),
  };
}

/** @param key of the service, unique among those that the file is for */
export function fileDialects(path: string, key: string): DialectMemory {
  let known: Dialect | null | undefined;
  const current = (): Dialect | null => {
    known ??= read(path)[key] ?? null;
    return known;
  };
  return {
    known: current,
    learn(dialect) {
      if (dialect === current()) return;
      known = dialect;
      const { [key]: _, ...others } = read(path);
      write(path, dialect === null ? others : { ...others, [key]: dialect });
    },
  };
}

function read(path: string): Readonly<Record<string, Dialect>> {
  try {
    const data: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof data !== 'object' || data === null) return {};
    return Object.fromEntries(
      Object.entries(data).filter((entry): entry is [string, Dialect] => isDialect(entry[1])),
    );
  } catch {
    return {};
  }
}

/** Whole or not at all: another run may be reading. */
function write(path: string, dialects: Readonly<Record<string, Dialect>>): void {
  const fresh = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(fresh, `${JSON.stringify(dialects, null, 2)}\n`, { mode: 0o600 });
    renameSync(fresh, path);
  } catch {
    // A full disk or a read-only home is no reason to disturb anybody.
  }
}
