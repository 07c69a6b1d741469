/** Each pane as a component, whole frames compared: ink-testing-library's 100 columns. */
import { cleanup, render } from 'ink-testing-library';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConsoleState } from '../../../src/state/store.ts';
import { catalogue } from '../../../src/text/catalogue.ts';
import type { Language } from '../../../src/text/language.ts';
import { bindKeys } from '../../../src/ui/bindings.ts';
import type { PaneProps } from '../../../src/ui/components/PaneFrame.tsx';
import { ConsoleContext, partsOf } from '../../../src/ui/context.ts';
import { ConsoleController } from '../../../src/ui/controller.ts';
import type { PaneId } from '../../../src/ui/layout.ts';
import { CalculatorPane } from '../../../src/ui/panes/CalculatorPane.tsx';
import { FirewallPane } from '../../../src/ui/panes/FirewallPane.tsx';
import { JournalPane } from '../../../src/ui/panes/JournalPane.tsx';
import { ProbePane } from '../../../src/ui/panes/ProbePane.tsx';
import { ServicePane } from '../../../src/ui/panes/ServicePane.tsx';
import { createFakeClock } from '../../support/fake-clock.ts';
import { FIREWALL_OPEN, RUNNING } from '../../support/fake-host.ts';
import { createFakeSession, healthyState, probeFacts } from '../../support/fake-session.ts';

afterEach(() => cleanup());

const VIEWS: Record<PaneId, (props: PaneProps) => ReactNode> = {
  service: ServicePane,
  firewall: FirewallPane,
  probe: ProbePane,
  journal: JournalPane,
  calculator: CalculatorPane,
};

interface Drawn {
  readonly language?: Language;
  readonly body?: number;
  readonly log?: readonly string[];
  readonly typing?: boolean;
  readonly focus?: PaneId;
  /** @default 50 */
  readonly width?: number;
}

/** The pane alone, `body` rows high and `width` cells wide, without colours or blank ends. */
function pane(
  id: PaneId,
  state: Partial<ConsoleState>,
  {
    language = 'en',
    body = 6,
    log = [],
    typing = false,
    width = 50,
    focus = typing ? 'calculator' : 'probe',
  }: Drawn = {},
): string {
  const clock = createFakeClock(1_000_000);
  const session = createFakeSession({ nowMono: clock.now(), state });
  session.log(...log);
  const bound = bindKeys();
  if (!bound.ok) throw new Error('the default keys clash');
  const controller = new ConsoleController({
    session,
    text: catalogue(language),
    clock,
    keys: bound.table,
    quit: () => undefined,
    suspend: () => undefined,
    copy: () => undefined,
  });
  controller.set({ focus, typing });
  const View = VIEWS[id];
  const place = { id, x: 0, y: 0, width, height: body + 2, body, first: true, last: true };
  const { lastFrame } = render(
    <ConsoleContext value={partsOf(controller)}>
      <View place={place} above={null} alone={true} />
    </ConsoleContext>,
  );
  return (lastFrame() ?? '')
    .replace(/\x1b\[[\d;]*m/g, '')
    .split('\n')
    .slice(1, -1)
    .map((line) => line.slice(2, -2).trimEnd())
    .join('\n')
    .trimEnd();
}

const service = (over: Partial<typeof RUNNING>): Partial<ConsoleState> => ({
  service: { value: { ...RUNNING, sinceMono: 808_000, ...over }, atMono: 0 },
});

describe('the Service pane', () => {
  it('shows a running unit', () => {
    expect(pane('service', service({ restarts: 1, memoryBytes: 13_002_342, cpuNs: 1.2e9 }))).toBe(
      [
        '● active (running)  3 min 12 s',
        '  PID 1954   restarts 1   enabled',
        '  Restart=on-failure after 30 s',
        '  memory 12.4 MiB   CPU 1.20 s',
        '  Super calculatrice réseau',
        '  /etc/systemd/system/calculatrice.service',
      ].join('\n'),
    );
  });

  it('shows a unit that waits for its restart by its true name, with the bar', () => {
    const waiting = service({
      active: 'activating',
      sub: 'auto-restart',
      mainPid: 0,
      restartAtMono: 1_015_000,
      result: 'signal',
      exit: { how: 'killed', status: 9 },
    });
    expect(pane('service', waiting, { body: 5 })).toBe(
      [
        '◐ activating (auto-restart)  3 min 12 s',
        '  restart in 15.0 s ████████████░░░░░░░░░░░░',
        '  restarts 0   enabled',
        '  Restart=on-failure after 30 s',
        '  killed by SIGKILL   result signal',
      ].join('\n'),
    );
  });

  it('shows a failed unit, a stopped one, and one that is not there', () => {
    const failed = { active: 'failed', sub: 'failed', mainPid: 0, result: 'start-limit-hit' } as const;
    expect(pane('service', service(failed))).toContain('✖ failed (failed)');
    expect(pane('service', service(failed))).toContain('result start-limit-hit');
    expect(pane('service', service({ active: 'inactive', sub: 'dead' }))).toContain('○ inactive (dead)');
    expect(pane('service', service({ active: 'inactive', sub: 'dead', load: 'not-found' }))).toContain(
      'no such unit on the host',
    );
    const absent = pane('service', service({ active: 'inactive', sub: 'dead', load: 'not-found' }));
    expect(absent).not.toMatch(/Restart=|restarts/);
  });

  it('names the files that override the unit file', () => {
    const dropInPaths = ['/etc/systemd/system/calculatrice.service.d/override.conf'];
    expect(pane('service', service({ dropInPaths, restart: 'no' }))).toContain(
      '  Restart=no: stays down when it dies\n  overridden by override.conf',
    );
  });

  it('says a wait of less than a second as it is set', () => {
    expect(pane('service', service({ restartSecMs: 100 }))).toContain('Restart=on-failure after 100 ms');
  });

  it('warns that the unit file changed', () => {
    expect(pane('service', service({ needsReload: true }))).toContain(
      '▲ unit file changed: daemon-reload (D)',
    );
  });

  it('keeps what matters most when there is little room', () => {
    expect(pane('service', service({}), { body: 2 })).toBe(
      ['● active (running)  3 min 12 s', '  PID 1954   restarts 0   enabled'].join('\n'),
    );
  });

  it('says what came of the last action', () => {
    const action = { id: 1, verb: 'stop', scope: null, startedMono: 999_000 } as const;
    const refused = { code: 'not-permitted', action: 'stop', detail: 'polkit' } as const;
    expect(pane('service', { actions: [{ ...action, outcome: null }] })).toContain('stop: under way, 1.0 s');
    expect(
      pane('service', { actions: [{ ...action, outcome: { ok: false, failure: refused, tookMs: 3 } }] }),
    ).toMatch(/✗ stop: .+/);
    expect(
      pane('service', { actions: [{ ...action, outcome: { ok: true, job: 'canceled', tookMs: 3 } }] }),
    ).toContain('▲ stop: job canceled after 3.0 ms');
  });

  it('waits for the host, or says why it has nothing', () => {
    expect(pane('service', { service: null })).toBe('waiting for the host');
    const missing = { code: 'no-such-unit', unit: 'calculatrice.service' } as const;
    expect(pane('service', { service: null, serviceFailure: missing })).toContain('calculatrice.service');
  });

  it('speaks French', () => {
    const waiting = service({ active: 'activating', sub: 'auto-restart', restartAtMono: 1_015_000 });
    expect(pane('service', waiting, { language: 'fr' })).toContain('redémarre dans 15,0 s');
  });
});

describe('the Firewall pane', () => {
  const [zone] = FIREWALL_OPEN.zones;
  const zones = (over: Partial<NonNullable<typeof zone>>): Partial<ConsoleState> => ({
    firewall: { atMono: 0, value: { ...FIREWALL_OPEN, zones: zone ? [{ ...zone, ...over }] : [] } },
  });
  const closed = { services: ['ssh'], ports: [] };
  const open = { services: ['ssh'], ports: [{ port: '13337', protocol: 'tcp' }] };

  it("shows the service's own port first, then what else is open", () => {
    expect(pane('firewall', {})).toBe(
      ['public  enp0s8 enp0s9', '● 13337/tcp  runtime ✓ permanent ✓', '  ssh  cockpit'].join('\n'),
    );
  });

  it.each([
    [open, closed, '▲ 13337/tcp  runtime ✓ permanent ✗'],
    [closed, open, '▲ 13337/tcp  runtime ✗ permanent ✓'],
    [closed, closed, '✖ 13337/tcp  runtime ✗ permanent ✗'],
    [open, null, '● 13337/tcp  runtime ✓ permanent ?'],
  ])('marks a difference', (runtime, permanent, line) => {
    const shown = pane('firewall', zones({ runtime, permanent })).split('\n')[1] ?? '';
    expect(shown).toBe(line);
  });

  it('counts ranges, and marks other differences', () => {
    const range = {
      services: [],
      ports: [
        { port: '13000-14000', protocol: 'tcp' },
        { port: '8080', protocol: 'tcp' },
      ],
    };
    const drawn = pane(
      'firewall',
      zones({ runtime: range, permanent: { services: ['https'], ports: range.ports.slice(0, 1) } }),
    );
    expect(drawn).toContain('● 13337/tcp  runtime ✓ permanent ✓');
    expect(drawn).toContain('▲ 8080/tcp  runtime only');
    expect(drawn).toContain('▲ https  permanent only');
  });

  it('says when firewalld is not running, and when ports may not be read', () => {
    expect(pane('firewall', { firewall: { atMono: 0, value: { ...FIREWALL_OPEN, running: false } } })).toBe(
      '○ firewalld is not running: it closes nothing',
    );
    const narrow = { firewall: { atMono: 0, value: { ...FIREWALL_OPEN, running: false } } };
    expect(pane('firewall', narrow, { width: 46 })).toBe('○ firewalld is not running: it closes\n  nothing');
    const refused = { code: 'not-permitted', action: 'config.info', detail: 'polkit' } as const;
    const value = {
      ...FIREWALL_OPEN,
      refused,
      zones: zone ? [{ ...zone, runtime: null, permanent: null }] : [],
    };
    expect(pane('firewall', { firewall: { atMono: 0, value } })).toBe(
      [
        '▲ this user may not read its open ports',
        '  firewalld shows them to administrators alone',
        '  (sudo, or a polkit rule)',
        '  polkit',
        'public  enp0s8 enp0s9',
      ].join('\n'),
    );
  });
});

describe('the Probe pane', () => {
  it('shows state, latency and the verdict', () => {
    expect(pane('probe', {}, { body: 5 })).toBe(
      [
        '● 10.5.1.2:13337  0.42 ms',
        '  ▄▃▃▇▄▃▃▃  p50 0.40  p95 0.90 ms  loss 0 %',
        '● verdict: reachable from here',
        '  2+3 answered 5 in 0.80 ms',
      ].join('\n'),
    );
  });

  it('charts the latency where there is room, a failed probe as a cross', () => {
    const probe = probeFacts([1, null, 2, 4]);
    expect(pane('probe', { probe }, { body: 7 }).split('\n').slice(1, 6)).toEqual([
      '  4.0 ms    █',
      '            █',
      '           ██',
      '         █✗██',
      '  p50 2.0  p95 4.0  max 4.0 ms  loss 25 %',
    ]);
  });

  it('draws no scale while nothing was measured', () => {
    const drawn = pane('probe', { probe: probeFacts([null, null]) }, { body: 12 }).split('\n');
    expect(drawn.slice(1, 3)).toEqual(['  ✗✗', '  loss 100 %']);
  });

  it.each([
    ['refused', '✖ 10.5.1.2:13337  refused'],
    ['rejected', '✖ 10.5.1.2:13337  rejected by a firewall'],
    ['filtered', '✖ 10.5.1.2:13337  no answer (filtered)'],
    ['unreachable', '✖ 10.5.1.2:13337  unreachable'],
  ] as const)('tells %s', (status, line) => {
    const probe = { ...probeFacts([]), samples: [{ atMono: 0, atWall: 0, status, ms: null }] };
    expect(pane('probe', { probe }).split('\n')[0]).toBe(line);
  });

  it('lists outages, the one that lasts first', () => {
    const probe = {
      ...probeFacts([0.5, null]),
      outages: [
        {
          fromMono: 0,
          fromWall: new Date(2026, 0, 1, 9, 0, 0).getTime(),
          lengthMs: 31_000,
          status: 'refused',
        },
        {
          fromMono: 995_000,
          fromWall: new Date(2026, 0, 1, 9, 5, 0).getTime(),
          lengthMs: null,
          status: 'filtered',
        },
      ],
    } as const;
    const drawn = pane('probe', { probe }, { body: 12 });
    expect(drawn).toContain('✖ 09:05:00  filtered  5 s so far\n· 09:00:00  refused  31 s');
  });

  it('says why it waits', () => {
    expect(pane('probe', { probe: { ...probeFacts([1]), paused: 'server-busy' } })).toContain('server busy');
  });

  it('says what is wrong, what mends it, and the key that does', () => {
    const state = healthyState(1_000_000);
    const verdict = {
      ...state.verdict,
      broken: 'firewall' as const,
      reachable: false,
      rungs: state.verdict.rungs.map((rung) =>
        rung.id === 'firewall'
          ? {
              id: rung.id,
              state: 'broken' as const,
              evidence: { code: 'firewall-closed' as const, zone: 'public', port: 13337 },
            }
          : rung,
      ),
      mend: {
        action: 'open-port' as const,
        command: 'sudo firewall-cmd --zone=public --add-port=13337/tcp',
        advice: null,
        subject: null,
      },
    };
    const drawn = pane('probe', { verdict }, { body: 12 });
    expect(drawn).toContain('✖ verdict: 13337/tcp closed in zone public');
    expect(drawn.replaceAll(/\s+/g, ' ')).toContain(
      '→ press o: sudo firewall-cmd --zone=public --add-port=13337/tcp',
    );
  });
});

describe('the Journal pane', () => {
  it('shows the newest lines, our probe folded', () => {
    const drawn = pane(
      'journal',
      {},
      { log: ['Le serveur tourne', 'probe 1', 'probe 2', 'Un client est là'], body: 3 },
    );
    expect(drawn.replaceAll(/\d\d:\d\d:\d\d/g, 'HH:MM:SS')).toBe(
      [
        'HH:MM:SS python[1954] Le serveur tourne',
        '⋯ 2 probe lines folded',
        'HH:MM:SS python[1954] Un client est là',
      ].join('\n'),
    );
  });

  it('keeps its lines under the reason why no more come', () => {
    const journalFailure = { code: 'unavailable', what: 'journalctl', detail: 'gone' } as const;
    const drawn = pane('journal', { journalFailure }, { log: ['last words'] });
    expect(drawn).toMatch(/^✖ .*journalctl/);
    expect(drawn).toContain('last words');
  });
});

describe('the Calculator pane', () => {
  const answers: Partial<ConsoleState> = {
    calculations: [
      {
        id: 1,
        input: '2+3',
        result: { state: 'right', answer: '5', ms: 0.8, via: 'direct', dialect: 'bare' },
      },
      {
        id: 2,
        input: '6*7',
        result: { state: 'wrong', answer: '41', expected: '42', ms: 1.2, via: 'host', dialect: 'bare' },
      },
      { id: 3, input: '1+1', result: { state: 'failed', failure: { code: 'mute', waitedMs: 5000 } } },
      { id: 4, input: '9-9', result: { state: 'asking' } },
    ],
  };

  it('shows questions, answers, how long they took and which way', () => {
    expect(pane('calculator', answers, { body: 9, typing: true })).toBe(
      [
        '› 2+3',
        '  5  ✓  0.80 ms  direct',
        '› 6*7',
        '  41  ✗ wrong: it is 42  1.2 ms  through the …',
        '› 1+1',
        '  ✖ no answer in 5.0 s',
        '› 9-9',
        '  ◐ asking',
        '›',
      ].join('\n'),
    );
  });

  it('tells how to begin, and keeps the newest when it is low', () => {
    expect(pane('calculator', {})).toBe('› press 5 to type an expression, like 2+3');
    expect(pane('calculator', {}, { focus: 'calculator' })).toBe(
      '› press Enter to type an expression, like 2+3',
    );
    expect(pane('calculator', {}, { focus: 'calculator', language: 'fr' })).toBe(
      '› touche Entrée : une opération, comme 2+3',
    );
    expect(pane('calculator', answers, { body: 1 })).toBe('› 9-9 = ◐ asking');
    expect(pane('calculator', answers, { body: 3, typing: true })).toBe('› 9-9\n  ◐ asking\n›');
  });
});
