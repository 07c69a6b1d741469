/** Runs a command to its exit code: the one place where what went wrong becomes words, JSON and a number. */
import { Failed, type Failure } from '../ops/failure.ts';
import { maskSecrets } from '../ops/mask.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { exitCodeOf } from './connect.ts';
import { UsageError } from './invocation.ts';
import { Interrupted, type Io, writeJson } from './io.ts';

/** What ended a command, as `--json` tells it. */
export function errorDocument(failure: Failure, text: Catalogue): { readonly error: object } {
  const { code, ...data } = failure;
  return { error: { code, message: text.failures.describe(failure), ...data } };
}

/** EX_SOFTWARE of sysexits.h: a fault of our own. */
const OWN_FAULT = 70;

export interface CommandCall {
  readonly io: Io;
  readonly json: boolean;
  /** The language, as far as it is known before the settings have been read. */
  readonly text: Catalogue;
}

/**
 * @param run throws Failed, UsageError, Interrupted, or the reason of `io.signal`
 * @returns the exit code; when something was thrown, the words are on stderr and, where `json` asks for it,
 * one document on stdout
 */
export async function runCommand(
  { io, json, text }: CommandCall,
  run: () => Promise<number>,
): Promise<number> {
  function tell(words: string, document: unknown): void {
    io.stderr.write(`${words}\n`);
    if (json) writeJson(io.stdout, document);
  }
  try {
    const code = await run();
    return endedBy(io) ?? code;
  } catch (error) {
    // Ended from outside, whatever it was doing: that is no news to who did it.
    if (error instanceof Interrupted) return error.exitCode;
    if (io.signal.aborted) return endedBy(io) ?? 130;
    if (error instanceof UsageError) {
      tell(error.message, { error: { code: 'usage', message: error.message } });
      return 2;
    }
    if (error instanceof Failed) {
      tell(`tp5-tui: ${text.failures.describe(error.failure)}`, errorDocument(error.failure, text));
      return exitCodeOf(error.failure);
    }
    const fault = error instanceof Error ? error : new Error(String(error));
    tell(`${text.cli.crashed}\n${maskSecrets(fault.stack ?? fault.message)}`, {
      error: { code: 'internal', message: fault.message },
    });
    return OWN_FAULT;
  }
}

function endedBy({ signal }: Io): number | null {
  return signal.aborted && signal.reason instanceof Interrupted ? signal.reason.exitCode : null;
}
