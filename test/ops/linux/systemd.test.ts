import type { MessageBus } from 'dbus-native';
import { afterEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../src/ops/clock.ts';
import type { ServiceFacts } from '../../../src/ops/host.ts';
import { type LinuxHost, openLinuxHost } from '../../../src/ops/linux/host.ts';
import { unitPath } from '../../../src/ops/linux/unit-path.ts';
import type { Privilege } from '../../../src/ops/transport/transport.ts';
import { type BusHost, type BusHostOptions, openBusHost } from '../../support/bus-host.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeTransport } from '../../support/fake-transport.ts';
import { watching } from '../../support/watching.ts';

const UNIT = 'calculatrice.service';
const open: { host: LinuxHost; bus: BusHost }[] = [];

afterEach(async () => {
  for (const { host, bus } of open.splice(0)) {
    await host.close();
    await bus.close();
  }
});

interface Setup extends BusHostOptions {
  readonly watchedUnit?: string;
  readonly privilege?: Privilege;
  readonly uptime?: string | null;
  readonly clock?: Clock;
}

async function setUp({
  watchedUnit = UNIT,
  privilege,
  uptime = '1000.00 1.00\n',
  clock = systemClock,
  ...options
}: Setup = {}) {
  const bus = await openBusHost(options);
  const transport = createFakeTransport({
    exec: bus.exec,
    files: uptime === null ? {} : { '/proc/uptime': uptime },
    ...(privilege ? { privilege } : {}),
  });
  const host = openLinuxHost(transport, { unit: watchedUnit, clock });
  open.push({ host, bus });
  return { bus, host, transport, systemd: bus.systemd, service: watching(host.service) };
}

const RUNNING = {
  unit: {
    ActiveState: 'active',
    SubState: 'running',
    // Ten seconds before the uptime that these tests give.
    StateChangeTimestamp: 1_795_409_620_558_942n,
    StateChangeTimestampMonotonic: 990_000_000n,
    InvocationID: Buffer.from('8981cbf61bef4d3cb280b372bd93f0c3', 'hex'),
  },
  service: { MainPID: 139 },
};
const KILLED = {
  service: { MainPID: 0, Result: 'signal', ExecMainCode: 2, ExecMainStatus: 9 },
  unit: { ActiveState: 'deactivating', SubState: 'stop-post' },
};

const state = ({ active, sub, mainPid }: ServiceFacts) => `${active}/${sub} ${mainPid}`;

describe('the unit', () => {
  it('is read at once, with the host’s monotonic times on our clock', async () => {
    const clock = createFakeClock();
    const { service } = await setUp({ initial: RUNNING, clock });
    const facts = await service.until(
      ({ sinceMono }) => Math.abs(clock.now() - Number(sinceMono) - 10_000) <= 10,
    );
    expect(facts).toMatchObject({
      unit: UNIT,
      description: 'Super calculatrice réseau',
      load: 'loaded',
      active: 'active',
      sub: 'running',
      mainPid: 139,
      sinceWall: 1_795_409_620_558.942,
      restart: 'on-failure',
      restartSecMs: 30_000,
      restartAtMono: null,
      enabled: 'disabled',
      needsReload: false,
      memoryBytes: null,
      cpuNs: null,
      exit: null,
      invocationId: '8981cbf61bef4d3cb280b372bd93f0c3',
    });
  });

  it('goes by wall clocks where the uptime cannot be read', async () => {
    const clock = createFakeClock();
    const wall = BigInt(clock.wall() - 5000) * 1000n;
    const { service } = await setUp({
      clock,
      uptime: null,
      initial: { unit: { ...RUNNING.unit, StateChangeTimestamp: wall } },
    });
    const { sinceMono } = await service.until(() => true);
    expect(sinceMono).toBe(clock.now() - 5000);
  });

  it('is told by signals, and never shown running without a process', async () => {
    const { service, systemd } = await setUp({ initial: RUNNING });
    await service.until(({ active }) => active === 'active');
    systemd.change(KILLED);
    const facts = await service.until(({ sub }) => sub === 'stop-post');
    expect(facts).toMatchObject({ result: 'signal', exit: { how: 'killed', status: 9 }, mainPid: 0 });
    expect(service.values.map(state)).not.toContain('active/running 0');
  });

  it('does not stay at a state that changed while it was being read', async () => {
    const { service } = await setUp({
      initial: { unit: { ActiveState: 'deactivating', SubState: 'stop-post' } },
      meanwhile: { unit: { ActiveState: 'activating', SubState: 'auto-restart' } },
    });
    expect(await service.until(({ sub }) => sub === 'auto-restart')).toMatchObject({ active: 'activating' });
  });

  it('shows the service’s own change even if no change of state follows it', async () => {
    const { service, systemd } = await setUp({ initial: RUNNING });
    await service.until(({ active }) => active === 'active');
    systemd.change({ service: { NRestarts: 3 } });
    expect(await service.until(({ restarts }) => restarts === 3)).toMatchObject({ active: 'active' });
  });

  it('counts down to its restart from the moment that the wait began', async () => {
    const clock = createFakeClock();
    const { service, systemd } = await setUp({
      clock,
      initial: RUNNING,
    });
    await service.until(({ sinceMono }) => sinceMono !== null);
    systemd.change({
      unit: {
        ActiveState: 'activating',
        SubState: 'auto-restart',
        StateChangeTimestampMonotonic: 999_000_000n,
      },
    });
    const { restartAtMono } = await service.until(
      ({ restartAtMono: at }) => Math.abs(Number(at) - clock.now() - 29_000) <= 10,
    );
    expect(restartAtMono).not.toBeNull();
  });

  it('is a fact when it does not exist', async () => {
    const { service } = await setUp({ initial: { unit: { LoadState: 'not-found' } } });
    expect(await service.until(() => true)).toMatchObject({ load: 'not-found', active: 'inactive' });
    expect(service.failures).toEqual([]);
  });

  it('is followed under its own name when it was named by an alias', async () => {
    const { service, systemd } = await setUp({ watchedUnit: 'calc.service', aliases: ['calc.service'] });
    expect(await service.until(() => true)).toMatchObject({ unit: UNIT });
    systemd.change(RUNNING);
    expect(await service.until(({ active }) => active === 'active')).toMatchObject({ mainPid: 139 });
  });

  it('is read again after a daemon-reload', async () => {
    const { service, systemd } = await setUp();
    await service.until(() => true);
    systemd.alter({ service: { RestartUSec: 5_000_000n } });
    systemd.announceReload();
    await service.until(({ restartSecMs }) => restartSecMs === 5000);
  });

  it('is asked for what was only announced as changed', async () => {
    const { service, systemd } = await setUp();
    await service.until(() => true);
    systemd.alter({ unit: { UnitFileState: 'enabled' } });
    systemd.change({ invalidated: ['UnitFileState'] });
    await service.until(({ enabled }) => enabled === 'enabled');
  });

  it('tells of an edited file, of memory and CPU when sampled', async () => {
    const { host, service, systemd } = await setUp();
    await service.until(() => true);
    systemd.alter({
      unit: { NeedDaemonReload: true },
      service: { MemoryCurrent: 9_437_184n, CPUUsageNSec: 70n },
    });
    host.service.sample();
    await service.until(
      ({ needsReload, memoryBytes, cpuNs }) => needsReload && memoryBytes === 9_437_184 && cpuNs === 70,
    );
  });

  it('is asked for again when the bus connection was cut', async () => {
    const { bus, service, systemd } = await setUp();
    await service.until(() => true);
    systemd.alter(RUNNING);
    bus.dropBridges();
    expect(await service.until(({ active }) => active === 'active')).toMatchObject({ mainPid: 139 });
  });

  it('is not what somebody else on the host says it is', async () => {
    const { bus, service, systemd } = await setUp({ initial: RUNNING });
    await service.until(({ active }) => active === 'active');
    const stranger = await bus.join();
    const names = await stranger.listNames();
    const forged = { unit: { ActiveState: 'failed', SubState: 'failed' } };
    for (const name of names.filter((one) => one.startsWith(':'))) await forge(stranger, name, forged.unit);
    await stranger.close();
    systemd.change({ service: { NRestarts: 1 } });
    await service.until(({ restarts }) => restarts === 1);
    expect(service.values.map(({ active }) => active)).not.toContain('failed');
  });
});

/** A signal of systemd's, sent straight to one client by somebody who is not systemd. Done once the bus has it. */
async function forge(
  stranger: MessageBus,
  destination: string,
  values: Record<string, string>,
): Promise<void> {
  stranger.connection.message({
    type: 4,
    serial: 1_000_000,
    destination,
    path: unitPath(UNIT),
    interface: 'org.freedesktop.DBus.Properties',
    member: 'PropertiesChanged',
    signature: 'sa{sv}as',
    body: [
      'org.freedesktop.systemd1.Unit',
      Object.entries(values).map(([name, value]) => [name, ['s', value]]),
      [],
    ],
  });
  await stranger.listNames();
}

describe('a watcher that throws', () => {
  it('is told so, and keeps nothing from the others', async () => {
    const { host, service, systemd } = await setUp();
    await service.until(() => true);
    const failures: unknown[] = [];
    host.service.watch(
      () => {
        throw new Error('a bug');
      },
      (failure) => failures.push(failure),
    );
    const second = watching(host.service);
    systemd.change(RUNNING);
    await second.until(({ active }) => active === 'active');
    expect(failures).toContainEqual({ code: 'host-error', name: 'Error', detail: 'a bug' });
  });
});

describe('a host without systemd', () => {
  it('is told from the bridge that is not there', async () => {
    const transport = createFakeTransport({ exec: () => null });
    const host = openLinuxHost(transport, { unit: UNIT, clock: systemClock });
    const service = watching(host.service);
    await expect(host.ready).rejects.toMatchObject({
      failure: { code: 'no-systemd', detail: 'systemd-stdio-bridge: not found' },
    });
    expect(await service.failure()).toMatchObject({ code: 'unavailable', what: 'systemd' });
    // Tried with privilege, then without.
    expect(transport.started.filter(({ argv }) => argv[0] === 'systemd-stdio-bridge')).toHaveLength(2);
  });
});

describe('an action', () => {
  it.each([
    ['start', 'StartUnit'],
    ['stop', 'StopUnit'],
    ['restart', 'RestartUnit'],
  ] as const)('%s is a job, and its result is the outcome', async (verb, member) => {
    const { host, service, systemd } = await setUp();
    await service.until(() => true);
    expect(await host.service.act(verb)).toMatchObject({ ok: true, job: 'done' });
    expect(systemd.calls.at(-1)).toEqual({ member, args: { name: UNIT, mode: 'replace' } });
    systemd.jobResult = 'dependency';
    expect(await host.service.act(verb)).toMatchObject({
      ok: false,
      failure: { code: 'job-failed', result: 'dependency' },
    });
  });

  it('start does not sit out the wait for an automatic restart', async () => {
    const { host, service, systemd } = await setUp({
      initial: { unit: { ActiveState: 'activating', SubState: 'auto-restart' } },
    });
    await service.until(() => true);
    expect(await host.service.act('start')).toMatchObject({ ok: true });
    expect(systemd.calls.at(-1)?.member).toBe('RestartUnit');
  });

  it('waits for its own job alone', async () => {
    const { host, service, systemd } = await setUp();
    await service.until(() => true);
    systemd.jobsFinish = false;
    const first = host.service.act('stop');
    await expect.poll(() => systemd.calls.some(({ member }) => member === 'StopUnit')).toBe(true);
    systemd.jobsFinish = true;
    expect(await host.service.act('start')).toMatchObject({ ok: true });
    systemd.jobResult = 'canceled';
    systemd.finishJobs();
    expect(await first).toMatchObject({ ok: false, failure: { code: 'job-failed', result: 'canceled' } });
  });

  it('kill sends SIGKILL to the main process, and says so when there is none', async () => {
    const { host, service, systemd } = await setUp({ initial: RUNNING });
    await service.until(() => true);
    expect(await host.service.act('kill')).toMatchObject({ ok: true, job: null });
    expect(systemd.calls.at(-1)).toEqual({
      member: 'KillUnit',
      args: { name: UNIT, who: 'main', signal: 9 },
    });
    systemd.alter({ service: { MainPID: 0 } });
    expect(await host.service.act('kill')).toMatchObject({
      ok: false,
      failure: { code: 'not-running', unit: UNIT },
    });
  });

  it('enable and disable reload afterwards, as systemctl does', async () => {
    const { host, service, systemd } = await setUp();
    await service.until(() => true);
    expect(await host.service.act('enable')).toMatchObject({ ok: true });
    expect(systemd.calls.slice(-2).map(({ member }) => member)).toEqual(['EnableUnitFiles', 'Reload']);
    await service.until(({ enabled }) => enabled === 'enabled');
    expect(await host.service.act('disable')).toMatchObject({ ok: true });
    expect(systemd.calls.slice(-2).map(({ member }) => member)).toEqual(['DisableUnitFiles', 'Reload']);
  });

  it('enable without an [Install] section enabled nothing, and says so', async () => {
    const { host, service, systemd } = await setUp();
    await service.until(() => true);
    systemd.installable = false;
    expect(await host.service.act('enable')).toMatchObject({ ok: false, failure: { name: 'NoInstallInfo' } });
  });

  it.each([
    ['start', 'StartUnit'],
    ['kill', 'KillUnit'],
    ['enable', 'EnableUnitFiles'],
    ['reset-failed', 'ResetFailedUnit'],
    ['daemon-reload', 'Reload'],
  ] as const)('%s that polkit refuses is tried all the same, and reported', async (verb, member) => {
    const { host, service, systemd } = await setUp({
      privilege: { kind: 'none', reason: 'no-sudo', detail: 'zoe' },
    });
    await service.until(() => true);
    systemd.refused.add(member);
    expect(await host.service.act(verb)).toMatchObject({
      ok: false,
      failure: { code: 'not-permitted', action: member, detail: 'Interactive authentication required.' },
    });
  });

  it('does not wait for ever for a job whose end it was not there to hear', async () => {
    const { bus, host, service, systemd } = await setUp();
    await service.until(() => true);
    systemd.jobsFinish = false;
    const stopping = host.service.act('stop');
    await expect.poll(() => systemd.calls.at(-1)?.member).toBe('StopUnit');
    bus.dropBridges();
    expect(await stopping).toMatchObject({ ok: false, failure: { code: 'link-lost' } });
  });

  it('never rejects, not even on a link that is lost or an abort', async () => {
    const { host, service, systemd, transport } = await setUp();
    await service.until(() => true);
    systemd.jobsFinish = false;
    const abort = new AbortController();
    const starting = host.service.act('start', abort.signal);
    await expect.poll(() => systemd.calls.at(-1)?.member).toBe('StartUnit');
    abort.abort();
    expect(await starting).toMatchObject({ ok: false });
    const hanging = host.service.act('stop');
    await expect.poll(() => systemd.calls.at(-1)?.member).toBe('StopUnit');
    transport.lose('no answer');
    expect(await hanging).toMatchObject({ ok: false, failure: { code: 'link-lost' } });
    expect(await host.service.act('start')).toMatchObject({ ok: false, failure: { code: 'link-lost' } });
  });
});
