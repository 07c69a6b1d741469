/**
 * One connection to a calculator, and the questions on it: a thin shell around the exchange.
 *
 * The server dies of a connection that is reset, which is what closing with an answer still unread does to it:
 * see `leave`.
 */
import type { Duplex } from 'node:stream';
import {
  type Action,
  advance,
  begin,
  type ExchangeEvent,
  type ExchangeOptions,
  type Outcome,
} from './exchange.ts';

/** What is needed of a clock; any `Clock` of the project is one. */
export interface AskClock {
  /** Monotonic milliseconds. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface QuestionOptions extends ExchangeOptions {
  readonly clock: AskClock;
  /** When the dial began; the way's slowness shows from there. @default now */
  readonly dialledMs?: number;
  readonly signal?: AbortSignal;
}

export interface CalculatorConnection {
  /**
   * One question at a time.
   * @throws the signal's reason
   */
  put(options: QuestionOptions): Promise<Outcome>;
  /** Bytes that have come since the last question was put, or since the connection was made. */
  heard(): number;
  /** The other side has closed, or we have. */
  gone(): boolean;
  /** An answer is still to come to what was asked: the next question would get it. */
  owed(): boolean;
  /** Resolves once nothing is owed any more, or after `ms`. @throws the signal's reason */
  paid(clock: AskClock, ms: number, signal?: AbortSignal): Promise<void>;
  /** Our end is closed; what still comes is read. */
  halfClose(): void;
  /** Leaves as the server can bear it. @param lingerMs how long an answer that is owed is listened for */
  leave(lingerMs?: number): void;
}

/** What may still follow a late answer comes at once. */
const REST_MS = 1000;
const LINGER_MS = 30_000;

/** @param onGone the other side has closed, whether a question was on the way or not */
export function createConnection(stream: Duplex, onGone: () => void = () => undefined): CalculatorConnection {
  let gone = stream.destroyed;
  let owed = false;
  /** More of the last answer may come, though it was taken for one. */
  let unfinished = false;
  let onPaid: (() => void) | null = null;
  let heard = 0;
  let feed: ((event: ExchangeEvent) => void) | null = null;

  function read(chunk: Buffer): void {
    heard += chunk.length;
    // Between two questions: the late answer to the one before, which nobody waits for any more.
    if (feed !== null) return feed({ type: 'bytes', bytes: chunk });
    owed = false;
    onPaid?.();
  }

  function left(): void {
    if (gone) return;
    gone = true;
    feed?.({ type: 'gone' });
    onPaid?.();
    onGone();
  }

  stream.on('data', read);
  stream.on('end', left);
  stream.on('close', left);
  stream.on('error', left);

  function put({ clock, dialledMs, signal, ...exchange }: QuestionOptions): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      let waiting = new AbortController();
      let [state, first] = begin(exchange, clock.now(), dialledMs);
      heard = 0;

      function finish(): void {
        waiting.abort();
        feed = null;
        signal?.removeEventListener('abort', abort);
      }

      function abort(): void {
        owed = true;
        finish();
        reject(signal?.reason);
      }

      function act(action: Action): void {
        waiting.abort();
        if (action.type === 'end') {
          finish();
          const { outcome } = action;
          owed = outcome.state === 'mute';
          unfinished = outcome.state === 'answered' && !outcome.whole;
          return resolve(outcome);
        }
        waiting = new AbortController();
        const mine = waiting.signal;
        void clock.sleep(action.ms, mine).then(
          () => {
            if (!mine.aborted) happen({ type: 'silence' });
          },
          () => undefined,
        );
        if (action.send !== undefined) stream.write(action.send);
      }

      function happen(event: ExchangeEvent): void {
        const [next, action] = advance(state, event, clock.now());
        state = next;
        act(action);
      }

      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener('abort', abort, { once: true });
      feed = happen;
      if (gone || stream.destroyed) happen({ type: 'gone' });
      else act(first);
    });
  }

  return {
    put,
    heard: () => heard,
    gone: () => gone || stream.destroyed,
    owed: () => owed,
    async paid(clock, ms, signal) {
      if (!owed || gone) return;
      const enough = new AbortController();
      onPaid = () => enough.abort();
      signal?.addEventListener('abort', onPaid, { once: true });
      await clock.sleep(ms, enough.signal).catch(() => undefined);
      signal?.removeEventListener('abort', onPaid);
      onPaid = null;
      signal?.throwIfAborted();
    },
    halfClose: () => void stream.end(),
    leave(lingerMs = LINGER_MS) {
      stream.off('end', left);
      stream.off('close', left);
      stream.off('data', read);
      leave(stream, gone || !(owed || unfinished), lingerMs);
      gone = true;
    },
  };
}

/**
 * Closes as the server can bear it: our end first (FIN). With the whole answer read that is all.
 *
 * Where an answer is still to come, or more of one, the reading end stays open and what comes is
 * thrown away, for closing with an answer unread sends a reset. That one is known to end the server.
 * A question that waits in the queue of a held server and is left there is survived by Linux servers
 * that answer in one write (our FIN is read before the reset counts), not by those that write twice.
 * The connection keeps no process alive for that; one that ends takes it along.
 */
function leave(stream: Duplex, done: boolean, lingerMs: number): void {
  stream.on('error', () => stream.destroy());
  if (done || stream.destroyed) {
    if (stream.writableFinished || stream.destroyed) stream.destroy();
    else stream.end(() => stream.destroy());
    return;
  }
  if ('unref' in stream && typeof stream.unref === 'function') stream.unref();
  // A plain timer and not the clock's: nothing is measured by it, and it must keep nothing alive.
  const cap = setTimeout(() => stream.destroy(), lingerMs);
  cap.unref();
  stream.once('end', () => stream.destroy());
  stream.once('close', () => clearTimeout(cap));
  stream.once('data', () => {
    setTimeout(() => stream.destroy(), REST_MS).unref();
  });
  stream.resume();
  stream.end();
}
