/** The newest journal entries, read once: what is asked of the host, and how it may fail. */
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../src/ops/host.ts';
import { readRecent } from '../../../src/ops/linux/journal-recent.ts';
import type { Privilege } from '../../../src/ops/transport/transport.ts';
import { createFakeJournal, journalOf } from '../../support/fake-journal.ts';
import { createFakeTransport, type FakeCommand, finished, streaming } from '../../support/fake-transport.ts';

const NO_SUDO: Privilege = { kind: 'none', reason: 'no-sudo', detail: '' };

async function recent(command: (argv: readonly string[]) => FakeCommand, lines = 3, privilege?: Privilege) {
  const transport = createFakeTransport({ exec: command, ...(privilege && { privilege }) });
  const seen: JournalEntry[] = [];
  let skipped = 0;
  await readRecent(
    {
      transport,
      of: journalOf('calculatrice.service'),
      onSkipped: (count) => {
        skipped += count;
      },
    },
    lines,
    (batch) => seen.push(...batch),
  );
  return { transport, messages: seen.map(({ message }) => message), skipped };
}

describe('the newest entries', () => {
  it('come in order, as many as asked for, with privilege and nothing followed', async () => {
    const journal = createFakeJournal();
    for (let number = 1; number <= 9; number += 1) journal.append(`line ${number}`);
    const { messages, transport } = await recent(journal.run, 3);
    expect(messages).toEqual(['line 7', 'line 8', 'line 9']);
    expect(transport.started).toHaveLength(1);
    expect(transport.started[0]).toMatchObject({ privileged: true });
    expect(transport.started[0]?.argv).not.toContain('-f');
  });

  it('are read as they come, a line that is none passed over', async () => {
    const line = JSON.stringify({ __CURSOR: 's=1', MESSAGE: 'one' });
    const { messages, skipped } = await recent(() => finished(0, `-- No entries --\n${line}\n`));
    expect({ messages, skipped }).toEqual({ messages: ['one'], skipped: 1 });
  });

  it('are asked for without sudo where there is none', async () => {
    const { transport } = await recent(() => finished(0), 3, NO_SUDO);
    expect(transport.started.map(({ privileged }) => privileged)).toEqual([false, false]);
  });
});

describe('a failure', () => {
  const hint =
    'Hint: You are currently not seeing messages\n  from other users.\n  (insufficient permissions)\n';

  it.each<[string, () => FakeCommand, object, Privilege?]>([
    [
      'of a user who may not see them',
      () => finished(0, '', hint),
      {
        code: 'not-permitted',
        action: 'journal',
        detail: 'Hint: You are currently not seeing messages from other users. (insufficient permissions)',
      },
      NO_SUDO,
    ],
    [
      'of journalctl itself',
      () => finished(1, '', 'Failed to x\n'),
      { code: 'host-error', detail: 'Failed to x' },
    ],
    [
      'of a journalctl that was killed',
      () => {
        const command = streaming();
        queueMicrotask(command.close);
        return command;
      },
      { code: 'host-error', name: 'journalctl' },
    ],
    [
      'of the link',
      () => ({
        stream: new PassThrough(),
        ended: Promise.resolve({ code: null, signal: null }),
        close: () => undefined,
      }),
      { code: 'link-lost' },
    ],
  ])('%s is told as what it is', async (_what, command, failure, privilege) => {
    await expect(recent(command, 3, privilege)).rejects.toMatchObject({ failure });
  });
});
