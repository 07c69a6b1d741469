/** The journal's last 10,000 lines, in a ring; the lines of a probe, ours or another check's, are marked so that a view can fold them. */
import type { JournalEntry } from '../ops/host.ts';

export type JournalLine =
  | { readonly kind: 'entry'; readonly seq: number; readonly entry: JournalEntry; readonly probe: boolean }
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
  /** Lines that are no longer held; where one of them was a gap, the lines that it counted. */
  readonly dropped: number;
  /** Grows with every change. */
  readonly version: number;
  /** Grows when a line that was held before is marked otherwise. */
  readonly marks: number;
  /** Sequence number of the oldest line held; lines are numbered from 0 for the session's life. */
  readonly firstSeq: number;
  /** The line with that number, or undefined when it is not held. */
  at(seq: number): JournalLine | undefined;
  /** One past the newest line's number. */
  readonly endSeq: number;
}

/** Whether the line with that number is a probe's. */
export type ProbeJudge = (message: string, seq: number) => boolean;

/** The writer's side of the buffer; faces are given the `JournalBuffer` alone. */
export interface WritableJournalBuffer extends JournalBuffer {
  /** Appends entries in order; journald's own notices of dropped lines become gaps. */
  append(entries: readonly JournalEntry[], isProbe: ProbeJudge): void;
  /** Looks again at the newest lines, or at all: more may be known of them by now. True when one changed. */
  remark(isProbe: ProbeJudge, which: 'newest' | 'all'): boolean;
  /** Takes the mark from a line; without effect when it has none, or is gone. */
  unmark(seq: number): void;
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
  let marks = 0;
  let dropped = 0;

  function push(line: JournalLine): void {
    const oldest = ring[endSeq % capacity];
    if (oldest !== undefined) dropped += oldest.kind === 'entry' ? 1 : (oldest.count ?? 0);
    ring[endSeq % capacity] = line;
    endSeq += 1;
  }

  function firstSeq(): number {
    return Math.max(0, endSeq - capacity);
  }

  function mark(seq: number, probe: boolean): boolean {
    const line = ring[seq % capacity];
    if (line?.kind !== 'entry' || line.probe === probe) return false;
    ring[seq % capacity] = { ...line, probe };
    version += 1;
    marks += 1;
    return true;
  }

  return {
    capacity,
    get length() {
      return endSeq - firstSeq();
    },
    get dropped() {
      return dropped;
    },
    get version() {
      return version;
    },
    get marks() {
      return marks;
    },
    get firstSeq() {
      return firstSeq();
    },
    get endSeq() {
      return endSeq;
    },
    at: (seq) => (seq >= firstSeq() && seq < endSeq ? ring[seq % capacity] : undefined),
    append(entries, isProbe) {
      for (const entry of entries) {
        if (entry.suppressed > 0) {
          push({ kind: 'gap', seq: endSeq, reason: 'suppressed', count: entry.suppressed });
        } else {
          push({ kind: 'entry', seq: endSeq, entry, probe: isProbe(entry.message, endSeq) });
        }
      }
      if (entries.length > 0) version += 1;
    },
    remark(isProbe, which) {
      const from = which === 'all' ? firstSeq() : Math.max(firstSeq(), endSeq - REMARKED);
      let changed = false;
      for (let seq = from; seq < endSeq; seq += 1) {
        const line = ring[seq % capacity];
        if (line?.kind === 'entry' && isProbe(line.entry.message, seq)) changed = mark(seq, true) || changed;
      }
      return changed;
    },
    unmark(seq) {
      if (seq >= firstSeq()) mark(seq, false);
    },
    appendGap(reason, count) {
      push({ kind: 'gap', seq: endSeq, reason, count });
      version += 1;
    },
  };
}
