import { describe, expect, it } from 'vitest';
import { parseIpAddresses, parseIpRoutes, rolesOf } from '../../../src/ops/checks/cards.ts';
import { CHECK_IDS } from '../../../src/ops/checks/check.ts';
import type { FactValues } from '../../../src/ops/checks/facts.ts';
import { passwordSettings } from '../../../src/ops/checks/setup.ts';
import { parseSshd } from '../../../src/ops/checks/sshd.ts';
import { fixture, judge, SUBJECT, verdictOn } from './judging.ts';

const lab = parseIpAddresses(fixture('lab/ip-a.txt'));
const labRoutes = parseIpRoutes(fixture('lab/ip-route.txt'));
const nat = parseIpAddresses(fixture('rocky/ip-a-nat.txt'));
const natRoutes = parseIpRoutes(fixture('rocky/ip-route-nat.txt'));

describe('the cards', () => {
  it('are read with their IPv4 addresses, and whether DHCP gave them', () => {
    expect(nat).toEqual([
      { name: 'enp0s3', addresses: [{ address: '10.0.2.15', prefix: 24, dynamic: true }] },
      { name: 'enp0s8', addresses: [{ address: '10.5.1.2', prefix: 24, dynamic: false }] },
    ]);
    expect(lab.map(({ name }) => name)).toEqual(['enp0s8', 'enp0s9']);
  });

  it('have their default routes, the preferred one first', () => {
    expect(labRoutes).toEqual([{ gateway: '10.33.64.1', card: 'enp0s9', metric: 0 }]);
    const two = 'default via 10.0.2.2 dev enp0s3 metric 102\ndefault via 10.33.64.1 dev enp0s9 metric 100 \n';
    expect(parseIpRoutes(two).map(({ card }) => card)).toEqual(['enp0s9', 'enp0s3']);
  });

  it('play their parts: host-only, bridge, NAT', () => {
    const roles = (cards: typeof lab, routes: typeof labRoutes) => {
      const { hostOnly, bridge, nat } = rolesOf(cards, routes, null, SUBJECT.expected);
      return [hostOnly?.card, bridge?.card, nat?.card];
    };
    expect(roles(lab, labRoutes)).toEqual(['enp0s8', 'enp0s9', undefined]);
    expect(roles(nat, natRoutes)).toEqual(['enp0s8', undefined, 'enp0s3']);
  });

  it("take the host-only card from our own connection when the network is another, but never the bridge's", () => {
    const cards: FactValues['cards'] = [
      { name: 'enp0s3', addresses: [{ address: '192.168.1.20', prefix: 24, dynamic: true }] },
      { name: 'enp0s8', addresses: [{ address: '192.168.56.10', prefix: 24, dynamic: false }] },
      { name: 'docker0', addresses: [{ address: '172.17.0.1', prefix: 16, dynamic: false }] },
    ];
    const routes = [{ gateway: '192.168.1.1', card: 'enp0s3', metric: 0 }];
    expect(rolesOf(cards, routes, '192.168.56.10', SUBJECT.expected)).toMatchObject({
      hostOnly: { card: 'enp0s8' },
      bridge: { card: 'enp0s3' },
    });
    expect(rolesOf(cards, routes, '192.168.1.20', SUBJECT.expected).hostOnly).toBeNull();
  });
});

describe('host-only-static', () => {
  it.each([
    ['lab/ip-a.txt', 'pass static-address'],
    ['rocky/ip-a-nat.txt', 'pass static-address'],
    ['rocky/ip-a-bridge-dhcp.txt', 'fail dynamic-address'],
  ])('%s: %s', (file, verdict) => {
    expect(verdictOn('host-only-static', { cards: parseIpAddresses(fixture(file)) })).toBe(verdict);
  });

  it('fails without such a card', () => {
    expect(verdictOn('host-only-static', { cards: nat.slice(0, 1) })).toBe('fail no-host-only-card');
  });
});

describe('the way out', () => {
  it('is a default route', () => {
    expect(verdictOn('route-out', { routes: natRoutes })).toBe('pass default-route');
    expect(verdictOn('route-out', { routes: [] })).toBe('fail no-default-route');
  });

  it('is looked at before names are', () => {
    const lost = { name: 'rockylinux.org', address: null };
    expect(verdictOn('names-resolve', { names: lost, routes: [] })).toBe('skip after');
    expect(verdictOn('names-resolve', { names: lost, routes: natRoutes })).toBe('fail name-unresolved');
    const found = { name: 'rockylinux.org', address: '76.223.126.88' };
    expect(verdictOn('names-resolve', { names: found, routes: [] })).toBe('pass name-resolved');
  });
});

describe('the login', () => {
  it('must be by key', () => {
    expect(verdictOn('key-login', { login: { user: 'manon', method: 'publickey' } })).toBe(
      'pass login-by-key',
    );
    expect(verdictOn('key-login', { login: { user: 'manon', method: 'password' } })).toBe(
      'fail login-otherwise',
    );
  });

  it('may still be by password, in more than one way', () => {
    const settings = (text: string) => passwordSettings(parseSshd(text));
    expect(settings(fixture('lab/sshd-T.txt'))).toEqual([]);
    expect(settings('passwordauthentication yes\nkbdinteractiveauthentication no\nusepam yes\n')).toEqual([
      'PasswordAuthentication yes',
    ]);
    expect(settings('passwordauthentication no\nkbdinteractiveauthentication yes\nusepam yes\n')).toEqual([
      'KbdInteractiveAuthentication yes',
    ]);
    // Without PAM there is nobody behind it to take a password.
    expect(settings('passwordauthentication no\nkbdinteractiveauthentication yes\nusepam no\n')).toEqual([]);
  });

  it('shows the lines it was judged by, not all hundred', () => {
    const { evidence } = judge('password-login-off', { sshd: parseSshd(fixture('lab/sshd-T.txt')) });
    expect(evidence[0]?.command).toMatch(/^sudo sshd -T \| grep -E/);
    expect(evidence[0]?.output.split('\n').toSorted()).toEqual([
      'kbdinteractiveauthentication no',
      'passwordauthentication no',
      'usepam yes',
    ]);
  });
});

describe('firewalld, SELinux and the name', () => {
  const firewalld = {
    unit: 'firewalld.service',
    load: 'loaded',
    active: 'active',
    sub: 'running',
    enabled: 'enabled',
  };

  it('firewalld runs, and will after a boot', () => {
    expect(verdictOn('firewalld-running', { firewalld })).toBe('pass unit-runs');
    expect(verdictOn('firewalld-running', { firewalld: { ...firewalld, enabled: 'disabled' } })).toBe(
      'warn unit-runs-until-boot',
    );
    expect(verdictOn('firewalld-running', { firewalld: { ...firewalld, load: 'not-found' } })).toBe(
      'fail unit-not-installed',
    );
  });

  it('offers to start firewalld only when that does not lock us out', () => {
    const stopped = { ...firewalld, active: 'inactive' };
    const offers = (letsSshIn: boolean) =>
      judge('firewalld-running', { firewalld: stopped, sleepingFirewall: { letsSshIn } }).mend?.fixable;
    expect(offers(true)).toBe(true);
    expect(offers(false)).toBe(false);
    expect(judge('firewalld-running', { firewalld: stopped }).mend?.fixable).toBe(false);
  });

  it.each([
    ['Disabled', 'pass selinux-off'],
    ['absent', 'pass selinux-off'],
    ['Permissive', 'warn selinux-permissive'],
    ['Enforcing', 'fail selinux-enforcing'],
  ] as const)('SELinux %s: %s', (selinux, verdict) => {
    expect(verdictOn('selinux', { selinux })).toBe(verdict);
  });

  it.each([
    ['hosting.tp5.b1', 'hosting.tp5.b1', 'pass hostname-right'],
    ['hosting.tp5.b1', null, 'pass hostname-right'],
    ['localhost.localdomain', 'localhost.localdomain', 'fail hostname-localhost'],
    ['localhost', null, 'fail hostname-localhost'],
    ['localhosting', null, 'fail hostname-other'],
    ['hosting', 'hosting', 'fail hostname-other'],
    ['hosting.tp5.b1', 'localhost', 'fail hostname-not-kept'],
  ])('%s, kept as %s: %s', (running, kept, verdict) => {
    expect(verdictOn('hostname', { hostname: { running, kept } })).toBe(verdict);
  });
});

describe('an item whose facts could not be seen', () => {
  it.each(Object.values(CHECK_IDS).flat())('%s is skipped, never failed', (id) => {
    expect(verdictOn(id, {})).toBe('skip not-looked');
  });
});
