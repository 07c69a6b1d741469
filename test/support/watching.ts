/** What a feed said so far, and the wait for what it says next. */
import type { Feed } from '../../src/ops/host.ts';
import { createWaiters } from './waiters.ts';

type Failure = Parameters<Parameters<Feed<unknown>['watch']>[1]>[0];

export interface Watched<T> {
  readonly values: readonly T[];
  readonly failures: readonly Failure[];
  /** The first value, of those to come or already there, that is wanted. Rejects after the bound of all waits. */
  until(wanted: (value: T) => boolean): Promise<T>;
  /** The first failure there is or comes. Rejects after the bound of all waits. */
  failure(): Promise<Failure>;
  stop(): void;
}

export function watching<T>(feed: Feed<T>): Watched<T> {
  const values: T[] = [];
  const failures: Failure[] = [];
  const waiters = createWaiters();
  const stop = feed.watch(
    (value) => {
      values.push(value);
      waiters.look();
    },
    (failure) => {
      failures.push(failure);
      waiters.look();
    },
  );

  const soFar = (): string => JSON.stringify([...values, ...failures]);
  return {
    values,
    failures,
    until: (wanted) => waiters.until(() => values.find(wanted), soFar),
    failure: () => waiters.until(() => failures[0], soFar),
    stop,
  };
}
