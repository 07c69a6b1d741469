/** A watcher on a session: what the host and the probe say, judged and told in their order. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { absentHost } from '../../../src/ops/absent-host.ts';
import { Failed } from '../../../src/ops/failure.ts';
import { createFakeHost, RUNNING } from '../../support/fake-host.ts';
import { type WatchedHost, watchHost } from '../../support/watched.ts';

function watched(options: Parameters<typeof watchHost>[0] = {}): WatchedHost {
  const scene = watchHost(options);
  onTestFinished(async () => {
    scene.watcher.stop();
    await scene.session.close();
  });
  return scene;
}

describe('a watcher', () => {
  it('tells what it sees, and that all is well, once', async () => {
    const { clock, told, watcher } = watched();
    await clock.advance(60_000);
    expect(told.map(({ event }) => event)).toMatchObject([
      { kind: 'link', state: 'live' },
      { kind: 'unit', active: 'active', sub: 'running', pid: 1954 },
      { kind: 'probe', state: 'open' },
      { kind: 'up', alert: false },
    ]);
    expect(watcher.memory().judged).toBe('up');
  });

  it('tells a stopped service within two looks, with the verdict of that moment, and how long it lasted', async () => {
    const { clock, first, door, told, judged } = watched();
    await clock.advance(10_500);
    const beganMono = clock.now();
    door.open = false;
    first.service({ active: 'inactive', sub: 'dead', mainPid: 0 });
    await clock.advance(5000);
    const down = told.find(({ event }) => event.kind === 'down');
    expect((down?.at.mono ?? 0) - beganMono).toBeLessThanOrEqual(2 * 2000);
    expect(down?.event).toMatchObject({ cause: 'refused', since: { mono: beganMono }, alert: true });
    expect(down?.state.verdict).toMatchObject({ broken: 'unit', mend: { action: 'start' } });
    await clock.advance(20_000);
    door.open = true;
    first.service({ ...RUNNING, mainPid: 7, invocationId: 'b2' });
    await clock.advance(5000);
    expect(judged().at(-1)).toMatchObject({ kind: 'recovered', lengthMs: 25_000 });
  });

  it('takes a restart of a moment for none, though systemd announces each of its steps', async () => {
    const { clock, first, door, kinds } = watched();
    await clock.advance(10_000);
    door.open = false;
    first.service({ active: 'deactivating', sub: 'stop-sigterm' });
    await clock.advance(10);
    first.service({ active: 'activating', sub: 'start-pre', mainPid: 0 });
    await clock.advance(200);
    door.open = true;
    first.service({ ...RUNNING, mainPid: 7, invocationId: 'b2' });
    await clock.advance(30_000);
    expect(kinds()).not.toContain('down');
    expect(kinds().filter((kind) => kind === 'unit')).toHaveLength(4);
  });

  it('knows a crash loop by the restarts that systemd counts', async () => {
    const { clock, first, judged } = watched();
    await clock.advance(5000);
    for (let restarts = 1; restarts <= 20; restarts++) {
      first.service({ active: 'activating', sub: 'auto-restart', mainPid: 0, result: 'signal' });
      await clock.advance(100);
      first.service({ ...RUNNING, mainPid: 100 + restarts, restarts, invocationId: `r${restarts}` });
      await clock.advance(900);
    }
    const alerts = judged().filter(({ alert }) => alert);
    expect(alerts.map(({ kind }) => kind)).toEqual(['crash-looping']);
    await clock.advance(130_000);
    expect(judged().at(-1)).toMatchObject({ kind: 'stable' });
  });

  it('is blind, and says so, when the link is lost and the service goes on', async () => {
    const { clock, first, attempts, judged, kinds, session } = watched();
    await clock.advance(5000);
    const next = createFakeHost({ service: { ...RUNNING, restarts: 2 } });
    attempts.push(
      ...Array.from({ length: 6 }, () => async () => Promise.reject(new Error('no route'))),
      async () => next.host,
    );
    first.lose('no answer to keepalives');
    await clock.advance(12_000);
    expect(judged().at(-1)).toMatchObject({ kind: 'blind', detail: 'no answer to keepalives', alert: true });
    await clock.advance(120_000);
    expect(session.store.getState().link.state).toBe('live');
    expect(judged().at(-1)).toMatchObject({ kind: 'sighted' });
    expect(kinds().filter((kind) => kind === 'down')).toEqual([]);
  });

  it('counts what systemd restarted while it could not look', async () => {
    const { clock, first, attempts, judged } = watched();
    await clock.advance(5000);
    const next = createFakeHost({ service: { ...RUNNING, restarts: 9, mainPid: 9, invocationId: 'z' } });
    attempts.push(async () => next.host);
    first.lose('gone');
    await clock.advance(30_000);
    expect(judged().at(-1)).toMatchObject({ kind: 'crash-looping', restarts: 3 });
  });

  it('tells one outage, not a blindness beside it, when the whole host is gone', async () => {
    const { clock, first, door, judged } = watched();
    await clock.advance(5000);
    door.open = false;
    door.code = 'ENETUNREACH';
    await clock.advance(3000);
    first.lose('no answer to keepalives');
    await clock.advance(60_000);
    expect(judged().filter(({ alert }) => alert)).toMatchObject([{ kind: 'down', cause: 'unreachable' }]);
  });

  it('tells its end alone when the whole host is back after minutes, and waits for no more than that to see it', async () => {
    const { clock, first, attempts, door, judged, session } = watched();
    await clock.advance(5000);
    door.open = false;
    door.code = 'ENETUNREACH';
    first.lose('no answer to keepalives');
    const link = () => session.store.getState().link;
    // Into a rest as long as they get.
    await clock.advance(300_000);
    const retryAtMono = (): number => {
      const now = link();
      return now.state === 'lost' ? (now.retryAtMono ?? 0) : 0;
    };
    for (; retryAtMono() - clock.now() < 12_000; await clock.advance(100));
    attempts.push(async () => createFakeHost().host);
    door.open = true;
    await clock.advance(4000);
    expect(link().state).toBe('live');
    await clock.advance(60_000);
    expect(judged().filter(({ alert }) => alert)).toMatchObject([{ kind: 'down' }, { kind: 'recovered' }]);
  });

  it('does not knock sooner where SSH lets nobody in, whatever the service does', async () => {
    const { clock, first, attempts, door, made, session } = watched();
    await clock.advance(5000);
    const key = { algorithm: 'ssh-ed25519', fingerprint: '', file: '', line: 1 };
    const refused = new Failed({ code: 'host-key-changed', host: 'tp5', port: 22, ...key });
    attempts.push(...Array.from({ length: 50 }, () => async () => Promise.reject(refused)));
    first.lose('gone');
    await clock.advance(1000);
    const knocked = made();
    for (let flap = 0; flap < 3; flap++) {
      door.open = false;
      await clock.advance(2000);
      door.open = true;
      await clock.advance(2000);
    }
    expect(session.store.getState().link).toMatchObject({ state: 'lost' });
    expect(made()).toBe(knocked);
  });

  it('looks at the service of a host that was never reached, and takes the host in when it comes', async () => {
    const fake = createFakeHost();
    const late = createFakeHost();
    const scene = watched({
      firstHost: absentHost({ kind: 'ssh', label: 'tp5', user: '', address: '10.5.1.2' }),
    });
    const { clock, attempts, kinds, told } = scene;
    const refused = { code: 'unreachable', host: 'tp5', port: 22, reason: 'refused', detail: '' } as const;
    attempts.push(
      async () => Promise.reject(new Failed(refused)),
      async () => late.host,
    );
    await clock.settle();
    // Nothing is known of it yet: it is dialled once it is clear that it cannot be looked at first.
    expect(kinds()).toEqual([]);
    await clock.advance(600);
    await clock.advance(10_000);
    expect(fake.asked.closes).toBe(0);
    expect(kinds()).toEqual(['link', 'probe', 'link', 'unit', 'up']);
    const [lost, , live] = told;
    expect([lost?.event, live?.event]).toEqual([
      { kind: 'link', state: 'lost' },
      { kind: 'link', state: 'live' },
    ]);
    expect(lost?.state.link).toMatchObject({ lastFailure: refused });
  });

  it('says when it last looked, so that a stuck one is found', async () => {
    const { clock, watcher } = watched();
    await clock.advance(9000);
    expect(clock.now() - watcher.lookedMono()).toBeLessThanOrEqual(2000);
  });
});
