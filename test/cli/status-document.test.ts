/** What `status` tells of a state: the document, the page, and whether there is more to come. */
import { describe, expect, it } from 'vitest';
import { painter } from '../../src/cli/paint.ts';
import { statusDocument, type Telling } from '../../src/cli/status-document.ts';
import { statusPage } from '../../src/cli/status-page.ts';
import { isComplete, isSettled } from '../../src/cli/status-settled.ts';
import type { ConsoleState } from '../../src/state/store.ts';
import { catalogue } from '../../src/text/catalogue.ts';
import { widthOf } from '../../src/text/measure.ts';
import { FIREWALL_OPEN, NOBODY_LISTENS, RUNNING } from '../support/fake-host.ts';
import { healthyState, probeFacts, verdictOn } from '../support/fake-session.ts';

const NOW = 5000;
const WALL = Date.UTC(2026, 10, 20, 14, 3, 22);
const telling: Telling = { nowMono: NOW, nowWall: WALL, ownPorts: new Set([50_001]) };
const en = catalogue('en');

function state(change: Partial<ConsoleState> = {}): ConsoleState {
  const { verdict: _, ...facts } = { ...healthyState(NOW), ...change };
  return { ...facts, verdict: verdictOn(facts) };
}

function service(change: Partial<typeof RUNNING>): Partial<ConsoleState> {
  const told = { service: { value: { ...RUNNING, sinceMono: 0, ...change }, atMono: NOW } };
  if ((change.active ?? 'active') === 'active') return told;
  return { ...told, listeners: { value: NOBODY_LISTENS, atMono: NOW } };
}

describe('the document', () => {
  it('has every key of its shape, in its order', () => {
    const told = statusDocument(
      state(service({ sinceWall: Date.UTC(2026, 10, 20, 14, 0, 10), restarts: 1 })),
      telling,
      en,
    );
    expect(told).toEqual({
      host: 'manon@hosting.tp5.b1',
      at: '2026-11-20T14:03:22.000Z',
      link: { state: 'live', via: 'ssh', user: 'manon', privilege: 'sudo' },
      unit: {
        name: 'calculatrice.service',
        load: 'loaded',
        active: 'active',
        sub: 'running',
        result: 'success',
        mainPid: 1954,
        since: '2026-11-20T14:00:10.000Z',
        restarts: 1,
        restart: 'on-failure',
        restartSec: 30,
        enabled: 'enabled',
        needsReload: false,
      },
      listeners: [{ address: '0.0.0.0', port: 13337, waiting: 0, clients: 0 }],
      firewall: {
        running: true,
        fate: 'accept',
        because: 'port 13337/tcp of zone public',
        zones: [
          {
            name: 'public',
            interfaces: ['enp0s8', 'enp0s9'],
            services: ['ssh', 'cockpit'],
            richRules: [],
            sources: [],
            ports: { runtime: ['13337/tcp'], permanent: ['13337/tcp'] },
          },
        ],
      },
      probe: { address: '10.5.1.2', port: 13337, state: 'open', ms: 0.42, notDialled: null },
      verdict: { reachable: true, broken: null, evidence: 'reachable from here', mend: null },
    });
    expect(Object.keys(told)).toEqual([
      'host',
      'at',
      'link',
      'unit',
      'listeners',
      'firewall',
      'probe',
      'verdict',
    ]);
  });

  it('has the same keys when nothing is known, and null for what is not', () => {
    const told = statusDocument(
      state({
        service: null,
        firewall: null,
        listeners: null,
        interfaces: null,
        probe: probeFacts([]),
        link: {
          state: 'lost',
          sinceMono: 0,
          detail: '',
          attempts: 1,
          retryAtMono: null,
          lastFailure: { code: 'unreachable', host: 'h', port: 22, reason: 'timeout', detail: 'ETIMEDOUT' },
        },
      }),
      telling,
      en,
    );
    expect(Object.keys(told.unit)).toHaveLength(12);
    expect(told).toMatchObject({
      link: { state: 'lost', privilege: null },
      unit: { name: 'calculatrice.service', active: null, since: null, restartSec: null },
      listeners: null,
      firewall: { running: null, zones: [] },
      probe: { state: null, ms: null },
      verdict: {
        reachable: false,
        broken: 'link',
        evidence: 'h, port 22: no answer (ETIMEDOUT).',
        mend: null,
      },
    });
  });

  it.each<[string, Partial<ConsoleState>, string | null, RegExp, RegExp | null]>([
    [
      'stopped',
      service({ active: 'inactive', sub: 'dead', mainPid: 0 }),
      'unit',
      /^stopped$/,
      /systemctl start/,
    ],
    [
      'waiting for its restart',
      service({ active: 'activating', sub: 'auto-restart', mainPid: 0, restartAtMono: NOW + 12_300 }),
      'unit',
      /restarts it in 12\.3 s/,
      /wait for systemd/,
    ],
    [
      'on loopback only',
      {
        listeners: {
          value: { listeners: [{ address: '127.0.0.1', port: 13337, waiting: 0 }], clients: [] },
          atMono: NOW,
        },
        probe: { ...probeFacts([null], NOW), answer: null },
      },
      'listener',
      /127\.0\.0\.1 only/,
      /start it with the address 10\.5\.1\.2/,
    ],
    [
      'firewalld off',
      { firewall: { value: { ...FIREWALL_OPEN, running: false, zones: [] }, atMono: NOW } },
      null,
      /reachable/,
      null,
    ],
    ['reloaded not yet', service({ needsReload: true }), null, /^reachable, but: /, /daemon-reload/],
  ])('tells the verdict of a service that is %s', (_what, change, broken, evidence, mend) => {
    const { verdict } = statusDocument(state(change), telling, en);
    expect(verdict.broken).toBe(broken);
    expect(verdict.evidence).toMatch(evidence);
    if (mend === null) expect(verdict.mend).toBeNull();
    else expect(verdict.mend).toMatch(mend);
  });

  it('counts clients that are served: none that wait or have left, and no connection of ours', () => {
    const client = { peerAddress: '10.5.1.9', accepted: true };
    const clients = [
      { ...client, peerPort: 50_001 },
      { ...client, peerPort: 50_002 },
      { ...client, peerPort: 50_003, left: true },
      { ...client, peerPort: 50_004, accepted: false },
    ];
    const listeners = [{ address: '10.5.1.2', port: 13337, waiting: 1 }];
    const told = statusDocument(
      state({ listeners: { value: { listeners, clients }, atMono: NOW } }),
      telling,
      en,
    );
    expect(told.listeners).toEqual([{ address: '10.5.1.2', port: 13337, waiting: 1, clients: 1 }]);
  });

  it('says the ports that may not be read as null, not as none', () => {
    const zones = FIREWALL_OPEN.zones.map((zone) => ({ ...zone, runtime: null, permanent: null }));
    const told = statusDocument(
      state({ firewall: { value: { ...FIREWALL_OPEN, zones }, atMono: NOW } }),
      telling,
      en,
    );
    expect(told.firewall.zones[0]).toMatchObject({
      services: null,
      ports: { runtime: null, permanent: null },
    });
  });

  it('speaks French in its sentences alone', () => {
    const told = statusDocument(
      state(service({ active: 'inactive', sub: 'dead' })),
      telling,
      catalogue('fr'),
    );
    expect(told.verdict.evidence).toBe(
      catalogue('fr').verdict.evidence({ code: 'unit-stopped', unit: '' }, 0),
    );
    expect(told.unit.active).toBe('inactive');
  });
});

describe('the page', () => {
  const page = (change: Partial<ConsoleState> = {}, columns: number | null = null, colour = false): string =>
    statusPage(state(change), { ...telling, text: en, paint: painter(colour), columns });

  it('is one screenful: a rung a line, its figures below', () => {
    const lines = page().split('\n');
    expect(lines.length).toBeLessThanOrEqual(22);
    for (const name of ['Link', 'Unit', 'Listener', 'Firewall', 'Network', 'Answer']) {
      expect(lines.filter((line) => line.startsWith(`● ${name} `))).toHaveLength(1);
    }
    expect(lines.at(-1)).toBe('● reachable from here');
  });

  it('says by a symbol what it says by a colour', () => {
    const broken = service({ active: 'failed', sub: 'failed', result: 'exit-code', mainPid: 0 });
    expect(page(broken)).toMatch(/^✖ Unit +failed: it ended with an error/m);
    expect(page(broken)).not.toContain('\x1b');
    expect(page(broken, null, true)).toContain('\x1b[31m✖\x1b[39m Unit');
    expect(page(broken, null, true).replaceAll(/\x1b\[\d+m/g, '')).toBe(page(broken));
  });

  it('stays within the terminal, but for the command that is there to be copied', () => {
    const lines = page(service({ needsReload: true }), 40).split('\n');
    const beyond = lines.filter((line) => widthOf(line) > 40);
    expect(beyond.every((line) => line.includes('mend: '))).toBe(true);
  });

  it('obeys no escape sequence that came from the host', () => {
    const zones = FIREWALL_OPEN.zones.map((zone) => ({
      ...zone,
      name: 'pub\x1b[2Jlic',
      interfaces: ['\u202e'],
    }));
    const said = page({
      ...service({ sub: 'run\x9bning', restart: '\x07' }),
      host: { ...healthyState().host, label: 'manon@\x1b]0;x\x07', user: '\x1b[31m' },
      firewall: { value: { ...FIREWALL_OPEN, zones }, atMono: NOW },
    });
    expect(said).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  });

  it('marks a port that is open in runtime or permanently alone', () => {
    const [zone] = FIREWALL_OPEN.zones;
    const runtime = { services: [], ports: [{ port: '80', protocol: 'tcp' }] };
    const permanent = { services: [], ports: [{ port: '81', protocol: 'udp' }] };
    const zones = zone === undefined ? [] : [{ ...zone, runtime, permanent }];
    expect(page({ firewall: { value: { ...FIREWALL_OPEN, zones }, atMono: NOW } })).toContain(
      'ports: 80/tcp runtime only, 81/udp permanent only   services: none',
    );
  });
});

describe('whether it is settled', () => {
  const missing: readonly (readonly [string, Partial<ConsoleState>])[] = [
    ['the unit', { service: null }],
    ['the firewall', { firewall: null }],
    ['the listeners', { listeners: null }],
    ['a probe', { probe: probeFacts([]) }],
    ['the answer', { probe: probeFacts([0.4], NOW) }],
  ];
  it.each(missing)('not while %s is to come', (_what, change) => {
    expect(isComplete(state(change))).toBe(false);
    expect(isSettled(state(change))).toBe(false);
  });

  it.each<[string, Partial<ConsoleState>]>([
    ['all is in', {}],
    [
      'what does not come is known not to',
      {
        firewall: null,
        firewallFailure: { code: 'not-permitted', action: 'x', detail: '' },
        listeners: null,
        listenersFailure: { code: 'unavailable', what: 'sftp', detail: '' },
      },
    ],
    [
      'the unit cannot be read',
      { service: null, serviceFailure: { code: 'host-error', name: 'x', detail: '' } },
    ],
    [
      'no answer is asked for',
      {
        subject: { unit: 'nginx.service', port: 80, address: '10.5.1.2', asksAnswers: false },
        probe: probeFacts([0.4], NOW),
      },
    ],
    [
      'nothing connects',
      {
        ...service({ active: 'inactive', sub: 'dead' }),
        probe: probeFacts([null], NOW),
      },
    ],
    [
      'its queue is full: no sample, but an answer that failed',
      {
        probe: { ...probeFacts([]), answer: { state: 'mute', waitedMs: 2000, atMono: NOW, heldBy: null } },
      },
    ],
    [
      'the link is lost and the probe is in',
      {
        link: { state: 'lost', sinceMono: 0, detail: 'x', attempts: 1, retryAtMono: null, lastFailure: null },
        service: null,
        firewall: null,
      },
    ],
  ])('when %s', (_what, change) => {
    expect(isComplete(state(change))).toBe(true);
    expect(isSettled(state(change))).toBe(true);
  });

  it.each(['start-pre', 'start'])('complete, but not settled in the middle of a start (%s)', (sub) => {
    const starting = state({
      ...service({ active: 'activating', sub, mainPid: 0 }),
      probe: probeFacts([null], NOW),
    });
    expect(isComplete(starting)).toBe(true);
    expect(isSettled(starting)).toBe(false);
  });
});
