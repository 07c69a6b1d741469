/** The demo's journal: what the unit and its systemd said, in order, with cursors to resume from. */
import type { JournalEntry, JournalFollow, JournalSink, JournalSubject } from '../host.ts';

export interface JournalLine {
  readonly message: string;
  readonly priority: number;
  readonly identifier: string;
  readonly pid: number | null;
  readonly invocationId: string | null;
  readonly binary?: boolean;
  readonly cut?: boolean;
}

export interface DemoJournal {
  append(line: JournalLine): void;
  /** What one connection sees: feeds end with `detach`, and what they missed stays to be resumed. */
  attach(): JournalSubject & { detach(): void };
}

interface Follower {
  readonly sink: JournalSink;
  /** Number of the next entry it has not been given. */
  next: number;
}

/** Entries kept; older ones are rotated away. */
const CAPACITY = 20_000;

export function createJournal(clock: { wall(): number }, bootId: string, capacity = CAPACITY): DemoJournal {
  const entries: JournalEntry[] = [];
  /** Number of `entries[0]`; entries are numbered from 0 for the world's life. */
  let first = 0;
  const followers = new Set<Follower>();
  let scheduled = false;

  const end = (): number => first + entries.length;
  const cursorOf = (number: number): string => `b=${bootId};i=${number.toString(16)}`;

  function append(line: JournalLine): void {
    entries.push({
      cursor: cursorOf(end()),
      realtimeUs: Math.round(clock.wall() * 1000),
      message: line.message,
      binary: line.binary ?? false,
      cut: line.cut ?? false,
      priority: line.priority,
      identifier: line.identifier,
      pid: line.pid,
      invocationId: line.invocationId,
      suppressed: 0,
    });
    // Rotation in slices, as files are: shifting at every line would cost a copy each.
    if (entries.length > capacity * 1.25) {
      const gone = entries.length - capacity;
      entries.splice(0, gone);
      first += gone;
    }
    schedule();
  }

  /** One batch a turn of the event loop, as lines come through a pipe. */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      for (const follower of [...followers]) deliver(follower);
    });
  }

  function deliver(follower: Follower): void {
    if (!followers.has(follower) || follower.next >= end()) return;
    if (follower.next < first) {
      follower.next = first;
      follower.sink.gap();
    }
    const batch = entries.slice(follower.next - first);
    follower.next = end();
    follower.sink.entries(batch);
  }

  /** The entry after the cursor's; null for a cursor that is not of this journal. */
  function after(cursor: string): number | null {
    const prefix = `b=${bootId};i=`;
    const number = cursor.startsWith(prefix) ? Number.parseInt(cursor.slice(prefix.length), 16) : Number.NaN;
    return Number.isSafeInteger(number) && number >= 0 && number < end() ? number + 1 : null;
  }

  function position(from: JournalFollow): { readonly next: number; readonly gap: boolean } {
    const newest = Math.max(first, end() - from.lines);
    if (from.cursor === undefined) return { next: newest, gap: false };
    const next = after(from.cursor);
    return next === null ? { next: newest, gap: true } : { next, gap: false };
  }

  return {
    append,
    attach() {
      const own = new Set<Follower>();
      return {
        follow(from, sink) {
          const { next, gap } = position(from);
          const follower: Follower = { sink, next };
          own.add(follower);
          followers.add(follower);
          setImmediate(() => {
            if (gap && followers.has(follower)) sink.gap();
            deliver(follower);
          });
          return () => {
            own.delete(follower);
            followers.delete(follower);
          };
        },
        nudge() {
          for (const follower of own) deliver(follower);
        },
        async recent(lines, take, signal) {
          signal?.throwIfAborted();
          const newest = lines === 0 ? [] : entries.slice(-lines);
          if (newest.length > 0) take(newest);
        },
        detach() {
          for (const follower of own) followers.delete(follower);
          own.clear();
        },
      };
    },
  };
}
