/** The client's one question, `2+3`, asked from the host and from here. */
import { type Ask, ask as askOnce } from '../../calc/client.ts';
import { isLoopback, isWildcard } from '../address.ts';
import type { Restraint } from '../caution/restraint.ts';
import type { Clock } from '../clock.ts';
import { type Connector, connectErrorCode } from '../connector.ts';
import { Failed } from '../failure.ts';
import type { Host } from '../host.ts';
import { QUESTION, QUESTION_TIMEOUT_MS } from '../probe/answer.ts';
import { statusOf } from '../probe/status.ts';
import type { Evidence, Subject } from './check.ts';
import { type Answer, type Fact, seen, unseen } from './facts.ts';
import { shellWord } from './shell-word.ts';
import { addressesOf, listenersOn, type Socket } from './sockets.ts';

export interface Asking {
  readonly host: Host;
  readonly connector: Connector;
  readonly clock: Clock;
  readonly subject: Subject;
  /** @default of a server that nothing is known of */
  readonly ask?: Ask;
  readonly signal: AbortSignal;
  /** Why the service is not to be dialled; null: it may be. @default null */
  readonly restraint?: Restraint | null;
}

type Dial = Parameters<Ask>[0];

/** @throws Failed `link-lost`; the signal's reason */
export async function askFromHost(asking: Asking, sockets: readonly Socket[]): Promise<Fact<Answer>> {
  const { host, subject, signal } = asking;
  const address = addressForHost(addressesOf(listenersOn(sockets, subject.port)));
  const dial: Dial = (giveUp) =>
    host.dial(address, subject.port, { timeoutMs: QUESTION_TIMEOUT_MS, signal: giveUp });
  try {
    return answered(await question(asking, address, dial), subject.port);
  } catch (error) {
    if (signal.aborted || (error instanceof Failed && error.failure.code === 'link-lost')) throw error;
    const detail =
      error instanceof Failed && 'detail' in error.failure ? String(error.failure.detail) : String(error);
    // sshd's AllowTcpForwarding no: that says nothing about the service.
    if (/prohibited|not allowed|forbidden/i.test(detail)) return unseen({ code: 'not-permitted', detail });
    const status = /refused/i.test(detail) ? 'refused' : 'unreachable';
    return answered({ state: 'no-connection', address, status, detail }, subject.port);
  }
}

/** @throws the signal's reason */
export async function askFromHere(asking: Asking, sockets: readonly Socket[] | null): Promise<Fact<Answer>> {
  const { connector, subject, clock, signal } = asking;
  const address = addressForHere(
    subject,
    sockets === null ? [] : addressesOf(listenersOn(sockets, subject.port)),
  );
  const began = clock.now();
  try {
    const dial: Dial = (giveUp) =>
      connector(address, subject.port, { timeoutMs: QUESTION_TIMEOUT_MS, signal: giveUp });
    return answered(await question(asking, address, dial), subject.port);
  } catch (error) {
    if (signal.aborted) throw error;
    const code = error instanceof DOMException ? 'ETIMEDOUT' : connectErrorCode(error);
    const status = statusOf(code, clock.now() - began, true);
    return answered({ state: 'no-connection', address, status, detail: code }, subject.port);
  }
}

async function question(
  { ask = askOnce, clock, signal }: Asking,
  address: string,
  dial: Dial,
): Promise<Answer> {
  const { canonical, expected } = QUESTION;
  const reply = await ask(dial, canonical, { clock, timeoutMs: QUESTION_TIMEOUT_MS, expected, signal });
  switch (reply.state) {
    case 'answered':
      return reply.text.trim() === expected
        ? { state: 'right', address, ms: reply.ms }
        : { state: 'wrong', address, got: reply.text };
    case 'mute':
      return { state: 'mute', address, waitedMs: reply.waitedMs };
    case 'closed':
      return { state: 'closed', address };
  }
}

/** The evidence of a connection of ours is the command that would show the same. */
function answered(answer: Answer, port: number): Fact<Answer> {
  const evidence: Evidence = {
    command: `printf '${QUESTION.canonical}' | nc ${shellWord(answer.address)} ${port}`,
    output: outputOf(answer),
  };
  return seen(answer, evidence);
}

function outputOf(answer: Answer): string {
  switch (answer.state) {
    case 'right':
      return QUESTION.expected;
    case 'wrong':
      return answer.got;
    case 'no-connection':
      return answer.detail;
    default:
      return '';
  }
}

function addressForHost(addresses: readonly string[]): string {
  return addresses.find((address) => !isWildcard(address)) ?? '127.0.0.1';
}

/** What the settings name, else where it listens, else where our own connection reaches the host. */
export function addressForHere(subject: Subject, addresses: readonly string[]): string {
  if (subject.address !== null) return subject.address;
  if (addresses.some((address) => isWildcard(address) || address === subject.hostAddress)) {
    return subject.hostAddress;
  }
  return addresses.find((address) => !isLoopback(address)) ?? subject.hostAddress;
}
