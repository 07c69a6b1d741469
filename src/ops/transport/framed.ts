/**
 * Our own stream among whatever else a login shell writes, and a bound on what comes before it.
 *
 * sshd hands a command to the user's login shell, or to a forced command in its place, and either may print
 * words of its own first: from `.bashrc`, a banner, a wrapper. A binary protocol does not survive that. So each
 * command is started by a POSIX shell that first prints a mark, on both streams, that nobody else can know: what
 * came before it is not ours. It costs no round trip and no process (the shell becomes the command), needs
 * nothing of the login shell but to run it, and stands outside sudo, whose rules see the command as it is.
 *
 * A mark that does not come is the host's answer, too: a shell that hangs, a flood, or something that ran
 * and ended in place of the command.
 */
import { randomBytes } from 'node:crypto';
import { Duplex, PassThrough, type Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { Failed, type ShellFailure } from '../failure.ts';
import type { RunningCommand, StartCommand } from './process.ts';
import { encodeCommand } from './quote.ts';

export interface Marks {
  /** The halves: a wrapper that shows the command line it was given must not print a mark so. */
  readonly halves: readonly [string, string, string];
  readonly stdout: string;
  readonly stderr: string;
}

export interface FrameOptions {
  readonly clock: Clock;
  /** `user@host`, for messages. */
  readonly account: string;
  /** Until the mark, the opening of the channel included. */
  readonly withinMs: number;
  /** Runs when there is no mark after `WAITING_MS`. */
  readonly onWaiting?: () => void;
  /** Bytes that may come before it, on each stream. @default 256 KiB */
  readonly most?: number;
}

/** Silence that is worth a word. */
export const WAITING_MS = 5_000;
const MOST_BEFORE = 256 * 1024;
/** Of what came in place of the command, for its first line. */
const KEPT = 4 * 1024;

/** stderr first: where a start-up file has joined the two, the mark that counts comes last. */
const MARK = 'printf %s%s "$0" "$1" >&2; printf %s%s "$0" "$2"';
const BEGIN = `${MARK}; shift 2; exec "$@"`;
/** For arguments with a newline, which not every login shell can be given. */
const BEGIN_ENCODED = `${MARK}; eval "exec $(printf %b "$3")"`;

export function newMarks(): Marks {
  const unique = (): string => randomBytes(6).toString('hex');
  const halves = [`tp5-tui:${unique()}`, unique(), unique()] as const;
  return { halves, stderr: halves[0] + halves[1], stdout: halves[0] + halves[2] };
}

export function framedArgv({ halves }: Marks, argv: readonly string[]): string[] {
  return argv.some((argument) => argument.includes('\n'))
    ? ['sh', '-c', BEGIN_ENCODED, ...halves, encodeCommand(argv)]
    : ['sh', '-c', BEGIN, ...halves, ...argv];
}

/** A way to start commands whose streams begin where the command does. */
export function frameCommands(start: StartCommand, options: FrameOptions): StartCommand {
  return async (argv) => {
    const marks = newMarks();
    const watch = new Watch(options);
    const starting = start(framedArgv(marks, argv));
    // One that is opened too late is nobody's.
    watch.late.then(() => starting.then((command) => command.stop())).catch(() => {});
    try {
      const command = await Promise.race([starting, watch.late.then(() => watch.refuse())]);
      return framed(command, marks, watch);
    } catch (error) {
      watch.end();
      throw error;
    }
  };
}

/** What is known of a command that has not begun yet, and the end of patience with it. */
class Watch {
  readonly options: FrameOptions;
  /** Resolves when the time is over; never, when the mark came first. */
  readonly late: Promise<void>;
  readonly #over = new AbortController();

  constructor(options: FrameOptions) {
    this.options = options;
    const { clock, withinMs, onWaiting } = options;
    const { signal } = this.#over;
    this.late = new Promise((resolve) => clock.sleep(withinMs, signal).then(resolve, () => undefined));
    if (onWaiting !== undefined && withinMs > WAITING_MS)
      clock.sleep(WAITING_MS, signal).then(onWaiting, () => undefined);
  }

  end(): void {
    this.#over.abort();
  }

  refuse(): never {
    throw this.failure({ reason: 'silent', ms: this.options.withinMs }, '');
  }

  failure(why: ShellFailure['why'], came: string): Failed<ShellFailure> {
    const { account } = this.options;
    return new Failed({ code: 'no-shell', account, why, came: firstLine(came), shell: null, sftp: false });
  }
}

function framed(command: RunningCommand, marks: Marks, watch: Watch): RunningCommand {
  const most = watch.options.most ?? MOST_BEFORE;
  let failure: ReturnType<RunningCommand['failure']> = null;
  let begun = false;
  const given = Promise.withResolvers<{ code: null; signal: null }>();
  const out = new Before(marks.stdout);
  const errors = new Before(marks.stderr);

  const stream = new Duplex({
    read() {
      command.stream.resume();
    },
    write(chunk: Buffer, _encoding, done) {
      // What ended before it had read all still has something to say: only its end is an end.
      command.stream.write(chunk, () => done());
    },
    final(done) {
      command.stream.end();
      done();
    },
    destroy(error, done) {
      watch.end();
      command.stream.destroy();
      done(error);
    },
  });
  stream.on('error', () => {});
  const stderr = new PassThrough();
  stderr.on('error', () => {});

  function fail(why: ShellFailure['why']): void {
    if (begun || failure !== null || stream.destroyed) return;
    failure = command.failure() ?? watch.failure(why, out.text() || errors.text());
    watch.end();
    command.stop();
    stream.destroy();
    stderr.end();
    given.resolve({ code: null, signal: null });
  }

  command.stream.on('data', (chunk: Buffer) => {
    if (stream.destroyed) return;
    let ours: Buffer | null = chunk;
    if (!begun) {
      ours = out.take(chunk);
      if (ours === null) {
        if (out.bytes > most) fail({ reason: 'flood', bytes: out.bytes });
        return;
      }
      begun = true;
      watch.end();
    }
    if (ours.length > 0 && !stream.push(ours)) command.stream.pause();
  });
  pass(command.stderr, errors, most, stderr, () => fail({ reason: 'flood', bytes: errors.bytes }));
  command.stream.on('end', () => {
    if (begun) stream.push(null);
  });
  command.stream.on('close', () => {
    if (!begun) return;
    // Without an end of its own there is nothing more to read.
    if (stream.readableEnded || !command.stream.readableEnded) stream.destroy();
    else stream.once('end', () => stream.destroy());
  });
  const closed = new Promise<void>((resolve) => command.stream.once('close', () => resolve()));
  watch.late.then(() => fail({ reason: 'silent', ms: watch.options.withinMs }));

  const ended = command.ended.then(async (exit) => {
    // The mark may be among what has not been read yet.
    if (!begun) await closed;
    fail({ reason: 'ended', ...exit });
    return exit;
  });
  return {
    stream,
    stderr,
    ended: Promise.race([ended, given.promise]),
    failure: () => failure,
    stop: () => {
      watch.end();
      command.stop();
      stream.destroy();
    },
  };
}

/** stderr without what came before its mark; all of it where there is no mark (a start-up file closed it). */
function pass(from: Readable, before: Before, most: number, to: PassThrough, flooded: () => void): void {
  let begun = false;
  from.on('data', (chunk: Buffer) => {
    const ours = begun ? chunk : before.take(chunk);
    if (ours === null) {
      if (before.bytes > most) flooded();
      return;
    }
    begun = true;
    if (!to.writableEnded) to.write(ours);
  });
  from.on('end', () => to.end(begun ? '' : before.text()));
  from.on('close', () => to.end());
  from.on('error', () => {});
}

/** What comes before a mark: its beginning is kept for who wants to read it, and its end for the mark. */
class Before {
  readonly #mark: Buffer;
  #tail: Buffer = Buffer.alloc(0);
  #kept: Buffer = Buffer.alloc(0);
  bytes = 0;

  constructor(mark: string) {
    this.#mark = Buffer.from(mark);
  }

  /** @returns what follows the mark, or null while it has not come */
  take(chunk: Buffer): Buffer | null {
    const held = this.#tail.length;
    const seen = held === 0 ? chunk : Buffer.concat([this.#tail, chunk]);
    const at = seen.indexOf(this.#mark);
    const before = at < 0 ? seen : seen.subarray(0, at);
    this.bytes += Math.max(0, before.length - held);
    // Copied: a slice would hold on to the chunk it came in.
    if (this.#kept.length < KEPT)
      this.#kept = Buffer.concat([this.#kept, before.subarray(held, held + KEPT - this.#kept.length)]);
    if (at >= 0) return seen.subarray(at + this.#mark.length);
    this.#tail = Buffer.from(seen.subarray(Math.max(0, seen.length - this.#mark.length + 1)));
    return null;
  }

  /** The beginning of it. */
  text(): string {
    return this.#kept.toString('utf8');
  }
}

/** The first line that is not empty. */
function firstLine(text: string): string {
  return (
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .find((line) => line !== '') ?? ''
  );
}
