/** A command of the shell on the operator's PC: what it printed, and how it ended. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import type { StatusDocument } from '../../src/cli/status-document.ts';
import { hostAddress, type LabUser, onPc, operatorHome } from './host.ts';

const launcher = fileURLToPath(new URL('../../bin/tp5-tui.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  readonly ended: Promise<Ended>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly interrupt: () => void;
}

/** Runs a command on the operator's PC. */
export function start(args: readonly string[], home = operatorHome(), stdin = ''): Running {
  const { command, args: argv } = onPc(home, process.execPath, [launcher, ...args, '--lang', 'en']);
  const child = spawn(command, argv, { env: { ...process.env, HOME: home } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  child.stdin.end(stdin);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { ended, stdout: () => stdout, stderr: () => stderr, interrupt: () => child.kill('SIGINT') };
}

export function run(args: readonly string[], home?: string, stdin?: string): Promise<Ended> {
  return start(args, home, stdin).ended;
}

export const at = (user: LabUser): string => `${user}@${hostAddress}`;
export const documents = ({ stdout }: Ended): unknown[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));

export async function status(
  user: LabUser = 'manon',
): Promise<{ code: number | null; told: StatusDocument }> {
  const ended = await run(['status', at(user), '--json', '--no-input']);
  expect(documents(ended)).toHaveLength(1);
  return { code: ended.code, told: JSON.parse(ended.stdout) };
}
