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
