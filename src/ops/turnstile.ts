/** Lets so many through at once; the rest wait their turn, first come, first served. */

export interface Turnstile {
  /** Runs `work` when its turn comes. @throws the signal's reason while it waits, and what `work` throws */
  pass<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export function createTurnstile(atOnce: number): Turnstile {
  let inside = 0;
  const waiting: (() => void)[] = [];

  function leave(): void {
    inside -= 1;
    waiting.shift()?.();
  }

  async function enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (inside < atOnce) {
      inside += 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const admit = (): void => {
      signal.removeEventListener('abort', abort);
      inside += 1;
      resolve();
    };
    const abort = (): void => {
      waiting.splice(waiting.indexOf(admit), 1);
      reject(signal.reason);
    };
    waiting.push(admit);
    signal.addEventListener('abort', abort, { once: true });
    return promise;
  }

  return {
    async pass(work, signal) {
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
