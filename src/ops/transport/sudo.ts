/**
 * sudo with a password: the command line, the answer to its question, and how the command is known to run.
 *
 * Nothing is written to sudo but the password, and that only at its own prompt, which nobody else can know.
 * What is meant for the command waits until the command itself has spoken: it is started by a shell that first
 * prints a mark on stderr. Neither a wait nor the written password could stand in for that mark. A sudo that is slow
 * to ask, or that asks once more, would take the command's input for a password; one that does not ask at all
 * (a NOPASSWD rule) would never be answered; and early versions of sudo-rs read ahead, and swallow what follows
 * the password. `-k` makes sudo ask each time, whatever it remembers.
 *
 * Rules that forbid the shell forbid all of this; sudo says so, and its words are shown.
 */
import { randomBytes } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import type { RunningCommand } from './process.ts';

/** What a host may say before the command runs (a lecture, PAM's messages): the last of it is kept. */
const DIALOGUE_KEPT = 8 * 1024;

/** Prints the mark from its two halves: sudo quotes a command that it refuses, and must not print the mark so. */
const BEGIN = 'printf %s%s "$0" "$1" >&2; shift; exec "$@"';

export interface SudoMarks {
  /** Recognised on stderr whatever else is written there. */
  readonly prompt: string;
  /** The halves of what the command prints as its first. */
  readonly begun: readonly [string, string];
}

export function sudoMarks(): SudoMarks {
  const unique = (): string => randomBytes(9).toString('hex');
  return { prompt: `[tp5-tui ${unique()}]`, begun: [`tp5-tui:${unique()}`, unique()] };
}

export function sudoArgv({ prompt, begun }: SudoMarks, argv: readonly string[]): string[] {
  return ['sudo', '-k', '-S', '-p', prompt, '--', 'sh', '-c', BEGIN, ...begun, ...argv];
}

export interface SudoAnswer {
  /** The command's stderr; of one that never ran, sudo's words. */
  readonly stderr: Readable;
  /** Whether stdin has become the command's own: settles when it runs, or has ended without; never rejects. */
  readonly admitted: Promise<boolean>;
  /** sudo asked a second time: the password was wrong, and the command was stopped. */
  readonly refused: () => boolean;
}

/** Answers sudo's question for the password on a command started with `sudoArgv`. */
export function answerSudo(command: RunningCommand, marks: SudoMarks, password: string): SudoAnswer {
  const stderr = new PassThrough();
  const prompt = Buffer.from(marks.prompt);
  const begun = Buffer.from(marks.begun.join(''));
  let running = false;
  let asked = false;
  let refused = false;
  let said = Buffer.alloc(0);
  /** Where in `said` the next prompt may begin. */
  let from = 0;

  const admitted = new Promise<boolean>((resolve) => {
    command.stderr.on('data', (chunk: Buffer) => {
      if (running) {
        stderr.write(chunk);
        return;
      }
      if (refused) return;
      said = Buffer.concat([said, chunk]);
      const start = said.indexOf(begun);
      const before = start < 0 ? said : said.subarray(0, start);
      for (let at = before.indexOf(prompt, from); at >= 0; at = before.indexOf(prompt, from)) {
        from = at + prompt.length;
        if (asked) {
          refused = true;
          command.stop();
          return;
        }
        asked = true;
        command.stream.write(`${password}\n`);
      }
      if (start >= 0) {
        running = true;
        stderr.write(said.subarray(start + begun.length));
        said = Buffer.alloc(0);
        resolve(true);
        return;
      }
      const surplus = said.length - DIALOGUE_KEPT;
      if (surplus > 0) {
        said = said.subarray(surplus);
        from = Math.max(0, from - surplus);
      }
    });
    command.stderr.on('end', () => {
      stderr.end(withoutPrompts(said.toString('utf8'), marks.prompt));
      resolve(running);
    });
    command.stderr.on('error', () => {});
    const ended = (): void => resolve(running);
    command.ended.then(ended, ended);
  });
  return { stderr, admitted, refused: () => refused };
}

/** sudo-rs sets the prompt between words of its own: `[sudo: PROMPT] Password: `, and ends the line. */
function withoutPrompts(said: string, prompt: string): string {
  return said
    .split(prompt)
    .map((part, index, parts) => {
      const begin = index === 0 ? part : part.replace(/^\] [^\n]*\n/, '');
      return index === parts.length - 1 ? begin : begin.replace(/\[sudo: $/, '');
    })
    .join('');
}
