/** The Firewall pane's rows where it is not the zone's own list of ports that decides. */
import { describe, expect, it } from 'vitest';
import type { FirewallFacts, ServiceDefinition, ZoneFacts } from '../../../src/ops/host.ts';
import { catalogue } from '../../../src/text/catalogue.ts';
import type { Language } from '../../../src/text/language.ts';
import { firewallRows } from '../../../src/ui/panes/firewall-rows.ts';
import { FIREWALL_OPEN, INTERFACES } from '../../support/fake-host.ts';

const CALC: ServiceDefinition = {
  ports: [{ port: '13000-13400', protocol: 'tcp' }],
  protocols: [],
  sourcePorts: [],
  includes: [],
  destination: {},
};

const public_: ZoneFacts = {
  name: 'public',
  interfaces: ['enp0s8', 'enp0s9'],
  sources: [],
  target: 'default',
  runtime: { services: [], ports: [] },
  permanent: { services: [], ports: [] },
};

/** The zone the same in both scopes. */
const both = (settings: Partial<ZoneFacts['runtime']>, over: Partial<ZoneFacts> = {}): ZoneFacts => {
  const whole = { services: [], ports: [], ...settings };
  return { ...public_, runtime: whole, permanent: whole, ...over };
};

const PORT = [{ port: '13337', protocol: 'tcp' }];
const WAY = { from: '10.5.1.1', to: '10.5.1.2' };

interface Shown {
  readonly from?: string;
  readonly language?: Language;
  readonly width?: number;
  readonly over?: Partial<FirewallFacts>;
}

function shown(zones: readonly ZoneFacts[], options: Shown = {}): string[] {
  const { from = WAY.from, language = 'en', width = 80, over = {} } = options;
  const facts = { ...FIREWALL_OPEN, services: { calc: CALC }, ...over, zones };
  const view = {
    ...{ facts, interfaces: INTERFACES, address: WAY.to, port: 13_337 },
    ...{ way: { ...WAY, from }, refused: [] },
  };
  const rows = firewallRows(view, width, 20, catalogue(language).console);
  return rows.map((line) => line.map(({ text }) => text).join(''));
}

describe('the Firewall pane names what decides', () => {
  it('a service', () => {
    expect(shown([both({ services: ['calc'] })])).toEqual([
      'public  enp0s8 enp0s9',
      '● 13337/tcp  runtime ✓ permanent ✓',
      '  open by service calc of zone public',
      '  calc',
    ]);
    expect(shown([both({ services: ['calc'] })], { language: 'fr' })[2]).toBe(
      '  ouvert par service calc de la zone public',
    );
  });

  it('a rich rule that lets us in, or keeps us out of an open port', () => {
    const rule = 'rule family="ipv4" source address="10.5.1.0/24" port port="13337" protocol="tcp"';
    expect(shown([both({ richRules: [`${rule} accept`] })], { width: 140 })).toEqual([
      'public  enp0s8 enp0s9',
      '● 13337/tcp  runtime ✓ permanent ✓',
      `  open by rich rule of zone public: ${rule} accept`,
    ]);
    const closed = [both({ ports: PORT, richRules: [`${rule} drop`] })];
    expect(shown(closed, { width: 140 })).toEqual([
      'public  enp0s8 enp0s9',
      '✖ 13337/tcp  runtime ✗ permanent ✗',
      `  dropped by rich rule of zone public: ${rule} drop`,
    ]);
    expect(shown(closed, { width: 140, language: 'fr' })[2]).toContain('  ignoré par ');
  });

  it('a zone of our source, shown first', () => {
    const inner = both({}, { name: 'inner', interfaces: [], sources: ['10.5.1.0/24'], target: 'DROP' });
    expect(shown([both({ ports: PORT }), inner])).toEqual([
      'inner  10.5.1.0/24  target DROP',
      '✖ 13337/tcp  runtime ✗ permanent ✗',
      '  dropped by target DROP of zone inner',
      'public  enp0s8 enp0s9',
      '  13337/tcp',
    ]);
  });

  it('a policy', () => {
    const policy = {
      ...{ name: 'shut', priority: -1, target: 'REJECT', ingressZones: ['ANY'], egressZones: ['HOST'] },
      settings: { services: [], ports: [] },
    };
    const rows = shown([both({ ports: PORT })], { over: { policies: [policy] } });
    expect(rows[2]).toBe('  rejected by target REJECT of policy shut');
  });

  it('panic mode', () => {
    expect(shown([both({ ports: PORT })], { over: { panic: true } })[2]).toBe('  dropped by panic mode');
  });

  it('the address that it assumes, where a router may have changed ours', () => {
    const rule = 'rule family="ipv4" source address="192.168.7.0/24" accept';
    const rows = shown([both({ richRules: [rule] })], { from: '192.168.7.7', width: 140 });
    expect(rows[2]).toBe(`  open by rich rule of zone public: ${rule}, if the host sees us as 192.168.7.7`);
  });

  it('why it cannot be told', () => {
    const rows = shown([both({ services: ['own'] })]);
    expect(rows.slice(1, 3)).toEqual(['· 13337/tcp  cannot be told', '  service own cannot be read']);
    expect(shown([both({ services: ['own'] })], { language: 'fr' }).slice(1, 3)).toEqual([
      expect.stringContaining('13337/tcp'),
      expect.stringContaining('service own'),
    ]);
  });

  it('not what is usual: the port in the list, or nothing that lets it in', () => {
    expect(shown([both({ ports: PORT })])).toEqual([
      'public  enp0s8 enp0s9',
      '● 13337/tcp  runtime ✓ permanent ✓',
    ]);
    expect(shown([both({})])).toEqual(['public  enp0s8 enp0s9', '✖ 13337/tcp  runtime ✗ permanent ✗']);
  });

  it('in foreign words that reach no terminal as they are', () => {
    const evil = 'rule family="ipv4" source address="10.5.1.0/24" \u001b]0;x\u0007 accept';
    const rows = shown([both({ ports: PORT, richRules: [evil] })], { width: 140 });
    expect(rows.join('')).not.toContain('\u001b');
  });

  it('in no more cells than there are', () => {
    const rule = 'rule family="ipv4" source address="10.5.1.0/24" port port="13337" protocol="tcp" accept';
    const rows = shown([both({ richRules: [rule] })], { width: 40 });
    expect(rows[2]).toBe('  open by rich rule of zone public: rule');
    for (const line of rows) expect([...line].length).toBeLessThanOrEqual(40);
  });
});
