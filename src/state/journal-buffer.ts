/** The journal's last 10,000 lines, in a ring; our own probe's lines are marked so that a view can fold them. */
import type { JournalEntry } from '../ops/host.ts';

export type JournalLine =
  | { readonly kind: 'entry'; readonly seq: number; readonly entry: JournalEntry; readonly ownProbe: boolean }
  /** Entries are missing here: rotated away, or dropped by journald (`count` when known). */
  | {
      readonly kind: 'gap';
      readonly seq: number;
      readonly reason: 'rotated' | 'suppressed';
      readonly count: number | null;
    };

export interface JournalBuffer {
  readonly capacity: number;
  readonly length: number;
  /** Grows with every change. */
  readonly version: number;
  /** Sequence number of the oldest line held; lines are numbered from 0 for the session's life. */
  readonly firstSeq: number;
  /** The line with that number, or undefined when it is not held. */
  at(seq: number): JournalLine | undefined;
  /** One past the newest line's number. */
  readonly endSeq: number;
}

/** The writer's side of the buffer; faces are given the `JournalBuffer` alone. */
export interface WritableJournalBuffer extends JournalBuffer {
  /** Appends entries in order; journald's own notices of dropped lines become gaps. */
  append(entries: readonly JournalEntry[], isOwnProbe: (message: string) => boolean): void;
  /** Looks again at the newest lines, whose port may have become known after they came. True when one changed. */
  remark(isOwnProbe: (message: string) => boolean): boolean;
  /** Marks that entries are missing here. */
  appendGap(reason: 'rotated' | 'suppressed', count: number | null): void;
}

/** A line is rarely further ahead of the connection it speaks of. */
const REMARKED = 30;

export const JOURNAL_CAPACITY = 10_000;

export function createJournalBuffer(capacity: number = JOURNAL_CAPACITY): WritableJournalBuffer {
  const ring: JournalLine[] = [];
  let endSeq = 0;
  let version = 0;

  function push(line: JournalLine): void {
    ring[endSeq % capacity] = line;
    endSeq += 1;
  }

  function firstSeq(): number {
    return Math.max(0, endSeq - capacity);
  }

  return {
    capacity,
    get length() {
      return endSeq - firstSeq();
    },
    get version() {
      return version;
    },
    get firstSeq() {
      return firstSeq();
    },
    get endSeq() {
      return endSeq;
    },
    at: (seq) => (seq >= firstSeq() && seq < endSeq ? ring[seq % capacity] : undefined),
    append(entries, isOwnProbe) {
      for (const entry of entries) {
        if (entry.suppressed > 0) {
          push({ kind: 'gap', seq: endSeq, reason: 'suppressed', count: entry.suppressed });
        } else {
          push({ kind: 'entry', seq: endSeq, entry, ownProbe: isOwnProbe(entry.message) });
        }
      }
      if (entries.length > 0) version += 1;
    },
    remark(isOwnProbe) {
      let changed = false;
      for (let seq = Math.max(firstSeq(), endSeq - REMARKED); seq < endSeq; seq += 1) {
        const line = ring[seq % capacity];
        if (line?.kind !== 'entry' || line.ownProbe || !isOwnProbe(line.entry.message)) continue;
        ring[seq % capacity] = { ...line, ownProbe: true };
        changed = true;
      }
      if (changed) version += 1;
      return changed;
    },
    appendGap(reason, count) {
      push({ kind: 'gap', seq: endSeq, reason, count });
      version += 1;
    },
  };
}
