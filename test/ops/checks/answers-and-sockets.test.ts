import { describe, expect, it } from 'vitest';
import { parseIpAddresses } from '../../../src/ops/checks/cards.ts';
import type { Answer } from '../../../src/ops/checks/facts.ts';
import { parseSockets } from '../../../src/ops/checks/sockets.ts';
import type { FirewallFacts } from '../../../src/ops/host.ts';
import { fixture, judge, RUNNING, verdictOn } from './judging.ts';

const sockets = parseSockets(fixture('lab/ss-ltunp.txt'));
const cards = parseIpAddresses(fixture('lab/ip-a.txt'));
const listening = (address: string, holder = 'users:(("python",pid=1954,fd=3))') =>
  parseSockets(`tcp   LISTEN 0      1      ${address}:13337   0.0.0.0:*    ${holder}`);

describe('ss -ltunp', () => {
  it('gives protocol, address, port and holder', () => {
    expect(sockets.map(({ protocol, address, port, process }) => [protocol, address, port, process])).toEqual(
      [
        ['udp', '127.0.0.1', 8125, 'netdata'],
        ['tcp', '127.0.0.1', 19999, 'netdata'],
        ['tcp', '10.5.1.2', 22, 'sshd'],
        ['tcp', '127.0.0.1', 8125, 'netdata'],
        ['tcp', '10.33.64.2', 13337, 'python'],
      ],
    );
  });

  it.each([
    ['[::]:22', '::'],
    ['*:9090', '::'],
    ['[::ffff:10.5.1.2]:22', '10.5.1.2'],
    ['10.5.1.2%enp0s8:68', '10.5.1.2'],
    ['[fe80::1]%enp0s8:546', 'fe80::1'],
  ])('%s is %s', (printed, address) => {
    expect(parseSockets(`tcp LISTEN 0 128 ${printed} 0.0.0.0:*`)[0]?.address).toBe(address);
  });

  it('does without the holders that it was not allowed to see', () => {
    expect(
      parseSockets('tcp   LISTEN 0      1           10.5.1.2:13337      0.0.0.0:*          ')[0],
    ).toMatchObject({
      process: null,
      pid: null,
    });
  });
});

describe('listens', () => {
  it.each([
    ['running', listening('10.5.1.2'), RUNNING, 'pass listening'],
    [
      'started by hand, without a unit',
      listening('127.0.0.1'),
      { ...RUNNING, active: 'inactive', mainPid: 0 },
      'warn listening-other',
    ],
    ['its holder not to be seen', listening('10.5.1.2', ''), RUNNING, 'pass listening'],
    [
      'held by another process',
      listening('10.5.1.2', 'users:(("nc",pid=7,fd=3))'),
      RUNNING,
      'warn listening-other',
    ],
    [
      'in the foreground, where it was to fork: no main process yet',
      listening('10.5.1.2'),
      { ...RUNNING, type: 'forking', active: 'activating', sub: 'start', mainPid: 0 },
      'pass listening',
    ],
    ['stopped', [], { ...RUNNING, active: 'inactive' }, 'skip after'],
    ['running and deaf', [], RUNNING, 'fail not-listening'],
  ])('%s', (_name, found, service, verdict) => {
    expect(verdictOn('listens', { sockets: found, service })).toBe(verdict);
  });

  it('is shown the lines of its own port', () => {
    expect(judge('listens', { sockets, service: RUNNING }).evidence).toEqual([
      { command: `ss -ltn | grep ':13337 '`, output: expect.stringMatching(/^tcp .*10\.33\.64\.2:13337/) },
    ]);
  });
});

describe('the answer', () => {
  const address = '10.33.64.2';
  it.each<[Answer, string]>([
    [{ state: 'right', address, ms: 1 }, 'pass answered'],
    [{ state: 'wrong', address, got: '23' }, 'fail answered-wrong'],
    [{ state: 'mute', address, waitedMs: 2000 }, 'fail answer-mute'],
    [{ state: 'closed', address }, 'fail answer-closed'],
    [{ state: 'no-connection', address, status: 'refused', detail: '' }, 'fail no-connection'],
  ])('%j: %s', (answer, verdict) => {
    expect(verdictOn('answers-from-host', { answerFromHost: answer })).toBe(verdict);
    expect(verdictOn('answers-from-here', { answerFromHere: answer })).toBe(verdict);
  });

  const zone = (ports: readonly string[]): FirewallFacts => ({
    running: true,
    defaultZone: 'public',
    zones: [
      {
        name: 'public',
        interfaces: ['enp0s8', 'enp0s9'],
        sources: [],
        target: 'default',
        runtime: { services: [], ports: ports.map((port) => ({ port, protocol: 'tcp' })) },
        permanent: null,
      },
    ],
    refused: null,
  });
  const silent: Answer = { state: 'no-connection', address, status: 'rejected', detail: 'EHOSTUNREACH' };

  it('that cannot come is explained by the item that is in its way, and not counted twice', () => {
    const why = (facts: Parameters<typeof judge>[1]) => {
      const { finding } = judge('answers-from-here', { answerFromHere: silent, cards, ...facts });
      return finding.code === 'unseen' && finding.why.code === 'after' ? finding.why.id : finding.code;
    };
    expect(why({ sockets, firewall: zone([]) })).toBe('firewall-follows');
    expect(why({ sockets: listening('127.0.0.1'), firewall: zone(['13337']) })).toBe('service-bridge-only');
    expect(why({ sockets: listening('0.0.0.0'), firewall: zone(['13337']) })).toBe('no-connection');
    expect(why({ sockets, firewall: zone(['13000-14000']) })).toBe('no-connection');
    expect(why({})).toBe('no-connection');
  });

  it('that a rule keeps from us alone is explained by that rule', () => {
    const rule = 'rule family="ipv4" source address="10.33.64.0/24" reject';
    const { zones, ...rest } = zone(['13337']);
    const firewall = {
      ...rest,
      zones: zones.map((one) => ({ ...one, runtime: one.runtime && { ...one.runtime, richRules: [rule] } })),
    };
    const connection = { client: '10.33.64.1', server: address, port: 22 };
    const from = (client: string) =>
      judge('answers-from-here', {
        answerFromHere: silent,
        sockets,
        cards,
        firewall,
        connection: { ...connection, client },
      }).finding;
    expect(from('10.33.64.1')).toMatchObject({
      code: 'no-connection',
      by: { fate: 'reject', because: { code: 'rich-rule', detail: rule } },
    });
    expect(from('10.33.65.1')).not.toHaveProperty('by');
  });
});

describe('the program and its file', () => {
  it('are there, or are named', () => {
    const program = { word: '/usr/bin/python', exists: true, version: 'Python 3.9.18' };
    expect(verdictOn('python-exists', { program })).toBe('pass program-there');
    expect(verdictOn('python-exists', { program: { ...program, exists: false } })).toBe(
      'fail program-missing',
    );
    const appFile = { path: '/opt/calculatrice/server.py', exists: true };
    expect(verdictOn('app-files', { appFile })).toBe('pass app-there');
    expect(verdictOn('app-files', { appFile: { ...appFile, exists: false } })).toBe('fail app-missing');
  });
});
