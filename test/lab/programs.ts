/** Programs without a terminal on the operator's PC, which print JSON, one document a line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { createWaiters } from '../support/waiters.ts';
import { onPc } from './host.ts';

export interface Program<Line> {
  readonly pid: number;
  readonly lines: readonly Line[];
  stderr(): string;
  /** Writes the document to its stdin, as a line; only where it has one. */
  tell(document: object): void;
  /** Its own end: the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  /** The first line, of those that came or will, that is wanted. Rejects after the bound of all waits. */
  until(wanted: (line: Line) => boolean): Promise<Line>;
  /** Sends the signal and waits for its end. @returns the exit code, or the signal's name */
  end(signal?: NodeJS.Signals): Promise<number | string>;
}

export interface ProgramOptions {
  /** Beside a home and a language. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it is told something on stdin. @default false: it has none */
  readonly listens?: boolean;
}

/** Ended with SIGKILL when the test ends, if it still runs. */
export function programOnPc<Line>(
  home: string,
  command: string,
  args: readonly string[],
  { env = {}, listens = false }: ProgramOptions = {},
): Program<Line> {
  const way = onPc(home, command, args);
  const child: ChildProcess = spawn(way.command, way.args, {
    stdio: [listens ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', ...env },
  });
  // It may end before it was told everything.
  child.stdin?.on('error', () => undefined);
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'gone'));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const lines: Line[] = [];
  const waiters = createWaiters();
  let rest = '';
  let errors = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const parts = `${rest}${chunk.toString()}`.split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) lines.push(JSON.parse(part) as Line);
    waiters.look();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return {
    pid: child.pid ?? 0,
    lines,
    stderr: () => errors,
    ended,
    tell(document) {
      child.stdin?.write(`${JSON.stringify(document)}\n`);
    },
    until: (wanted) =>
      waiters.until(
        () => lines.find(wanted),
        () => [...lines.slice(-12).map((line) => JSON.stringify(line)), errors].join('\n'),
      ),
    async end(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}
