import { describe, expect, it } from 'vitest';
import { ask } from '../../../src/calc/client.ts';
import type { Connector } from '../../../src/ops/connector.ts';
import { type DrillOptions, runDrill } from '../../../src/ops/drill/drill.ts';
import type { DrillProgress } from '../../../src/ops/drill/progress.ts';
import { restartsAfterKill } from '../../../src/ops/drill/steps.ts';
import type { ActionOutcome, ServiceFacts } from '../../../src/ops/host.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeHost, FIREWALL_OPEN, firewallWith, INTERFACES, RUNNING } from '../../support/fake-host.ts';
import { serveInMemory } from '../../support/memory-server.ts';
import { refusing } from '../../support/session.ts';
import { calculating } from '../../support/tcp-server.ts';

const AUTO_RESTART: Partial<ServiceFacts> = {
  active: 'activating',
  sub: 'auto-restart',
  result: 'signal',
  mainPid: 0,
};
const BACK: Partial<ServiceFacts> = { active: 'active', sub: 'running', mainPid: 2001, restarts: 1 };

function drilling(more: Partial<DrillOptions> & { service?: ServiceFacts } = {}) {
  const { service, ...options } = more;
  const clock = createFakeClock();
  const host = createFakeHost(service === undefined ? {} : { service });
  const reports: DrillProgress[] = [];
  const abort = new AbortController();
  const finished = runDrill({
    host: host.host,
    clock,
    subject: { unit: 'calculatrice.service', address: '10.5.1.2', port: 13337 },
    interfaces: INTERFACES,
    connector: refusing,
    ask: null,
    signal: abort.signal,
    onProgress: (progress) => reports.push(progress),
    ...options,
  });
  return { clock, host, reports, finished, abort };
}

/** Dials a test's own server, whatever the address. */
function serving(answer?: string): Connector {
  return serveInMemory(calculating(answer)).connector;
}

/** The way back as systemd 252 announces it, with the exercise's firewall lines. */
async function comeBack({ clock, host }: ReturnType<typeof drilling>, waitMs = 30_000): Promise<void> {
  await clock.advance(4);
  host.service({ active: 'deactivating', sub: 'stop-post', mainPid: 0, result: 'signal' });
  await clock.advance(200);
  host.firewall(firewallWith([], []));
  await clock.advance(20);
  host.service({ active: 'failed', sub: 'failed' });
  await clock.advance(1);
  host.service(AUTO_RESTART);
  await clock.advance(waitMs);
  host.service({ active: 'activating', sub: 'start-pre' });
  await clock.advance(400);
  host.firewall(FIREWALL_OPEN);
  await clock.advance(10);
  host.service(BACK);
  await clock.settle();
}

function ended({ clock, finished }: ReturnType<typeof drilling>): Promise<DrillProgress> {
  return clock.until(finished);
}

function steps(progress: DrillProgress): Record<string, number | string> {
  return Object.fromEntries(progress.steps.map(({ name, ms, state }) => [name, ms ?? state]));
}

describe('runDrill', () => {
  it('times each step of the way back from the kill on', async () => {
    const drill = drilling({ ask, connector: serving() });
    await comeBack(drill);
    const progress = await ended(drill);
    expect(progress).toMatchObject({
      passed: true,
      reason: null,
      pidBefore: 1954,
      pidAfter: 2001,
      waitedMs: 30_000,
    });
    const { connects, answers, ...told } = steps(progress);
    expect(told).toEqual({
      killed: 0,
      exited: 4,
      'port-closed': 204,
      restarting: 225,
      'port-open': 30_625,
      started: 30_635,
    });
    expect(Number(connects)).toBeGreaterThanOrEqual(30_635);
    expect(Number(answers)).toBeGreaterThanOrEqual(Number(connects));
    expect(drill.host.asked.verbs).toEqual(['kill']);
    expect([drill.host.serviceFeed.watchers, drill.host.firewallFeed.watchers]).toEqual([0, 0]);
    // Every report is one step further, never back.
    const counts = drill.reports.map(({ steps: all }) => all.filter((step) => step.state === 'done').length);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
  });

  it('was killed before it exited, also where the news of the exit comes before the reply to the kill', async () => {
    const drill = drilling({ connector: serving() });
    const reply = Promise.withResolvers<ActionOutcome>();
    drill.host.answers.act = () => reply.promise;
    await drill.clock.advance(4);
    drill.host.service({ active: 'deactivating', sub: 'stop-post', mainPid: 0, result: 'signal' });
    await drill.clock.advance(20);
    reply.resolve({ ok: true, job: null, tookMs: 24 });
    await drill.clock.settle();
    expect(steps(drill.reports.at(-1) as DrillProgress)).toMatchObject({ killed: 4, exited: 4 });
    const told = drill.reports.map(
      (progress) => progress.steps.filter(({ state }) => state === 'done').length,
    );
    expect(Math.min(...told.filter((count) => count > 0))).toBe(2);
    drill.abort.abort();
    await drill.finished.catch(() => undefined);
  });

  it('needs no answer of a service that is no calculator, and no port steps where the port stays', async () => {
    const drill = drilling({ connector: serving() });
    await drill.clock.advance(4);
    drill.host.service({ ...AUTO_RESTART });
    await drill.clock.advance(30_000);
    drill.host.service(BACK);
    const progress = await ended(drill);
    expect(progress.passed).toBe(true);
    expect(steps(progress)).toMatchObject({
      'port-closed': 'absent',
      'port-open': 'absent',
      answers: 'absent',
    });
  });

  it('retries until the server listens', async () => {
    const reach = serving();
    let tries = 0;
    const connector: Connector = async (...args) => {
      tries += 1;
      if (tries < 4) throw Object.assign(new Error('not yet'), { code: 'ECONNREFUSED' });
      return reach(...args);
    };
    const drill = drilling({ ask, connector });
    await comeBack(drill);
    expect(await ended(drill)).toMatchObject({ passed: true });
    expect(tries).toBe(4);
  });

  it.each([
    [27_000, 27_400],
    [34_000, 34_400],
  ])('fails when systemd waited %i ms instead of 30 s', async (waitMs) => {
    const drill = drilling({ ask, connector: serving() });
    await comeBack(drill, waitMs);
    expect(await ended(drill)).toMatchObject({
      passed: false,
      reason: { code: 'wait-differs', expectedMs: 30_000, measuredMs: waitMs },
    });
  });

  it('takes a wait too short to be announced for what it is', async () => {
    const drill = drilling({ service: { ...RUNNING, restartSecMs: 100 }, connector: serving() });
    await drill.clock.advance(110);
    drill.host.service(BACK);
    const progress = await ended(drill);
    expect(progress).toMatchObject({ passed: true, waitedMs: 0 });
    expect(steps(progress)).toMatchObject({ exited: 110, restarting: 'absent', started: 110 });
  });

  it('fails with the answer that was wrong', async () => {
    const drill = drilling({ ask, connector: serving('6') });
    await comeBack(drill);
    const progress = await ended(drill);
    expect(progress).toMatchObject({ passed: false, reason: { code: 'wrong-answer', got: '6' } });
    expect(steps(progress)).toMatchObject({ answers: 'missed' });
  });

  it('fails when it is not reached within ten seconds', async () => {
    const drill = drilling({
      connector: refusing,
      subject: { unit: 'a', address: '127.0.0.1', port: 1 },
    });
    await comeBack(drill);
    expect(await ended(drill)).toMatchObject({ passed: false, reason: { code: 'does-not-connect' } });
  });

  it.each(['no', 'on-success', 'on-watchdog'])(
    'kills nothing that Restart=%s would not bring back',
    async (restart) => {
      const drill = drilling({ service: { ...RUNNING, restart } });
      expect(await ended(drill)).toMatchObject({ passed: false, reason: { code: 'no-restart', restart } });
      expect(drill.host.asked.verbs).toEqual([]);
    },
  );

  it('has nothing to kill when the service does not run', async () => {
    const drill = drilling({ service: { ...RUNNING, active: 'inactive', sub: 'dead', mainPid: 0 } });
    expect(await ended(drill)).toMatchObject({ passed: false, reason: { code: 'not-running' } });
    expect(drill.host.asked.verbs).toEqual([]);
  });

  it('says that the host has no such unit, rather than that it does not run', async () => {
    const missing: ServiceFacts = {
      ...RUNNING,
      load: 'not-found',
      active: 'inactive',
      sub: 'dead',
      mainPid: 0,
    };
    const drill = drilling({ service: missing });
    expect(await ended(drill)).toMatchObject({
      passed: false,
      reason: { code: 'refused', failure: { code: 'no-such-unit', unit: 'calculatrice.service' } },
    });
    expect(drill.host.asked.verbs).toEqual([]);
  });

  it('kills nothing whose start is not over, and names the Type= that it hangs on', async () => {
    const starting: ServiceFacts = { ...RUNNING, active: 'activating', sub: 'start', type: 'notify' };
    const drill = drilling({ service: starting });
    expect(await ended(drill)).toMatchObject({
      passed: false,
      reason: { code: 'not-ready', type: 'notify' },
    });
    expect(drill.host.asked.verbs).toEqual([]);
  });

  it.each<[string, readonly Partial<ServiceFacts>[], object]>([
    [
      'the start limit',
      [{ active: 'failed', sub: 'failed', result: 'start-limit-hit' }],
      { code: 'start-limit' },
    ],
    [
      'a crash loop',
      [AUTO_RESTART, { sub: 'start' }, AUTO_RESTART],
      { code: 'failed-to-start', result: 'signal' },
    ],
    [
      'a start that fails',
      [AUTO_RESTART, { sub: 'start' }, { active: 'failed', sub: 'failed', result: 'exit-code' }],
      { code: 'failed-to-start', result: 'exit-code' },
    ],
    [
      'somebody stopping it',
      [AUTO_RESTART, { active: 'inactive', sub: 'dead', result: 'success' }],
      { code: 'failed-to-start' },
    ],
    ['a restart that never comes', [AUTO_RESTART], { code: 'timeout' }],
  ])('ends with %s', async (_name, announced, reason) => {
    const drill = drilling({ service: { ...RUNNING, restartSecMs: 500 } });
    for (const facts of announced) {
      await drill.clock.advance(100);
      drill.host.service({ mainPid: 0, ...facts });
    }
    expect(await ended(drill)).toMatchObject({ passed: false, reason });
  });

  it('ends when the kill is refused', async () => {
    const drill = drilling();
    const failure = { code: 'not-permitted', action: 'kill', detail: 'polkit' } as const;
    drill.host.answers.act = async () => ({ ok: false, failure, tookMs: 3 });
    expect(await ended(drill)).toMatchObject({ passed: false, reason: { code: 'refused', failure } });
  });

  it('ends with the link', async () => {
    const drill = drilling();
    await drill.clock.advance(1000);
    drill.host.lose('keepalive');
    expect(await drill.finished).toMatchObject({ passed: false, reason: { code: 'link-lost' } });
  });

  it('ends when cancelled, and leaves nothing behind', async () => {
    const drill = drilling();
    await drill.clock.advance(1000);
    drill.abort.abort();
    expect(await drill.finished).toMatchObject({ passed: false, reason: { code: 'cancelled' } });
    expect([drill.host.serviceFeed.watchers, drill.host.firewallFeed.watchers]).toEqual([0, 0]);
    await drill.clock.settle();
    expect(drill.clock.sleepers).toBe(0);
  });
});

describe('restartsAfterKill', () => {
  it.each([
    ['always', true],
    ['on-failure', true],
    ['on-abnormal', true],
    ['on-abort', true],
    ['on-success', false],
    ['on-watchdog', false],
    ['no', false],
  ])('Restart=%s: %s', (restart, expected) => {
    expect(restartsAfterKill(restart)).toBe(expected);
  });
});
