/**
 * The unit's journal as a stream: `journalctl -f` for what comes, and a one-shot fetch when something is
 * known to have happened, since following alone lags by up to half a second (systemd PR #2318).
 */
import type { Clock } from '../clock.ts';
import { Failed } from '../failure.ts';
import type { JournalEntry, JournalFollow, JournalSink, JournalSubject } from '../host.ts';
import { createRetries, isTransient, persist, SETTLED_MS } from '../retries.ts';
import type { OpenedCommand, Transport } from '../transport/transport.ts';
import { operationFailure } from './bus-error.ts';
import { hint, isHidden, journalctl, LINE_LIMITS } from './journal-command.ts';
import { parseEntry } from './journal-entry.ts';
import { hold, type JournalIdentity } from './journal-identity.ts';
import { createLineSplitter } from './journal-line.ts';
import { createJournalOrder } from './journal-order.ts';
import { readRecent } from './journal-recent.ts';
import { createNudge } from './nudge.ts';

export interface JournalOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly of: Pick<JournalIdentity, 'now' | 'known' | 'onChange'>;
  /** Told of lines that were no entries: not JSON, or without a cursor. */
  readonly onSkipped?: (lines: number) => void;
  /** In [0, 1), for the rests before a stream is started again. @default Math.random */
  readonly random?: () => number;
}

/** A journal that says nothing and has not ended by then is a quiet one, ms. */
const QUIET_MS = 1000;

export interface LinuxJournal extends JournalSubject {
  /** Stops every follow without a word. */
  close(): void;
}

export function createJournalSubject(options: JournalOptions): LinuxJournal {
  const follows = new Set<{ nudge(): void; stop(): void }>();
  return {
    follow(from, sink) {
      const follow = startFollow(options, from, sink);
      follows.add(follow);
      return () => {
        follows.delete(follow);
        follow.stop();
      };
    },
    nudge() {
      for (const follow of follows) follow.nudge();
    },
    recent: (lines, take, signal) => readRecent(options, lines, take, signal),
    close() {
      for (const follow of follows) follow.stop();
      follows.clear();
    },
  };
}

function startFollow(options: JournalOptions, from: JournalFollow, sink: JournalSink) {
  const { transport, clock, of, onSkipped = () => {}, random } = options;
  // A user's own journal is that of whoever asks: root's would be another. They may always read it.
  const own = of.now().manager === 'user';
  const granted = transport.privilege.kind !== 'none' && !own;
  /** The fetches, once it is known that they need no sudo: that halves their time, and sudo logs each use. */
  let visible = !granted;
  let order = createJournalOrder(from.cursor ?? null);
  const stopped = new AbortController();
  /** Ends what is being read when it turns out to be another unit's. */
  let mistaken = new AbortController();
  const holding = hold((batch) => sink.entries(batch));
  let sure = false;
  void of.known.then(() => {
    sure = true;
    if (!stopped.signal.aborted) holding.release();
  });
  const unlisten = of.onChange(() => {
    if (!sure) {
      holding.drop();
      order = createJournalOrder(from.cursor ?? null);
    }
    mistaken.abort();
    mistaken = new AbortController();
  });

  /**
   * Runs journalctl until it ends or `isGap` stops it.
   * @returns `gap` when the cursor that it was to start at is no longer in the journal
   */
  async function read(
    args: readonly string[],
    cursor: string | null,
    privileged: boolean,
  ): Promise<'ended' | 'gap'> {
    // With a cursor and -f only ten lines would come without -n (systemd#4739), and --after-cursor may
    // drop an entry (systemd#30288): start at the one we have, which is then known as a double.
    const until = AbortSignal.any([stopped.signal, mistaken.signal]);
    const start = cursor === null ? ['-n', String(from.lines)] : ['-n', 'all', `--cursor=${cursor}`];
    const opened = await transport.open([...journalctl(of.now()), ...start, ...args], {
      privileged,
      signal: until,
    });
    const close = (): void => opened.close();
    until.addEventListener('abort', close, { once: true });
    const over = new AbortController();
    clock.sleep(QUIET_MS, AbortSignal.any([until, over.signal])).then(
      () => sink.live?.(),
      () => undefined,
    );
    try {
      return await drain(opened, cursor, until);
    } finally {
      over.abort();
      until.removeEventListener('abort', close);
      opened.close();
    }
  }

  async function drain(
    opened: OpenedCommand,
    cursor: string | null,
    until: AbortSignal,
  ): Promise<'ended' | 'gap'> {
    const splitter = createLineSplitter(LINE_LIMITS);
    let awaited = cursor;
    let gap = false;
    opened.stream.on('error', () => {});
    opened.stream.on('data', (chunk: Buffer) => {
      if (gap || until.aborted) return;
      const batch: JournalEntry[] = [];
      let skipped = 0;
      for (const line of splitter.push(chunk)) {
        const entry = parseEntry(line);
        if (entry === null) {
          skipped += 1;
          continue;
        }
        // An unknown cursor is no error to journalctl: it starts wherever it thinks is near.
        if (awaited !== null && entry.cursor !== awaited) {
          gap = true;
          opened.close();
          break;
        }
        awaited = null;
        if (order.isNew(entry.cursor)) batch.push(entry);
      }
      if (skipped > 0) onSkipped(skipped);
      if (awaited === null && !gap) sink.live?.();
      if (batch.length > 0) holding.take(batch);
    });
    const { code } = await opened.ended;
    if (until.aborted) return 'ended';
    // A cursor that makes no sense at all ends it at once: `Failed to seek to cursor: Invalid argument`.
    const refused = awaited !== null && code !== null && code !== 0 && /cursor/i.test(opened.stderr());
    if (gap || refused) return 'gap';
    if (!own && isHidden(opened.stderr())) refuse(opened.stderr());
    else if (code !== null && code !== 0) {
      const detail = opened.stderr().trim() || `ended by ${code}`;
      throw new Failed({ code: 'host-error', name: 'journalctl', detail });
    }
    return 'ended';
  }

  function refuse(detail: string): void {
    sink.fail({ code: 'not-permitted', action: 'journal', detail: hint(detail) });
    stop();
  }

  /** With JSON journalctl keeps its hint to itself and shows an outsider an empty journal. */
  async function askWhetherVisible(): Promise<void> {
    const { code, stderr } = await transport.run(['journalctl', '--no-pager', '-n', '0'], {
      signal: stopped.signal,
    });
    if (!isHidden(stderr)) visible = code === 0;
    else if (!granted) refuse(stderr);
  }

  async function live(): Promise<void> {
    const retries = createRetries({ clock, random });
    let fresh = false;
    for (;;) {
      const began = clock.now();
      const { signal: another } = mistaken;
      const end: Awaited<ReturnType<typeof read>> | 'failed' = await read(
        ['-f'],
        fresh ? null : order.last(),
        granted,
      ).catch((error: unknown) => (another.aborted ? 'failed' : failedAgain(error)));
      if (end === 'gap') await of.known;
      if (stopped.signal.aborted) return;
      if (another.aborted) {
        fresh = false;
        continue;
      }
      fresh = end === 'gap' || (end === 'failed' && fresh);
      if (end === 'gap') {
        sink.gap();
        continue;
      }
      if (clock.now() - began > SETTLED_MS) retries.worked();
      await retries.rest(stopped.signal);
    }
  }

  /** What may work later is told, and tried again. @throws what will not */
  function failedAgain(error: unknown): 'failed' {
    if (!isTransient(operationFailure(error))) throw error;
    failed(error);
    return 'failed';
  }

  const nudge = createNudge({
    clock,
    signal: stopped.signal,
    run: async () => {
      const cursor = order.last();
      // A gap is the stream's to tell: it meets the same one.
      if (cursor !== null) await read([], cursor, granted && !visible);
    },
  });

  function stop(): void {
    unlisten();
    stopped.abort();
  }

  function failed(error: unknown): void {
    if (!stopped.signal.aborted) sink.fail(operationFailure(error));
  }

  live().catch(failed);
  if (!own) persist(askWhetherVisible, { clock, random, signal: stopped.signal }).catch(failed);
  return { nudge, stop };
}
