/**
 * The one way in which everything that lives as long as a connection is begun again after it failed or ended:
 * soon the first time, later with each failure in a row, and at its soonest again once it has worked.
 */
import { type BackoffLimits, backoffMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import { Failed, type Failure } from './failure.ts';

export const RETRY_LIMITS: BackoffLimits = { floorMs: 250, ceilingMs: 30_000 };

/** What lived as long has worked, whatever it ended of. */
export const SETTLED_MS = 10_000;

export interface RetriesOptions {
  readonly clock: Clock;
  /** In [0, 1). @default Math.random */
  readonly random?: (() => number) | undefined;
}

export interface Retries {
  /** Rests before the next attempt. @throws the signal's reason */
  rest(signal?: AbortSignal): Promise<void>;
  /** It worked: whatever fails next, fails for the first time. */
  worked(): void;
}

export function createRetries({ clock, random = Math.random }: RetriesOptions): Retries {
  let failures = 0;
  return {
    async rest(signal) {
      const restMs = backoffMs(failures, random(), RETRY_LIMITS);
      failures += 1;
      await clock.sleep(restMs, signal);
    },
    worked() {
      failures = 0;
    },
  };
}

/**
 * Whether the same may work later on the same connection: a session that the server had no room for (MaxSessions),
 * an answer that was late, a service that is being restarted. A refusal is an answer, and a lost link has its own
 * way back.
 */
export function isTransient(failure: Failure): boolean {
  return failure.code === 'unavailable' || failure.code === 'timeout' || failure.code === 'host-error';
}

export interface PersistOptions extends RetriesOptions {
  readonly signal: AbortSignal;
  /** Told of each failure that is followed by another attempt. */
  readonly onFailure?: (failure: Failure) => void;
}

/** Does `work` until it is done. @throws what it failed of where that is not transient; the signal's reason */
export async function persist<T>(work: () => Promise<T>, options: PersistOptions): Promise<T> {
  const { signal, onFailure = () => {} } = options;
  const retries = createRetries(options);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Failed) || !isTransient(error.failure)) throw error;
      onFailure(error.failure);
      await retries.rest(signal);
    }
  }
}
