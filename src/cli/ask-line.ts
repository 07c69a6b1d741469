/** One question at the terminal: on stderr, since stdout is for data; one line of stdin for an answer. */
import { createInterface } from 'node:readline';
import type { Io } from './io.ts';

/**
 * @returns the line, or null when there is none to be had: stdin has ended
 * @throws the signal's reason
 */
export function askLine(
  question: string,
  io: Pick<Io, 'stdin' | 'stderr' | 'signal'>,
): Promise<string | null> {
  const { signal } = io;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    io.stderr.write(question);
    const lines = createInterface({ input: io.stdin, terminal: false });
    const settle = (then: () => void): void => {
      signal.removeEventListener('abort', abort);
      lines.removeAllListeners();
      lines.close();
      io.stdin.pause();
      then();
    };
    const abort = (): void => settle(() => reject(signal.reason));
    lines.once('line', (line) => settle(() => resolve(line)));
    lines.once('close', () => {
      io.stderr.write('\n');
      settle(() => resolve(null));
    });
    signal.addEventListener('abort', abort, { once: true });
  });
}
