/** The calculator's history over sessions: one line an expression, newest last, readable by its owner alone. */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const KEPT = 1000;

export interface CalculatorHistory {
  /** Oldest first. A history that cannot be read is an empty one: it must never keep the console shut. */
  load(): Promise<string[]>;
  /** Resolves when written; what cannot be written is lost quietly, the session's own list still has it. */
  append(line: string): Promise<void>;
}

export function fileHistory(path: string): CalculatorHistory {
  return {
    async load() {
      const text = await readFile(path, 'utf8').catch(() => '');
      const lines = text.split('\n').filter((line) => line !== '');
      if (lines.length <= KEPT) return lines;
      const newest = lines.slice(-KEPT);
      await writeFile(path, `${newest.join('\n')}\n`, { mode: 0o600 }).catch(() => undefined);
      return newest;
    },
    async append(line) {
      if (line.includes('\n')) return;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await appendFile(path, `${line}\n`, { mode: 0o600 });
      } catch {
        // A full disk or a read-only home is no reason to disturb the calculator.
      }
    },
  };
}
