/** What a feed said so far, and the wait for what it says next. */
import type { Feed } from '../../src/ops/host.ts';

type Failure = Parameters<Parameters<Feed<unknown>['watch']>[1]>[0];

export interface Watched<T> {
  readonly values: readonly T[];
  readonly failures: readonly Failure[];
  /** The first value, of those to come or already there, that is wanted. Rejects after two seconds. */
  until(wanted: (value: T) => boolean): Promise<T>;
  /** The first failure there is or comes. Rejects after two seconds. */
  failure(): Promise<Failure>;
  stop(): void;
}

const BOUND_MS = 2000;

export function watching<T>(feed: Feed<T>): Watched<T> {
  const values: T[] = [];
  const failures: Failure[] = [];
  const checks = new Set<() => void>();
  const check = () => {
    for (const one of [...checks]) one();
  };
  const stop = feed.watch(
    (value) => {
      values.push(value);
      check();
    },
    (failure) => {
      failures.push(failure);
      check();
    },
  );

  function first<V>(find: () => V | undefined): Promise<V> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        checks.delete(look);
        reject(new Error(`not seen in ${BOUND_MS} ms; so far: ${JSON.stringify([...values, ...failures])}`));
      }, BOUND_MS);
      function look(): void {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        checks.delete(look);
        resolve(found);
      }
      checks.add(look);
      look();
    });
  }

  return {
    values,
    failures,
    until: (wanted) => first(() => values.find(wanted)),
    failure: () => first(() => failures[0]),
    stop,
  };
}
