/**
 * Questions at the terminal, before the screen is taken: a secret that is not shown, or a yes or no.
 *
 * A reader of raw keys of our own: it tolerates pasted text, masks what is typed, and treats Ctrl+C as
 * what it is, which a line editor of the terminal's would not do for a secret.
 */
import { openSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { ReadStream, WriteStream } from 'node:tty';
import { Interrupted } from './io.ts';

/** A terminal that can be asked: where keys come from, and where the question is shown. */
export interface PromptTerminal {
  readonly input: PromptInput;
  readonly output: { write(text: string): unknown };
  /** Lets go of what was opened for the questions; the process's own streams stay open. */
  close(): void;
}

/** What of `tty.ReadStream` is needed here. */
export interface PromptInput {
  readonly isRaw?: boolean;
  setRawMode(on: boolean): unknown;
  on(event: 'data', listener: (chunk: Buffer | string) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  off(event: 'data', listener: (chunk: Buffer | string) => void): unknown;
  off(event: 'end', listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
  unshift(chunk: Buffer): unknown;
}

/**
 * The process's terminal: stdin and stderr, or, where stdin is fed by something else, the controlling
 * terminal itself.
 * @returns null when there is nobody to ask
 */
export function openPromptTerminal(): PromptTerminal | null {
  if (process.stdin.isTTY && process.stderr.isTTY) {
    return { input: process.stdin, output: process.stderr, close: () => {} };
  }
  if (process.platform === 'win32') return null;
  try {
    const input = new ReadStream(openSync('/dev/tty', 'r'));
    const output = new WriteStream(openSync('/dev/tty', 'w'));
    return {
      input,
      output,
      close: () => {
        input.destroy();
        output.destroy();
      },
    };
  } catch {
    // No controlling terminal: a service, a pipeline in a container.
    return null;
  }
}

/**
 * Asks for a secret; a star stands for each character.
 * @returns null for Ctrl+D, or when the terminal is gone
 * @throws Interrupted (130) for Ctrl+C; the signal's reason
 */
export function askSecret(
  question: string,
  terminal: PromptTerminal,
  signal?: AbortSignal,
): Promise<string | null> {
  return readAnswer(question, terminal, { shown: () => '*', signal });
}

/** Asks for a line. As `askSecret`, but what is typed is seen. */
export function askAnswer(
  question: string,
  terminal: PromptTerminal,
  signal?: AbortSignal,
): Promise<string | null> {
  return readAnswer(question, terminal, { shown: (character) => character, signal });
}

/**
 * One question at a terminal that is opened for it.
 * @returns null when there is nobody to ask @throws Interrupted; the signal's reason
 */
export async function askAt(
  openTerminal: () => PromptTerminal | null,
  question: string,
  signal: AbortSignal,
): Promise<string | null> {
  const terminal = openTerminal();
  if (terminal === null) return null;
  try {
    return await askAnswer(question, terminal, signal);
  } finally {
    terminal.close();
  }
}

interface Reading {
  readonly shown: (character: string) => string;
  readonly signal: AbortSignal | undefined;
}

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_U = '\x15';
const CTRL_W = '\x17';
/** Escape sequences: CSI (the marks around a paste among them), SS3, a terminal's replies (OSC), and a lone Alt+key. */
const ESCAPE_SEQUENCE = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x00-\x1f\x7f]*(?:\x07|\x1b\\)|O.|[^[\]O])?/g;
/** One that goes on in the next piece that arrives. */
const UNFINISHED_SEQUENCE = /\x1b(?:\[[0-?]*[ -/]*|\][^\x00-\x1f\x7f]*\x1b?)$/;

function readAnswer(question: string, terminal: PromptTerminal, reading: Reading): Promise<string | null> {
  const { input, output } = terminal;
  const { shown, signal } = reading;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const decoder = new StringDecoder('utf8');
    const typed: string[] = [];
    let unfinished = '';
    const wasRaw = input.isRaw ?? false;

    const erase = (count: number): void => {
      typed.length -= count;
      output.write('\b \b'.repeat(count));
    };

    function take(chunk: Buffer | string): void {
      const arrived = unfinished + (typeof chunk === 'string' ? chunk : decoder.write(chunk));
      unfinished = UNFINISHED_SEQUENCE.exec(arrived)?.[0] ?? '';
      const text = arrived.slice(0, arrived.length - unfinished.length);
      const characters = [...text.replace(ESCAPE_SEQUENCE, '')];
      for (const [index, character] of characters.entries()) {
        if (character === '\r' || character === '\n') {
          const rest = characters.slice(index + 1).join('');
          // What was typed ahead belongs to whoever reads next; not the second half of a CRLF.
          return settle(() => resolve(typed.join('')), rest.replace(/^\n/, ''));
        }
        if (character === CTRL_C) return settle(() => reject(new Interrupted(130)));
        if (character === CTRL_D) {
          if (typed.length === 0) return settle(() => resolve(null));
        } else if (character === '\x7f' || character === '\b') erase(Math.min(1, typed.length));
        else if (character === CTRL_U || character === CTRL_W) erase(typed.length);
        else if (!/[\p{Cc}\p{Cs}\p{Cn}]/u.test(character)) {
          typed.push(character);
          output.write(shown(character));
        }
      }
    }
    const abort = (): void => settle(() => reject(signal?.reason));
    const ended = (): void => settle(() => resolve(null));

    function settle(then: () => void, rest = ''): void {
      input.off('data', take);
      input.off('end', ended);
      signal?.removeEventListener('abort', abort);
      input.setRawMode(wasRaw);
      input.pause();
      if (rest !== '') input.unshift(Buffer.from(rest));
      output.write('\n');
      then();
    }

    signal?.addEventListener('abort', abort, { once: true });
    // First of all: what is typed at the sight of the question must not be echoed.
    input.setRawMode(true);
    output.write(question);
    input.on('data', take);
    input.on('end', ended);
    input.resume();
  });
}
