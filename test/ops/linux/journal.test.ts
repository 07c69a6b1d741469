import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/ops/clock.ts';
import { Failed } from '../../../src/ops/failure.ts';
import type { JournalEntry, JournalFollow } from '../../../src/ops/host.ts';
import { createJournalSubject } from '../../../src/ops/linux/journal.ts';
import { createJournalIdentity, type JournalIdentity } from '../../../src/ops/linux/journal-identity.ts';
import type { Privilege } from '../../../src/ops/transport/transport.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeJournal, journalOf } from '../../support/fake-journal.ts';
import { createFakeTransport, type FakeExec, finished, streaming } from '../../support/fake-transport.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

interface Setup extends Partial<JournalFollow> {
  readonly journal?: ReturnType<typeof createFakeJournal>;
  readonly privilege?: Privilege;
  readonly exec?: FakeExec;
  readonly clock?: typeof systemClock;
  readonly of?: JournalIdentity;
}

function setUp({
  journal = createFakeJournal(),
  privilege,
  exec,
  clock = systemClock,
  of = journalOf('calculatrice.service'),
  ...from
}: Setup = {}) {
  const transport = createFakeTransport({
    exec: exec ?? ((argv) => (argv[0] === 'journalctl' ? journal.run(argv) : null)),
    ...(privilege ? { privilege } : {}),
  });
  const subject = createJournalSubject({ transport, clock, random: () => 1, of });
  const seen: JournalEntry[] = [];
  const events: string[] = [];
  const failures: unknown[] = [];
  /** How many failures there had been, each time that it was said to live. */
  const alive: number[] = [];
  const stop = subject.follow(
    { lines: 50, ...from },
    {
      entries: (batch) => {
        seen.push(...batch);
        events.push(...batch.map(({ message }) => message));
      },
      gap: () => events.push('--gap--'),
      fail: (failure) => failures.push(failure),
      live: () => alive.push(failures.length),
    },
  );
  stops.push(stop);
  return { journal, transport, subject, seen, events, failures, alive, stop };
}

const fill = (journal: ReturnType<typeof createFakeJournal>, from: number, to: number) => {
  const cursors: string[] = [];
  for (let n = from; n <= to; n += 1) cursors.push(journal.append(`line ${n}`));
  return cursors;
};
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `line ${from + n}`);

/** The one-shot fetches among the commands. */
const fetched = ({ started }: ReturnType<typeof createFakeTransport>) =>
  started.filter(({ argv }) => argv.includes('json') && !argv.includes('-f'));

describe('the journal', () => {
  it('begins with the newest lines and goes on with what comes', async () => {
    const journal = createFakeJournal();
    fill(journal, 1, 60);
    const { events } = setUp({ journal });
    await expect.poll(() => events).toEqual(lines(11, 60));
    fill(journal, 61, 62);
    journal.flush();
    await expect.poll(() => events).toEqual(lines(11, 62));
  });

  it('asks for the unit, with privilege, in JSON, and for the fields it needs alone', async () => {
    const { transport, journal } = setUp();
    await expect.poll(() => journal.followers).toBe(1);
    const [{ argv, privileged } = { argv: [], privileged: false }] = transport.started;
    expect(privileged).toBe(true);
    expect(argv).toEqual(
      expect.arrayContaining(['journalctl', '-f', '--all', 'json', '-u', 'calculatrice.service']),
    );
    expect(argv.find((word) => word.startsWith('--output-fields='))).toContain('MESSAGE,PRIORITY,');
  });

  it('brings a line before the stream does when nudged, and then not again', async () => {
    const journal = createFakeJournal();
    fill(journal, 1, 3);
    const { events, subject } = setUp({ journal });
    await expect.poll(() => events).toHaveLength(3);
    fill(journal, 4, 5);
    subject.nudge();
    await expect.poll(() => events).toEqual(lines(1, 5));
    fill(journal, 6, 6);
    journal.flush();
    await expect.poll(() => events).toEqual(lines(1, 6));
  });

  it('fetches without sudo where the user may read the journal himself', async () => {
    const journal = createFakeJournal();
    fill(journal, 1, 1);
    const check = finished(0);
    const { subject, transport, events } = setUp({
      journal,
      exec: (argv) => (argv.includes('json') ? journal.run(argv) : check),
    });
    await check.ended;
    await expect.poll(() => events).toHaveLength(1);
    subject.nudge();
    await expect.poll(() => fetched(transport).map(({ privileged }) => privileged)).toEqual([false]);
  });

  it('fetches with sudo where only root may read it', async () => {
    const journal = createFakeJournal();
    fill(journal, 1, 1);
    const check = finished(
      0,
      '',
      'Hint: You are currently not seeing messages from other users and the system.',
    );
    const { subject, transport, events, failures } = setUp({
      journal,
      exec: (argv) => (argv.includes('json') ? journal.run(argv) : check),
    });
    await check.ended;
    await expect.poll(() => events).toHaveLength(1);
    subject.nudge();
    await expect.poll(() => fetched(transport).map(({ privileged }) => privileged)).toEqual([true]);
    expect(failures).toEqual([]);
  });

  it('runs few fetches however often it is nudged, and none when it is not', async () => {
    const clock = createFakeClock();
    const journal = createFakeJournal();
    fill(journal, 1, 1);
    const { subject, transport, events } = setUp({ journal, clock });
    await expect.poll(() => events).toHaveLength(1);
    const fetches = () => fetched(transport).length;
    for (let n = 0; n < 100; n += 1) subject.nudge();
    await expect.poll(fetches).toBe(1);
    await clock.advance(1000);
    expect(fetches()).toBe(2);
    await clock.advance(60_000);
    expect(fetches()).toBe(2);
  });

  it('goes on where it was: nothing lost, nothing twice', async () => {
    const journal = createFakeJournal();
    const cursors = fill(journal, 1, 30);
    const { events } = setUp({ journal, cursor: String(cursors[9]) });
    await expect.poll(() => events).toEqual(lines(11, 30));
  });

  it('marks the gap when the cursor was rotated away, and goes on with the newest lines', async () => {
    const journal = createFakeJournal();
    const cursors = fill(journal, 1, 100);
    journal.vacuum(20);
    const { events } = setUp({ journal, cursor: String(cursors[9]), lines: 5 });
    await expect.poll(() => events).toEqual(['--gap--', ...lines(96, 100)]);
  });

  it('takes a cursor that makes no sense for a gap too', async () => {
    const journal = createFakeJournal();
    fill(journal, 1, 3);
    const { events } = setUp({ journal, cursor: 'rubbish' });
    await expect.poll(() => events).toEqual(['--gap--', ...lines(1, 3)]);
  });

  it('starts journalctl again when it ended, later each time, and loses nothing', async () => {
    const clock = createFakeClock();
    const journal = createFakeJournal();
    fill(journal, 1, 2);
    const { events, transport } = setUp({ journal, clock });
    await expect.poll(() => events).toHaveLength(2);
    for (const wait of [500, 1000, 2000, 4000]) {
      const before = transport.started.length;
      journal.kill();
      await expect.poll(() => clock.sleepers).toBe(1);
      await clock.advance(wait - 1);
      expect(transport.started).toHaveLength(before);
      await clock.advance(1);
      await expect.poll(() => journal.followers).toBe(1);
    }
    fill(journal, 3, 3);
    journal.flush();
    await expect.poll(() => events).toEqual(lines(1, 3));
  });

  it('is followed although there was no room for it at first (MaxSessions)', async () => {
    const clock = createFakeClock();
    const journal = createFakeJournal();
    fill(journal, 1, 2);
    let refusals = 3;
    const detail = '(SSH) Channel open failure: open failed';
    const { events, failures, alive } = setUp({
      journal,
      clock,
      exec: (argv) => {
        if (!argv.includes('-f')) return finished(0);
        refusals -= 1;
        if (refusals >= 0) throw new Failed({ code: 'unavailable', what: 'exec', detail });
        return journal.run(argv);
      },
    });
    for (const wait of [500, 1000, 2000]) {
      await expect.poll(() => clock.sleepers).toBe(1);
      expect(events).toEqual([]);
      await clock.advance(wait);
    }
    await expect.poll(() => events).toEqual(lines(1, 2));
    expect(failures).toEqual(Array(3).fill({ code: 'unavailable', what: 'exec', detail }));
    expect(alive).toEqual([3]);
  });

  it('is said to live when it can be read again, though the unit says nothing', async () => {
    const clock = createFakeClock();
    const journal = createFakeJournal();
    const { failures, alive } = setUp({ journal, clock });
    await expect.poll(() => journal.followers).toBe(1);
    await clock.advance(1000);
    expect(alive).toEqual([0]);
    journal.kill();
    await expect.poll(() => failures).toMatchObject([{ code: 'host-error', name: 'journalctl' }]);
    await clock.advance(500);
    await expect.poll(() => journal.followers).toBe(1);
    await clock.advance(1000);
    expect(alive).toEqual([0, 1]);
  });

  it('says why it cannot be read, and goes on trying', async () => {
    const clock = createFakeClock();
    const { failures, transport } = setUp({ clock, exec: () => finished(127, '', 'journalctl: not found') });
    const failure = { code: 'host-error', name: 'journalctl', detail: 'journalctl: not found' };
    await expect.poll(() => failures).toEqual([failure]);
    const before = transport.started.length;
    await clock.advance(500);
    await expect.poll(() => transport.started.length).toBe(before + 1);
  });

  it('says once that an outsider sees no journal, and starts nothing again', async () => {
    const hint = 'Hint: You are currently not seeing messages from other users and the system.';
    const journal = createFakeJournal();
    const { failures, transport } = setUp({
      privilege: { kind: 'none', reason: 'no-sudo', detail: 'zoe' },
      exec: (argv) => (argv.includes('-f') ? journal.run(argv) : finished(0, '', hint)),
    });
    await expect.poll(() => failures).toEqual([{ code: 'not-permitted', action: 'journal', detail: hint }]);
    await expect.poll(() => journal.followers).toBe(0);
    expect(transport.started).toHaveLength(2);
  });

  it('passes over what is no entry', async () => {
    const skipped: number[] = [];
    const journal = createFakeJournal();
    const transport = createFakeTransport({
      exec: () =>
        finished(0, `-- No entries --\n{"MESSAGE":"no cursor"}\n{"__CURSOR":"s=1","MESSAGE":"good"}\n[]\n`),
    });
    const seen: string[] = [];
    const stop = createJournalSubject({
      transport,
      clock: createFakeClock(),
      of: journalOf('x.service'),
      onSkipped: (count) => skipped.push(count),
    }).follow(
      { lines: 5 },
      { entries: (batch) => seen.push(...batch.map(({ message }) => message)), gap() {}, fail() {} },
    );
    stops.push(stop);
    await expect.poll(() => seen).toEqual(['good']);
    expect(skipped).toEqual([3]);
    expect(journal.followers).toBe(0);
  });

  it('is read anew under the name that an alias stands for, and nothing of the wrong one is shown', async () => {
    const of = createJournalIdentity('alias.service', 'system', createFakeClock());
    const exec: FakeExec = (argv) => {
      if (!argv.includes('-f')) return finished(0);
      const real = argv.includes('real.service');
      const command = streaming();
      command.print(
        `${JSON.stringify({ __CURSOR: argv.join(), MESSAGE: real ? 'of the unit' : 'of nobody' })}\n`,
      );
      return command;
    };
    const { events, transport } = setUp({ of, exec });
    await expect.poll(() => transport.started.length).toBeGreaterThan(0);
    expect(events).toEqual([]);
    of.learn('real.service', 'calc');
    await expect.poll(() => events).toEqual(['of the unit']);
    expect(transport.started.at(-1)?.argv).toEqual(
      expect.arrayContaining(['--namespace=+calc', '-u', 'real.service']),
    );
  });

  it('of a user’s own unit is read without sudo', async () => {
    const journal = createFakeJournal();
    fill(journal, 1, 3);
    const { events, transport } = setUp({ journal, of: journalOf('calc.service', 'user') });
    await expect.poll(() => events).toEqual(lines(1, 3));
    expect(transport.started.map(({ privileged }) => privileged)).not.toContain(true);
    expect(transport.started[0]?.argv).toEqual(expect.arrayContaining(['--user-unit', 'calc.service']));
  });

  it('reports a lost link, and stops without a word when it is told to', async () => {
    const lost = setUp();
    lost.transport.lose('no answer');
    await expect.poll(() => lost.failures).toEqual([{ code: 'link-lost', detail: 'no answer' }]);
    const stopped = setUp();
    await expect.poll(() => stopped.journal.followers).toBe(1);
    stopped.stop();
    await expect.poll(() => stopped.journal.followers).toBe(0);
    expect(stopped.failures).toEqual([]);
  });
});
