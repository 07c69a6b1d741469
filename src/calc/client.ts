/**
 * One question to a calculator, in its own protocol: bare bytes out, bare bytes back, no framing.
 *
 * Two things make that delicate. Nothing says where an answer ends: see `isWhole`. And the server
 * dies of a connection that is reset, which is what closing with an answer still unread does to it:
 * see `leave`.
 */
import type { Duplex } from 'node:stream';

/** What is needed of a clock; any `Clock` of the project is one. */
export interface AskClock {
  /** Monotonic milliseconds. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface AskOptions {
  readonly clock: AskClock;
  /** Bounds the dial, and then once more the wait for the answer. */
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
      /** Foreign text: at most 1024 bytes of it, what is not UTF-8 as U+FFFD. */
      readonly text: string;
      /** Bytes of the answer that were kept. */
      readonly bytes: number;
      /** From before the dial to the answer's last byte. */
      readonly ms: number;
    }
  /** Connected, and nothing came in time. */
  | { readonly state: 'mute'; readonly waitedMs: number }
  /** The other side closed or reset without an answer. */
  | { readonly state: 'closed' };

/** The most that is read of one answer. */
const ANSWER_BYTES = 1024;
/** The shortest quiet time that ends an answer; longer on a slow way, see `quietMs`. */
const QUIET_MIN_MS = 30;
const QUIET_MAX_MS = 1000;
const LINGER_MS = 30_000;

/**
 * Dials, sends `canonical` and reads the answer. One connection, one question.
 *
 * `dial` gets a signal that fires when `signal` does or when `timeoutMs` is over.
 * @param canonical what `parse` gave, and nothing else
 * @throws what `dial` throws; a `TimeoutError` when it does not settle in time; the signal's reason
 */
export async function ask(
  dial: (signal: AbortSignal) => Promise<Duplex>,
  canonical: string,
  options: AskOptions,
): Promise<Reply> {
  const { clock, signal } = options;
  signal?.throwIfAborted();
  const startedMs = clock.now();
  const stream = await dialInTime(dial, options);
  return converse(stream, canonical, startedMs, options);
}

async function dialInTime(
  dial: (signal: AbortSignal) => Promise<Duplex>,
  { clock, timeoutMs, signal }: AskOptions,
): Promise<Duplex> {
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

function converse(stream: Duplex, canonical: string, startedMs: number, options: AskOptions): Promise<Reply> {
  const { clock, timeoutMs, expected, signal } = options;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let lastByteMs = startedMs;
    const connectedMs = clock.now();
    const deadline = new AbortController();
    let quiet = new AbortController();

    function finish(how: 'whole' | 'quiet' | 'gone' | 'aborted'): void {
      deadline.abort();
      quiet.abort();
      signal?.removeEventListener('abort', abort);
      stream.off('data', read);
      stream.off('end', gone);
      stream.off('close', gone);
      stream.off('error', gone);
      leave(stream, how === 'whole' || how === 'gone', options.lingerMs ?? LINGER_MS);
      if (how === 'aborted') {
        reject(signal?.reason);
      } else if (bytes > 0) {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ state: 'answered', text, bytes, ms: lastByteMs - startedMs });
      } else if (how === 'quiet') {
        resolve({ state: 'mute', waitedMs: clock.now() - connectedMs });
      } else {
        resolve({ state: 'closed' });
      }
    }

    function read(chunk: Buffer): void {
      const kept = chunk.subarray(0, ANSWER_BYTES - bytes);
      chunks.push(kept);
      bytes += kept.length;
      lastByteMs = clock.now();
      quiet.abort();
      if (expected !== undefined && isWhole(chunks, expected)) return finish('whole');
      if (bytes >= ANSWER_BYTES) return finish('quiet');
      quiet = new AbortController();
      after(quietMs(lastByteMs - startedMs), quiet.signal, () => finish('quiet'));
    }

    function after(ms: number, cancel: AbortSignal, then: () => void): void {
      void clock.sleep(ms, cancel).then(
        () => {
          if (!cancel.aborted) then();
        },
        () => undefined,
      );
    }

    const gone = (): void => finish('gone');
    const abort = (): void => finish('aborted');

    signal?.addEventListener('abort', abort, { once: true });
    stream.on('data', read);
    stream.on('end', gone);
    stream.on('close', gone);
    stream.on('error', gone);
    after(timeoutMs, deadline.signal, () => finish('quiet'));
    if (signal?.aborted) return abort();
    if (stream.destroyed) return gone();
    stream.write(canonical);
  });
}

/** The answer is the one expected, to the byte. Any other may have more of it on the way. */
function isWhole(chunks: readonly Buffer[], expected: string): boolean {
  return Buffer.concat(chunks).equals(Buffer.from(expected));
}

/**
 * How long nothing must come before an answer counts as whole. The pieces of one answer come as far
 * apart as the way is slow, and the way to the first byte, dial included, shows how slow that is.
 */
function quietMs(toFirstByteMs: number): number {
  return Math.min(QUIET_MAX_MS, Math.max(QUIET_MIN_MS, 2 * toFirstByteMs));
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
    // The late answer, or the rest of one: what may still follow it comes at once.
    setTimeout(() => stream.destroy(), QUIET_MAX_MS).unref();
  });
  stream.resume();
  stream.end();
}
