/** A session with a service that connections may end: what is dialled, and what is left alone. */
import type net from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { type CautionStore, forgetfulStore } from '../../src/ops/caution/memory.ts';
import type { Connector } from '../../src/ops/connector.ts';
import type { ProgramFacts } from '../../src/ops/host.ts';
import { createFakeHost, type FakeHost, RUNNING } from '../support/fake-host.ts';
import { serveInMemory } from '../support/memory-server.ts';
import { createTestSession, type TestSession } from '../support/session.ts';

const SERVES_ONE = [
  'import socket',
  's = socket.socket()',
  's.bind(("", 13337))',
  's.listen(1)',
  'conn, addr = s.accept()',
  'while True:',
  '    data = conn.recv(1024)',
  '    if not data: break',
  '    conn.sendall(b"Hello")',
].join('\n');

const ENDED = {
  active: 'inactive',
  sub: 'dead',
  mainPid: 0,
  invocationId: RUNNING.invocationId,
  exit: { how: 'exited', status: 0 },
} as const;

interface Scene extends TestSession {
  /** Connections that were made. */
  readonly dialled: () => number;
}

function scene(
  first: FakeHost,
  {
    serve,
    ...more
  }: {
    serve?: (socket: net.Socket) => void;
    cautionStore?: CautionStore;
    probeSetting?: 'look' | 'off';
  } = {},
): Scene {
  const server = serveInMemory(serve);
  const connector: Connector = (...where) => server.connector(...where);
  const made = createTestSession({
    first,
    connector,
    subject: { unit: 'calculatrice.service', port: 13337, address: '10.5.1.2', asksAnswers: true },
    ...more,
  });
  onTestFinished(() => made.clock.until(made.session.close()));
  return { ...made, dialled: () => server.connections.length };
}

it('nothing is dialled before the program was read', async () => {
  const first = createFakeHost();
  const read = Promise.withResolvers<ProgramFacts>();
  first.answers.program = () => read.promise;
  const { session, clock, dialled } = scene(first);
  session.dispatch({ type: 'probe-now' });
  session.dispatch({ type: 'calculate', input: '2+3' });
  await clock.advance(5000);
  expect(dialled()).toBe(0);
  read.resolve({ path: '/opt/x.py', text: 'while True:\n    s.accept()\n', python: true, stamp: '1' });
  await clock.advance(5000);
  expect(dialled()).toBeGreaterThan(0);
});

it('a server that serves one client and leaves is not dialled until the user says so', async () => {
  const { session, clock, dialled } = scene(createFakeHost({ program: { text: SERVES_ONE } }));
  session.dispatch({ type: 'probe-now' });
  session.dispatch({ type: 'calculate', input: '2+3' });
  await clock.advance(180_000);
  expect(dialled()).toBe(0);
  expect(session.store.getState().probe.restraints.connect).toMatchObject({ code: 'serves-one', line: 5 });
  session.dispatch({ type: 'dial-anyway' });
  await clock.advance(1000);
  expect(dialled()).toBeGreaterThan(0);
});

it.each(['look', 'off'] as const)('nothing is dialled where the settings say %s', async (probeSetting) => {
  const { session, clock, dialled } = scene(createFakeHost(), { probeSetting });
  session.dispatch({ type: 'probe-now' });
  session.dispatch({ type: 'calculate', input: '2+3' });
  await clock.advance(180_000);
  expect(dialled()).toBe(0);
});

it('a service that a connection of ours ended is left alone, by the next run of the same program too', async () => {
  const cautionStore = forgetfulStore();
  // What cannot be read is dialled, and watched.
  const program = { text: null, stamp: 'a1' };
  const first = createFakeHost({ program });
  const one = scene(first, {
    cautionStore,
    serve: (socket) => void socket.once('close', () => first.service(ENDED)),
  });
  await one.clock.advance(2000);
  const dialled = one.dialled();
  expect(dialled).toBeGreaterThan(0);
  first.service({ ...RUNNING, mainPid: 7, invocationId: 'b2' });
  await one.clock.advance(180_000);
  expect(one.dialled()).toBe(dialled);
  expect(one.session.store.getState().probe.restraints.connect).toMatchObject({ code: 'ended-it' });
  await one.clock.until(one.session.close());

  const next = scene(createFakeHost({ program }), { cautionStore });
  await next.clock.advance(180_000);
  expect(next.dialled()).toBe(0);

  const mended = scene(createFakeHost({ program: { text: null, stamp: 'a2' } }), { cautionStore });
  await mended.clock.advance(2000);
  expect(mended.dialled()).toBeGreaterThan(0);
});
