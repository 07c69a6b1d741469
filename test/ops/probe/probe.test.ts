import type net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask } from '../../../src/calc/client.ts';
import { type Connector, tcpConnector } from '../../../src/ops/connector.ts';
import type { ListenerFacts } from '../../../src/ops/host.ts';
import { createOwnPorts } from '../../../src/ops/probe/ports.ts';
import { type Probe, type ProbeOptions, startProbe } from '../../../src/ops/probe/probe.ts';
import { eventually } from '../../support/eventually.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { type MemoryServer, serveInMemory } from '../../support/memory-server.ts';
import { calculating, listenOnLoopback, type TestServer } from '../../support/tcp-server.ts';

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

async function onLoopback(serve?: (socket: net.Socket) => void): Promise<TestServer> {
  const server = await listenOnLoopback(serve);
  running.push({ stop: server.close });
  return server;
}

const inMemory = new Map<number, MemoryServer>();

async function serving(serve?: (socket: net.Socket) => void): Promise<TestServer> {
  const server = serveInMemory(serve);
  inMemory.set(server.port, server);
  return server;
}

const connector: Connector = (address, port, options) =>
  (inMemory.get(port)?.connector ?? tcpConnector)(address, port, options);

function probing(
  port: number,
  { clock = createFakeClock(), ...more }: Partial<ProbeOptions> & { clock?: FakeClock } = {},
) {
  const ports = createOwnPorts();
  const probe = startProbe({
    connector,
    clock,
    target: { address: '127.0.0.1', port },
    ask: null,
    ports,
    linkLive: () => true,
    look: async () => null,
    onChange: () => undefined,
    ...more,
  });
  // A question that nobody answers is waited for, on this clock.
  running.push({ stop: () => Promise.all([probe.stop(), clock.advance(5000)]) });
  return { probe, clock, ports };
}

async function samples(probe: Probe, count: number): Promise<void> {
  await eventually(() => expect(probe.facts().samples.length).toBeGreaterThanOrEqual(count));
}

function failing(code: string, afterMs: number, clock: { sleep(ms: number): Promise<void> }): Connector {
  return async () => {
    await clock.sleep(afterMs);
    throw Object.assign(new Error(code), { code });
  };
}

describe('startProbe', () => {
  it('connects every two seconds and closes with FIN, never with a reset', async () => {
    const server = await onLoopback((socket) => socket.write('unread bytes would make a reset of the close'));
    const { probe, clock, ports } = probing(server.port);
    for (let count = 1; count <= 3; count++) {
      await samples(probe, count);
      await clock.advance(1999);
      expect(probe.facts().samples).toHaveLength(count);
      await clock.advance(1);
    }
    await eventually(() => expect(server.connections.length).toBeGreaterThanOrEqual(3));
    const [first] = server.connections;
    await eventually(() => expect(first?.ended()).toBe('fin'));
    expect(ports.purposeOf(first?.port ?? 0)).toBe('probe');
    expect(probe.facts()).toMatchObject({ loss: 0, paused: null, answer: null, outages: [] });
  });

  it('tells a refusing port, and the outage it makes', async () => {
    const server = await onLoopback();
    const { probe, clock } = probing(server.port);
    await samples(probe, 1);
    await server.close();
    running.splice(0, 1);
    await clock.advance(2000);
    await samples(probe, 2);
    expect(probe.facts().samples.at(-1)?.status).toBe('refused');
    expect(probe.facts().outages).toMatchObject([{ status: 'refused', lengthMs: null }]);
  });

  it.each([
    ['EHOSTUNREACH', 1, true, 'rejected'],
    ['EHOSTUNREACH', 3050, true, 'unreachable'],
    ['EHOSTUNREACH', 1, false, 'unreachable'],
    ['ETIMEDOUT', 3500, true, 'filtered'],
  ])('takes %s after %d ms with the link live: %s for %s', async (code, afterMs, live, status) => {
    const clock = createFakeClock();
    const { probe } = probing(1, { clock, connector: failing(code, afterMs, clock), linkLive: () => live });
    await clock.advance(afterMs);
    expect(probe.facts().samples.map((sample) => sample.status)).toEqual([status]);
    await clock.advance(10_000);
  });

  it('dials nothing while a calculation is in flight, and at once after it', async () => {
    const server = await serving();
    const { probe, clock } = probing(server.port);
    await samples(probe, 1);
    const release = probe.hold();
    expect(probe.facts().paused).toBe('calculation');
    await clock.advance(20_000);
    expect(probe.facts().samples).toHaveLength(1);
    release();
    release();
    expect(probe.facts().paused).toBeNull();
    await samples(probe, 2);
  });

  it('asks when the port opens, when the service starts anew, and else once a minute', async () => {
    const server = await serving(calculating());
    const questions: number[] = [];
    const clock = createFakeClock();
    const counted: typeof ask = (...args) => {
      questions.push(clock.now());
      return ask(...args);
    };
    const { probe } = probing(server.port, { clock, ask: counted });
    await eventually(() => expect(probe.facts().answer?.state).toBe('right'));
    for (let count = 3; count < 33; count++) {
      await clock.advance(2000);
      await samples(probe, count);
    }
    // Sixty seconds later, and not before.
    expect(questions.map((mono) => mono - 1000)).toEqual([0, 60_000]);
    probe.serviceStarted();
    await eventually(() => expect(questions).toHaveLength(3));
  });

  it.each([
    ['6', { state: 'wrong', expression: '2+3', expected: '5', got: '6' }],
    ['5\n', { state: 'right' }],
  ])('checks the answer %j', async (answer, expected) => {
    const server = await serving(calculating(answer));
    const { probe, clock } = probing(server.port, { ask });
    await eventually(async () => {
      await clock.advance(100);
      expect(probe.facts().answer).toMatchObject(expected);
    });
  });

  it('sees a server that hangs up without answering', async () => {
    const server = await serving((socket) => socket.once('data', () => socket.end()));
    const { probe } = probing(server.port, { ask });
    await eventually(() => expect(probe.facts().answer?.state).toBe('closed'));
  });
});

describe('politeness', () => {
  const nobody = (port: number, waiting = 0): ListenerFacts => ({
    listeners: [{ address: '127.0.0.1', port, waiting }],
    clients: [],
  });
  const heldBy = (port: number, left = false): ListenerFacts => ({
    ...nobody(port),
    clients: [{ peerAddress: '10.5.1.9', peerPort: 40_000, accepted: true, ...(left && { left }) }],
  });

  it('asks nothing of a server that another client holds, says so, and asks when that one left', async () => {
    const server = await serving(calculating());
    let sockets = heldBy(server.port);
    const { probe, clock } = probing(server.port, { ask, look: async () => sockets });
    await samples(probe, 1);
    await clock.advance(2000);
    expect(probe.facts()).toMatchObject({
      paused: 'server-busy',
      answer: { state: 'mute', heldBy: { address: '10.5.1.9', port: 40_000 } },
    });
    await clock.advance(30_000);
    expect(server.connections).toHaveLength(1);
    sockets = nobody(server.port);
    await clock.advance(2000);
    await eventually(() => expect(probe.facts().answer?.state).toBe('right'));
    expect(probe.facts().paused).toBeNull();
  });

  it('is not misled by a client that was being served just then, nor by one that has left', async () => {
    const server = await serving(calculating());
    const looks = [heldBy(server.port), heldBy(server.port, true)];
    const { probe, clock } = probing(server.port, {
      ask,
      look: async () => looks.shift() ?? heldBy(server.port, true),
    });
    await samples(probe, 1);
    expect(probe.facts().answer).toBeNull();
    await clock.advance(2000);
    await eventually(() => expect(probe.facts().answer?.state).toBe('right'));
  });

  it('calls a server mute when nobody holds it, leaves it alone, and tries again after ten seconds', async () => {
    const server = await serving();
    const { probe, clock } = probing(server.port, { ask, look: async () => nobody(server.port) });
    await samples(probe, 2);
    await clock.advance(2000);
    expect(probe.facts()).toMatchObject({ paused: 'server-busy', answer: { state: 'mute', heldBy: null } });
    expect(server.connections).toHaveLength(2);
    await clock.advance(9000);
    expect(server.connections).toHaveLength(2);
    await clock.advance(3000);
    await eventually(() => expect(server.connections).toHaveLength(3));
  });

  it('looks when the log names another client, and puts nothing in its way', async () => {
    const server = await serving(calculating());
    let sockets = nobody(server.port);
    const { probe, clock } = probing(server.port, { ask, look: async () => sockets });
    await eventually(() => expect(probe.facts().answer?.state).toBe('right'));
    const connections = server.connections.length;
    sockets = heldBy(server.port);
    probe.heard("Un client ('10.5.1.9', 40000) s'est connecté.");
    await clock.advance(4000);
    expect(probe.facts()).toMatchObject({ paused: 'server-busy', answer: { heldBy: { port: 40_000 } } });
    expect(server.connections).toHaveLength(connections);
  });

  it('looks ever less often for visitors who are gone each time, until one stays', async () => {
    const server = await serving(calculating());
    let sockets = nobody(server.port);
    let looks = 0;
    const { probe, clock } = probing(server.port, {
      ask,
      look: async () => {
        looks += 1;
        return sockets;
      },
    });
    await eventually(() => expect(probe.facts().answer?.state).toBe('right'));
    looks = 0;
    // Netdata's check, every four seconds; the server logs our own connections, too.
    const turn = async (visit: boolean): Promise<void> => {
      const before = probe.facts().samples.length + looks;
      if (visit) probe.heard("Un client ('10.5.1.2', 40001) s'est connecté.");
      await clock.advance(2000);
      await eventually(() => expect(probe.facts().samples.length + looks).toBeGreaterThan(before));
      for (const { port } of server.connections)
        probe.heard(`Un client ('127.0.0.1', ${port}) s'est connecté.`);
    };
    for (let count = 0; count < 30; count++) await turn(count % 2 === 0);
    // One of them is the question of the minute.
    expect(looks).toBeLessThanOrEqual(7);
    sockets = heldBy(server.port);
    for (let count = 0; count < 30 && probe.facts().paused === null; count++) await turn(count % 2 === 0);
    expect(probe.facts()).toMatchObject({ paused: 'server-busy', answer: { heldBy: { port: 40_000 } } });
  });

  it('asks when a server that logs its clients does not log us, and trusts no log that was wrong', async () => {
    const server = await serving(calculating());
    const clock = createFakeClock();
    const questions: number[] = [];
    const counted: typeof ask = (...args) => {
      questions.push(clock.now() - 1000);
      return ask(...args);
    };
    const { probe } = probing(server.port, { clock, ask: counted, look: async () => nobody(server.port) });
    await samples(probe, 2);
    probe.heard(`Un client ('127.0.0.1', ${server.connections[0]?.port}) s'est connecté.`);
    for (let count = 3; count < 20; count++) {
      await clock.advance(2000);
      await samples(probe, count);
    }
    expect(questions).toEqual([0, 10_000]);
  });

  it('believes the user’s own calculation, and asks no question for a minute then', async () => {
    const server = await serving(calculating());
    const { probe, clock } = probing(server.port, { ask });
    await eventually(() => expect(probe.facts().answer?.state).toBe('right'));
    const wrong = {
      state: 'wrong',
      expression: '1+1',
      expected: '2',
      got: '3',
      atMono: clock.now(),
    } as const;
    probe.answered(wrong);
    await clock.advance(50_000);
    expect(probe.facts().answer).toEqual(wrong);
    probe.check();
    await eventually(() => expect(probe.facts().answer?.state).toBe('right'));
    probe.answered({ state: 'mute', waitedMs: 5000, atMono: clock.now(), heldBy: null });
    expect(probe.facts().paused).toBe('server-busy');
  });

  it('does not take a full accept queue for a firewall', async () => {
    const clock = createFakeClock();
    const { probe } = probing(1, {
      clock,
      connector: failing('ETIMEDOUT', 3500, clock),
      ask,
      look: async () => nobody(1, 2),
    });
    await clock.advance(3500);
    expect(probe.facts()).toMatchObject({ samples: [], paused: 'server-busy', answer: { state: 'mute' } });
  });

  it('retries every ten seconds where the sockets cannot be read', async () => {
    const server = await serving();
    const { probe, clock } = probing(server.port, { ask });
    await samples(probe, 2);
    await clock.advance(2000);
    expect(probe.facts().paused).toBe('server-busy');
    await clock.advance(12_000);
    await eventually(() => expect(server.connections).toHaveLength(3));
  });

  it('begins anew with a new service', async () => {
    const server = await serving(calculating());
    let sockets = heldBy(server.port);
    const { probe, clock } = probing(server.port, { ask, look: async () => sockets });
    await samples(probe, 1);
    await clock.advance(2000);
    expect(probe.facts().paused).toBe('server-busy');
    sockets = nobody(server.port);
    probe.serviceStarted();
    await eventually(() => expect(probe.facts().answer?.state).toBe('right'));
  });
});
