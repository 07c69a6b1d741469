import { describe, expect, it } from 'vitest';
import type { Connector } from '../../src/ops/connector.ts';
import { Failed } from '../../src/ops/failure.ts';
import type { ListenerFacts } from '../../src/ops/host.ts';
import type { Calculation } from '../../src/state/store.ts';
import { eventually } from '../support/eventually.ts';
import { createFakeHost } from '../support/fake-host.ts';
import { type MemoryServer, serveInMemory } from '../support/memory-server.ts';
import { createTestSession, refusing, type TestSession } from '../support/session.ts';
import { calculating } from '../support/tcp-server.ts';

const serving = (serve = calculating()): MemoryServer => serveInMemory(serve);

const reaching = ({ connector }: MemoryServer): Connector => connector;

function calculations({ session }: TestSession): readonly Calculation[] {
  return session.store.getState().calculations;
}

async function answered(test: TestSession, count = 1): Promise<readonly Calculation[]> {
  await eventually(() => {
    const all = calculations(test);
    expect(all.filter(({ result }) => result.state !== 'asking')).toHaveLength(count);
  });
  return calculations(test);
}

async function probed({ session }: TestSession, status: string): Promise<void> {
  await eventually(() => expect(session.store.getState().probe.samples.at(-1)?.status).toBe(status));
}

describe('a calculation', () => {
  it('is asked directly where the service is reachable, and its answer checked', async () => {
    const server = serving();
    const test = createTestSession({ connector: reaching(server) });
    await probed(test, 'open');
    test.session.dispatch({ type: 'calculate', input: ' 2 + 3 ' });
    expect(calculations(test)).toMatchObject([{ input: ' 2 + 3 ', result: { state: 'asking' } }]);
    expect(await answered(test)).toMatchObject([{ result: { state: 'right', answer: '5', via: 'direct' } }]);
    expect(test.first.asked.nudges).toBe(1);
    await test.session.close();
  });

  it('says what was expected of a wrong answer, and the verdict knows it at once', async () => {
    const server = serving(calculating('7'));
    const test = createTestSession({ connector: reaching(server) });
    await probed(test, 'open');
    test.session.dispatch({ type: 'calculate', input: '2+3' });
    // Nothing says where a wrong answer ends: a short quiet time does.
    await test.clock.advance(30);
    expect(calculations(test)).toMatchObject([{ result: { answer: '7', expected: '5', via: 'direct' } }]);
    expect(test.session.store.getState().verdict.broken).toBe('answer');
    await test.session.close();
  });

  it.each<[string, ListenerFacts['listeners'], string]>([
    ['127.0.0.1', [{ address: '127.0.0.1', port: 13337, waiting: 0 }], '127.0.0.1:13337'],
    ['every address', [{ address: '0.0.0.0', port: 13337, waiting: 0 }], '127.0.0.1:13337'],
    ['every address of both families', [{ address: '::', port: 13337, waiting: 0 }], '::1:13337'],
    ['one address', [{ address: '10.33.64.2', port: 13337, waiting: 0 }], '10.33.64.2:13337'],
    ['nothing that we know of', [], '127.0.0.1:13337'],
  ])('goes through the host where it is not, to a server on %s', async (_name, listeners, dialled) => {
    const server = serving();
    const first = createFakeHost({ listeners: { listeners, clients: [] } });
    first.answers.dial = () => server.connector('', 0, { timeoutMs: 0 });
    const test = createTestSession({ first, connector: refusing });
    await test.clock.settle();
    test.session.dispatch({ type: 'calculate', input: '6+7' });
    expect(await answered(test)).toMatchObject([{ result: { state: 'right', answer: '13', via: 'host' } }]);
    expect(first.asked.dials).toEqual([dialled]);
    await test.session.close();
  });

  it('finds the other way when the direct one has just closed', async () => {
    const server = serving();
    let open = true;
    const reach = reaching(server);
    const first = createFakeHost();
    first.answers.dial = () => server.connector('', 0, { timeoutMs: 0 });
    const connector: Connector = (...args) => (open ? reach(...args) : refusing(...args));
    const test = createTestSession({ first, connector });
    await probed(test, 'open');
    open = false;
    test.session.dispatch({ type: 'calculate', input: '1+1' });
    expect(await answered(test)).toMatchObject([{ result: { state: 'right', via: 'host' } }]);
    await test.session.close();
  });

  it('says why no way leads there', async () => {
    const first = createFakeHost();
    first.answers.dial = async () => {
      throw new Failed({ code: 'unavailable', what: 'dial', detail: 'Connection refused' });
    };
    const test = createTestSession({ first });
    await test.clock.settle();
    test.session.dispatch({ type: 'calculate', input: '1+1' });
    const failure = { code: 'unreachable', detail: 'Connection refused' };
    expect(await answered(test)).toMatchObject([{ result: { state: 'failed', failure } }]);
    await test.session.close();
  });

  it('pauses the probe, one after the other, and cancels all that wait', async () => {
    const server = serving(() => undefined);
    const test = createTestSession({ connector: reaching(server) });
    await probed(test, 'open');
    await eventually(() => expect(server.connections).toHaveLength(1));
    test.session.dispatch({ type: 'calculate', input: '1+1' });
    test.session.dispatch({ type: 'calculate', input: '2+2' });
    await eventually(() => expect(server.connections).toHaveLength(2));
    expect(test.session.store.getState().probe.paused).toBe('calculation');
    await test.clock.settle();
    expect(server.connections).toHaveLength(2);
    test.session.dispatch({ type: 'cancel-calculation' });
    const failed = { result: { state: 'failed', failure: { code: 'cancelled' } } };
    expect(await answered(test, 2)).toMatchObject([failed, failed]);
    expect(test.session.store.getState().probe.paused).toBeNull();
    await test.session.close();
  });

  it('gives up on a mute server, and the verdict says so', async () => {
    const server = serving(() => undefined);
    const test = createTestSession({ connector: reaching(server) });
    await probed(test, 'open');
    test.session.dispatch({ type: 'calculate', input: '1+1' });
    await eventually(() => expect(server.connections.length).toBeGreaterThanOrEqual(2));
    await test.clock.advance(5000);
    const failure = { code: 'mute', waitedMs: 3000 };
    expect(await answered(test)).toMatchObject([{ result: { state: 'failed', failure } }]);
    expect(test.session.store.getState()).toMatchObject({
      verdict: { broken: 'answer', mend: { action: 'restart' } },
      probe: { paused: 'server-busy' },
    });
    await test.session.close();
  });

  it.each(['', '2', '2/3', '__import__("os")', '1+1; 2', '99999999+1'])('never sends %j', async (input) => {
    const server = serving();
    const test = createTestSession({ connector: reaching(server) });
    await probed(test, 'open');
    test.session.dispatch({ type: 'calculate', input });
    await test.clock.settle();
    expect(calculations(test)).toEqual([]);
    await test.session.close();
  });
});
