import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/ops/clock.ts';
import type { FirewallChange, FirewallFacts } from '../../../src/ops/host.ts';
import { type LinuxHost, openLinuxHost } from '../../../src/ops/linux/host.ts';
import { type BusHost, openBusHost } from '../../support/bus-host.ts';
import { emptyZone, type FakePolicy, type FakeService, type FakeZone } from '../../support/fake-firewalld.ts';
import { createFakeTransport, finished } from '../../support/fake-transport.ts';
import { watching } from '../../support/watching.ts';

const INTERFACES = JSON.stringify([
  { ifname: 'enp0s8', addr_info: [{ family: 'inet', local: '10.5.1.2', prefixlen: 24 }] },
  { ifname: 'enp0s9', addr_info: [{ family: 'inet', local: '10.33.64.2', prefixlen: 20 }] },
]);
const open: { host: LinuxHost; bus: BusHost }[] = [];

afterEach(async () => {
  for (const { host, bus } of open.splice(0)) {
    await host.close();
    await bus.close();
  }
});

interface Setup {
  readonly zones?: Readonly<Record<string, Partial<FakeZone>>>;
  readonly refused?: readonly string[];
  readonly stopped?: boolean;
  readonly address?: string;
  readonly services?: Readonly<Record<string, FakeService>>;
  readonly policies?: Readonly<Record<string, Partial<FakePolicy>>>;
  readonly sets?: Readonly<Record<string, readonly string[]>>;
}

const RULE = 'rule priority="-5" family="ipv4" source NOT address="10.5.1.7" reject';

async function setUp({ zones, refused = [], stopped = false, address = '10.5.1.2', ...more }: Setup = {}) {
  const declared = Object.entries(zones ?? { public: { interfaces: ['enp0s8'], services: ['ssh'] } });
  const bus = await openBusHost({ zones: new Map(declared.map(([name, zone]) => [name, emptyZone(zone)])) });
  for (const [name, one] of Object.entries(more.services ?? {})) bus.firewalld.services.set(name, one);
  for (const [name, one] of Object.entries(more.policies ?? {})) bus.firewalld.setPolicy(name, one);
  for (const [name, one] of Object.entries(more.sets ?? {})) bus.firewalld.sets.set(name, one);
  for (const member of refused) bus.firewalld.refused.add(member);
  if (stopped) await bus.firewalld.stop();
  const transport = createFakeTransport({
    exec: (argv, privileged) => (argv[0] === 'ip' ? finished(0, INTERFACES) : bus.exec(argv, privileged)),
    files: { '/proc/uptime': '1000.00 1.00\n' },
    address,
  });
  const host = openLinuxHost(transport, { unit: 'calculatrice.service', clock: systemClock });
  open.push({ host, bus });
  return { bus, host, firewalld: bus.firewalld, firewall: watching(host.firewall) };
}

const PORT: FirewallChange = { zone: 'public', port: 13337, protocol: 'tcp', open: true, scope: 'runtime' };
const SPEC = { port: '13337', protocol: 'tcp' };
const ports = (facts: FirewallFacts, scope: 'runtime' | 'permanent') =>
  facts.zones[0]?.[scope]?.ports.map(({ port, protocol }) => `${port}/${protocol}`).join(' ');

describe('the firewall', () => {
  it('shows what is in force beside what is kept', async () => {
    const { firewall } = await setUp({
      zones: {
        public: {
          interfaces: ['enp0s8'],
          services: ['ssh', 'cockpit'],
          runtime: [
            ['13337', 'tcp'],
            ['6000-6010', 'udp'],
          ],
        },
      },
    });
    expect(await firewall.until(() => true)).toEqual({
      running: true,
      defaultZone: 'public',
      zones: [
        {
          name: 'public',
          interfaces: ['enp0s8'],
          sources: [],
          target: 'default',
          runtime: { services: ['ssh', 'cockpit'], ports: [SPEC, { port: '6000-6010', protocol: 'udp' }] },
          permanent: { services: ['ssh', 'cockpit'], ports: [] },
        },
      ],
      refused: null,
      version: '1.3.3',
      panic: false,
      services: {},
      policies: [],
      sets: {},
      direct: { final: false, rules: [], passthroughs: [] },
    });
  });

  it('reads what the services, the policies and the sets that are named stand for', async () => {
    const calc = { ports: [['13000-14000', 'tcp']], includes: ['deep'] };
    const { firewall, firewalld } = await setUp({
      zones: { public: { interfaces: ['enp0s8'], sources: ['ipset:them'], services: ['calc'] } },
      services: { calc, deep: { protocols: ['gre'], destination: { ipv4: '10.5.1.0/24' } } },
      policies: {
        guard: { priority: -5, target: 'DROP', ingress: ['ANY'], egress: ['HOST'], rules: [RULE] },
      },
      sets: { them: ['10.9.0.0/16'] },
    });
    expect(await firewall.until(() => true)).toMatchObject({
      services: {
        calc: { ports: [{ port: '13000-14000', protocol: 'tcp' }], includes: ['deep'], destination: {} },
        deep: { protocols: ['gre'], destination: { ipv4: '10.5.1.0/24' } },
      },
      policies: [
        {
          name: 'guard',
          priority: -5,
          target: 'DROP',
          ingressZones: ['ANY'],
          egressZones: ['HOST'],
          settings: { richRules: [RULE] },
        },
      ],
      sets: { them: { type: 'hash:net', family: 'ipv4', entries: ['10.9.0.0/16'] } },
    });
    const asked = firewalld.calls.length;
    firewalld.addPort('public', '80');
    await firewall.until((facts) => facts.zones[0]?.runtime?.ports.length === 1);
    // A port that comes costs the zones alone: neither the services nor the policies are read again.
    expect(firewalld.calls.slice(asked)).not.toContain('getServiceSettings2');
    expect(firewalld.calls.slice(asked)).not.toContain('getPolicies');
  });

  it('is told when a policy changes', async () => {
    const { firewall, firewalld } = await setUp({ policies: { guard: { target: 'CONTINUE' } } });
    await firewall.until(({ policies }) => policies?.length === 1);
    firewalld.setPolicy('guard', { target: 'DROP' });
    await firewall.until(({ policies }) => policies?.[0]?.target === 'DROP');
  });

  it('puts the zone of the service’s address first', async () => {
    const { firewall } = await setUp({
      zones: {
        public: { interfaces: ['enp0s8'] },
        internal: { interfaces: ['enp0s9'] },
        trusted: { sources: ['10.9.0.0/16'] },
      },
      address: '10.33.64.2',
    });
    const { zones } = await firewall.until((facts) => facts.zones[0]?.name === 'internal');
    expect(zones.map(({ name }) => name)).toEqual(['internal', 'public', 'trusted']);
  });

  it('counts the default zone, which guards every interface that no zone claims', async () => {
    const { firewall } = await setUp({
      zones: { public: { runtime: [['13337', 'tcp']] }, internal: { interfaces: ['enp0s9'] } },
    });
    const { zones } = await firewall.until(() => true);
    expect(zones.map(({ name }) => name)).toEqual(['public', 'internal']);
    expect(zones[0]?.runtime?.ports).toEqual([SPEC]);
  });

  it('is told of a port that comes and goes', async () => {
    const { firewall, host } = await setUp();
    await firewall.until(() => true);
    await host.firewall.change(PORT);
    await firewall.until(
      (facts) => ports(facts, 'runtime') === '13337/tcp' && ports(facts, 'permanent') === '',
    );
    await host.firewall.change({ ...PORT, open: false });
    await expect.poll(() => ports(firewall.values.at(-1) as FirewallFacts, 'runtime')).toBe('');
  });

  it('sees what a reload puts in force, with few questions and in spite of its noise', async () => {
    const { firewall, host, firewalld } = await setUp();
    await firewall.until(() => true);
    await host.firewall.change({ ...PORT, scope: 'permanent' });
    await firewall.until((facts) => ports(facts, 'permanent') === '13337/tcp');
    const before = firewalld.calls.length;
    firewalld.reload();
    await firewall.until((facts) => ports(facts, 'runtime') === '13337/tcp');
    expect(firewalld.calls.length - before).toBeLessThanOrEqual(20);
  });

  it('is off when it is off, without being started by the question', async () => {
    const { firewall, firewalld } = await setUp({ stopped: true });
    expect(await firewall.until(() => true)).toEqual({
      running: false,
      defaultZone: '',
      zones: [],
      refused: null,
    });
    await firewalld.start();
    await firewall.until(({ running }) => running);
    await firewalld.stop();
    await expect.poll(() => firewall.values.at(-1)?.running).toBe(false);
  });

  it('gives an outsider what may be read, and why the rest may not', async () => {
    const { firewall } = await setUp({ refused: ['getZoneSettings2', 'getSettings2', 'getZoneByName'] });
    const { zones, refused } = await firewall.until(() => true);
    expect(zones).toEqual([
      { name: 'public', interfaces: ['enp0s8'], sources: [], target: '', runtime: null, permanent: null },
    ]);
    expect(refused).toMatchObject({ code: 'not-permitted', action: 'getZoneSettings2' });
  });
});

describe('a change of the firewall', () => {
  it.each(['runtime', 'permanent'] as const)(
    '%s opens once and closes once, and twice is as good',
    async (scope) => {
      const { firewall, host, firewalld } = await setUp();
      await firewall.until(() => true);
      const own = () => firewalld.zones.get('public')?.[scope];
      for (let twice = 0; twice < 2; twice += 1) {
        expect(await host.firewall.change({ ...PORT, scope })).toMatchObject({ ok: true, job: null });
        expect(own()).toEqual([['13337', 'tcp']]);
      }
      for (let twice = 0; twice < 2; twice += 1) {
        expect(await host.firewall.change({ ...PORT, scope, open: false })).toMatchObject({ ok: true });
        expect(own()).toEqual([]);
      }
    },
  );

  it.each(['runtime', 'permanent'] as const)(
    '%s never closes the port that SSH comes through',
    async (scope) => {
      const { host, firewalld } = await setUp({
        zones: { public: { runtime: [['22', 'tcp']], permanent: [['22', 'tcp']] } },
      });
      await host.ready;
      expect(await host.firewall.change({ ...PORT, port: 22, open: false, scope })).toMatchObject({
        ok: false,
        failure: { code: 'not-permitted', action: 'close-port' },
      });
      expect(firewalld.zones.get('public')?.[scope]).toEqual([['22', 'tcp']]);
    },
  );

  it('is refused with the host’s own words', async () => {
    const { host } = await setUp({ refused: ['addPort'] });
    await host.ready;
    expect(await host.firewall.change(PORT)).toMatchObject({
      ok: false,
      failure: { code: 'not-permitted', action: 'addPort', detail: expect.stringContaining('polkit') },
    });
  });

  it.each(['runtime', 'permanent'] as const)(
    '%s in a zone that does not exist is an error',
    async (scope) => {
      const { host } = await setUp();
      await host.ready;
      expect(await host.firewall.change({ ...PORT, zone: 'nope', scope })).toMatchObject({
        ok: false,
        failure: { code: 'host-error', detail: 'INVALID_ZONE: nope' },
      });
    },
  );
});
