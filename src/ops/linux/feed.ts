/**
 * One subject's latest facts, handed to every watcher: those of now first, then each change. Facts that are what they
 * were are no news, unless something had failed since: a feed that speaks again is live again.
 */
import type { OperationFailure, Refusal } from '../failure.ts';
import type { Feed } from '../host.ts';
import { operationFailure } from './bus-error.ts';

type FeedFailure = Refusal | OperationFailure;

export interface FeedSource<T> extends Feed<T> {
  emit(value: T): void;
  fail(failure: FeedFailure): void;
  /** The facts that were emitted last; null before the first. */
  latest(): T | null;
}

export function createFeed<T>(): FeedSource<T> {
  const watchers = new Set<{ sink(value: T): void; fail(failure: FeedFailure): void }>();
  let latest: { readonly value: T } | null = null;
  let failure: FeedFailure | null = null;
  let said = '';

  /** A sink that throws must not end the read that the facts came in, nor keep them from the others. */
  function tell(watcher: { sink(value: T): void; fail(failure: FeedFailure): void }, value: T): void {
    try {
      watcher.sink(value);
    } catch (error) {
      watcher.fail(operationFailure(error));
    }
  }

  return {
    watch(sink, fail) {
      const watcher = { sink, fail };
      watchers.add(watcher);
      if (latest !== null) tell(watcher, latest.value);
      if (failure !== null) fail(failure);
      return () => watchers.delete(watcher);
    },
    emit(value) {
      const key = JSON.stringify(value);
      if (key === said && failure === null) return;
      said = key;
      latest = { value };
      failure = null;
      for (const watcher of [...watchers]) tell(watcher, value);
    },
    fail(reason) {
      failure = reason;
      for (const watcher of [...watchers]) watcher.fail(reason);
    },
    latest: () => latest?.value ?? null,
  };
}
