import { expect, it } from 'vitest';
import type { Failure } from '../../src/ops/failure.ts';
import type { Host, JournalSink } from '../../src/ops/host.ts';
import { createOwnPorts } from '../../src/ops/probe/ports.ts';
import { createVisits } from '../../src/ops/probe/visits.ts';
import { createJournalBuffer } from '../../src/state/journal-buffer.ts';
import { createJournalFeed } from '../../src/state/journal-feed.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function setUp() {
  const shown: (Failure | null)[] = [];
  const feed = createJournalFeed({
    clock: createFakeClock(),
    buffer: createJournalBuffer(),
    visits: createVisits(createOwnPorts({})),
    onMessage: () => {},
    lines: 10,
    onChange: () => {},
    onFailure: (failure) => shown.push(failure),
    signal: new AbortController().signal,
  });
  function attach(): { readonly sink: JournalSink; readonly detach: () => void } {
    let sink: JournalSink | null = null;
    const follow = (_from: unknown, into: JournalSink) => {
      sink = into;
      return () => {};
    };
    const detach = feed.attach({ journal: { follow } } as unknown as Host);
    if (sink === null) throw new Error('nothing was followed');
    return { sink, detach };
  }
  return { shown, attach };
}

const LOST = { code: 'link-lost', detail: 'no answer' } as const;

it('shows no failure any more when the journal is read again, though the unit says nothing', () => {
  const { shown, attach } = setUp();
  const first = attach();
  first.sink.live?.();
  expect(shown).toEqual([]);
  first.sink.fail(LOST);
  first.sink.live?.();
  first.sink.live?.();
  expect(shown).toEqual([LOST, null]);
});

it('shows none of the connection before, once the next one reads', () => {
  const { shown, attach } = setUp();
  const first = attach();
  first.sink.fail(LOST);
  first.detach();
  const second = attach();
  first.sink.live?.();
  expect(shown).toEqual([LOST]);
  second.sink.live?.();
  expect(shown).toEqual([LOST, null]);
});
