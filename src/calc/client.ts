/**
 * Questions to a calculator, in the dialect that it speaks: bytes out, bytes back, no framing. What counts as an
 * answer is told in exchange.ts, how a connection is left in connection.ts.
 *
 * A dialect that is not known is learnt from what comes back, and so that nothing sent can end the server, which
 * evaluates what it gets: bare bytes first; again, the same, after words that are no number; and after silence,
 * where the server is seen to be free, once more with a newline, on a connection of its own (a lone newline would be
 * a request that does not evaluate).
 */
import type { Duplex } from 'node:stream';
import { type AskClock, type CalculatorConnection, createConnection } from './connection.ts';
import { type Dialect, type DialectMemory, memoryOf, wantsOneConnection } from './dialect.ts';
import type { Outcome } from './exchange.ts';

export type { AskClock } from './connection.ts';

export interface AskOptions {
  readonly clock: AskClock;
  /** Bounds the dial, and then once more the silence before the answer. */
  readonly timeoutMs: number;
  /**
   * The right answer. When it has come, that is the end and nothing more is waited for; without it
   * every answer is followed by a short quiet time.
   */
  readonly expected?: string;
  readonly signal?: AbortSignal;
  /** How long a connection that we left is still listened to, while an answer may come. @default 30 s */
  readonly lingerMs?: number;
}

export type Reply =
  | {
      readonly state: 'answered';
      /**
       * The number that what came ends with, else all of it. Foreign text: at most 1024 bytes, what is not UTF-8
       * as U+FFFD.
       */
      readonly text: string;
      /** What the server said before the number, a greeting or a prompt; foreign. null: nothing. */
      readonly words: string | null;
      /** Bytes of the answer that were kept. */
      readonly bytes: number;
      /** From before the dial to the answer's last byte; from the question where the connection was kept. */
      readonly ms: number;
      /** What was spoken; null when no number came back. */
      readonly dialect: Dialect | null;
    }
  /** Connected, and nothing came in time. */
  | { readonly state: 'mute'; readonly waitedMs: number }
  /** The other side closed or reset without an answer. */
  | { readonly state: 'closed' };

/**
 * How a question is put: dials where it has to, sends `canonical`, reads the answer.
 *
 * `dial` gets a signal that fires when the caller's does or when `timeoutMs` is over.
 * @param canonical what `parse` gave, and nothing else
 * @throws what `dial` throws; a `TimeoutError` when it does not settle in time; the signal's reason
 */
export type Ask = (
  dial: (signal: AbortSignal) => Promise<Duplex>,
  canonical: string,
  options: AskOptions,
) => Promise<Reply>;

export interface SpeakerOptions {
  /** What the user has set; null: it is learnt. @default null */
  readonly dialect?: Dialect | null;
  /** What was learnt before, and where to leave what is learnt. @default for as long as this lives */
  readonly memory?: DialectMemory;
  /** In place of the callers' own bounds. */
  readonly timeoutMs?: number | null;
  /** Keeps the connection of a server that wants a single one, until `close`. @default false */
  readonly keep?: boolean;
  /**
   * Whether a silent server may be dialled once more, to try lines. Only where it is seen that nobody else is served
   * nor waits: else silence says nothing of the dialect, and a strict server could die of a newline. @default no
   */
  readonly mayDialAgain?: () => Promise<boolean>;
  /** The connection is kept from now on, or is no more. */
  readonly onKept?: (kept: boolean) => void;
}

/** Speaks to one service. */
export interface Speaker {
  readonly ask: Ask;
  /** What is spoken: as set, as learnt; null: not known yet. */
  dialect(): Dialect | null;
  /** A connection is kept, which a server that wants a single one will not outlive. */
  kept(): boolean;
  /** Leaves the connection that is kept. */
  close(): void;
}

export function createSpeaker(options: SpeakerOptions = {}): Speaker {
  const { dialect: set = null, memory = memoryOf(), keep = false, mayDialAgain, onKept } = options;
  let line: CalculatorConnection | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let asking = false;

  const dialect = (): Dialect | null => set ?? memory.known();

  function learnt(outcome: Outcome): void {
    if (set !== null) return;
    if (outcome.state === 'answered' && outcome.dialect !== null) memory.learn(outcome.dialect);
    // Another server may have taken its place: the next question begins anew.
    else if (outcome.state === 'mute' && memory.known() !== null) memory.learn(null);
  }

  function drop(): void {
    if (line === null) return;
    line.leave();
    line = null;
    onKept?.(false);
  }

  /** The connection is kept where the server wants that, and left where it does not. */
  function settle(connection: CalculatorConnection, lingerMs: number | undefined): void {
    if (keep && !connection.gone() && wantsOneConnection(dialect())) {
      if (line === connection) return;
      line = connection;
      onKept?.(true);
    } else if (line === connection) {
      drop();
    } else {
      connection.leave(lingerMs);
    }
  }

  async function onKeptLine(
    kept: CalculatorConnection,
    canonical: string,
    asked: AskOptions,
  ): Promise<Reply> {
    const { clock, timeoutMs, signal } = asked;
    const sinceMs = clock.now();
    // What is owed comes first: put before that, this question would get the answer to another.
    await kept.paid(clock, timeoutMs, signal);
    if (kept.owed()) return { state: 'mute', waitedMs: clock.now() - sinceMs };
    const put = { ...asked, canonical, dialect: dialect(), set: set !== null, greeted: true };
    asking = true;
    const outcome = await kept.put(put).finally(() => {
      asking = false;
    });
    if (kept.gone()) drop();
    return replyOf(outcome, sinceMs, clock.now() - sinceMs);
  }

  async function put(dial: Dial, canonical: string, asked: AskOptions): Promise<Reply> {
    if (line?.gone()) drop();
    if (line !== null) return onKeptLine(line, canonical, asked);
    const { clock, lingerMs } = asked;
    const dialledMs = clock.now();
    const spoken = dialect();
    const connection = createConnection(await dialInTime(dial, asked), () => {
      // In the middle of a question, who asked deals with it.
      if (line === connection && !asking) drop();
    });
    const connectedMs = clock.now();
    const question = { ...asked, canonical, dialledMs, dialect: spoken, set: set !== null, greeted: false };
    const done = new AbortController();
    const attempt = connection.put(question);
    attempt.finally(() => done.abort()).catch(() => undefined);
    const asLine = spoken === null ? tryLine(dial, canonical, asked, connection, done.signal) : null;
    asLine?.catch(() => undefined);
    try {
      const outcome = await attempt;
      const other = await asLine;
      // To a connection that we ended ourselves, its end says nothing.
      const best =
        other === null || (outcome.state === 'answered' && other.state !== 'answered') ? outcome : other;
      learnt(best);
      return replyOf(best, dialledMs, clock.now() - connectedMs);
    } finally {
      settle(connection, lingerMs);
    }
  }

  /**
   * Half-way through a silence, the same with a newline. The connection that is silent is ended first: the server
   * may serve one at a time. What it still says is heard.
   * @returns null: not tried
   */
  async function tryLine(
    dial: Dial,
    canonical: string,
    asked: AskOptions,
    silent: CalculatorConnection,
    answered: AbortSignal,
  ): Promise<Outcome | null> {
    const { clock, timeoutMs, lingerMs } = asked;
    const half = timeoutMs / 2;
    await clock.sleep(half, answered).catch(() => undefined);
    if (answered.aborted || silent.heard() > 0 || silent.gone()) return null;
    if (mayDialAgain === undefined || !(await mayDialAgain())) return null;
    if (answered.aborted || silent.heard() > 0 || silent.gone()) return null;
    const dialledMs = clock.now();
    silent.halfClose();
    const bound = { ...asked, timeoutMs: half };
    let second: CalculatorConnection | null = null;
    try {
      second = createConnection(await dialInTime(dial, bound));
      return await second.put({
        ...bound,
        canonical,
        dialledMs,
        dialect: 'line',
        set: false,
        greeted: false,
      });
    } catch {
      asked.signal?.throwIfAborted();
      return { state: 'mute' };
    } finally {
      second?.leave(lingerMs);
    }
  }

  return {
    ask(dial, canonical, asked) {
      const bounded = { ...asked, timeoutMs: options.timeoutMs ?? asked.timeoutMs };
      bounded.signal?.throwIfAborted();
      // Where one connection is kept, or may come to be, its questions go one after the other.
      const next = keep ? last.then(() => put(dial, canonical, bounded)) : put(dial, canonical, bounded);
      last = next.catch(() => undefined);
      return next;
    },
    dialect,
    kept: () => line !== null && !line.gone(),
    close: drop,
  };
}

/** One question on a connection of its own, of a server that nothing is known of and nothing is remembered. */
export const ask: Ask = async (dial, canonical, options) => createSpeaker().ask(dial, canonical, options);

function replyOf(outcome: Outcome, sinceMs: number, waitedMs: number): Reply {
  switch (outcome.state) {
    case 'answered': {
      const { text, words, bytes, lastByteMs, dialect } = outcome;
      return { state: 'answered', text, words, bytes, ms: lastByteMs - sinceMs, dialect };
    }
    case 'mute':
      return { state: 'mute', waitedMs };
    case 'closed':
      return { state: 'closed' };
  }
}

type Dial = (signal: AbortSignal) => Promise<Duplex>;

async function dialInTime(dial: Dial, { clock, timeoutMs, signal }: AskOptions): Promise<Duplex> {
  const giveUp = new AbortController();
  const settled = new AbortController();
  const abort = (): void => giveUp.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  void clock.sleep(timeoutMs, settled.signal).then(
    () => giveUp.abort(new DOMException(`not connected within ${timeoutMs} ms`, 'TimeoutError')),
    () => undefined,
  );
  const gaveUp = new Promise<never>((_, reject) => {
    giveUp.signal.addEventListener('abort', () => reject(giveUp.signal.reason), { once: true });
  });
  gaveUp.catch(() => undefined);
  const dialled = dial(giveUp.signal);
  try {
    return await Promise.race([dialled, gaveUp]);
  } catch (error) {
    // A dial that heeds no signal may still come through: nobody is left to use it.
    dialled.then(
      (late) => late.destroy(),
      () => undefined,
    );
    throw error;
  } finally {
    settled.abort();
    signal?.removeEventListener('abort', abort);
  }
}
