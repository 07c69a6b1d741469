/** The facts of a feed as they are now. */
import { Failed } from '../failure.ts';
import type { Feed } from '../host.ts';

/**
 * What a feed says first, or the first that is `wanted`.
 * @throws Failed; the signal's reason
 */
export function firstOf<T>(
  feed: Feed<T>,
  signal: AbortSignal,
  wanted: (value: T) => boolean = () => true,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      signal.removeEventListener('abort', abort);
      // The sink may be called before `watch` has returned what stops it.
      queueMicrotask(() => stop());
    };
    const abort = (): void => {
      settle();
      reject(signal.reason);
    };
    const stop = feed.watch(
      (value) => {
        if (!wanted(value)) return;
        settle();
        resolve(value);
      },
      (failure) => {
        settle();
        reject(new Failed(failure));
      },
    );
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
