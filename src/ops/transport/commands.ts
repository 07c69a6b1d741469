/**
 * `run` and `open` of a transport, written once over whatever starts a command.
 *
 * How a command becomes root is settled here too: as it is, under `sudo -n`, or under a `sudo` whose
 * question for the password is answered.
 */
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Failed } from '../failure.ts';
import type { RunningCommand, StartCommand } from './process.ts';
import { answerSudo, sudoArgv, sudoMarks } from './sudo.ts';
import type { OpenedCommand, Privilege, RunOptions, RunResult } from './transport.ts';

const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;
const STDERR_KEPT = 8 * 1024;

export interface CommandRunner {
  readonly start: StartCommand;
  readonly user: string;
  readonly privilege: Privilege;
  /** Present when the privilege is `sudo-password`. */
  readonly sudoPassword: string | null;
  /** Why the connection is gone, or null while it lives. */
  readonly lostDetail: () => string | null;
}

/** See `Transport.run`. An abort rejects with the signal's reason. */
export async function runCommand(
  runner: CommandRunner,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const { signal, input = '', maxBytes = DEFAULT_MAX_BYTES } = options;
  signal?.throwIfAborted();
  const { command, stderr, admitted, refused } = await startAs(runner, argv, options);
  const aborted = whenAborted(signal, command);
  try {
    const output = keepFirst(command.stream, maxBytes);
    const errors = keepFirst(stderr, maxBytes);
    admitted.then((own) => command.stream.end(own ? input : ''));
    const read = Promise.all([command.ended, output.done, errors.done]);
    const [exit] = await Promise.race([read, aborted.promise]);
    const lost = runner.lostDetail();
    if (exit.code === null && exit.signal === null && lost !== null)
      throw new Failed({ code: 'link-lost', detail: lost });
    const failure = command.failure();
    if (failure !== null) throw failure;
    if (refused()) throw new Failed({ code: 'sudo-password-wrong', user: runner.user });
    return {
      ...exit,
      stdout: output.text(),
      stderr: errors.text(),
      truncated: output.truncated() || errors.truncated(),
    };
  } finally {
    aborted.dispose();
  }
}

/** See `Transport.open`. The duplex is handed out once it is the command's own, and not sudo's. */
export async function openCommand(
  runner: CommandRunner,
  argv: readonly string[],
  options: Pick<RunOptions, 'privileged' | 'signal'> = {},
): Promise<OpenedCommand> {
  options.signal?.throwIfAborted();
  const { command, stderr, admitted, refused } = await startAs(runner, argv, options);
  const aborted = whenAborted(options.signal, command);
  command.ended.then(aborted.dispose, aborted.dispose);
  const errors = keepLast(stderr, STDERR_KEPT);
  await Promise.race([admitted, aborted.promise]);
  if (refused()) throw new Failed({ code: 'sudo-password-wrong', user: runner.user });
  return {
    stream: command.stream,
    stderr: errors,
    failure: () => (runner.lostDetail() === null ? command.failure() : null),
    ended: command.ended,
    close: () => command.stop(),
  };
}

interface Started {
  readonly command: RunningCommand;
  readonly stderr: Readable;
  /** Whether stdin has become the command's own; settles at once where there is no sudo that reads it. */
  readonly admitted: Promise<boolean>;
  readonly refused: () => boolean;
}

async function startAs(
  runner: CommandRunner,
  argv: readonly string[],
  { privileged = false, signal }: Pick<RunOptions, 'privileged' | 'signal'>,
): Promise<Started> {
  const { privilege, sudoPassword } = runner;
  const start = (line: readonly string[]): Promise<RunningCommand> =>
    startUnlessAborted(runner.start(line), signal);
  if (!privileged || privilege.kind === 'root') return plain(await start(argv));
  if (privilege.kind === 'sudo') return plain(await start(['sudo', '-n', '--', ...argv]));
  if (privilege.kind === 'none')
    throw new Failed({ code: 'not-permitted', action: argv.join(' '), detail: privilege.detail });

  const marks = sudoMarks();
  const command = await start(sudoArgv(marks, argv));
  return { command, ...answerSudo(command, marks, sudoPassword ?? '') };
}

function plain(command: RunningCommand): Started {
  return { command, stderr: command.stderr, admitted: Promise.resolve(true), refused: () => false };
}

/** A host that does not answer must not outlast the caller's patience: what starts too late is stopped. */
function startUnlessAborted(
  starting: Promise<RunningCommand>,
  signal: AbortSignal | undefined,
): Promise<RunningCommand> {
  if (!signal) return starting;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      starting.then((command) => command.stop()).catch(() => {});
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    starting.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Rejects, and stops the command, when the signal aborts; never settles otherwise. */
function whenAborted(
  signal: AbortSignal | undefined,
  command: RunningCommand,
): { promise: Promise<never>; dispose: () => void } {
  let dispose = (): void => {};
  const promise = new Promise<never>((_resolve, reject) => {
    if (!signal) return;
    const abort = (): void => {
      command.stop();
      reject(signal.reason);
    };
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    dispose = () => signal.removeEventListener('abort', abort);
  });
  promise.catch(() => {});
  return { promise, dispose };
}

interface Kept {
  text(): string;
  truncated(): boolean;
  /** Resolves at the stream's end, or when it is cut off. */
  readonly done: Promise<void>;
}

/** Keeps the first `maxBytes` of a stream, and reads it to its end whatever its length. */
function keepFirst(stream: Readable, maxBytes: number): Kept {
  const chunks: Buffer[] = [];
  let kept = 0;
  let dropped = false;
  stream.on('data', (chunk: Buffer) => {
    const piece = chunk.length > maxBytes - kept ? chunk.subarray(0, maxBytes - kept) : chunk;
    if (piece.length < chunk.length) dropped = true;
    if (piece.length === 0) return;
    chunks.push(piece);
    kept += piece.length;
  });
  const done = finished(stream, { writable: false }).catch(() => {});
  return { text: () => Buffer.concat(chunks, kept).toString('utf8'), truncated: () => dropped, done };
}

/** Keeps the last `maxBytes` of a stream. */
function keepLast(stream: Readable, maxBytes: number): () => string {
  let tail = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]);
    if (tail.length > maxBytes) tail = tail.subarray(tail.length - maxBytes);
  });
  stream.on('error', () => {});
  return () => tail.toString('utf8');
}
