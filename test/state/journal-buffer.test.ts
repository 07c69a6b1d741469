import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJournalBuffer } from '../../src/state/journal-buffer.ts';
import { journalEntry } from '../support/fake-host.ts';

const never = () => false;

describe('createJournalBuffer', () => {
  it('numbers lines for the session’s life and keeps the newest ones', () => {
    const buffer = createJournalBuffer(3);
    buffer.append(
      ['a', 'b', 'c', 'd', 'e'].map((message) => journalEntry(message)),
      never,
    );
    expect([buffer.firstSeq, buffer.endSeq, buffer.length]).toEqual([2, 5, 3]);
    expect([1, 2, 3, 4, 5].map((seq) => messageAt(buffer.at(seq)))).toEqual([
      undefined,
      'c',
      'd',
      'e',
      undefined,
    ]);
  });

  it('marks the probe’s own lines and turns journald’s notice into a gap', () => {
    const buffer = createJournalBuffer();
    const notice = journalEntry('Suppressed 12 messages from calculatrice.service', { suppressed: 12 });
    buffer.append([journalEntry('probe'), journalEntry('other'), notice], (message) => message === 'probe');
    buffer.appendGap('rotated', null);
    expect([0, 1, 2, 3].map((seq) => buffer.at(seq))).toMatchObject([
      { kind: 'entry', seq: 0, probe: true },
      { kind: 'entry', seq: 1, probe: false },
      { kind: 'gap', seq: 2, reason: 'suppressed', count: 12 },
      { kind: 'gap', seq: 3, reason: 'rotated', count: null },
    ]);
  });

  it('marks a probe line that came before its port was known', () => {
    const buffer = createJournalBuffer();
    buffer.append([journalEntry('probe'), journalEntry('other')], never);
    const { version } = buffer;
    expect(buffer.remark((message) => message === 'probe', 'newest')).toBe(true);
    expect([0, 1].map((seq) => buffer.at(seq))).toMatchObject([{ probe: true }, { probe: false }]);
    expect(buffer.version).toBe(version + 1);
    expect(buffer.remark((message) => message === 'probe', 'newest')).toBe(false);
    expect(buffer.version).toBe(version + 1);
  });

  it('looks at the newest lines, or at all, and takes a mark away again', () => {
    const buffer = createJournalBuffer(100);
    buffer.append(
      Array.from({ length: 50 }, () => journalEntry('probe')),
      never,
    );
    const marked = (): number =>
      Array.from({ length: 50 }, (_, seq) => buffer.at(seq)).filter(
        (line) => line?.kind === 'entry' && line.probe,
      ).length;
    buffer.remark(() => true, 'newest');
    expect(marked()).toBe(30);
    buffer.remark(() => true, 'all');
    expect([marked(), buffer.marks]).toEqual([50, 50]);
    buffer.unmark(49);
    buffer.unmark(-1);
    buffer.unmark(50);
    expect([marked(), buffer.marks]).toEqual([49, 51]);
  });

  it('changes its version with every change, and with nothing else', () => {
    const buffer = createJournalBuffer();
    buffer.append([], never);
    expect(buffer.version).toBe(0);
    buffer.append([journalEntry('a'), journalEntry('b')], never);
    buffer.appendGap('rotated', null);
    expect(buffer.version).toBe(2);
  });

  it('holds exactly the newest lines for any batches', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.array(fc.string(), { maxLength: 8 })),
        (capacity, batches) => {
          const buffer = createJournalBuffer(capacity);
          const all = batches.flat();
          for (const batch of batches)
            buffer.append(
              batch.map((message) => journalEntry(message)),
              never,
            );
          const held = Array.from({ length: buffer.length }, (_, index) =>
            messageAt(buffer.at(buffer.firstSeq + index)),
          );
          expect(held).toEqual(all.slice(-capacity));
        },
      ),
    );
  });
});

function messageAt(line: ReturnType<ReturnType<typeof createJournalBuffer>['at']>): string | undefined {
  return line?.kind === 'entry' ? line.entry.message : undefined;
}
