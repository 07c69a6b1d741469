/** The demo host with a real child: its life under the small systemd, seen through the `Host` contract. */
import { describe, expect, it } from 'vitest';
import { ask } from '../../../src/calc/client.ts';
import { systemClock as clock } from '../../../src/ops/clock.ts';
import { connectErrorCode } from '../../../src/ops/connector.ts';
import type { ServiceFacts } from '../../../src/ops/host.ts';
import { BOUND_MS } from '../../support/bound.ts';
import { demoWorld, RESTART_SEC_MS, watched } from './world.ts';

const states = (all: readonly ServiceFacts[]): string[] =>
  all.map((facts) => `${facts.active}/${facts.sub}`).filter((state, at, list) => state !== list[at - 1]);

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a service of the demo', () => {
  it('is up when it is opened, answers over TCP, and stops', async () => {
    const world = await demoWorld();
    await world.booted;
    const { host, service, firewall, journal, listening } = await watched(world);
    const running = await listening();
    expect(alive(running.mainPid)).toBe(true);
    expect(running).toMatchObject({
      load: 'loaded',
      enabled: 'enabled',
      restart: 'on-failure',
      result: 'success',
    });
    expect(firewall.last()?.zones[0]).toMatchObject({
      name: 'public',
      interfaces: ['enp0s8', 'enp0s9'],
      runtime: {
        services: ['cockpit', 'dhcpv6-client', 'ssh'],
        ports: [{ port: `${world.port}`, protocol: 'tcp' }],
      },
      permanent: { ports: [{ port: `${world.port}`, protocol: 'tcp' }] },
    });
    expect(await host.listeners.read(world.port)).toMatchObject({
      listeners: [{ address: world.address, port: world.port, waiting: 0 }],
    });

    const dial = (signal: AbortSignal) =>
      world.connector(world.address, world.port, { timeoutMs: BOUND_MS, signal });
    const reply = await ask(dial, '6*7', { clock, timeoutMs: BOUND_MS, expected: '42' });
    expect(reply).toMatchObject({ state: 'answered', text: '42' });
    const through = (signal: AbortSignal) => host.dial(world.address, world.port, { signal });
    expect(await ask(through, '2+3', { clock, timeoutMs: BOUND_MS, expected: '5' })).toMatchObject({
      text: '5',
    });

    expect(await host.service.act('stop')).toMatchObject({ ok: true, job: 'done' });
    await service.until((facts) => facts.sub === 'dead' && facts.invocationId === running.invocationId);
    expect(alive(running.mainPid)).toBe(false);
    expect(firewall.last()?.zones[0]?.runtime?.ports).toEqual([]);
    expect((await host.listeners.read(world.port)).listeners).toEqual([]);
    expect(states(service.all)).toEqual([
      'active/running',
      'deactivating/stop-sigterm',
      'deactivating/stop-post',
      'inactive/dead',
    ]);
    await journal.until((entry) => entry.message === 'Stopped Super calculatrice réseau.');
  });

  it('is brought back after kill -9, after RestartSec, with the port closed and opened again', async () => {
    const world = await demoWorld();
    const { host, service, firewall, journal, listening } = await watched(world);
    const before = await listening();
    expect(await host.service.act('kill')).toMatchObject({ ok: true, job: null });
    const waiting = await service.until((facts) => facts.sub === 'auto-restart');
    expect(waiting).toMatchObject({
      active: 'activating',
      result: 'signal',
      exit: { how: 'killed', status: 9 },
      mainPid: 0,
      restarts: 0,
    });
    expect((waiting.restartAtMono ?? 0) - (waiting.sinceMono ?? 0)).toBeCloseTo(RESTART_SEC_MS, 0);
    expect(firewall.last()?.zones[0]?.runtime?.ports).toEqual([]);
    const back = await service.until((facts) => facts.sub === 'running' && facts.restarts === 1);
    expect(back.mainPid).not.toBe(before.mainPid);
    expect(back.invocationId).not.toBe(before.invocationId);
    expect(back.sinceMono ?? 0).toBeGreaterThanOrEqual(waiting.restartAtMono ?? Number.POSITIVE_INFINITY);
    expect(firewall.last()?.zones[0]?.runtime?.ports).toHaveLength(1);
    await journal.until((entry) => entry.message.startsWith('Le serveur') && entry.pid === back.mainPid);

    const said = journal.all.map(({ identifier, pid, message }) => `${identifier}[${pid}]: ${message}`);
    expect(said.slice(said.findIndex((line) => line.includes('SIGKILL to main')))).toEqual([
      `systemd[1]: calculatrice.service: Sent signal SIGKILL to main process ${before.mainPid} (python) on client request.`,
      'systemd[1]: calculatrice.service: Main process exited, code=killed, status=9/KILL',
      'firewall-cmd[null]: success',
      'firewall-cmd[null]: success',
      "systemd[1]: calculatrice.service: Failed with result 'signal'.",
      'systemd[1]: calculatrice.service: Scheduled restart job, restart counter is at 1.',
      'systemd[1]: Stopped Super calculatrice réseau.',
      'systemd[1]: Starting Super calculatrice réseau...',
      'firewall-cmd[null]: success',
      'firewall-cmd[null]: success',
      'systemd[1]: Started Super calculatrice réseau.',
      `python[${back.mainPid}]: ${world.port}`,
      `python[${back.mainPid}]: Le serveur tourne sur ${world.address}:${world.port}`,
    ]);

    expect(await host.service.act('restart')).toMatchObject({ ok: true, job: 'done' });
    const again = await service.until(
      (facts) =>
        facts.sub === 'running' && facts.mainPid !== back.mainPid && facts.mainPid !== before.mainPid,
    );
    expect(again.restarts).toBe(0);
  });

  it('is seen to die when somebody outside kills it', async () => {
    const { service, listening } = await watched(await demoWorld());
    process.kill((await listening()).mainPid, 'SIGKILL');
    const waiting = await service.until((facts) => facts.sub === 'auto-restart');
    expect(waiting).toMatchObject({ result: 'signal', mainPid: 0 });
  });

  it('stays dead after SIGTERM from outside: that is no failure', async () => {
    const { service, listening } = await watched(await demoWorld());
    process.kill((await listening()).mainPid, 'SIGTERM');
    const dead = await service.until((facts) => facts.mainPid === 0 && facts.sub === 'dead');
    expect(dead).toMatchObject({
      active: 'inactive',
      result: 'success',
      exit: { how: 'killed', status: 15 },
    });
  });

  it('dies of what it cannot evaluate, says so, and comes back', async () => {
    const world = await demoWorld();
    const { service, journal, listening } = await watched(world);
    await listening();
    const socket = await world.connector(world.address, world.port, { timeoutMs: BOUND_MS });
    socket.write('1/0');
    await service.until((facts) => facts.sub === 'auto-restart' && facts.result === 'exit-code');
    await journal.until((entry) => entry.message === 'SyntaxError: invalid syntax');
    await journal.until((entry) => entry.message.endsWith('code=exited, status=1/FAILURE'));
    await service.until((facts) => facts.restarts === 1 && facts.sub === 'running');
  });

  it('a stop during the wait for the restart ends the wait', async () => {
    const { host, service, listening } = await watched(await demoWorld({ restartSecMs: 600_000 }));
    await listening();
    await host.service.act('kill');
    await service.until((facts) => facts.sub === 'auto-restart');
    expect(await host.service.act('stop')).toMatchObject({ ok: true });
    expect(await service.until((facts) => facts.sub === 'dead')).toMatchObject({ restartAtMono: null });
    expect(await host.service.act('start')).toMatchObject({ ok: true, job: 'done' });
  });

  it('a restart during the wait does not wait, and a start does', async () => {
    const { host, service, listening } = await watched(await demoWorld());
    await listening();
    await host.service.act('kill');
    const waiting = await service.until((facts) => facts.sub === 'auto-restart');
    expect(await host.service.act('start')).toMatchObject({ ok: true, job: 'done' });
    expect(clock.now()).toBeGreaterThanOrEqual(waiting.restartAtMono ?? Number.POSITIVE_INFINITY);
    const back = await service.until((facts) => facts.restarts === 1 && facts.sub === 'running');

    await host.service.act('kill');
    await service.until(
      (facts) => facts.sub === 'auto-restart' && (facts.sinceMono ?? 0) > (back.sinceMono ?? 0),
    );
    expect(await host.service.act('restart')).toMatchObject({ ok: true });
    await service.until(
      (facts) =>
        facts.sub === 'running' && facts.restarts === 0 && (facts.sinceMono ?? 0) > (back.sinceMono ?? 0),
    );
  });

  it('a stop cancels the start that is under way', async () => {
    const world = await demoWorld({ autostart: false, commandMs: 300 });
    const { host, service } = await watched(world);
    const started = host.service.act('start');
    await service.until((facts) => facts.sub === 'start-pre');
    const stopped = host.service.act('stop');
    expect(await started).toMatchObject({ ok: false, failure: { code: 'job-failed', result: 'canceled' } });
    expect(await stopped).toMatchObject({ ok: true });
    await service.until((facts) => facts.sub === 'dead' && facts === service.last());
    expect(service.all.some((facts) => facts.sub === 'running')).toBe(false);
  });

  it('fails with start-limit-hit at the sixth start in ten seconds, until reset-failed', async () => {
    const { host, service, listening } = await watched(await demoWorld({ restartSecMs: 1 }));
    await listening();
    for (let restarts = 1; restarts <= 4; restarts += 1) {
      await host.service.act('kill');
      await service.until((facts) => facts.restarts === restarts && facts.sub === 'running');
    }
    await host.service.act('kill');
    const failed = await service.until((facts) => facts.active === 'failed');
    expect(failed).toMatchObject({ sub: 'failed', result: 'start-limit-hit' });
    expect(await host.service.act('start')).toMatchObject({
      ok: false,
      failure: { code: 'job-failed', result: 'failed', detail: 'start-limit-hit' },
    });
    expect(await host.service.act('reset-failed')).toMatchObject({ ok: true, job: null });
    await service.until(
      (facts) => facts.active === 'inactive' && facts.restarts === 0 && facts === service.last(),
    );
    expect(await host.service.act('start')).toMatchObject({ ok: true, job: 'done' });
  });

  it('kill is refused when nothing runs; enable, disable and daemon-reload show', async () => {
    const world = await demoWorld({ autostart: false });
    const { host, service } = await watched(world);
    expect(await host.service.act('kill')).toMatchObject({
      ok: false,
      failure: { code: 'not-running', unit: 'calculatrice.service' },
    });
    await host.service.act('disable');
    await service.until((facts) => facts.enabled === 'disabled');
    await host.service.act('enable');
    await service.until((facts) => facts.enabled === 'enabled' && facts === service.last());
    world.editUnit({ restartSecMs: 7000 });
    const edited = await service.until((facts) => facts.needsReload);
    expect(edited.restartSecMs).toBe(RESTART_SEC_MS);
    await host.service.act('daemon-reload');
    await service.until((facts) => !facts.needsReload && facts.restartSecMs === 7000);
  });

  it.runIf(process.platform === 'linux')('accounts for memory and CPU', async () => {
    const { host, service, listening } = await watched(await demoWorld());
    await listening();
    host.service.sample();
    const facts = await service.until(
      (each) => (each.memoryBytes ?? 0) > 10_000_000 && (each.cpuNs ?? 0) > 0,
    );
    expect(facts.memoryBytes).toBeLessThan(1_000_000_000);
  });
});

describe('the imagined firewall', () => {
  it('rejects from here what it does not admit, though the child listens; the host itself still gets through', async () => {
    const world = await demoWorld();
    const { host, firewall, listening } = await watched(world);
    await listening();
    const change = {
      zone: 'public',
      port: world.port,
      protocol: 'tcp',
      open: false,
      scope: 'runtime',
    } as const;
    expect(await host.firewall.change(change)).toMatchObject({ ok: true, job: null });
    await firewall.until((facts) => facts.zones[0]?.runtime?.ports.length === 0 && facts === firewall.last());
    expect(firewall.last()?.zones[0]?.permanent?.ports).toHaveLength(1);
    const refused = await world
      .connector(world.address, world.port, { timeoutMs: BOUND_MS })
      .catch(connectErrorCode);
    expect(refused).toBe('EHOSTUNREACH');
    (await host.dial(world.address, world.port)).destroy();
    expect(await host.firewall.change({ ...change, open: true })).toMatchObject({ ok: true });
    (await world.connector(world.address, world.port, { timeoutMs: BOUND_MS })).destroy();
  });

  it('refuses a zone that it does not have', async () => {
    const { host } = await watched(await demoWorld({ autostart: false }));
    const change = { zone: 'dmz', port: 1, protocol: 'tcp', open: true, scope: 'runtime' } as const;
    expect(await host.firewall.change(change)).toMatchObject({
      ok: false,
      failure: { code: 'host-error', name: 'INVALID_ZONE', detail: 'dmz' },
    });
  });
});
