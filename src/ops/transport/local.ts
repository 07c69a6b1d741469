/** The transport to this very machine: the same commands, without SSH. */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { hostname, userInfo } from 'node:os';
import type { Duplex } from 'node:stream';
import { execa } from 'execa';
import { systemClock } from '../clock.ts';
import { Failed } from '../failure.ts';
import { childStream } from './child-stream.ts';
import { type CommandRunner, openCommand, runCommand } from './commands.ts';
import { newMemory, type SshMemory, type SshQuestions } from './memory.ts';
import { findPrivilege, type PrivilegeOptions } from './privilege.ts';
import type { Exit, RunningCommand } from './process.ts';
import type { DialOptions, Transport } from './transport.ts';

export interface LocalOptions {
  /** What may be asked: the sudo password alone. @default nothing */
  readonly questions?: SshQuestions;
  readonly memory?: SshMemory;
  /** See `PrivilegeOptions.sudo`. @default 'auto' */
  readonly sudo?: PrivilegeOptions['sudo'];
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

const DIAL_TIMEOUT_MS = 5_000;
const ANSWER_MS = 15_000;

/** @throws Failed `unavailable` where there is no POSIX shell; a question's reason */
export async function connectLocal(options: LocalOptions = {}, signal?: AbortSignal): Promise<Transport> {
  const { env = process.env, memory = newMemory(), questions = {} } = options;
  const user = userInfo().username;
  const label = hostname();
  const start = (argv: readonly string[]): Promise<RunningCommand> => startLocally(argv, env);
  const lostDetail = (): string | null => null;
  const granted = await findPrivilege({
    start,
    user,
    account: `${user}@${label}`,
    sudo: options.sudo ?? 'auto',
    questions,
    memory,
    lostDetail,
    clock: systemClock,
    withinMs: ANSWER_MS,
    signal: signal ?? new AbortController().signal,
  });
  const runner: CommandRunner = { start, user, ...granted, lostDetail };
  return {
    kind: 'local',
    label,
    user,
    privilege: granted.privilege,
    address: '127.0.0.1',
    run: (argv, runOptions) => runCommand(runner, argv, runOptions),
    open: (argv, openOptions) => openCommand(runner, argv, openOptions),
    dial: dialHere,
    readFile: async (path) => {
      try {
        return await readFile(path);
      } catch (error) {
        throw new Failed({ code: 'unavailable', what: path, detail: messageOf(error) }, { cause: error });
      }
    },
    roundTripMs: 0,
    traffic: null,
    // This machine is never lost to itself.
    lost: new Promise(() => {}),
    close: async () => {},
  };
}

/** Starts a command with pipes of its own: an inherited stdin would eat the console's keys. */
async function startLocally(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<RunningCommand> {
  const [file, ...rest] = argv;
  if (file === undefined) throw new RangeError('an empty command');
  const child = execa(file, rest, {
    env,
    extendEnv: false,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    encoding: 'buffer',
    forceKillAfterDelay: 2_000,
  });
  if (child.pid === undefined) {
    const result = await child;
    const detail = result.originalMessage ?? 'cannot be started';
    throw new Failed({ code: 'unavailable', what: file, detail }, { cause: result });
  }
  child.stderr.on('error', () => {});
  const stream = childStream(child);
  return {
    stream,
    stderr: child.stderr,
    ended: child.then(({ exitCode, signal }): Exit => ({ code: exitCode ?? null, signal: signal ?? null })),
    // No shell stands between us and it.
    failure: () => null,
    stop: () => {
      child.kill();
      stream.destroy();
    },
  };
}

function dialHere(address: string, port: number, options: DialOptions = {}): Promise<Duplex> {
  const { timeoutMs = DIAL_TIMEOUT_MS, signal } = options;
  const what = `${address}:${port}`;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const socket = connect({ host: address, port, noDelay: true });
    const timer = setTimeout(() => give(new Failed({ code: 'timeout', what, ms: timeoutMs })), timeoutMs);
    const abort = (): void => give(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
    function give(reason: unknown): void {
      done();
      socket.destroy();
      reject(reason);
    }
    socket.on('error', (error) => {
      give(new Failed({ code: 'unavailable', what, detail: messageOf(error) }, { cause: error }));
    });
    socket.once('connect', () => {
      done();
      resolve(socket);
    });
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
