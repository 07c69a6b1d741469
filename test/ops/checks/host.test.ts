import { describe, expect, it } from 'vitest';
import { parseIpAddresses, parseIpRoutes } from '../../../src/ops/checks/cards.ts';
import { parseListAll, parsePolicies, parseService } from '../../../src/ops/checks/firewall-zone-text.ts';
import { closeCommands, needlessOf } from '../../../src/ops/checks/needless.ts';
import { parseSockets } from '../../../src/ops/checks/sockets.ts';
import { parseSshd } from '../../../src/ops/checks/sshd.ts';
import type { FirewallFacts, ServiceDefinition, ZoneSettings } from '../../../src/ops/host.ts';
import { fixture, judge, verdictOn } from './judging.ts';

const sockets = parseSockets(fixture('lab/ss-ltunp.txt'));
const cards = parseIpAddresses(fixture('lab/ip-a.txt'));
const routes = parseIpRoutes(fixture('lab/ip-route.txt'));
const connection = { client: '10.5.1.1', server: '10.5.1.2', port: 22 };
const tcp = (...listeners: string[]) =>
  parseSockets(listeners.map((listener) => `tcp LISTEN 0 128 ${listener} 0.0.0.0:*`).join('\n'));

describe('bridge-card', () => {
  it.each([
    ['lab/ip-a.txt', 'lab/ip-route.txt', 'pass bridge'],
    ['rocky/ip-a-nat.txt', 'rocky/ip-route-nat.txt', 'fail no-bridge'],
    ['rocky/ip-a-bridge-dhcp.txt', 'lab/ip-route.txt', 'pass bridge'],
  ])('%s: %s', (addresses, table, verdict) => {
    const facts = { cards: parseIpAddresses(fixture(addresses)), routes: parseIpRoutes(fixture(table)) };
    expect(verdictOn('bridge-card', facts)).toBe(verdict);
  });

  it('warns of a NAT card that was left beside it', () => {
    const nat = { name: 'enp0s3', addresses: [{ address: '10.0.2.15', prefix: 24, dynamic: true }] };
    const both = [...routes, { gateway: '10.0.2.2', card: 'enp0s3', metric: 100 }];
    expect(verdictOn('bridge-card', { cards: [...cards, nat], routes: both })).toBe('warn bridge-beside-nat');
  });
});

describe('sshd-host-only', () => {
  it.each([
    [['10.5.1.2:22'], 'pass sshd-only-on'],
    [['0.0.0.0:22', '[::]:22'], 'fail sshd-elsewhere'],
    [['10.5.1.2:22', '10.33.64.2:22'], 'fail sshd-elsewhere'],
    [['10.33.64.2:22'], 'fail sshd-elsewhere'],
    [[], 'fail not-listening'],
  ])('%j: %s', (listeners, verdict) => {
    expect(verdictOn('sshd-host-only', { sockets: tcp(...listeners), cards, connection })).toBe(verdict);
  });

  it('tells settings that only wait for a restart from wrong ones', () => {
    const pending = (text: string) => {
      const facts = { sockets: tcp('0.0.0.0:22'), cards, connection, sshd: parseSshd(text) };
      const { finding } = judge('sshd-host-only', facts);
      return finding.code === 'sshd-elsewhere' ? finding.restartPending : null;
    };
    expect(pending('port 22\nlistenaddress 10.5.1.2:22\n')).toBe(true);
    expect(pending('port 22\nlistenaddress [::]:22\nlistenaddress 0.0.0.0:22\n')).toBe(false);
    expect(pending('port 22\nlistenaddress 10.5.1.2:22\nlistenaddress 10.33.64.2:22\n')).toBe(false);
  });

  it('is about the port that our own connection uses', () => {
    const facts = {
      sockets: tcp('10.5.1.2:2222', '0.0.0.0:22'),
      cards,
      connection: { ...connection, port: 2222 },
    };
    expect(verdictOn('sshd-host-only', facts)).toBe('pass sshd-only-on');
  });
});

describe('service-bridge-only', () => {
  it.each([
    [['10.33.64.2:13337'], 'pass service-only-on'],
    [['0.0.0.0:13337'], 'fail service-elsewhere'],
    [['127.0.0.1:13337'], 'fail service-elsewhere'],
    [['10.5.1.2:13337'], 'fail service-elsewhere'],
    [['10.33.64.2:13337', '127.0.0.1:13337'], 'fail service-elsewhere'],
    [[], 'skip after'],
  ])('%j: %s', (listeners, verdict) => {
    expect(verdictOn('service-bridge-only', { sockets: tcp(...listeners), cards, routes })).toBe(verdict);
  });

  it('waits for a bridge card', () => {
    expect(
      verdictOn('service-bridge-only', { sockets: tcp('10.5.1.2:13337'), cards: cards.slice(0, 1) }),
    ).toBe('skip after');
  });
});

describe('what is open in the firewall', () => {
  const rocky = parseListAll(fixture('rocky/list-all.txt'));
  const services = new Map(
    fixture('lab/services.txt')
      .trim()
      .split('\n')
      .map((line): [string, ServiceDefinition] => [
        /services\/(.*)\.xml/.exec(line)?.[1] ?? '',
        parseService(line),
      ]),
  );
  const firewall = (runtime: ZoneSettings, permanent: ZoneSettings | null = runtime): FirewallFacts => ({
    running: true,
    defaultZone: 'public',
    zones: [{ name: 'public', interfaces: [], sources: [], target: 'default', runtime, permanent }],
    refused: null,
  });
  const ports = (...specs: string[]): ZoneSettings => ({
    services: [],
    ports: specs.map((spec) => ({ port: spec.split('/')[0] ?? '', protocol: spec.split('/')[1] ?? '' })),
  });

  it('is read from list-all, with or without what follows the colon', () => {
    expect(rocky).toMatchObject({
      name: 'public',
      interfaces: ['enp0s3', 'enp0s8'],
      settings: {
        services: ['cockpit', 'dhcpv6-client', 'ssh'],
        ports: [{ port: '13337', protocol: 'tcp' }],
      },
    });
    expect(parseListAll(fixture('lab/list-all.txt'))?.settings).toEqual({
      services: ['ssh'],
      ports: [{ port: '13337', protocol: 'tcp' }],
    });
    expect(parseListAll('FirewallD is not running\n')).toBeNull();
    expect(parseListAll('public (default, active)\n  target: default\n')?.name).toBe('public');
  });

  it('is needed when somebody listens behind it', () => {
    if (rocky === null) throw new Error('no zone');
    const facts = { firewall: firewall(rocky.settings), openServices: services, sockets, connection };
    const result = judge('firewall-nothing-needless', facts);
    expect(result.finding).toEqual({ code: 'needless', open: ['cockpit', 'dhcpv6-client'] });
    expect(result.mend?.commands).toHaveLength(4);
    const cockpit = [
      ...sockets,
      ...tcp('0.0.0.0:9090'),
      ...parseSockets('udp UNCONN 0 0 [fe80::1]%e:546 [::]:*'),
    ];
    expect(verdictOn('firewall-nothing-needless', { ...facts, sockets: cockpit })).toBe(
      'pass nothing-needless',
    );
  });

  it.each([
    ['13337/tcp', []],
    ['22/tcp', []],
    ['8080/tcp', ['8080/tcp']],
    ['13337/udp', ['13337/udp']],
    ['8000-9000/tcp', ['8000-9000/tcp']],
    // Netdata listens, but on the loopback alone: nobody outside gets there.
    ['19999/tcp', ['19999/tcp']],
  ])('%s', (spec, needless) => {
    const found = needlessOf(firewall(ports(spec)), services, sockets, [13337, 22]);
    expect(found.needless.map(({ name }) => name)).toEqual(needless);
  });

  it('is not needed as a whole because one port of a wide range is', () => {
    const wide = (spec: string) =>
      judge('firewall-nothing-needless', {
        firewall: firewall(ports(spec)),
        openServices: services,
        sockets: tcp('10.33.64.2:13337'),
        connection,
      });
    const result = wide('13000-14000/tcp');
    expect(result.finding).toEqual({
      code: 'open-too-wide',
      ranges: ['13000-14000/tcp'],
      zones: [],
      rules: [],
    });
    expect(result.mend).toEqual({
      commands: [
        'sudo firewall-cmd --zone=public --remove-port=13000-14000/tcp',
        'sudo firewall-cmd --zone=public --add-port=13337/tcp',
        'sudo firewall-cmd --permanent --zone=public --remove-port=13000-14000/tcp',
        'sudo firewall-cmd --permanent --zone=public --add-port=13337/tcp',
      ],
      fixable: false,
    });
    expect(wide('13337-13337/tcp').state).toBe('pass');
  });

  it('is everything in a zone that accepts all, whatever its list says', () => {
    const { zones, ...rest } = firewall(ports());
    const trusted = { ...zones[0], name: 'trusted', interfaces: ['enp0s9'], target: 'ACCEPT' };
    const facts = (zone: object) => ({
      firewall: { ...rest, zones: [...zones, zone as (typeof zones)[number]] },
      openServices: services,
      sockets,
      connection,
    });
    const result = judge('firewall-nothing-needless', facts(trusted));
    expect(result.finding).toEqual({ code: 'open-too-wide', ranges: [], zones: ['trusted'], rules: [] });
    expect(result.mend?.commands[0]).toBe('sudo firewall-cmd --zone=public --change-interface=enp0s9');
    expect(verdictOn('firewall-nothing-needless', facts({ ...trusted, interfaces: [] }))).toBe(
      'pass nothing-needless',
    );
  });

  it('is closed where it is open, and ssh never', () => {
    const found = needlessOf(
      firewall({ ...ports('8080/tcp'), services: ['ssh'] }, { ...ports(), services: ['cockpit', 'ssh'] }),
      services,
      tcp(),
      [],
    );
    expect(found.needless.flatMap(closeCommands).map((argv) => argv.join(' '))).toEqual([
      'firewall-cmd --permanent --zone=public --remove-service=cockpit',
      'firewall-cmd --zone=public --remove-port=8080/tcp',
    ]);
  });

  it('is closed by commands that can be copied, whatever zone and service are called', () => {
    const odd = firewall({ services: ['s$(id)'], ports: [] });
    const [zone] = odd.zones;
    if (zone === undefined) throw new Error('no zone');
    const facts = {
      firewall: { ...odd, zones: [{ ...zone, name: 'z;reboot' }] },
      openServices: new Map([['s$(id)', parseService('<port port="1" protocol="tcp"/>')]]),
      sockets: tcp(),
      connection,
    };
    expect(judge('firewall-nothing-needless', facts).mend?.commands).toEqual([
      "sudo firewall-cmd '--zone=z;reboot' '--remove-service=s$(id)'",
      "sudo firewall-cmd --permanent '--zone=z;reboot' '--remove-service=s$(id)'",
    ]);
  });

  it('is not called needless when nothing is known of the service', () => {
    expect(needlessOf(firewall({ services: ['own'], ports: [] }), services, tcp(), []).needless).toEqual([]);
  });

  describe('by rich rules and services', () => {
    const rich = (...richRules: string[]): ZoneSettings => ({ services: [], ports: [], richRules });
    const of = (settings: ZoneSettings, listeners = tcp('10.33.64.2:13337')) =>
      judge('firewall-nothing-needless', {
        firewall: firewall(settings, null),
        openServices: new Map([
          ['web', parseService('<port port="80" protocol="tcp"/><include service="tls"/>')],
          ['tls', parseService('<port port="443" protocol="tcp"/>')],
          ['routing', parseService('<protocol value="ospf"/>')],
        ]),
        sockets: listeners,
        connection,
      });
    const RULE = 'rule family="ipv4" source address="10.0.0.0/8" port port="8080" protocol="tcp" accept';

    it.each([
      ['a port that nobody listens behind', RULE, 'fail needless'],
      ['the service’s own port', RULE.replace('8080', '13337'), 'pass nothing-needless'],
      ['a service that nobody listens behind', 'rule service name="web" accept', 'fail needless'],
      ['sshd', 'rule service name="ssh" accept', 'pass nothing-needless'],
      ['a service that is not known', 'rule service name="own" accept', 'pass nothing-needless'],
      ['a protocol without ports', 'rule protocol value="esp" accept', 'pass nothing-needless'],
      ['a port that is kept out', RULE.replace('accept', 'reject'), 'pass nothing-needless'],
      ['a rule in words of its own', 'rule moon accept', 'pass nothing-needless'],
      ['all of a network', 'rule family="ipv4" source address="10.0.0.0/8" accept', 'fail open-too-wide'],
      ['TCP as a whole', 'rule protocol value="tcp" accept', 'fail open-too-wide'],
    ])('%s: %s: %s', (_what, rule, verdict) => {
      const { state, finding } = of(rich(rule));
      expect(`${state} ${finding.code}`).toBe(verdict);
    });

    it('are closed as firewalld wrote them, in words that can be copied', () => {
      expect(of(rich(RULE)).mend).toEqual({
        commands: [`sudo firewall-cmd --zone=public '--remove-rich-rule=${RULE}'`],
        fixable: true,
      });
    });

    it('that open a range keep the port that somebody listens on', () => {
      const wide = RULE.replace('8080', '13000-14000');
      const result = of(rich(wide));
      expect(result.finding).toMatchObject({ code: 'open-too-wide', ranges: ['13000-14000/tcp'] });
      expect(result.mend?.commands).toEqual([
        `sudo firewall-cmd --zone=public '--remove-rich-rule=${wide}'`,
        `sudo firewall-cmd --zone=public '--add-rich-rule=${RULE.replace('8080', '13337')}'`,
      ]);
    });

    it('count a service as needed for the sake of one that it includes', () => {
      const web = { services: ['web', 'routing'], ports: [] };
      expect(of(web).finding).toEqual({ code: 'needless', open: ['web'] });
      expect(of(web, tcp('10.33.64.2:443')).finding).toMatchObject({ code: 'nothing-needless' });
    });

    it('are named beside protocols and source ports that open every port', () => {
      const sourcePorts = [{ port: '1024-65535', protocol: 'tcp' }];
      const result = of({ services: [], ports: [], protocols: ['tcp', 'esp'], sourcePorts });
      expect(result.finding).toMatchObject({ rules: ['protocol tcp', 'source-port 1024-65535/tcp'] });
      expect(result.mend?.commands).toEqual([
        'sudo firewall-cmd --zone=public --remove-protocol=tcp',
        'sudo firewall-cmd --zone=public --remove-source-port=1024-65535/tcp',
      ]);
    });
  });

  it('is read whole: rich rules, protocols, source and forwarded ports', () => {
    const text = [
      'public (active)',
      '  target: default',
      '  interfaces: eth0',
      '  sources: ',
      '  services: ssh',
      '  ports: ',
      '  protocols: ospf',
      '  forward: yes',
      '  forward-ports: ',
      '\tport=80:proto=tcp:toport=8080:toaddr=',
      '\tport=81:proto=tcp:toport=:toaddr=fd00::1',
      '  source-ports: 1024/tcp',
      '  icmp-blocks: ',
      '  rich rules: ',
      '\trule service name="calc" accept',
      '\trule family="ipv4" source address="10.0.0.0/8" port port="13337" protocol="tcp" reject',
      '',
    ].join('\n');
    expect(parseListAll(text)?.settings).toEqual({
      services: ['ssh'],
      ports: [],
      protocols: ['ospf'],
      sourcePorts: [{ port: '1024', protocol: 'tcp' }],
      forwardPorts: [
        { port: '80', protocol: 'tcp', toPort: '8080', toAddress: '' },
        { port: '81', protocol: 'tcp', toPort: '', toAddress: 'fd00::1' },
      ],
      richRules: [
        'rule service name="calc" accept',
        'rule family="ipv4" source address="10.0.0.0/8" port port="13337" protocol="tcp" reject',
      ],
    });
  });

  it('is read with its policies, and services with all that they open', () => {
    const text = [
      'allow-host-ipv6 (active)',
      '  priority: -15000',
      '  target: CONTINUE',
      '  ingress-zones: ANY',
      '  egress-zones: HOST',
      '  services: ',
      '  ports: ',
      '  rich rules: ',
      '\trule family="ipv6" icmp-type name="router-advertisement" accept',
      '',
      'shut',
      '  priority: 5',
      '  target: DROP',
      '  ingress-zones: public dmz',
      '  egress-zones: HOST',
      '  services: ',
      '  ports: 1/tcp',
      '  rich rules: ',
      '',
    ].join('\n');
    expect(parsePolicies(text)).toMatchObject([
      { name: 'allow-host-ipv6', priority: -15_000, target: 'CONTINUE', ingressZones: ['ANY'] },
      { name: 'shut', priority: 5, target: 'DROP', ingressZones: ['public', 'dmz'], egressZones: ['HOST'] },
    ]);
    expect(parsePolicies('usage: firewall-cmd: error: unrecognized arguments\n')).toEqual([]);
    const xml = '<port protocol="tcp" port="1-3"/><port protocol="esp" port=""/><include service="a"/>';
    expect(
      parseService(`${xml}<source-port port="9" protocol="udp"/><destination ipv4="10.0.0.1"/>`),
    ).toEqual({
      ports: [{ port: '1-3', protocol: 'tcp' }],
      protocols: ['esp'],
      sourcePorts: [{ port: '9', protocol: 'udp' }],
      includes: ['a'],
      destination: { ipv4: '10.0.0.1' },
    });
  });
});
