/**
 * sudo with a password: the command line, and the answer to its question.
 *
 * The password is written only when sudo is seen to ask for it, by a prompt that nobody else can know.
 * Written ahead, it would land on the command's own stdin wherever sudo does not ask (a NOPASSWD rule
 * for that one command, a cached credential). `-k` makes sudo ask each time, so that waiting for the
 * prompt is waiting for something that comes.
 */
import { randomBytes } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import type { RunningCommand } from './process.ts';

/** How long sudo is given to ask; PAM asks before it delays anything. A sudo that does not ask needs no answer. */
const PROMPT_WITHIN_MS = 3_000;

/** A prompt that is recognised on stderr whatever else is written there. */
export function sudoPrompt(): string {
  return `[tp5-tui ${randomBytes(9).toString('hex')}]`;
}

export function sudoArgv(prompt: string, argv: readonly string[]): string[] {
  return ['sudo', '-k', '-S', '-p', prompt, '--', ...argv];
}

export interface SudoAnswer {
  /** The command's stderr without sudo's dialogue. */
  readonly stderr: Readable;
  /** Resolves when stdin belongs to the command; never rejects. */
  readonly admitted: Promise<void>;
  /** sudo asked a second time: the password was wrong, and the command was stopped. */
  readonly refused: () => boolean;
}

/** Answers sudo's question for the password on a command started with `sudoArgv`. */
export function answerSudo(command: RunningCommand, prompt: string, password: string): SudoAnswer {
  const stderr = new PassThrough();
  const marker = Buffer.from(prompt);
  let held = Buffer.alloc(0);
  let asked = false;
  let refused = false;

  const admitted = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, PROMPT_WITHIN_MS);
    const settle = (): void => {
      clearTimeout(timer);
      resolve();
    };
    command.stderr.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      const at = held.indexOf(marker);
      if (at < 0) {
        const keep = beginningOf(marker, held);
        stderr.write(held.subarray(0, held.length - keep));
        held = held.subarray(held.length - keep);
        return;
      }
      held = held.subarray(at + marker.length);
      if (asked) {
        refused = true;
        command.stop();
        return;
      }
      asked = true;
      command.stream.write(`${password}\n`);
      settle();
    });
    command.stderr.on('end', () => {
      stderr.end(held);
      settle();
    });
    command.stderr.on('error', () => {});
    command.ended.then(settle, settle);
  });
  return { stderr, admitted, refused: () => refused };
}

/** How many of the last bytes of `text` may be the beginning of `marker`: they wait for what follows. */
function beginningOf(marker: Buffer, text: Buffer): number {
  for (let length = Math.min(text.length, marker.length - 1); length > 0; length -= 1) {
    if (text.subarray(text.length - length).equals(marker.subarray(0, length))) return length;
  }
  return 0;
}
