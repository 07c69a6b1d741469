/**
 * One sequence out of several readers of the same journal: each entry once, in order.
 *
 * The stream that follows lags, a one-shot fetch overtakes it. Both read the same sequence without holes
 * from an entry already delivered, so whoever is ahead delivers, and what the other brings later is known.
 */

export interface JournalOrder {
  /** True when this entry was not delivered before; it then counts as delivered. */
  isNew(cursor: string): boolean;
  /** Cursor of the entry delivered last; null before the first. */
  last(): string | null;
}

/** Cursors remembered: more than one fetch can bring before the stream has caught up. */
const REMEMBERED = 20_000;

export function createJournalOrder(from: string | null, remembered = REMEMBERED): JournalOrder {
  const delivered = new Set<string>(from === null ? [] : [from]);
  let last = from;
  return {
    isNew(cursor) {
      if (delivered.has(cursor)) return false;
      delivered.add(cursor);
      last = cursor;
      if (delivered.size > remembered) {
        const { value: oldest } = delivered.values().next();
        if (oldest !== undefined) delivered.delete(oldest);
      }
      return true;
    },
    last: () => last,
  };
}
