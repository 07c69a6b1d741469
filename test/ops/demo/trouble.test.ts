/** Each trouble of the demo is really brought about: seen on the host, and from here over TCP. */
import { describe, expect, it } from 'vitest';
import { ask, type Reply } from '../../../src/calc/client.ts';
import { systemClock as clock } from '../../../src/ops/clock.ts';
import { connectErrorCode } from '../../../src/ops/connector.ts';
import type { DemoWorld } from '../../../src/ops/demo/host.ts';
import { TROUBLES } from '../../../src/ops/demo/trouble.ts';
import { BOUND_MS } from '../../support/bound.ts';
import { demoWorld, watched } from './world.ts';

/** What a client on the network gets: a reply, or the code of the error that refused it. */
function answerFrom(world: DemoWorld, timeoutMs = BOUND_MS): Promise<Reply | string> {
  const dial = (signal: AbortSignal) =>
    world.connector(world.address, world.port, { timeoutMs: BOUND_MS, signal });
  return ask(dial, '2+3', { clock, timeoutMs, expected: '5' }).catch(connectErrorCode);
}

describe('trouble', () => {
  it('stopped', async () => {
    const world = await demoWorld();
    const { service } = await watched(world);
    await world.trouble('stopped');
    await service.until((facts) => facts.sub === 'dead' && facts === service.last());
    expect(await answerFrom(world)).toBe('EHOSTUNREACH');
  });

  it('failed, with its restart policy back as it was', async () => {
    const world = await demoWorld();
    const { service } = await watched(world);
    await world.trouble('failed');
    const failed = await service.until(
      (facts) => facts.active === 'failed' && facts.restart === 'on-failure',
    );
    expect(failed).toMatchObject({
      sub: 'failed',
      result: 'signal',
      needsReload: false,
      exit: { status: 9 },
    });
  });

  it('loopback-only: refused from here, reached on the host', async () => {
    const world = await demoWorld();
    const { host, service } = await watched(world);
    await world.trouble('loopback-only');
    const { listeners } = await host.listeners.read(world.port);
    const addresses = listeners.map(({ address }) => address);
    expect(addresses).toHaveLength(1);
    expect(addresses).not.toContain(world.address);
    expect(service.last()).toMatchObject({ sub: 'running' });
    expect(await answerFrom(world)).toBe('ECONNREFUSED');
    const onHost = (signal: AbortSignal) => host.dial(addresses[0] ?? '', world.port, { signal });
    expect(await ask(onHost, '2+3', { clock, timeoutMs: BOUND_MS, expected: '5' })).toMatchObject({
      text: '5',
    });
    const held = (await host.listeners.interfaces()).find(({ address }) => address === addresses[0]);
    expect(held?.name).toBe('lo');
  });

  it('port-closed and runtime-only', async () => {
    const world = await demoWorld();
    const { firewall } = await watched(world);
    const ports = () => {
      const zone = firewall.last()?.zones[0];
      return { runtime: zone?.runtime?.ports.length, permanent: zone?.permanent?.ports.length };
    };
    await world.trouble('port-closed');
    expect(ports()).toEqual({ runtime: 0, permanent: 0 });
    expect(await answerFrom(world)).toBe('EHOSTUNREACH');
    await world.trouble('runtime-only');
    expect(ports()).toEqual({ runtime: 1, permanent: 0 });
    expect(await answerFrom(world)).toMatchObject({ text: '5' });
  });

  it('mute and wrong, without a restart', async () => {
    const world = await demoWorld();
    const { service, listening } = await watched(world);
    const { mainPid } = await listening();
    await world.trouble('mute');
    expect(await answerFrom(world, 200)).toMatchObject({ state: 'mute' });
    await world.trouble('wrong');
    expect(await answerFrom(world)).toMatchObject({ text: '6' });
    await world.trouble('well');
    expect(await answerFrom(world)).toMatchObject({ text: '5' });
    expect(service.last()).toMatchObject({ mainPid, needsReload: false });
  });

  it('held: one client is served, the next one waits, and gets its answer when the first has left', async () => {
    const world = await demoWorld();
    const { host } = await watched(world);
    await world.trouble('held');
    const answer = ask(
      (signal) => world.connector(world.address, world.port, { timeoutMs: BOUND_MS, signal }),
      '2+3',
      { clock, timeoutMs: BOUND_MS, expected: '5' },
    );
    await expect.poll(async () => (await host.listeners.read(world.port)).listeners[0]?.waiting).toBe(1);
    const { clients } = await host.listeners.read(world.port);
    expect(clients.map(({ accepted }) => accepted).sort()).toEqual([false, true]);
    await world.trouble('well');
    expect(await answer).toMatchObject({ text: '5' });
  });

  it('mends every one of them, even when asked for all at once', async () => {
    const world = await demoWorld();
    await Promise.all([...TROUBLES, 'well' as const].map((kind) => world.trouble(kind)));
    expect(await answerFrom(world)).toMatchObject({ text: '5' });
  });
});
