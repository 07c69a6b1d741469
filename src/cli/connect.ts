/** The way to a host as the command line sees it: what is asked at the terminal, and how a failure ends the program. */
import { Failed, type Failure } from '../ops/failure.ts';
import type { SshQuestions } from '../ops/transport/memory.ts';
import type { Catalogue } from '../text/catalogue.ts';
import type { Asking } from './announced.ts';
import { askAnswer, askSecret, openPromptTerminal, type PromptTerminal } from './ask.ts';
import { Interrupted } from './io.ts';

export interface QuestionOptions {
  readonly text: Catalogue;
  /** False with `--no-input`: then nothing is asked, and every answer is No. */
  readonly mayAsk: boolean;
  /** @default the process's terminal */
  readonly openTerminal?: () => PromptTerminal | null;
  /** Around each question that is asked. */
  readonly asking?: Asking;
}

/**
 * The questions on the way to a host, asked at the terminal in the user's language. Without a terminal,
 * or when nothing may be asked, there are none. Ctrl+C rejects with `Interrupted`.
 */
export function terminalQuestions({
  text,
  mayAsk,
  openTerminal,
  asking = (ask) => ask(),
}: QuestionOptions): SshQuestions {
  if (!mayAsk) return {};
  const { connect } = text;
  async function at<T>(ask: (terminal: PromptTerminal) => Promise<T>, otherwise: T): Promise<T> {
    const terminal = (openTerminal ?? openPromptTerminal)();
    if (!terminal) return otherwise;
    try {
      return await asking(() => ask(terminal));
    } finally {
      terminal.close();
    }
  }
  return {
    askHostKey: (question, signal) =>
      at(async (terminal) => {
        const answer = await askAnswer(connect.hostKey(question), terminal, signal);
        return answer !== null && connect.isYes(answer);
      }, false),
    askPassphrase: (question, signal) =>
      at((terminal) => askSecret(connect.passphrase(question), terminal, signal), null),
    tellTouch: (key) => {
      const terminal = (openTerminal ?? openPromptTerminal)();
      terminal?.output.write(`${connect.touch(key)}\n`);
      terminal?.close();
    },
    askSudoPassword: (question, signal) =>
      at((terminal) => askSecret(connect.sudoPassword(question), terminal, signal), null),
  };
}

/**
 * The last word when the way to a host failed: one message on stderr, and the exit code.
 * @returns null for what is no such failure: a bug, to be thrown on
 */
export function endedOnTheWay(
  error: unknown,
  text: Catalogue,
  stderr: { write(words: string): unknown },
): number | null {
  if (error instanceof Interrupted) return error.exitCode;
  if (!(error instanceof Failed)) return null;
  stderr.write(`tp5-tui: ${text.failures.describe(error.failure)}\n`);
  return exitCodeOf(error.failure);
}

/** 3: the host could not be reached or did not let us in; 4: it does not permit it; 1: anything else. */
export function exitCodeOf(failure: Failure): 1 | 3 | 4 {
  switch (failure.code) {
    case 'resolve':
    case 'unreachable':
    case 'auth':
    case 'host-key-unknown':
    case 'host-key-changed':
    case 'host-key-revoked':
    case 'host-certificate-unsupported':
    case 'beyond-ssh2':
    case 'no-openssh':
    case 'ssh-config':
    case 'jump':
    case 'protocol':
    case 'no-shell':
    case 'no-bus':
    case 'no-systemd':
    case 'link-lost':
      return 3;
    case 'not-permitted':
    case 'sudo-password-wrong':
    case 'sudo-denied':
    case 'read-only':
      return 4;
    default:
      return 1;
  }
}
