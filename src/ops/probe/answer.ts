/** One question to the server, to know whether what connects also answers, and rightly. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Dialect } from '../../calc/dialect.ts';
import type { Clock } from '../clock.ts';
import type { AnswerCheck } from './facts.ts';

/** How a question is put; the calculator's own client has this shape. */
export type Ask = (
  dial: (signal: AbortSignal) => Promise<Duplex>,
  canonical: string,
  options: {
    readonly timeoutMs: number;
    readonly clock: Clock;
    readonly expected?: string;
    readonly signal?: AbortSignal;
  },
) => Promise<
  | {
      readonly state: 'answered';
      readonly text: string;
      readonly ms: number;
      readonly dialect: Dialect | null;
    }
  | { readonly state: 'mute'; readonly waitedMs: number }
  | { readonly state: 'closed' }
>;

export const QUESTION = { canonical: '2+3', expected: '5' };
export const QUESTION_TIMEOUT_MS = 2000;

export interface QuestionOptions {
  readonly ask: Ask;
  readonly clock: Clock;
  /** null when it could not connect. */
  readonly dial: () => Promise<Socket | null>;
}

class NotConnected extends Error {}

/**
 * Asks `2+3`, on the connection that is kept where there is one. There is no signal to abort it: a client that goes away before its answer came makes the
 * exercise's server die of a reset connection, so a question once asked is waited for.
 *
 * @returns null when it did not connect.
 */
export async function askQuestion({ ask, clock, dial }: QuestionOptions): Promise<AnswerCheck | null> {
  let atMono = clock.now();
  const connect = async (): Promise<Socket> => {
    const socket = await dial();
    if (socket === null) throw new NotConnected();
    atMono = clock.now();
    return socket;
  };
  const { canonical, expected } = QUESTION;
  try {
    const result = await ask(connect, canonical, {
      timeoutMs: QUESTION_TIMEOUT_MS,
      clock,
      expected,
    });
    switch (result.state) {
      case 'answered':
        return checked(result, atMono);
      case 'mute':
        return { state: 'mute', waitedMs: result.waitedMs, atMono, heldBy: null };
      case 'closed':
        return { state: 'closed', atMono };
    }
  } catch (error) {
    if (error instanceof NotConnected) return null;
    // The connection broke before the question was out.
    return { state: 'closed', atMono };
  }
}

function checked(
  { text, ms, dialect }: { readonly text: string; readonly ms: number; readonly dialect: Dialect | null },
  atMono: number,
): AnswerCheck {
  const { canonical: expression, expected } = QUESTION;
  return text.trim() === expected
    ? { state: 'right', ms, dialect, atMono }
    : { state: 'wrong', expression, expected, got: text, atMono };
}
