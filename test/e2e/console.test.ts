/** The console on the demo host, from the first frame to the last: its panes, its overlays, its sizes, its languages. */
import { describe, expect, it } from 'vitest';
import type { Terminal } from '../support/terminal.ts';
import { gone, liveDemo, tp5 } from './demo.ts';

const PANES = ['1 Service', '2 Firewall', '3 Probe', '4 Journal', '5 Calculator'];

it('opens on five live panes, and gives the screen back on q', async () => {
  const terminal = await liveDemo();
  for (const pane of PANES) await terminal.waitFor(pane);
  await terminal.waitFor('● active (running)');
  await terminal.waitFor(/● \d{5}\/tcp {2}runtime ✓ permanent ✓/);
  await terminal.waitFor(/● 127\.0\.0\.\d:\d{5} {2}[\d.]+ ms/);
  await terminal.waitFor(/p50 [\d.]+ +p95 [\d.]+ +max [\d.]+ ms +loss 0 %/);
  await terminal.waitFor(/Le serveur tourne sur/);
  await terminal.waitFor('› press 5 to type an expression');
  expect(terminal.row(0)).toContain('demo');
  expect(terminal.buffer()).toBe('alternate');
  terminal.type('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: null });
  expect(terminal.buffer()).toBe('normal');
  expect(terminal.cursor().visible).toBe(true);
  expect(await terminal.close()).toEqual([]);
});

describe('its overlays', () => {
  it('the verdict in full, the help and the palette, each closed as it was opened', async () => {
    const terminal = await liveDemo();
    terminal.type('v');
    for (const rung of ['Link', 'Unit', 'Listener', 'Firewall', 'Network', 'Answer']) {
      await terminal.waitFor(new RegExp(`● ${rung} +ok `));
    }
    terminal.type('?');
    await terminal.waitFor('The service');
    await terminal.waitFor(/K +kill -9 the main process/);
    terminal.press('end');
    await terminal.waitFor('leave the input; cancel a question under way');
    terminal.press('escape');
    await gone(terminal, 'leave the input');
    terminal.press('ctrl+p');
    await terminal.waitFor('type to filter');
    terminal.type('zoom');
    await terminal.waitFor(/▸ enlarge the pane, and back +z/);
    terminal.press('enter');
    await gone(terminal, '2 Firewall');
    terminal.type('z');
    await terminal.waitFor('2 Firewall');
  });

  it('hide what is behind them and let no key through', async () => {
    const terminal = await liveDemo([], { cols: 50, rows: 15 });
    terminal.type('v');
    await terminal.waitFor(/● Answer +answers rightly/);
    terminal.type('5tzR');
    terminal.press('escape');
    await gone(terminal, 'Answer');
    expect(terminal.screen()).toContain('1 Service');
    expect(terminal.screen()).not.toContain('read-only');
  });
});

describe('its sizes', () => {
  const whole = (cols: number, rows: number) => (terminal: Terminal) => {
    const lines = terminal.screen().split('\n');
    return (
      lines.length === rows &&
      lines.every((line) => line.length <= cols) &&
      /^[└┗┡]/.test(lines[rows - 2] ?? '')
    );
  };

  it('follow the terminal, whole at each', async () => {
    const terminal = await liveDemo();
    for (const [cols, rows] of [
      [80, 24],
      [50, 15],
      [200, 60],
      [60, 15],
      [100, 30],
    ] as const) {
      terminal.resize(cols, rows);
      await terminal.waitFor(whole(cols, rows), { what: `a whole screen of ${cols} by ${rows}` });
    }
    terminal.resize(30, 3);
    await terminal.waitFor((seen) => /^● active \(running\)/.test(seen.row(0)), { what: 'one line' });
    terminal.resize(120, 40);
    await terminal.waitFor(whole(120, 40));
    for (const pane of PANES) await terminal.waitFor(pane);
  });
});

describe('its languages and colours', () => {
  it('speaks French when it is told to, or the locale is', async () => {
    for (const [args, env] of [
      [['--lang', 'fr'], {}],
      [[], { LANG: 'fr_FR.UTF-8' }],
    ] as const) {
      const terminal = await liveDemo(args, { env });
      for (const said of ['2 Pare-feu', '3 Sonde', 'verdict : joignable d’ici', '● Écoute', 'q quitter']) {
        await terminal.waitFor(said);
      }
      terminal.type('t');
      await terminal.waitFor('Arrêter calculatrice.service sur demo@hosting.tp5.b1 ?');
      terminal.type('n');
      await gone(terminal, 'Vraiment ?');
      terminal.type('q');
      await terminal.exited;
    }
  });

  it('means the same without colours', async () => {
    const terminal = await liveDemo([], { env: { NO_COLOR: '1' } });
    const coloured = terminal
      .cells()
      .flat()
      .filter(({ foreground, background }) => foreground.kind !== 'default' || background.kind !== 'default');
    expect(coloured).toEqual([]);
    terminal.type('2');
    await terminal.waitFor('┢ 2 Firewall ━', { what: 'the focus in heavy lines' });
    terminal.type('K');
    await terminal.waitFor(/▸ No \(n\) +Yes \(y\)/);
  });

  it('refuses a terminal that cannot draw it, with what to use instead', async () => {
    const terminal = tp5(['demo'], { env: { TERM: 'dumb' } });
    expect((await terminal.exited).code).toBe(2);
    expect(terminal.buffer()).toBe('normal');
    expect(terminal.screen()).toContain('status');
  });
});
