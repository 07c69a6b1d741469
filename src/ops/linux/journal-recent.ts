/** The newest entries of a unit's journal, read once. */
import { Failed } from '../failure.ts';
import type { JournalEntry } from '../host.ts';
import type { Transport } from '../transport/transport.ts';
import { hint, isHidden, type JournalOf, journalctl, LINE_LIMITS } from './journal-command.ts';
import { parseEntry } from './journal-entry.ts';
import { hold, isSame, type JournalIdentity } from './journal-identity.ts';
import { createLineSplitter } from './journal-line.ts';

export interface RecentOptions {
  readonly transport: Transport;
  readonly of: Pick<JournalIdentity, 'now' | 'known'>;
  /** Told of lines that were no entries. */
  readonly onSkipped?: (lines: number) => void;
}

/** See `JournalSubject.recent`. */
export async function readRecent(
  options: RecentOptions,
  lines: number,
  take: (batch: readonly JournalEntry[]) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { transport, of } = options;
  // With JSON journalctl keeps its hint to itself and shows an outsider an empty journal.
  if (!isPrivileged(options) && !isOwn(options)) await refuseIfHidden(transport, signal);
  const guess = of.now();
  const holding = hold(take);
  const wrong = new AbortController();
  const known = of.known.then(() => {
    if (isSame(of.now(), guess)) holding.release();
    else wrong.abort();
  });
  const guessed = read(options, guess, lines, holding.take, any(signal, wrong.signal)).catch(
    (error: unknown) => {
      if (!wrong.signal.aborted) throw error;
    },
  );
  await Promise.all([known, guessed]);
  signal?.throwIfAborted();
  if (wrong.signal.aborted) await read(options, of.now(), lines, take, signal);
}

function any(signal: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return signal === undefined ? other : AbortSignal.any([signal, other]);
}

/** A user's own journal, which they may always read. */
function isOwn({ of }: RecentOptions): boolean {
  return of.now().manager === 'user';
}

/** As root, a user's own journal would be another: that of whoever asks. */
function isPrivileged(options: RecentOptions): boolean {
  return options.transport.privilege.kind !== 'none' && !isOwn(options);
}

async function read(
  options: RecentOptions,
  journal: JournalOf,
  lines: number,
  take: (batch: readonly JournalEntry[]) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { transport, onSkipped = () => {} } = options;
  const opened = await transport.open([...journalctl(journal), '-n', String(lines)], {
    privileged: isPrivileged(options),
    ...(signal && { signal }),
  });
  const splitter = createLineSplitter(LINE_LIMITS);
  opened.stream.on('error', () => {});
  opened.stream.on('data', (chunk: Buffer) => {
    const batch: JournalEntry[] = [];
    let skipped = 0;
    for (const line of splitter.push(chunk)) {
      const entry = parseEntry(line);
      if (entry === null) skipped += 1;
      else batch.push(entry);
    }
    if (skipped > 0) onSkipped(skipped);
    if (batch.length > 0) take(batch);
  });
  const { code, signal: killedBy } = await opened.ended;
  signal?.throwIfAborted();
  if (!isOwn(options) && isHidden(opened.stderr())) throw refused(opened.stderr());
  if (code === 0) return;
  // No exit and no signal: the channel went away with the connection.
  if (code === null && killedBy === null)
    throw new Failed({ code: 'link-lost', detail: 'journalctl was cut off' });
  const detail = opened.stderr().trim() || `ended by ${killedBy ?? code}`;
  throw new Failed({ code: 'host-error', name: 'journalctl', detail });
}

async function refuseIfHidden(transport: Transport, signal: AbortSignal | undefined): Promise<void> {
  const { stderr } = await transport.run(['journalctl', '--no-pager', '-n', '0'], {
    ...(signal && { signal }),
  });
  if (isHidden(stderr)) throw refused(stderr);
}

function refused(detail: string): Failed {
  return new Failed({ code: 'not-permitted', action: 'journal', detail: hint(detail) });
}
