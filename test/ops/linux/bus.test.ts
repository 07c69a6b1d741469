import type { MessageBus } from 'dbus-native';
import { afterEach, describe, expect, it } from 'vitest';
import { Failed } from '../../../src/ops/failure.ts';
import { type Bus, type BusSignal, openBus } from '../../../src/ops/linux/bus.ts';
import { type BusHost, openBusHost } from '../../support/bus-host.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeTransport } from '../../support/fake-transport.ts';

const NAME = 'org.example.Unit';
const RULE = { sender: NAME, interface: NAME, member: 'Changed' };
const DBUS = 'org.freedesktop.DBus';
const NO_ROOM = new Failed({
  code: 'unavailable',
  what: 'exec',
  detail: '(SSH) Channel open failure: open failed',
});

/** Beyond those that the client itself uses. */
let serial = 1_000_000;
const nextSerial = () => ++serial;

const open: { bus: Bus; host: BusHost }[] = [];
afterEach(async () => {
  for (const { bus, host } of open.splice(0)) {
    bus.close();
    await host.close();
  }
});

/** @param room whether the next session finds one */
async function setUp(room: () => boolean = () => true) {
  const host = await openBusHost();
  const witness = await host.join();
  const others = new Set(await witness.listNames());
  const clock = createFakeClock();
  let opened = 0;
  let lost = false;
  const away: unknown[] = [];
  const transport = createFakeTransport({
    exec: (argv, privileged) => {
      if (!room()) throw NO_ROOM;
      opened += 1;
      return host.exec(argv, privileged);
    },
  });
  const bus = openBus({ transport, clock, random: () => 1 });
  open.push({ bus, host });
  bus.onAway((failure) => away.push(failure));
  void bus.lost.then(() => {
    lost = true;
  });
  let connected = 0;
  bus.onOpen(() => {
    connected += 1;
  });
  const signals: BusSignal[] = [];
  return {
    host,
    clock,
    bus,
    away,
    signals,
    watch: () => bus.watch(RULE, (signal) => signals.push(signal)),
    /** Our own name on the bus, for whoever would address us. */
    async own(): Promise<string> {
      const fresh = (await witness.listNames()).filter((name) => !others.has(name));
      return String(fresh[0]);
    },
    get opened() {
      return opened;
    },
    get connected() {
      return connected;
    },
    get lost() {
      return lost;
    },
    /** Cuts the connection, and waits until that was seen. */
    async cut() {
      const before = connected;
      host.dropBridges();
      await expect.poll(() => connected > before || lost || clock.sleepers > 0).toBe(true);
    },
  };
}

/** Done once the bus has handed it on. */
async function say(from: MessageBus, what: string, destination?: string, member = 'Changed'): Promise<void> {
  from.connection.message({
    type: 4,
    serial: nextSerial(),
    path: '/',
    interface: NAME,
    member,
    signature: 's',
    body: [what],
    ...(destination !== undefined && { destination }),
  });
  await from.listNames();
}

const said = (signals: readonly BusSignal[]) => signals.map(({ body }) => body[0]);

describe('a signal', () => {
  it('is believed of the owner of the name alone, whatever others send straight to us', async () => {
    const { host, bus, signals, watch, own } = await setUp();
    await bus.ready;
    const us = await own();
    const [owner, stranger] = [await host.join(), await host.join()];
    await owner.ownName(NAME);
    watch();
    await say(owner, 'to all');
    await say(stranger, 'forged', us);
    await say(stranger, 'forged to all');
    await say(owner, 'to us', us);
    await expect.poll(() => said(signals)).toContain('to us');
    expect(said(signals)).toEqual(['to all', 'to us']);
  });

  it('is believed of the next owner of the name, and no more of the one before', async () => {
    const { host, bus, signals, watch, own } = await setUp();
    await bus.ready;
    watch();
    const us = await own();
    const [first, second] = [await host.join(), await host.join()];
    await say(first, 'before it is the owner', us);
    await first.ownName(NAME);
    await say(first, 'first');
    await first.releaseName(NAME);
    await say(first, 'between', us);
    await second.ownName(NAME);
    await say(second, 'second');
    await say(first, 'late', us);
    await say(second, 'last');
    await expect.poll(() => said(signals)).toContain('last');
    expect(said(signals)).toEqual(['first', 'second', 'last']);
  });

  it('says nothing of who owns a name unless the bus itself sent it', async () => {
    const { host, bus, signals, watch, own } = await setUp();
    await bus.ready;
    const us = await own();
    const [owner, stranger] = [await host.join(), await host.join()];
    await owner.ownName(NAME);
    watch();
    stranger.connection.message({
      type: 4,
      serial: nextSerial(),
      path: '/org/freedesktop/DBus',
      interface: DBUS,
      member: 'NameOwnerChanged',
      destination: us,
      signature: 'sss',
      body: [NAME, String(owner.name), String(stranger.name)],
    });
    await say(stranger, 'forged', us);
    await say(owner, 'genuine');
    await expect.poll(() => said(signals)).toContain('genuine');
    expect(said(signals)).toEqual(['genuine']);
  });

  it('is not missed that comes as soon as the rule is there', async () => {
    const { host, bus, signals, watch } = await setUp();
    const owner = await host.join();
    await owner.ownName(NAME);
    await bus.ready;
    watch();
    // In order behind what `watch` asked for: when this is answered, the rule is in force.
    await bus.call({ destination: DBUS, path: '/org/freedesktop/DBus', interface: DBUS, member: 'GetId' });
    await say(owner, 'at once');
    await expect.poll(() => said(signals)).toEqual(['at once']);
  });
});

describe('the connection', () => {
  it('is opened again at once, then later each time, and is lost when that leads nowhere', async () => {
    const it = await setUp();
    await it.bus.ready;
    await it.cut();
    expect([it.connected, it.clock.sleepers, it.away]).toEqual([2, 0, []]);
    for (const wait of [500, 1000, 2000, 4000, 8000]) {
      await it.cut();
      expect(it.clock.sleepers).toBe(1);
      const before = it.connected;
      await it.clock.advance(wait - 1);
      expect(it.connected).toBe(before);
      await it.clock.advance(1);
      await expect.poll(() => it.connected).toBe(before + 1);
    }
    expect(it.away).toHaveLength(5);
    expect(it.lost).toBe(false);
    await it.cut();
    expect(it.lost).toBe(true);
  });

  it('has earned its reopenings anew when it lived for a minute, and not sooner', async () => {
    const it = await setUp();
    await it.bus.ready;
    await it.cut();
    await it.clock.advance(59_999);
    await it.cut();
    // Not a minute: this one waits.
    expect(it.clock.sleepers).toBe(1);
    await it.clock.advance(500);
    await expect.poll(() => it.connected).toBe(3);
    for (let n = 4; n < 12; n += 1) {
      await it.clock.advance(60_000);
      await it.cut();
      expect([it.clock.sleepers, it.lost]).toEqual([0, false]);
      await expect.poll(() => it.connected).toBe(n);
    }
  });

  it('waits for room where the server lets no more sessions in for now', async () => {
    let refusals = 2;
    const it = await setUp(() => {
      refusals -= 1;
      return refusals < 0;
    });
    await expect.poll(() => it.clock.sleepers).toBe(1);
    await it.clock.advance(500);
    await expect.poll(() => it.clock.sleepers).toBe(1);
    await it.clock.advance(1000);
    await it.bus.ready;
    expect(it.away).toEqual([NO_ROOM.failure, NO_ROOM.failure]);
    refusals = 1;
    it.host.dropBridges();
    await expect.poll(() => it.clock.sleepers).toBe(1);
    await it.clock.advance(8000);
    await expect.poll(() => it.connected).toBe(2);
    expect(it.lost).toBe(false);
  });

  it('is not waited for once it was closed', async () => {
    const it = await setUp(() => false);
    await expect.poll(() => it.clock.sleepers).toBe(1);
    it.bus.close();
    await expect.poll(() => it.clock.sleepers).toBe(0);
    await it.clock.advance(60_000);
    expect(it.opened).toBe(0);
  });
});
