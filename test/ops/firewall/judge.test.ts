import { describe, expect, it } from 'vitest';
import { accessTo } from '../../../src/ops/firewall/access.ts';
import { judgePacket } from '../../../src/ops/firewall/judge.ts';
import type {
  FirewallFacts,
  PolicyFacts,
  ServiceDefinition,
  ZoneFacts,
  ZoneSettings,
} from '../../../src/ops/host.ts';

const PACKET = { clientAddress: '10.5.1.1', hostAddress: '10.5.1.2', interface: 'enp0s8', port: 13337 };
const NOTHING: ZoneSettings = { services: [], ports: [] };

function service(definition: Partial<ServiceDefinition>): ServiceDefinition {
  return { ports: [], protocols: [], sourcePorts: [], includes: [], destination: {}, ...definition };
}
const tcp = (port: string) => [{ port, protocol: 'tcp' }];
const SERVICES = {
  ssh: service({ ports: tcp('22') }),
  calc: service({ ports: tcp('13000-14000') }),
  whole: service({ includes: ['deep'] }),
  deep: service({ includes: ['calc', 'whole'] }),
  there: service({ ports: tcp('13337'), destination: { ipv4: '10.33.64.0/20' } }),
  six: service({ ports: tcp('13337'), destination: { ipv6: 'fd00::/8' } }),
  all: service({ protocols: ['tcp'] }),
};

function zone(name: string, settings: Partial<ZoneSettings>, more: Partial<ZoneFacts> = {}): ZoneFacts {
  const runtime = { ...NOTHING, ...settings };
  return { name, interfaces: [], sources: [], target: 'default', runtime, permanent: runtime, ...more };
}

function policy(name: string, priority: number, more: Partial<PolicyFacts> = {}): PolicyFacts {
  const zones = { ingressZones: ['ANY'], egressZones: ['HOST'] };
  return { name, priority, target: 'CONTINUE', ...zones, settings: NOTHING, ...more };
}

function facts(zones: readonly ZoneFacts[], more: Partial<FirewallFacts> = {}): FirewallFacts {
  const known = { services: SERVICES, policies: [], sets: {}, direct: null, version: '1.3.3', panic: false };
  return { running: true, defaultZone: 'public', zones, refused: null, ...known, ...more };
}

const open = (settings: Partial<ZoneSettings>, more: Partial<FirewallFacts> = {}): FirewallFacts =>
  facts([zone('public', settings, { interfaces: ['enp0s8'] })], more);
const rich = (...richRules: readonly string[]) => open({ richRules });

describe('what a zone lets in', () => {
  it.each<[string, Partial<ZoneSettings>, string, string]>([
    ['the port', { ports: tcp('13337') }, 'accept', 'port 13337/tcp'],
    ['a range', { ports: tcp('13000-14000') }, 'accept', 'port 13000-14000/tcp'],
    ['another port', { ports: tcp('13338') }, 'reject', 'target default'],
    ['the port of UDP', { ports: [{ port: '13337', protocol: 'udp' }] }, 'reject', 'target default'],
    ['a service with a range', { services: ['ssh', 'calc'] }, 'accept', 'service calc'],
    ['a service that includes one, in a circle', { services: ['whole'] }, 'accept', 'service whole'],
    ['a service for another address of the host', { services: ['there'] }, 'reject', 'target default'],
    ['a service for the other family', { services: ['six'] }, 'reject', 'target default'],
    ['a service of a whole protocol', { services: ['all'] }, 'accept', 'service all'],
    ['the protocol', { protocols: ['tcp'] }, 'accept', 'protocol tcp'],
    [
      'any port that we may dial from',
      { sourcePorts: tcp('1024-65535') },
      'accept',
      'source-port 1024-65535/tcp',
    ],
    ['one that we never dial from', { sourcePorts: tcp('1-1023') }, 'reject', 'target default'],
    ['one that we may dial from', { sourcePorts: tcp('40000') }, 'unknown', 'client-port 40000'],
    ['a service that could not be read', { services: ['strange'] }, 'unknown', 'service-unread strange'],
    ['the same beside the port', { services: ['strange'], ports: tcp('13337') }, 'accept', 'port 13337/tcp'],
  ])('%s', (_name, settings, verdict, because) => {
    const judged = judgePacket(open(settings), PACKET);
    expect([judged.verdict, judged.because.map(({ code, detail }) => `${code} ${detail}`)]).toEqual([
      verdict,
      [because],
    ]);
  });

  it.each<[string, readonly string[], string]>([
    ['accepts a service', ['rule service name="calc" accept'], 'accept'],
    ['accepts from our network', ['rule family="ipv4" source address="10.5.1.0/24" accept'], 'accept'],
    ['accepts from elsewhere', ['rule family="ipv4" source address="10.6.0.0/16" accept'], 'reject'],
    ['accepts from all but us', ['rule family="ipv4" source NOT address="10.5.1.1" accept'], 'reject'],
    ['accepts IPv6', ['rule family="ipv6" port port="13337" protocol="tcp" accept'], 'reject'],
    ['drops before it accepts', ['rule service name="calc" accept', 'rule service name="calc" drop'], 'drop'],
    [
      'goes by priority',
      ['rule service name="calc" drop', 'rule priority="-1" service name="calc" accept'],
      'accept',
    ],
    [
      'lower first',
      ['rule priority="-1" protocol value="tcp" accept', 'rule priority="-9" protocol value="tcp" reject'],
      'reject',
    ],
    ['only logs', ['rule service name="calc" log prefix="a b" level="info" limit value="3/m"'], 'reject'],
    ['logs with a limit, and accepts', ['rule service name="calc" log limit value="3/m" accept'], 'accept'],
    ['accepts within a limit', ['rule service name="calc" accept limit value="3/m"'], 'unknown'],
    [
      'rejects within a limit what is rejected anyhow',
      ['rule service name="calc" reject limit value="3/m"'],
      'reject',
    ],
    ['is about ICMP', ['rule icmp-type name="echo-request" drop'], 'reject'],
    [
      'by hardware address',
      ['rule source mac="08:00:27:00:00:01" port port="13337" protocol="tcp" accept'],
      'unknown',
    ],
    ['in words of a later firewalld', ['rule quantum="1" accept', 'frob'], 'unknown'],
  ])('a rich rule that %s', (_name, rules, verdict) => {
    expect(judgePacket(rich(...rules), PACKET).verdict).toBe(verdict);
  });

  it.each([
    ['ACCEPT', 'accept'],
    ['DROP', 'drop'],
    ['%%REJECT%%', 'reject'],
    ['default', 'reject'],
  ])('nothing, with the target %s', (target, verdict) => {
    const judged = judgePacket(facts([zone('public', {}, { interfaces: ['enp0s8'], target })]), PACKET);
    expect(judged).toMatchObject({ verdict, zone: 'public' });
  });

  it('what is forwarded goes elsewhere, whatever else is open', () => {
    const forwardPorts = [{ port: '13337', protocol: 'tcp', toPort: '80', toAddress: '10.0.0.9' }];
    expect(judgePacket(open({ ports: tcp('13337'), forwardPorts }), PACKET)).toMatchObject({
      verdict: 'unknown',
      because: [{ code: 'forward-port', detail: '13337/tcp → 10.0.0.9:80' }],
    });
  });
});

describe('the zone of a packet', () => {
  const bound = zone('public', { ports: tcp('13337') }, { interfaces: ['enp0s8'] });

  it('is that of its source before that of its interface', () => {
    const judged = judgePacket(
      facts([bound, zone('blocked', {}, { sources: ['10.5.1.0/24'], target: 'DROP' })]),
      PACKET,
    );
    expect(judged).toMatchObject({ verdict: 'drop', zone: 'blocked' });
  });

  it('is the first by name of two that hold the source, not the one with the longer prefix', () => {
    const wide = zone('a', { ports: tcp('13337') }, { sources: ['10.0.0.0/8'] });
    const narrow = zone('b', {}, { sources: ['10.5.1.1'] });
    expect(judgePacket(facts([bound, narrow, wide]), PACKET).zone).toBe('a');
    const first = { ...narrow, priority: -1 };
    expect(judgePacket(facts([bound, first, wide], { version: '2.1.0' }), PACKET).zone).toBe('b');
  });

  it('may be by a set, whose entries count', () => {
    const them = zone('them', {}, { sources: ['ipset:them'] });
    const set = { type: 'hash:net', family: 'ipv4', entries: ['10.5.1.0/24'] } as const;
    expect(judgePacket(facts([bound, them], { sets: { them: set } }), PACKET).zone).toBe('them');
    const timed = { ...set, entries: null };
    expect(judgePacket(facts([bound, them], { sets: { them: timed } }), PACKET)).toMatchObject({
      verdict: 'unknown',
      because: [{ code: 'ipset', detail: 'them' }],
    });
  });

  it('is the default one where no zone claims the interface', () => {
    const judged = judgePacket(
      facts([zone('home', {}, { interfaces: ['enp0s9'] }), zone('public', { services: ['calc'] })]),
      PACKET,
    );
    expect(judged).toMatchObject({ verdict: 'accept', zone: 'public' });
  });

  it('hangs on our address where that is not known, but only where it matters', () => {
    const unseen = { ...PACKET, clientAddress: null };
    const other = (settings: Partial<ZoneSettings>) => zone('inner', settings, { sources: ['10.5.1.0/24'] });
    expect(judgePacket(facts([bound, other({})]), unseen)).toMatchObject({
      verdict: 'unknown',
      because: [{ code: 'client' }],
    });
    expect(judgePacket(facts([bound, other({ services: ['calc'] })]), unseen).verdict).toBe('accept');
  });

  it('of old may drift on from the source to the interface', () => {
    const inner = zone('inner', {}, { sources: ['10.5.1.0/24'] });
    expect(judgePacket(facts([bound, inner], { version: '0.9.3' }), PACKET)).toMatchObject({
      verdict: 'unknown',
      because: [{ code: 'drifting' }],
    });
  });
});

describe('a policy to the host', () => {
  const drops = { target: 'DROP' };

  it.each([
    ['before the zone', policy('p', -1, drops), 'drop'],
    ['after the zone', policy('p', 1, drops), 'accept'],
    ['from another zone', policy('p', -1, { ...drops, ingressZones: ['home'] }), 'accept'],
    ['to elsewhere', policy('p', -1, { ...drops, egressZones: ['ANY'] }), 'accept'],
    ['that goes on', policy('p', -1), 'accept'],
  ])('%s', (_name, one, verdict) => {
    expect(judgePacket(open({ ports: tcp('13337') }, { policies: [one] }), PACKET).verdict).toBe(verdict);
  });

  it('lets in what the zone leaves to it', () => {
    const lets = policy('p', 5, { settings: { ...NOTHING, services: ['calc'] } });
    expect(judgePacket(open({}, { policies: [lets] }), PACKET)).toMatchObject({
      verdict: 'accept',
      because: [{ code: 'service', place: { kind: 'policy', name: 'p' } }],
    });
  });

  it('takes, before 2.0, whatever comes by an interface of its zones, whichever zone that is in', () => {
    const zones = [
      zone('public', {}, { interfaces: ['enp0s8'] }),
      zone('inner', { ports: tcp('13337') }, { sources: ['10.5.1.0/24'] }),
    ];
    const policies = [policy('p', -1, { ...drops, ingressZones: ['public'] })];
    expect(judgePacket(facts(zones, { policies }), PACKET).verdict).toBe('drop');
    expect(judgePacket(facts(zones, { policies, version: '2.0.0' }), PACKET).verdict).toBe('accept');
  });

  it('that could not be read leaves it open', () => {
    expect(judgePacket(open({ ports: tcp('13337') }, { policies: null }), PACKET)).toMatchObject({
      verdict: 'unknown',
      because: [{ code: 'policies-unread' }],
    });
  });
});

describe('past the zones', () => {
  const lets = open({ ports: tcp('13337') });
  const direct = (args: string, final = false) => ({
    final,
    rules: [{ ipv: 'ipv4', table: 'filter', chain: 'INPUT', priority: 0, args: args.split(' ') }],
    passthroughs: [],
  });

  it('panic mode drops everything', () => {
    expect(judgePacket({ ...lets, panic: true }, PACKET)).toMatchObject({
      verdict: 'drop',
      because: [{ code: 'panic' }],
    });
  });

  it('what comes from the host itself passes', () => {
    const own = { ...PACKET, clientAddress: '10.5.1.2', ownAddresses: ['10.5.1.2'] };
    expect(judgePacket(open({}), own).verdict).toBe('accept');
  });

  it.each([
    ['-p tcp --dport 13337 -j DROP', 'drop'],
    ['-p tcp -m tcp --dport 13000:14000 -s 10.5.1.0/24 -j REJECT --reject-with tcp-reset', 'reject'],
    ['-p tcp -m multiport --dports 22,13337 -j DROP', 'drop'],
    ['-p tcp --dport 22 -j DROP', 'accept'],
    ['-p tcp --dport 13337 ! -s 10.5.1.1 -j DROP', 'accept'],
    ['-p tcp --dport 13337 -m limit --limit 3/min -j DROP', 'unknown'],
    ['-p tcp --dport 13337 -j MINE', 'unknown'],
    ['-p tcp --dport 13337 -j LOG', 'accept'],
  ])('a direct rule: %s', (args, verdict) => {
    expect(judgePacket({ ...lets, direct: direct(args) }, PACKET).verdict).toBe(verdict);
  });

  it('a direct rule that lets in is the last word with iptables, and not with nftables', () => {
    const rule = '-p tcp --dport 13337 -j ACCEPT';
    expect(judgePacket(open({}, { direct: direct(rule) }), PACKET).verdict).toBe('reject');
    expect(judgePacket(open({}, { direct: direct(rule, true) }), PACKET).verdict).toBe('accept');
  });

  it('a passthrough counts as the rule that it adds', () => {
    const args = '-I INPUT 1 -p tcp --dport 13337 -j DROP'.split(' ');
    const passthroughs = [{ ipv: 'ipv4', args }];
    expect(judgePacket({ ...lets, direct: { final: false, rules: [], passthroughs } }, PACKET).verdict).toBe(
      'drop',
    );
  });
});

describe('the access from here', () => {
  const interfaces = [{ name: 'enp0s8', address: '10.5.1.2', prefix: 24 }];
  const inner = zone('inner', {}, { sources: ['10.5.1.0/24', '192.168.7.0/24'] });
  const both = facts([zone('public', { ports: tcp('13337') }, { interfaces: ['enp0s8'] }), inner]);
  const from = (address: string) => ({
    address: '10.5.1.2',
    port: 13337,
    way: { from: address, to: '10.5.1.2' },
  });

  it('takes our address as it is from the same network, and says elsewhere that it is assumed', () => {
    expect(accessTo(both, interfaces, from('10.5.1.1'))).toMatchObject({
      now: { verdict: 'reject', zone: 'inner' },
      assumed: null,
    });
    expect(accessTo(both, interfaces, from('192.168.7.7')).assumed).toBe('192.168.7.7');
  });

  it('names the zone in which a port is to be opened for us', () => {
    expect(accessTo(both, interfaces, from('10.5.1.1')).zone?.name).toBe('inner');
  });

  it('tells what a reload will make of it', () => {
    const runtimeOnly = zone(
      'public',
      { services: ['calc'] },
      { interfaces: ['enp0s8'], permanent: NOTHING },
    );
    const { now, later } = accessTo(facts([runtimeOnly]), interfaces, from('10.5.1.1'));
    expect([now.verdict, later?.verdict]).toEqual(['accept', 'reject']);
  });
});
