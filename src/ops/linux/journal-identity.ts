/**
 * Whose journal is to be read. Only systemd knows the name that an alias stands for and the namespace that the
 * unit logs to, and the journal does not wait for it: it is read as asked for, and read anew if that was wrong.
 */
import type { Clock } from '../clock.ts';
import type { JournalEntry, UnitManager } from '../host.ts';
import type { JournalOf } from './journal-command.ts';

export interface JournalIdentity {
  now(): JournalOf;
  /** Resolves when systemd has said what it is, or has not for `GUESSED_AFTER_MS`: then the guess stands. */
  readonly known: Promise<void>;
  /** Called when it turned out to be another. Returns the function that ends that. */
  onChange(listener: () => void): () => void;
  learn(unit: string, namespace: string): void;
}

const GUESSED_AFTER_MS = 5_000;

export function createJournalIdentity(unit: string, manager: UnitManager, clock: Clock): JournalIdentity {
  const listeners = new Set<() => void>();
  const known = Promise.withResolvers<void>();
  const over = new AbortController();
  let of: JournalOf = { unit, manager, namespace: '' };
  clock.sleep(GUESSED_AFTER_MS, over.signal).then(known.resolve, () => undefined);
  return {
    now: () => of,
    known: known.promise,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    learn(name, namespace) {
      over.abort();
      const before = of;
      of = { unit: name, manager, namespace };
      if (!isSame(before, of)) for (const listener of [...listeners]) listener();
      known.resolve();
    },
  };
}

export function isSame(one: JournalOf, other: JournalOf): boolean {
  return one.unit === other.unit && one.namespace === other.namespace && one.manager === other.manager;
}

/** Entries that may turn out to be another unit's are held back until it is known that they are not. */
export interface Holding {
  take(batch: readonly JournalEntry[]): void;
  /** They were right: hands them on, and those that come. */
  release(): void;
  /** They were not. */
  drop(): void;
}

export function hold(take: (batch: readonly JournalEntry[]) => void): Holding {
  let held: JournalEntry[] | null = [];
  return {
    take(batch) {
      if (held === null) take(batch);
      else held.push(...batch);
    },
    release() {
      const kept = held ?? [];
      held = null;
      if (kept.length > 0) take(kept);
    },
    drop() {
      held = [];
    },
  };
}
