/** The console by its keys: what each asks for, what it asks first, and what read-only takes away. */
import { describe, expect, it } from 'vitest';
import { drawConsole } from '../support/drawn-console.tsx';
import { firewallWith, NOBODY_LISTENS, RUNNING } from '../support/fake-host.ts';
import { healthyState, verdictOn } from '../support/fake-session.ts';
import { ctrl, KEY } from '../support/frames.tsx';

const LOST = {
  state: 'lost',
  sinceMono: 988_000,
  detail: 'keepalive',
  attempts: 2,
  retryAtMono: 1_003_000,
  lastFailure: null,
} as const;

describe('actions that change the host', () => {
  it.each([
    ['s', 'start'],
    ['e', 'enable'],
    ['F', 'reset-failed'],
    ['D', 'daemon-reload'],
  ])('%s asks for %s at once', async (key, verb) => {
    const screen = await drawConsole();
    await screen.type(key);
    expect(screen.session.commands).toEqual([{ type: 'service', verb }]);
    screen.unmount();
  });

  it.each([
    ['t', 'Stop', { type: 'service', verb: 'stop' }],
    ['r', 'Restart', { type: 'service', verb: 'restart' }],
    ['K', 'Kill -9', { type: 'service', verb: 'kill' }],
    ['E', 'Disable', { type: 'service', verb: 'disable' }],
    ['d', 'Drill', { type: 'drill' }],
  ])('%s asks first, naming unit and host, and takes Enter for No', async (key, name, command) => {
    const screen = await drawConsole();
    await screen.type(key);
    expect(screen.text()).toContain(`${name} calculatrice.service on manon@hosting.tp5.b1?`);
    expect(screen.text()).toContain('▸ No');
    await screen.type(KEY.enter);
    expect(screen.session.commands).toEqual([]);
    expect(screen.text()).not.toContain('calculatrice.service on');
    for (const no of ['n', KEY.esc, 'q']) await screen.type(key, no);
    expect(screen.session.commands).toEqual([]);
    await screen.type(key, 'y');
    expect(screen.session.commands).toEqual([command]);
    await screen.type(KEY.esc, key, KEY.right, KEY.enter);
    expect(screen.session.commands.filter((one) => one.type === command.type)).toHaveLength(2);
    screen.unmount();
  });

  it('o opens with Enter what is missing: the permanent part where that alone is', async () => {
    const opened = async (firewall: ReturnType<typeof firewallWith>) => {
      const screen = await drawConsole({ state: { firewall: { value: firewall, atMono: 0 } } });
      await screen.type('o', KEY.enter);
      screen.unmount();
      return screen.session.commands;
    };
    const scoped = (scope: string) => [{ type: 'port', open: true, scope }];
    expect(await opened(firewallWith(['13337'], []))).toEqual(scoped('permanent'));
    expect(await opened(firewallWith([], ['13337']))).toEqual(scoped('runtime'));
    expect(await opened(firewallWith([], []))).toEqual(scoped('runtime'));
  });

  it.each([
    ['o', firewallWith(['13337'], ['13337']), 'open already'],
    ['O', firewallWith([], []), 'closed already'],
  ])('%s says when there is nothing to do, and Enter then does nothing', async (key, firewall, words) => {
    const screen = await drawConsole({ state: { firewall: { value: firewall, atMono: 0 } } });
    await screen.type(key);
    expect(screen.text()).toContain(`It is ${words}, at runtime and permanently.`);
    await screen.type(KEY.enter);
    expect(screen.session.commands).toEqual([]);
    screen.unmount();
  });

  it('says nothing of the kind while only one of both is so', async () => {
    const screen = await drawConsole({
      state: { firewall: { value: firewallWith([], ['13337']), atMono: 0 } },
    });
    for (const key of ['o', KEY.esc, 'O']) {
      await screen.type(key);
      expect(screen.text()).not.toContain('already');
    }
    screen.unmount();
  });

  it('takes the French letters in French, and the English ones as well', async () => {
    const screen = await drawConsole({ language: 'fr' });
    await screen.type('t');
    expect(screen.text()).toContain('Arrêter calculatrice.service sur manon@hosting.tp5.b1 ?');
    expect(screen.text()).toContain('Oui (o)');
    await screen.type('o', 't', 'y');
    expect(screen.session.commands).toHaveLength(2);
    screen.unmount();
  });

  it('o asks where the port is to be opened', async () => {
    const screen = await drawConsole();
    await screen.type('o');
    expect(screen.text()).toContain('Open 13337/tcp in zone public of manon@hosting.tp5.b1?');
    await screen.type('b');
    expect(screen.session.commands).toEqual([
      { type: 'port', open: true, scope: 'runtime' },
      { type: 'port', open: true, scope: 'permanent' },
    ]);
    screen.unmount();
  });

  it('O asks as well, and does nothing on Enter', async () => {
    const screen = await drawConsole();
    await screen.type('O', KEY.enter);
    expect(screen.session.commands).toEqual([]);
    await screen.type('O', 'p');
    expect(screen.session.commands).toEqual([{ type: 'port', open: false, scope: 'permanent' }]);
    screen.unmount();
  });

  it('are off in read-only, with the reason, and are not hinted', async () => {
    const screen = await drawConsole({ state: { readOnly: true } });
    expect(screen.text()).toContain('read-only');
    expect(screen.lines().at(-1)).not.toContain('stop');
    await screen.type('K');
    expect(screen.lines().at(-1)).toContain('kill -9: off in read-only (R switches it)');
    await screen.type('s', 't', 'r', 'd', 'e', 'E', 'F', 'D', 'o', 'O', 'y');
    expect(screen.session.commands).toEqual([]);
    await screen.type('R');
    expect(screen.session.commands).toEqual([{ type: 'read-only', on: false }]);
    screen.unmount();
  });

  it('are off for a user without sudo, who is told so, and may try all the same', async () => {
    const { host } = healthyState();
    const privilege = { kind: 'none', reason: 'no-sudo', detail: '' } as const;
    const screen = await drawConsole({ state: { readOnly: true, host: { ...host, privilege } } });
    expect(screen.text()).toContain('▲ read-only: this user may not use sudo');
    await screen.type('K');
    expect(screen.lines().at(-1)).toContain(
      'kill -9: read-only: this user may not use sudo (R tries all the same)',
    );
    screen.unmount();
  });

  it('are off while the link is down', async () => {
    const screen = await drawConsole({ state: { link: LOST } });
    await screen.type('t');
    expect(screen.lines().at(-1)).toContain('stop: not while the link is down');
    await screen.type('c');
    expect(screen.session.commands).toEqual([{ type: 'reconnect' }]);
    screen.unmount();
  });

  it('say what came of them', async () => {
    const screen = await drawConsole();
    const action = { id: 1, verb: 'restart', scope: null, startedMono: screen.clock.now() } as const;
    screen.session.set({ actions: [{ ...action, outcome: null }] });
    await screen.until('restart: under way');
    await screen.clock.advance(300);
    screen.session.set({ actions: [{ ...action, outcome: { ok: true, job: 'done', tookMs: 300 } }] });
    await screen.until('✓ restart: done in 300 ms');
    expect(screen.lines().at(-1)).toContain('✓ restart: done in 300 ms');
    await screen.clock.advance(7000);
    await screen.settle();
    expect(screen.lines().at(-1)).toContain('t stop');
    screen.unmount();
  });
});

describe('the hints', () => {
  it('offer what makes sense now', async () => {
    const screen = await drawConsole();
    expect(screen.lines().at(-1)).toMatch(/^ t stop {2}r restart {2}K kill -9 {2}d drill/);
    expect(screen.lines().at(-1)).toMatch(/\? help {2}q quit/);
    const stopped = { ...RUNNING, active: 'inactive', sub: 'dead', mainPid: 0 } as const;
    screen.session.set({ service: { value: stopped, atMono: 0 } });
    await screen.settle();
    expect(screen.lines().at(-1)).toMatch(/^ s start {2}r restart/);
    expect(screen.lines().at(-1)).not.toContain('stop');
    screen.unmount();
  });

  it('put what mends first, and let it stand out', async () => {
    const stopped = { ...RUNNING, active: 'inactive', sub: 'dead', mainPid: 0 } as const;
    const mend = { action: 'start', command: 'x', advice: null, subject: null } as const;
    const { verdict } = healthyState(1_000_000);
    const screen = await drawConsole({
      state: { service: { value: stopped, atMono: 0 }, verdict: { ...verdict, broken: 'unit', mend } },
    });
    expect(screen.lines().at(-1)).toMatch(/^ {2}→ s start {3}r restart/);
    // Who may not do it is shown the way to what is to be typed.
    screen.session.set({ readOnly: true });
    await screen.settle();
    expect(screen.lines().at(-1)).toMatch(/^ {2}→ v verdict/);
    expect(screen.text()).not.toContain('press s');
    screen.unmount();
  });

  it('offer to enable a unit that will not start at boot', async () => {
    const value = { ...RUNNING, enabled: 'disabled' } as const;
    const screen = await drawConsole({ columns: 100, state: { service: { value, atMono: 0 } } });
    expect(screen.lines().at(-1)).toContain('e enable');
    screen.unmount();
  });

  it('show the keys as they were bound', async () => {
    const screen = await drawConsole({ keys: { stop: 'ctrl+x' } });
    expect(screen.lines().at(-1)).toContain('Ctrl+X stop');
    await screen.type('t');
    expect(screen.text()).not.toContain('Sure?');
    await screen.type(ctrl('x'));
    expect(screen.text()).toContain('Sure?');
    screen.unmount();
  });
});

describe('a lost link', () => {
  it('marks what came over it stale at once; what is learnt from here is not', async () => {
    const screen = await drawConsole();
    screen.session.set({ link: LOST });
    await screen.settle();
    for (const pane of ['1 Service', '2 Firewall', '4 Journal']) {
      expect(screen.text()).toMatch(new RegExp(`${pane} .{0,3}▲ stale 12 s [─━]{3}`));
    }
    expect(screen.text()).toContain('3 Probe ─ ● live from here');
    expect(screen.text()).toMatch(/5 Calculator ─{3}/);
    expect(screen.lines()[0]).toContain('✖ lost 12 s, retry in 3 s (c: now)');
    await screen.clock.advance(1000);
    await screen.settle();
    expect(screen.lines()[0]).toContain('✖ lost 13 s, retry in 2 s');
    screen.session.set({ link: { state: 'live', sinceMono: 0, roundTripMs: 1 } });
    await screen.settle();
    expect(screen.text()).not.toContain('stale');
    screen.unmount();
  });
});

describe('moving about', () => {
  it('goes by number and by Tab, both ways round', async () => {
    const screen = await drawConsole();
    const focus = () => screen.controller.view.getState().focus;
    await screen.type('3');
    expect(focus()).toBe('probe');
    await screen.type(KEY.tab);
    expect(focus()).toBe('journal');
    await screen.type(KEY.shiftTab, KEY.shiftTab, KEY.shiftTab, KEY.shiftTab);
    expect(focus()).toBe('calculator');
    screen.unmount();
  });

  it('draws the focused pane with heavy lines, all round', async () => {
    const screen = await drawConsole();
    await screen.type('2');
    const left = screen
      .lines()
      .map((line) => line[0])
      .join('');
    expect(left).toMatch(/^ ┌│+┢┃+┡│+└ $/);
    screen.unmount();
  });

  it('z enlarges the pane and goes back', async () => {
    const screen = await drawConsole();
    await screen.type('2', 'z');
    expect(screen.text()).toContain('2 Firewall');
    expect(screen.text()).not.toContain('1 Service');
    await screen.type('z');
    expect(screen.text()).toContain('1 Service');
    screen.unmount();
  });

  it('Ctrl+C leaves from anywhere, q from where commands are taken', async () => {
    const screen = await drawConsole();
    for (const open of [[], ['t'], ['?'], [':'], ['5'], ['/']]) {
      await screen.type(...open, ctrl('c'));
      await screen.type(KEY.esc, KEY.esc);
    }
    expect(screen.asked.quit).toBe(6);
    await screen.type('5', 'q', KEY.esc);
    expect(screen.asked.quit).toBe(6);
    await screen.type('q');
    expect(screen.asked.quit).toBe(7);
    await screen.type(ctrl('z'));
    expect(screen.asked.suspend).toBe(1);
    screen.unmount();
  });
});

describe('the palette', () => {
  it('finds an action by letters in their order and runs it', async () => {
    const screen = await drawConsole();
    await screen.type(':', 'rdonly');
    expect(screen.text()).toContain('read-only on and off');
    expect(screen.text()).not.toContain('enable: start at boot');
    await screen.type(KEY.enter);
    expect(screen.session.commands).toEqual([{ type: 'read-only', on: true }]);
    screen.unmount();
  });

  it('asks first for what is harmful, and says so when nothing is called that', async () => {
    const screen = await drawConsole();
    await screen.type(ctrl('p'), 'kill', KEY.enter);
    expect(screen.text()).toContain('Kill -9 calculatrice.service');
    expect(screen.session.commands).toEqual([]);
    await screen.type('n', ':', 'zzzz');
    expect(screen.text()).toContain('no action of that name');
    await screen.type(KEY.enter, KEY.esc);
    expect(screen.text()).not.toContain('no action of that name');
    screen.unmount();
  });

  it('lists what belongs to the pane one is in', async () => {
    const screen = await drawConsole();
    await screen.type(':', 'wrap');
    expect(screen.text()).toContain('no action of that name');
    await screen.type(KEY.esc, '4', ':', 'wrap', KEY.enter);
    expect(screen.controller.view.getState().journal.wrap).toBe(true);
    screen.unmount();
  });
});

describe('help', () => {
  it('scrolls on a small screen to its last line and back', async () => {
    const screen = await drawConsole({ columns: 60, rows: 12 });
    await screen.type('?');
    expect(screen.text()).toContain('The service');
    await screen.type(KEY.end);
    expect(screen.text()).toContain('leave the input; cancel');
    await screen.type(KEY.up, KEY.home);
    expect(screen.text()).toContain('The service');
    await screen.type('?');
    expect(screen.text()).not.toContain('The service');
    screen.unmount();
  });
});

describe('the verdict in full', () => {
  it('shows all six rungs, the evidence and the mend with its key', async () => {
    const state = healthyState(1_000_000);
    const screen = await drawConsole({
      state: {
        verdict: {
          ...state.verdict,
          broken: 'unit',
          reachable: false,
          rungs: state.verdict.rungs.map((rung) =>
            rung.id === 'unit'
              ? {
                  id: 'unit',
                  state: 'broken',
                  evidence: { code: 'unit-stopped', unit: 'calculatrice.service' },
                }
              : rung,
          ),
          mend: {
            action: 'start',
            command: 'sudo systemctl start calculatrice',
            advice: null,
            subject: null,
          },
        },
      },
    });
    await screen.type('v');
    for (const said of ['Link', 'Unit', 'Listener', 'Firewall', 'Network', 'Answer', 'stopped']) {
      expect(screen.text()).toContain(said);
    }
    expect(screen.text()).toContain('press s: sudo systemctl start calculatrice');
    screen.unmount();
  });
});

describe('the drill', () => {
  const drillAt = (startedMono: number) =>
    ({
      unit: 'calculatrice.service',
      startedMono,
      pidBefore: 1954,
      pidAfter: null,
      restartSecMs: 30_000,
      waitedMs: null,
      steps: [
        { name: 'killed', ms: 1, state: 'done' },
        { name: 'exited', ms: 4, state: 'done' },
        { name: 'port-closed', ms: null, state: 'absent' },
        { name: 'restarting', ms: 200, state: 'done' },
        { name: 'started', ms: null, state: 'waiting' },
      ],
      passed: null,
      reason: null,
    }) as const;

  it('opens on Yes, shows its steps as they come, and what systemd waited', async () => {
    const screen = await drawConsole();
    await screen.type('d', 'y');
    expect(screen.text()).toContain('killing the main process');
    // Each tenth of a second is drawn: one second of them is enough.
    const drill = drillAt(screen.clock.now() - 14_000);
    screen.session.set({ drill });
    await screen.clock.advance(1_000);
    await screen.until('15.0 s');
    expect(screen.text()).toMatch(/15\.0 s █{16}░{16} {2}RestartSec 30 s/);
    expect(screen.text()).toMatch(/✓ process gone +4\.0 ms/);
    expect(screen.text()).toMatch(/◐ systemd waits \(RestartSec\) +200 ms {2}14\.8 s of 30\.0 s/);
    expect(screen.text()).toMatch(/○ unit active again +waiting/);
    const reason = { code: 'wait-differs', expectedMs: 30_000, measuredMs: 41_200 } as const;
    screen.session.set({ drill: { ...drill, waitedMs: 41_200, passed: false, reason } });
    await screen.until('failed: it waited 41.2 s, RestartSec says 30.0 s');
    expect(screen.text()).toMatch(/✓ systemd waits \(RestartSec\) +200 ms {2}waited 41\.2 s of 30\.0 s/);
    await screen.type(KEY.esc);
    expect(screen.text()).not.toContain('41.2 s');
    expect(screen.session.commands).toEqual([{ type: 'drill' }, { type: 'close-drill' }]);
    screen.unmount();
  });

  it('says what came of it where a low screen shows it without scrolling', async () => {
    const screen = await drawConsole({ columns: 50, rows: 15 });
    screen.session.set({ drill: { ...drillAt(0), waitedMs: 30_000, passed: true } });
    await screen.type('d');
    expect(screen.text()).toContain('● passed: it came back in time');
    screen.unmount();
  });

  it('says that nothing was killed rather than that every step was missed', async () => {
    const screen = await drawConsole();
    const drill = drillAt(0);
    const reason = { code: 'no-restart', restart: 'no' } as const;
    const steps = drill.steps.map(({ name }) => ({ name, ms: null, state: 'missed' }) as const);
    screen.session.set({ drill: { ...drill, steps, passed: false, reason } });
    await screen.type('d');
    expect(screen.text()).toContain('failed: Restart=no does not bring it back after a SIGKILL');
    expect(screen.text()).toContain('nothing was killed');
    expect(screen.text()).not.toContain('missed');
    screen.unmount();
  });

  it('keeps its keys to itself while it is open: 5 does not move the focus, s does not start', async () => {
    const screen = await drawConsole();
    screen.session.set({ drill: drillAt(screen.clock.now()) });
    await screen.type('d', '5', 's', 't', '/', 'z', KEY.tab);
    expect(screen.text()).toContain('RestartSec 30 s');
    expect(screen.controller.view.getState()).toMatchObject({
      focus: 'service',
      typing: false,
      zoomed: false,
    });
    expect(screen.session.commands).toEqual([]);
    await screen.type('?');
    expect(screen.text()).toContain('start the unit');
    screen.unmount();
  });

  it('goes on in one line of the Service pane when it is closed, and d opens it again', async () => {
    const screen = await drawConsole();
    const drill = drillAt(screen.clock.now());
    screen.session.set({ drill });
    await screen.type('d', KEY.esc);
    await screen.clock.advance(2000);
    await screen.until('drill: systemd waits (RestartSec), 2.0 s');
    const steps = [...drill.steps.slice(0, -1), { name: 'started', ms: 30_400, state: 'done' } as const];
    screen.session.set({ drill: { ...drill, steps, passed: true } });
    await screen.until('✓ drill: passed, back in 30.4 s (d shows it)');
    // Its result is seen first: another drill is asked for after that.
    await screen.type('d');
    expect(screen.text()).toContain('● passed: it came back in time');
    expect(screen.text()).not.toContain('(d shows it)');
    await screen.type(KEY.esc);
    screen.session.set({ drill: null });
    await screen.type('d');
    expect(screen.text()).toContain('Drill calculatrice.service on');
    screen.unmount();
  });

  it('may be looked at when the link is down or read-only is on: that changes nothing', async () => {
    const drill = drillAt(1_000_000);
    const screen = await drawConsole({ state: { link: LOST, readOnly: true, drill } });
    await screen.type('d');
    expect(screen.text()).toContain('PID 1954 → …');
    screen.unmount();
  });
});

describe('the line of keys, when something is wrong', () => {
  const broken = (exit: { readonly how: 'exited'; readonly status: number }) => {
    const { verdict: _, ...facts } = {
      ...healthyState(1_000_000),
      service: {
        value: { ...RUNNING, active: 'failed', sub: 'failed', result: 'exit-code', mainPid: 0, exit },
        atMono: 1_000_000,
      },
      listeners: { value: NOBODY_LISTENS, atMono: 1_000_000 },
    } as const;
    return { ...facts, verdict: verdictOn(facts) };
  };

  it('leads with the key that mends it, or else with the verdict that says what does', async () => {
    const started = await drawConsole({ state: broken({ how: 'exited', status: 1 }) });
    expect(started.lines().at(-1)).toMatch(/^ +→ s start/);
    started.unmount();
    const edited = await drawConsole({ state: broken({ how: 'exited', status: 203 }) });
    expect(edited.lines().at(-1)).toMatch(/^ +→ v verdict/);
    edited.unmount();
  });
});

describe('text that a terminal pastes without saying so', () => {
  const commandsOf = async (typed: string): Promise<number> => {
    const screen = await drawConsole();
    await screen.type(typed);
    screen.unmount();
    return screen.session.commands.length;
  };

  it('runs no command: nobody types more than 24 keys in one go', async () => {
    expect(await commandsOf(`s${'ù'.repeat(23)}`)).toBe(1);
    expect(await commandsOf(`s${'ù'.repeat(24)}`)).toBe(0);
  });

  it('is not one key held down', async () => {
    expect(await commandsOf('s'.repeat(25))).toBeGreaterThan(0);
  });
});
