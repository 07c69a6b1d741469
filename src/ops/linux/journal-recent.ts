/** The newest entries of a unit's journal, read once. */
import { Failed } from '../failure.ts';
import type { JournalEntry } from '../host.ts';
import type { Transport } from '../transport/transport.ts';
import { hint, isHidden, journalctl, LINE_LIMITS } from './journal-command.ts';
import { parseEntry } from './journal-entry.ts';
import { createLineSplitter } from './journal-line.ts';

export interface RecentOptions {
  readonly transport: Transport;
  readonly unit: string;
  /** Told of lines that were no entries. */
  readonly onSkipped?: (lines: number) => void;
}

/** See `JournalSubject.recent`. */
export async function readRecent(
  { transport, unit, onSkipped = () => {} }: RecentOptions,
  lines: number,
  take: (batch: readonly JournalEntry[]) => void,
  signal?: AbortSignal,
): Promise<void> {
  const privileged = transport.privilege.kind !== 'none';
  // With JSON journalctl keeps its hint to itself and shows an outsider an empty journal.
  if (!privileged) await refuseIfHidden(transport, signal);
  const opened = await transport.open([...journalctl(unit), '-n', String(lines)], {
    privileged,
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
  if (isHidden(opened.stderr())) throw refused(opened.stderr());
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
