/** What failed is tried again, and is over as soon as the host speaks again, be it to say what it said before. */
import { describe, expect, it } from 'vitest';
import { Failed, type Failure } from '../../../src/ops/failure.ts';
import type { Bus, BusCall, BusSignal, SignalRule } from '../../../src/ops/linux/bus.ts';
import { createFeed } from '../../../src/ops/linux/feed.ts';
import { createFirewallSubject } from '../../../src/ops/linux/firewall.ts';
import { createServiceSubject } from '../../../src/ops/linux/systemd.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const LATE: Failure = { code: 'timeout', what: 'GetAll', ms: 25_000 };

/** A bus whose every call is answered from a table, and fails while `down` says so. */
function createTableBus(answers: Readonly<Record<string, (call: BusCall) => unknown>>) {
  const rules: { readonly rule: SignalRule; readonly listener: (signal: BusSignal) => void }[] = [];
  const openers: (() => void)[] = [];
  const over = new AbortController();
  const asked: string[] = [];
  const table = {
    down: null as Failure | null,
    asked,
    open: () => {
      for (const opener of openers) opener();
    },
    over: () => over.abort(),
    say(member: string, body: readonly unknown[] = []) {
      for (const { rule, listener } of rules)
        if (rule.member === member) listener({ path: '', interface: '', member, body });
    },
    bus: {
      call: async (call) => {
        asked.push(call.member);
        if (table.down !== null) throw new Failed(table.down);
        return answers[call.member]?.(call);
      },
      watch: (rule, listener) => void rules.push({ rule, listener }),
      onOpen: (listener) => void openers.push(listener),
      onAway: () => {},
      ready: Promise.resolve(),
      lost: new Promise(() => {}),
      over: over.signal,
      close: () => {},
    } satisfies Bus,
  };
  return table;
}

const time = { toMono: () => 1, observe: () => {}, ready: Promise.resolve() };

const all = ({ body }: BusCall): unknown =>
  String(body?.[0]).endsWith('.Unit')
    ? { Id: 'a.service', ActiveState: 'active', SubState: 'running' }
    : { MainPID: 3 };

function watchUnit() {
  const clock = createFakeClock();
  const table = createTableBus({
    GetAll: all,
  });
  const options = { bus: table.bus, clock, unit: 'a.service', time, onChange: () => {} };
  const shown: string[] = [];
  const subject = createServiceSubject(options);
  subject.watch(
    ({ active }) => shown.push(active),
    ({ code }) => shown.push(code),
  );
  return { clock, table, shown, subject, again: () => table.say('UnitFilesChanged') };
}

function watchFirewall() {
  const clock = createFakeClock();
  const table = createTableBus({
    getDefaultZone: () => 'public',
    getActiveZones: () => ({ public: { interfaces: ['eth0'] } }),
    getZoneByName: () => '/zone',
    getZoneSettings2: () => ({}),
    getSettings2: () => ({}),
  });
  const shown: string[] = [];
  const subject = createFirewallSubject({
    bus: table.bus,
    clock,
    address: '192.0.2.1',
    interfaces: async () => [],
  });
  subject.watch(
    ({ running }) => shown.push(running ? 'running' : 'stopped'),
    ({ code }) => shown.push(code),
  );
  return { clock, table, shown, subject, again: () => table.say('Reloaded') };
}

describe.each([
  ['the unit', watchUnit, 'active'],
  ['the firewall', watchFirewall, 'running'],
] as const)('%s', (_name, start, facts) => {
  it('is live again when it is read again, though its facts are what they were', async () => {
    const { clock, table, shown, again } = start();
    table.open();
    await clock.settle();
    table.down = LATE;
    again();
    await clock.settle();
    expect(shown).toEqual([facts, 'timeout']);
    table.down = null;
    again();
    await clock.settle();
    expect(shown).toEqual([facts, 'timeout', facts]);
    again();
    await clock.settle();
    expect(shown).toHaveLength(3);
  });

  it('is read again by itself after a failure, until it answers', async () => {
    const { clock, table, shown } = start();
    table.down = LATE;
    table.open();
    await clock.settle();
    expect(shown).toEqual(['timeout']);
    await clock.advance(249);
    expect(shown).toHaveLength(1);
    await clock.advance(251);
    expect(shown.length).toBeGreaterThan(1);
    await clock.advance(60_000);
    expect(new Set(shown)).toEqual(new Set(['timeout']));
    table.down = null;
    await clock.advance(30_000);
    expect(shown.at(-1)).toBe(facts);
    const before = table.asked.length;
    await clock.advance(600_000);
    expect(table.asked).toHaveLength(before);
  });

  it('is not asked again for what it refused, nor once the connection is over', async () => {
    const refused = start();
    refused.table.down = { code: 'not-permitted', action: 'read', detail: '' };
    refused.table.open();
    await refused.clock.settle();
    expect(refused.clock.sleepers).toBe(0);

    const gone = start();
    gone.table.down = LATE;
    gone.table.open();
    await gone.clock.settle();
    gone.table.over();
    await gone.clock.settle();
    expect(gone.clock.sleepers).toBe(0);
  });
});

describe('the unit', () => {
  it('is not live again because it was asked for its memory in vain', async () => {
    const { clock, table, shown, subject, again } = watchUnit();
    table.open();
    await clock.settle();
    table.down = LATE;
    again();
    await clock.settle();
    subject.sample();
    await clock.settle();
    expect(shown).toEqual(['active', 'timeout']);
  });

  it('is not said to have no process because its own part came too late', async () => {
    const clock = createFakeClock();
    let late = true;
    const ownPartLate = (call: BusCall): unknown => {
      if (late && !String(call.body?.[0]).endsWith('.Unit')) throw new Failed(LATE);
      return all(call);
    };
    const table = createTableBus({
      GetAll: ownPartLate,
    });
    const pids: (number | string)[] = [];
    createServiceSubject({ bus: table.bus, clock, unit: 'a.service', time, onChange: () => {} }).watch(
      ({ mainPid }) => pids.push(mainPid),
      ({ code }) => pids.push(code),
    );
    table.open();
    await clock.settle();
    late = false;
    await clock.advance(500);
    expect(pids).toEqual(['timeout', 3]);
  });

  it('is read anew when systemd was executed again: what happened meanwhile nobody announced', async () => {
    const { clock, table } = watchUnit();
    table.open();
    await clock.settle();
    const before = table.asked.length;
    table.say('NameOwnerChanged', ['org.freedesktop.systemd1', ':1.1', '']);
    await clock.settle();
    expect(table.asked).toHaveLength(before);
    table.say('NameOwnerChanged', ['org.freedesktop.systemd1', '', ':1.2']);
    await clock.settle();
    expect(table.asked.slice(before)).toEqual(['Subscribe', 'GetAll', 'GetAll']);
  });
});

describe('a feed', () => {
  it('tells those who come later what failed, until it speaks again', () => {
    const feed = createFeed<{ readonly n: number }>();
    const look = (): unknown[] => {
      const seen: unknown[] = [];
      feed.watch(
        ({ n }) => seen.push(n),
        ({ code }) => seen.push(code),
      )();
      return seen;
    };
    feed.emit({ n: 1 });
    feed.fail({ code: 'timeout', what: 'x', ms: 1 });
    expect(look()).toEqual([1, 'timeout']);
    feed.emit({ n: 1 });
    expect(look()).toEqual([1]);
  });
});
