/** One value out of a feed: the one that is there, or the first that is looked for. */
import type { Clock } from '../clock.ts';
import { Failed } from '../failure.ts';
import type { Feed } from '../host.ts';

export interface FirstOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Names the subject in a `timeout` failure. */
  readonly what: string;
  readonly signal?: AbortSignal;
}

/**
 * Resolves with what `pick` makes of the first facts that it does not answer `undefined` for.
 * @throws Failed the feed's own failure, or `timeout`; what `pick` throws; the signal's reason
 */
export async function first<T, R>(
  feed: Feed<T>,
  pick: (value: T) => R | undefined,
  { clock, timeoutMs, what, signal }: FirstOptions,
): Promise<R> {
  signal?.throwIfAborted();
  const over = new AbortController();
  let stop = (): void => undefined;
  const found = new Promise<R>((resolve, reject) => {
    const attempt = (value: T): void => {
      try {
        const picked = pick(value);
        if (picked !== undefined) resolve(picked);
      } catch (error) {
        reject(error);
      }
    };
    stop = feed.watch(attempt, (failure) => reject(new Failed(failure)));
    const limit = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
    clock.sleep(timeoutMs, limit).then(
      () => reject(new Failed({ code: 'timeout', what, ms: timeoutMs })),
      (reason: unknown) => reject(reason),
    );
  });
  try {
    return await found;
  } finally {
    over.abort();
    stop();
  }
}
