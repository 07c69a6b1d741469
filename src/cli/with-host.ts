/** A command's way to its host and back: opened when it is needed, closed whatever comes. */

import type { Clock } from '../ops/clock.ts';
import { systemClock } from '../ops/clock.ts';
import { type Connector, tcpConnector } from '../ops/connector.ts';
import type { Host } from '../ops/host.ts';
import { wayTo } from '../ops/probe/own-address.ts';
import type { SessionOptions } from '../state/create-session.ts';
import type { Session } from '../state/session.ts';
import { type Asking, announced } from './announced.ts';
import type { Invocation } from './invocation.ts';
import type { Io } from './io.ts';
import { placeName } from './named-hosts.ts';
import type { OpenedHost } from './open-host.ts';
import { servedHere } from './served-here.ts';
import { serverEntry } from './server-entry.ts';

/** What a command works with; tests hand in their own. */
export interface Tools {
  /** @param asking around each question to the user */
  readonly open: (invocation: Invocation, io: Io, asking?: Asking) => Promise<OpenedHost>;
  /** The name or address at which the user's ssh would reach `host`. @throws Failed `ssh-config` */
  readonly hostName: (host: string, signal: AbortSignal) => Promise<string>;
  /** The address at which this machine reaches what listens on that port of its own. */
  readonly servedHere: (port: number) => Promise<string>;
  /** Dials from this machine, where no host is opened. */
  readonly connector: Connector;
  readonly clock: Clock;
}

/** The real ones. SSH and all it needs are loaded when they are used: `probe` does without. */
export const realTools: Tools = {
  async open(invocation, io, asking) {
    const [{ openHost }, { terminalQuestions }] = await Promise.all([
      import('./open-host.ts'),
      import('./connect.ts'),
    ]);
    const { text, mayAsk, target } = invocation;
    const questions = terminalQuestions({ text, mayAsk, ...(asking !== undefined && { asking }) });
    // Whoever runs it in a script is told as well: it is what a bound ends a moment later.
    const onShellWait = (): void => io.stderr.write(`${text.cli.shellWait(placeName(target))}\n`);
    return openHost({ invocation, questions, serverEntry, onShellWait }, io.signal);
  },
  async hostName(host, signal) {
    const { resolveTarget } = await import('../ops/transport/ask-ssh.ts');
    return (await resolveTarget({ host }, process.env, signal)).hostname;
  },
  servedHere,
  connector: tcpConnector,
  clock: systemClock,
};

/** Tells whoever watches what is waited for, and that what follows takes its time on such a link, too. */
async function arrive({ invocation, io, tools }: Call): Promise<OpenedHost> {
  const { host } = invocation.target;
  const text = invocation.text.cli;
  const say = (words: (label: string) => string): void => {
    if (io.stderr.isTTY && host !== null) io.stderr.write(`${words(host)}\n`);
  };
  const { result, said } = await announced(
    (asking) => tools.open(invocation, io, asking),
    tools.clock,
    () => say(text.connecting),
  );
  if (said) say(text.slowly);
  return result;
}

interface Call {
  readonly invocation: Invocation;
  readonly io: Io;
  readonly tools: Tools;
}

/** @throws what opening throws: Failed, UsageError, the signal's reason */
export async function withHost<T>(
  { invocation, io, tools }: Call,
  use: (opened: OpenedHost) => Promise<T>,
): Promise<T> {
  const opened = await arrive({ invocation, io, tools });
  try {
    return await use(opened);
  } finally {
    await opened.host.close();
    await opened.close();
  }
}

export interface SessionWishes {
  /** Lines of the journal at the start; null: the journal is left alone. */
  readonly journalLines: number | null;
  /** Whether the service is dialled at all. @default true */
  readonly probing?: boolean;
  /** @default the console's */
  readonly probeIntervalMs?: number;
  /** How the service is treated; needed where it is probed. */
  readonly caution?: Pick<SessionOptions, 'probeSetting' | 'cautionStore'>;
}

/** A session for a command: the console's own, without what the command does not want. */
export async function withSession<T>(
  opened: OpenedHost,
  tools: Tools,
  wishes: SessionWishes,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const { createSession } = await import('../state/create-session.ts');
  const { journalLines, probing, probeIntervalMs, caution } = wishes;
  const session = createSession({
    firstHost: journalLines === null ? withoutJournal(opened.host) : opened.host,
    makeHost: opened.makeHost,
    subject: opened.subject,
    clock: tools.clock,
    connector: opened.connector,
    ...(opened.speech !== undefined && { speech: opened.speech }),
    way: () => wayTo(opened.subject.address, opened.subject.port),
    ...(journalLines !== null && { journalLines }),
    ...(probing !== undefined && { probing }),
    ...caution,
    ...(probeIntervalMs !== undefined && { probeIntervalMs }),
  });
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

/** The host, with a journal that is not followed: that would start a process there for nothing. */
export function withoutJournal(host: Host): Host {
  return { ...host, journal: { ...host.journal, follow: () => () => undefined } };
}
