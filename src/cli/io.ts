/**
 * What a command reads, writes and is stopped by: data on stdout, words on stderr.
 *
 * Handed in, so that tests run commands in-process; `processIo` is the real one.
 */
import { maskAll } from '../ops/mask.ts';

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number | undefined;
}

export interface Io {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborted by SIGINT, SIGTERM, SIGHUP, or when whoever read stdout went away. */
  readonly signal: AbortSignal;
  /** Whether output for people may carry colours. */
  readonly colour: boolean;
}

/** What ended a command from outside, as the abort reason: its exit code follows from it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('interrupted');
    this.exitCode = exitCode;
  }
}

const ENDING_SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
const SIGPIPE = 13;

/** How long a command may tidy up after Ctrl+C before the process ends all the same. */
const TIDY_MS = 80;

export interface ProcessIoOptions {
  /** Milliseconds a command gets after the first signal; one that puts things back needs longer. @default 80 */
  readonly tidyMs?: number;
  /** To be ended by a signal is how it ends well: exit code 0. @default false */
  readonly signalIsEnd?: boolean;
}

/** The process's own streams; takes over its ending signals. A second signal ends it at once. */
export function processIo(env: NodeJS.ProcessEnv, options: ProcessIoOptions = {}): Io {
  const ending = new AbortController();
  const end = (code: number): void => {
    if (ending.signal.aborted) process.exit(code);
    ending.abort(new Interrupted(code));
    setTimeout(() => process.exit(code), options.tidyMs ?? TIDY_MS).unref();
  };
  for (const [name, number] of Object.entries(ENDING_SIGNALS))
    process.on(name, () => end(options.signalIsEnd === true ? 0 : 128 + number));
  // `tp5-tui logs | head`: the reader leaving is an end, not a crash.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') exitUnwritten(error);
    end(128 + SIGPIPE);
  });
  process.stderr.on('error', () => undefined);
  return {
    stdin: process.stdin,
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    signal: ending.signal,
    colour: process.stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb',
  };
}

/** Ends the process when its output could not be written, on a full disk for one: what is missing is not passed over. */
export function exitUnwritten(error: Error): never {
  process.stderr.write(`tp5-tui: stdout: ${error.message}\n`);
  process.exit(1);
}

export function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => {
      stream.write(text);
    },
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      // A terminal that was told no size says 0: a script's, a serial line's.
      return stream.columns || undefined;
    },
  };
}

/** What JSON leaves as it is and a terminal acts on: C1 controls, bidi overrides, what is drawn as nothing. */
const ACTED_ON = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** One JSON document, or one line of many. Foreign text in it is escaped as JSON can, so that it is only printed. */
export function writeJson(out: Output, value: unknown): void {
  out.write(`${jsonLine(value)}\n`);
}

export function jsonLine(value: unknown): string {
  return JSON.stringify(maskAll(value)).replace(ACTED_ON, (character) =>
    Array.from(character, unitsOf).join(''),
  );
}

function unitsOf(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
