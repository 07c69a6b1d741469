/** From the host's journal into the buffer; the store hears of it at a bounded rate. */
import type { Clock } from '../ops/clock.ts';
import type { OperationFailure, Refusal } from '../ops/failure.ts';
import type { Host } from '../ops/host.ts';
import type { Visits } from '../ops/probe/visits.ts';
import { createGiveBack } from './give-back.ts';
import type { WritableJournalBuffer } from './journal-buffer.ts';
import { createThrottle } from './throttle.ts';

/** Ten updates a second: a frame costs the screen some ten milliseconds. */
const UPDATE_EVERY_MS = 100;

export interface JournalFeedOptions {
  readonly clock: Clock;
  readonly buffer: WritableJournalBuffer;
  readonly visits: Visits;
  /** Hears every message, in order. */
  readonly onMessage: (message: string) => void;
  /** Lines asked for when following begins with no cursor. */
  readonly lines: number;
  readonly onChange: (version: number) => void;
  readonly onFailure: (failure: Refusal | OperationFailure | null) => void;
  readonly signal: AbortSignal;
}

export interface JournalFeed {
  /** Follows this host's journal from where the last one's ended. Returns the stop function. */
  attach(host: Host): () => void;
  /** More has become known of who comes to the service. */
  remark(): void;
}

export function createJournalFeed(options: JournalFeedOptions): JournalFeed {
  const { clock, buffer, visits, lines, onFailure, signal } = options;
  const changed = createThrottle(clock, UPDATE_EVERY_MS, () => options.onChange(buffer.version), signal);
  const giveBack = createGiveBack({ clock, signal });
  let cursor: string | null = null;
  let failing = false;

  /** What the last lines tell of those before them. */
  function lookBack(): void {
    if (visits.takeLearnt()) buffer.remark(visits.isProbe, 'all');
    for (const seq of visits.takeMistaken()) buffer.unmark(seq);
  }

  function heard(): void {
    if (failing) onFailure(null);
    failing = false;
  }

  return {
    remark() {
      const { marks } = buffer;
      buffer.remark(visits.isProbe, 'newest');
      lookBack();
      if (buffer.marks !== marks) changed();
    },
    attach(host) {
      let attached = true;
      const stop = host.journal.follow(cursor === null ? { lines } : { cursor, lines }, {
        entries(batch) {
          if (!attached || batch.length === 0) return;
          // The entry that the cursor names has been taken already.
          const fresh = batch[0]?.cursor === cursor ? batch.slice(1) : batch;
          cursor = fresh.at(-1)?.cursor ?? cursor;
          buffer.append(fresh, visits.isProbe);
          giveBack.came(fresh.length);
          lookBack();
          for (const entry of fresh) options.onMessage(entry.message);
          heard();
          changed();
        },
        live() {
          if (attached) heard();
        },
        gap() {
          if (!attached) return;
          buffer.appendGap('rotated', null);
          changed();
        },
        fail(failure) {
          if (!attached) return;
          failing = true;
          onFailure(failure);
        },
      });
      return () => {
        attached = false;
        stop();
      };
    },
  };
}
