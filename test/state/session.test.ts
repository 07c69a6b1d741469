import { describe, expect, it, vi } from 'vitest';
import { Failed } from '../../src/ops/failure.ts';
import type { Host } from '../../src/ops/host.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeHost, firewallWith, journalEntry, LISTENING, RUNNING } from '../support/fake-host.ts';
import { createTestSession, messages } from '../support/session.ts';

describe('a session on a host', () => {
  it('holds what the host says, with the time it came, and judges it', async () => {
    const { session, clock, first } = createTestSession();
    await clock.settle();
    const state = session.store.getState();
    expect(state).toMatchObject({
      host: { label: 'manon@hosting.tp5.b1' },
      link: { state: 'live', roundTripMs: 0.8 },
      service: { value: { sub: 'running', mainPid: 1954 }, atMono: 1000 },
      firewall: { value: { defaultZone: 'public' } },
      listeners: { value: LISTENING },
      readOnly: false,
      verdict: { broken: 'network' },
    });
    expect(state.interfaces).toHaveLength(3);
    await clock.advance(500);
    first.service({ active: 'activating', sub: 'auto-restart', mainPid: 0, restartAtMono: 31_500 });
    expect(session.store.getState()).toMatchObject({
      service: { atMono: 1500 },
      verdict: { broken: 'unit' },
    });
    await session.close();
    expect(first.asked.closes).toBe(1);
    expect([first.serviceFeed.watchers, first.firewallFeed.watchers, first.followers]).toEqual([0, 0, 0]);
  });

  it('knows the checks of earlier runs by our address, though nothing of ours gets through now', async () => {
    const came = (port: number) => journalEntry(`Un client ('10.5.1.1', ${port}) s'est connecté.`);
    const first = createFakeHost({ journal: [came(1001), came(1002)] });
    const { session, clock } = createTestSession({
      first,
      way: async () => ({ from: '10.5.1.1', to: '10.5.1.2' }),
    });
    await clock.settle();
    const { journal } = session;
    expect([0, 1].map((seq) => journal.at(seq))).toMatchObject([{ probe: true }, { probe: true }]);
    await session.close();
  });

  it('asks nothing of a host at rest but memory and CPU, four times a minute', async () => {
    const { session, clock, first } = createTestSession();
    await clock.settle();
    const before = { ...first.asked };
    await clock.advance(60_000);
    expect(first.asked).toEqual({ ...before, samples: 4 });
    await session.close();
  });

  it('looks for the port of a service that was started until it shows', async () => {
    const first = createFakeHost({ service: { ...RUNNING, active: 'inactive', sub: 'dead', mainPid: 0 } });
    let listening = false;
    first.answers.listeners = async () => (listening ? LISTENING : { listeners: [], clients: [] });
    const { session, clock } = createTestSession({ first });
    await clock.advance(5000);
    first.service({ active: 'active', sub: 'running', mainPid: 7, invocationId: 'b2' });
    await clock.advance(200);
    const rung = () => session.store.getState().verdict.rungs[2];
    expect(rung()).toMatchObject({ state: 'unknown', evidence: { code: 'not-listening-yet' } });
    listening = true;
    await clock.advance(400);
    expect(rung()).toMatchObject({ state: 'ok', evidence: { code: 'listening', address: '10.5.1.2' } });
    const reads = first.asked.listenerReads;
    await clock.advance(10_000);
    expect(first.asked.listenerReads).toBe(reads);
    await session.close();
  });

  it('says after three seconds that a running service does not listen', async () => {
    const first = createFakeHost({ listeners: { listeners: [], clients: [] } });
    const { session, clock } = createTestSession({ first });
    await clock.advance(3000);
    expect(session.store.getState().verdict).toMatchObject({ broken: 'listener' });
    await session.close();
  });

  it('keeps the reason when something cannot be read, and drops it when it can', async () => {
    const { session, clock, first } = createTestSession();
    await clock.settle();
    const refusal = { code: 'not-permitted', action: 'info', detail: 'polkit' } as const;
    first.firewallFeed.refuse(refusal);
    expect(session.store.getState().firewallFailure).toEqual(refusal);
    first.firewall(firewallWith([], []));
    expect(session.store.getState().firewallFailure).toBeNull();
    await session.close();
  });

  it('probes at once when the firewall or the unit changed', async () => {
    const { session, clock, first } = createTestSession();
    await clock.settle();
    const count = () => session.store.getState().probe.samples.length;
    const before = count();
    first.firewall(firewallWith([], []));
    await clock.settle();
    expect(count()).toBe(before + 1);
    first.service({ active: 'deactivating', sub: 'stop-sigterm' });
    await clock.settle();
    expect(count()).toBe(before + 2);
    await session.close();
  });
});

describe('the journal', () => {
  it('costs a bounded number of updates in a flood, and loses no line of it', async () => {
    const { session, clock, first } = createTestSession();
    await clock.settle();
    const updates = vi.fn();
    session.store.subscribe((state, previous) => {
      if (state.journalVersion !== previous.journalVersion) updates();
    });
    for (let burst = 0; burst < 500; burst++) {
      first.log(...Array.from({ length: 10 }, (_, index) => journalEntry(`${burst}.${index}`)));
      await clock.advance(2);
    }
    await clock.advance(200);
    expect(messages(session)).toHaveLength(5000);
    expect(session.store.getState().journalVersion).toBe(session.journal.version);
    expect(updates.mock.calls.length).toBeLessThanOrEqual(12);
    await session.close();
  });

  it('shows a line that comes alone at once', async () => {
    const { session, clock, first } = createTestSession();
    await clock.advance(1000);
    first.log(journalEntry('Le serveur tourne'));
    expect(session.store.getState().journalVersion).toBe(session.journal.version);
    expect(messages(session)).toEqual(['Le serveur tourne']);
    await session.close();
  });
});

describe('a lost link', () => {
  const again = (host: Host) => async () => host;

  it('is stale at once, and back with no line lost and none twice', async () => {
    const first = createFakeHost({ journal: [journalEntry('before')] });
    const { session, clock, attempts } = createTestSession({ first });
    await clock.settle();
    first.log(journalEntry('last'));
    first.lose('keepalive');
    await clock.settle();
    expect(session.store.getState()).toMatchObject({
      link: { state: 'lost', detail: 'keepalive', attempts: 0, retryAtMono: 1750, lastFailure: null },
      verdict: { broken: 'link' },
      service: { value: { sub: 'running' } },
    });
    expect(first.asked.closes).toBe(1);

    const missed = [journalEntry('missed one'), journalEntry('missed two')];
    const second = createFakeHost({ journal: [...first.history, ...missed], info: { user: 'paul' } });
    attempts.push(again(second.host));
    await clock.advance(750);
    expect(session.store.getState()).toMatchObject({
      link: { state: 'live', sinceMono: 1750 },
      host: { user: 'paul' },
      service: { atMono: 1750 },
    });
    expect(second.asked.follows).toEqual([{ cursor: first.history.at(-1)?.cursor, lines: 200 }]);
    second.log(journalEntry('after'));
    expect(messages(session)).toEqual(['before', 'last', 'missed one', 'missed two', 'after']);
    await session.close();
  });

  it('hears nothing more from a connection that is gone', async () => {
    const { session, clock, first } = createTestSession();
    await clock.settle();
    first.lose('cut');
    await clock.settle();
    first.service({ active: 'failed' });
    first.log(journalEntry('ghost'));
    expect(session.store.getState().service?.value.active).toBe('active');
    expect(messages(session)).toEqual([]);
    await session.close();
  });

  it('takes an entry that the host repeats once only', async () => {
    const { session, clock, first } = createTestSession();
    const entry = journalEntry('once');
    await clock.settle();
    first.log(entry);
    first.log(entry, journalEntry('then'));
    expect(messages(session)).toEqual(['once', 'then']);
    await session.close();
  });

  it('marks where lines were rotated away', async () => {
    const { session, clock, first } = createTestSession();
    await clock.settle();
    first.log(journalEntry('a'));
    first.gap();
    first.log(journalEntry('b'));
    expect(messages(session)).toEqual(['a', '⋯', 'b']);
    await session.close();
  });

  it('tries again ever more rarely, and says why it failed', async () => {
    const { session, clock, first, made } = createTestSession();
    await clock.settle();
    first.lose('cut');
    await clock.settle();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      const { link } = session.store.getState();
      if (link.state !== 'lost' || link.retryAtMono === null) throw new Error(`is ${link.state}`);
      expect(link.attempts).toBe(attempt);
      waits.push(link.retryAtMono - clock.now());
      await clock.advance(link.retryAtMono - clock.now());
    }
    expect(waits).toEqual([750, 1250, 2250, 4250, 8250, 15_250, 15_250, 15_250]);
    expect(made()).toBe(8);
    expect(session.store.getState().link).toMatchObject({
      sinceMono: 1000,
      lastFailure: { detail: 'no route' },
    });
    await session.close();
  });

  const refused = {
    code: 'auth',
    user: 'manon',
    host: 'hosting',
    port: 22,
    keys: [],
    agent: 'none',
    offered: ['publickey'],
  } as const;
  const cut = { code: 'unreachable', host: 'hosting', port: 22, reason: 'reset', detail: '' } as const;

  it.each([
    ['does not knock often where the door is shut for good', refused, 15_250],
    [
      'nor where the door of a jump on the way is',
      { code: 'jump', via: 'bastion', cause: refused } as const,
      15_250,
    ],
    ['knocks again soon where the connection was cut while logging in', cut, 1250],
    ['also where that was at a jump', { code: 'jump', via: 'bastion', cause: cut } as const, 1250],
  ])('%s', async (_what, failure, restMs) => {
    const { session, clock, first, attempts } = createTestSession();
    await clock.settle();
    attempts.push(async () => {
      throw new Failed(failure);
    });
    first.lose('cut');
    await clock.advance(750);
    expect(session.store.getState().link).toMatchObject({
      retryAtMono: 1750 + restMs,
      lastFailure: failure,
    });
    await session.close();
  });

  it('is tried at once when the user says so', async () => {
    const { session, clock, first, attempts } = createTestSession();
    await clock.settle();
    first.lose('cut');
    await clock.settle();
    attempts.push(again(createFakeHost().host));
    session.dispatch({ type: 'reconnect' });
    await clock.settle();
    expect(session.store.getState().link.state).toBe('live');
    session.dispatch({ type: 'reconnect' });
    await clock.settle();
    expect(session.store.getState().link.state).toBe('live');
    await session.close();
  });

  it('begins anew an attempt that hangs when the user says so, and blames the host for nothing', async () => {
    const second = createFakeHost();
    const clock = createFakeClock();
    const first = createFakeHost();
    let made = 0;
    const { session } = createTestSession({
      first,
      clock,
      makeHost: (signal) => {
        made += 1;
        if (made === 2) return Promise.resolve(second.host);
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    });
    await clock.settle();
    first.lose('cut');
    await clock.advance(60_000);
    expect(session.store.getState().link).toMatchObject({
      retryAtMono: null,
      attempts: 0,
      lastFailure: null,
    });
    session.dispatch({ type: 'reconnect' });
    await clock.settle();
    expect(session.store.getState().link.state).toBe('live');
    expect(made).toBe(2);
    await session.close();
  });

  it('shows nothing old as live: what the new connection has not said yet is not known', async () => {
    const { session, clock, first, attempts } = createTestSession();
    await clock.settle();
    first.lose('cut');
    const second = createFakeHost();
    const silent: Host = {
      ...second.host,
      firewall: { ...second.host.firewall, watch: () => () => undefined },
    };
    attempts.push(again(silent));
    await clock.advance(800);
    expect(session.store.getState().link.state).toBe('lost');
    await clock.advance(1000);
    expect(session.store.getState()).toMatchObject({ link: { state: 'live' }, firewall: null });
    expect(session.store.getState().service).not.toBeNull();
    await session.close();
  });

  it('closes while it is being reached again', async () => {
    const { session, clock, first, attempts } = createTestSession();
    await clock.settle();
    const late = Promise.withResolvers<Host>();
    attempts.push(() => late.promise);
    first.lose('cut');
    await clock.advance(750);
    await session.close();
    const second = createFakeHost();
    late.resolve(second.host);
    await clock.settle();
    expect(second.asked.closes).toBe(1);
    expect(second.serviceFeed.watchers).toBe(0);
  });
});

describe('actions', () => {
  it('keeps each with its result', async () => {
    const { session, clock, first } = createTestSession();
    await clock.settle();
    const job = Promise.withResolvers<{ ok: true; job: string; tookMs: number }>();
    first.answers.act = () => job.promise;
    session.dispatch({ type: 'service', verb: 'restart' });
    await clock.settle();
    expect(session.store.getState().actions).toMatchObject([
      { verb: 'restart', startedMono: 1000, outcome: null },
    ]);
    job.resolve({ ok: true, job: 'done', tookMs: 420 });
    await clock.settle();
    expect(session.store.getState().actions).toMatchObject([
      { outcome: { ok: true, job: 'done', tookMs: 420 } },
    ]);
    await session.close();
  });

  it('opens the port in the zone of the service’s address', async () => {
    const { session, clock, first } = createTestSession();
    await clock.settle();
    session.dispatch({ type: 'port', open: true, scope: 'permanent' });
    await clock.settle();
    const change = { zone: 'public', port: 13337, protocol: 'tcp', open: true, scope: 'permanent' };
    expect(first.asked.changes).toEqual([change]);
    expect(session.store.getState().actions).toMatchObject([{ verb: 'open-port', outcome: { ok: true } }]);
    await session.close();
  });

  it('does none in read-only, and says which reason it has', async () => {
    const detail = 'zoe is not in sudoers';
    const first = createFakeHost({ info: { privilege: { kind: 'none', reason: 'no-sudo', detail } } });
    const { session, clock } = createTestSession({ first });
    await clock.settle();
    expect(session.store.getState().readOnly).toBe(true);
    session.dispatch({ type: 'service', verb: 'kill' });
    session.dispatch({ type: 'drill' });
    await clock.settle();
    expect(first.asked.verbs).toEqual([]);
    const failure = { code: 'read-only', reason: 'no-sudo' };
    expect(session.store.getState()).toMatchObject({
      actions: [{ verb: 'kill', outcome: { ok: false, failure } }],
      drill: { passed: false, reason: { code: 'refused', failure } },
    });
    // polkit may allow what sudo does not: the user may try.
    session.dispatch({ type: 'read-only', on: false });
    session.dispatch({ type: 'service', verb: 'start' });
    await clock.settle();
    expect(first.asked.verbs).toEqual(['start']);
    await session.close();
  });

  it('ends with the link when that is lost under way', async () => {
    const { session, clock, first } = createTestSession();
    await clock.settle();
    first.answers.act = () => new Promise(() => undefined);
    session.dispatch({ type: 'service', verb: 'stop' });
    await clock.advance(300);
    first.lose('cut');
    await clock.settle();
    session.dispatch({ type: 'service', verb: 'start' });
    await clock.settle();
    expect(session.store.getState().actions).toMatchObject([
      { outcome: { ok: false, tookMs: 300, failure: { code: 'link-lost', detail: 'cut' } } },
      { outcome: { ok: false, failure: { code: 'link-lost' } } },
    ]);
    await session.close();
  });
});
