/** The console's stay on one host: the way there with all its questions, the session, and the way out. */

import { announced } from './cli/announced.ts';
import { sessionCaution } from './cli/caution-file.ts';
import { endedOnTheWay, terminalQuestions } from './cli/connect.ts';
import { Interrupted } from './cli/io.ts';
import { meantCommand } from './cli/meant-command.ts';
import { type Place, placeName } from './cli/named-hosts.ts';
import { type OpenedHost, openHost } from './cli/open-host.ts';
import { systemClock } from './ops/clock.ts';
import { mayControl } from './ops/control.ts';
import { Failed } from './ops/failure.ts';
import { wayTo } from './ops/probe/own-address.ts';
import { createSession } from './state/create-session.ts';
import { firstFacts } from './state/first-facts.ts';
import type { Session } from './state/session.ts';

export interface Stay {
  readonly place: Place;
  readonly opened: OpenedHost;
  readonly session: Session;
}

/** A host nearby has told all by then; of one that is far away, the screen fills while it is looked at. */
const BLANK_MS = 200;

export const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** @throws what opening throws: Failed, UsageError, Interrupted, the signal's reason */
export async function arrive(
  place: Place,
  serverEntry: string,
  { readOnly, signal }: { readonly readOnly: boolean; readonly signal: AbortSignal },
): Promise<Stay> {
  const { invocation } = place;
  const { text, mayAsk } = invocation;
  const { host } = invocation.target;
  const { result: opened } = await announced(
    (asking) => {
      const questions = terminalQuestions({ text, mayAsk, asking });
      const onShellWait = (): void => {
        process.stderr.write(`${text.cli.shellWait(placeName(invocation.target))}\n`);
      };
      return openHost({ invocation, questions, serverEntry, onShellWait }, signal);
    },
    systemClock,
    () => {
      if (host !== null) process.stderr.write(`${text.cli.connecting(host)}\n`);
    },
  );
  const session = createSession({
    firstHost: opened.host,
    makeHost: opened.makeHost,
    subject: opened.subject,
    clock: systemClock,
    connector: opened.connector,
    speech: { ...opened.speech, keep: true },
    way: () => wayTo(opened.subject.address, opened.subject.port),
    readOnly,
    netdata: true,
    ...sessionCaution(invocation),
  });
  await firstFacts(session.store, systemClock, BLANK_MS);
  return { place, opened, session };
}

export async function leave({ session, opened }: Stay): Promise<void> {
  await session.close();
  await opened.close();
}

/** The first arrival: nothing is to be put back, Ctrl+C simply ends the process. @returns the exit code when it failed */
export async function arriveFirst(place: Place, serverEntry: string): Promise<Stay | number> {
  const { readOnly, text } = place.invocation;
  try {
    return await arrive(place, serverEntry, { readOnly, signal: new AbortController().signal });
  } catch (error) {
    const code = endedOnTheWay(error, text, process.stderr);
    if (code === null) throw error;
    const unknown = error instanceof Failed && error.failure.code === 'resolve';
    const meant = unknown ? meantCommand(place.invocation.target.host) : null;
    if (meant !== null) process.stderr.write(`${text.commands.usage.suggestion(`tp5-tui ${meant}`)}\n`);
    return code;
  }
}

export type ChangeOver =
  | { readonly kind: 'there'; readonly stay: Stay }
  /** Sentences on why not; the old stay goes on. */
  | { readonly kind: 'failed'; readonly why: string }
  /** A signal ended the program meanwhile. */
  | { readonly kind: 'ended'; readonly exitCode: number };

/**
 * From a host to the next, while the old one is kept: it is what is gone back to. Ctrl+C gives the switch up,
 * not the program.
 */
export async function changeOver(from: Stay, to: Place, serverEntry: string): Promise<ChangeOver> {
  const { text, readOnly } = to.invocation;
  const ending = new AbortController();
  const signals = Object.entries(SIGNAL_NUMBERS).map(
    ([name, number]) => [name, () => ending.abort(new Interrupted(128 + number))] as const,
  );
  for (const [name, end] of signals) process.on(name, end);
  try {
    const stay = await arrive(to, serverEntry, {
      readOnly: readOnly || chosenReadOnly(from.session),
      signal: ending.signal,
    });
    return { kind: 'there', stay };
  } catch (error) {
    const reason: unknown = ending.signal.aborted ? ending.signal.reason : error;
    if (reason instanceof Interrupted) {
      const { exitCode } = reason;
      if (exitCode !== 128 + SIGNAL_NUMBERS.SIGINT) return { kind: 'ended', exitCode };
      return { kind: 'failed', why: text.hosts.switcher.givenUp };
    }
    if (reason instanceof Failed) return { kind: 'failed', why: text.failures.describe(reason.failure) };
    throw error;
  } finally {
    for (const [name, end] of signals) process.off(name, end);
  }
}

/** Who has made one host safe from their keys means the next one as well. */
function chosenReadOnly({ store }: Session): boolean {
  const { readOnly, host } = store.getState();
  return readOnly && mayControl(host);
}
