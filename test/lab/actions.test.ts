/** What the console does to the real host, by key, and who may. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Terminal } from '../support/terminal.ts';
import { control, onHost, onLab, openConsole, operatorHome, tp5OnPc } from './host.ts';

const size = { cols: 120, rows: 40 };

async function confirmed(terminal: Terminal, key: string, question: RegExp): Promise<void> {
  terminal.type(key);
  await terminal.waitFor(question);
  terminal.type('y');
}

async function state(): Promise<string> {
  return onHost('systemctl is-active calculatrice || true');
}

onLab('acting on the host', () => {
  beforeEach(async () => {
    await control('reset', '--restart-sec', '3');
  });

  it('starts, restarts and stops by key', async () => {
    const terminal = openConsole('manon', [], size);
    await terminal.waitFor('inactive (dead)');
    terminal.type('s');
    await terminal.waitFor('active (running)');
    await terminal.waitFor(/✓ start: done/);
    expect(await state()).toBe('active');
    const before = await onHost('systemctl show -P MainPID calculatrice');
    await confirmed(terminal, 'r', /Restart calculatrice\.service on manon@10\.5\.1\.2\?/);
    await terminal.waitFor(/✓ restart: done/);
    expect(await onHost('systemctl show -P MainPID calculatrice')).not.toBe(before);
    await confirmed(terminal, 't', /Stop calculatrice\.service on manon@10\.5\.1\.2\?/);
    await terminal.waitFor('inactive (dead)');
    expect(await state()).toBe('inactive');
  });

  it('does nothing when the question is answered with Enter', async () => {
    await onHost('systemctl start calculatrice');
    const terminal = openConsole('manon', [], size);
    await terminal.waitFor('active (running)');
    terminal.type('K');
    await terminal.waitFor(/Kill -9 calculatrice\.service/);
    terminal.press('enter');
    await terminal.waitFor((t) => !/Kill -9 calculatrice\.service/.test(t.screen()), { what: 'no dialog' });
    expect(await state()).toBe('active');
  });

  it('enables and disables, and reloads systemd after an edit', async () => {
    const terminal = openConsole('manon', [], size);
    await terminal.waitFor(/disabled/);
    terminal.type('e');
    await terminal.waitFor(/✓ enable/);
    expect(await onHost('systemctl is-enabled calculatrice')).toBe('enabled');
    await confirmed(terminal, 'E', /Disable/);
    await terminal.waitFor(/✓ disable/);
    expect(await onHost('systemctl is-enabled calculatrice || true')).toBe('disabled');
  });

  it('drills: kill -9, then the way back timed against RestartSec', async () => {
    await onHost('systemctl start calculatrice');
    const terminal = openConsole('manon', [], size);
    await terminal.waitFor('active (running)');
    await confirmed(terminal, 'd', /calculatrice\.service on manon@10\.5\.1\.2\?/);
    await terminal.waitFor(/right answer\s+[\d.]+ s/);
    await terminal.waitFor(/passed/i);
  });

  it('calculates direct, and through the host when the server listens on 127.0.0.1 only', async () => {
    await onHost('systemctl start calculatrice');
    const direct = openConsole('manon', [], size);
    await direct.waitFor(/verdict: reachable/);
    direct.type('5');
    direct.press('enter');
    direct.type('2+3');
    direct.press('enter');
    await direct.waitFor(/5\s+✓\s+[\d.]+ ms\s+direct/);
    await direct.close();

    await control('reset', '--restart-sec', '3', '--listen', '127.0.0.1');
    await onHost('systemctl start calculatrice');
    const through = openConsole('manon', [], size);
    await through.waitFor(/verdict: .*127\.0\.0\.1/);
    through.type('5');
    through.press('enter');
    through.type('2+3');
    through.press('enter');
    await through.waitFor(/5\s+✓\s+[\d.]+ ms\s+through the host/);
  });
});

onLab('who may', () => {
  beforeEach(async () => {
    await control('reset', '--restart-sec', '3');
  });

  it('asks paul for his password once, and acts with it', async () => {
    const terminal = openConsole('paul', [], size);
    await terminal.waitFor(/password/i);
    expect(terminal.buffer()).toBe('normal');
    terminal.type('motdepasse');
    terminal.press('enter');
    await terminal.waitFor('inactive (dead)');
    expect(terminal.output()).not.toContain('motdepasse');
    terminal.type('s');
    await terminal.waitFor('active (running)');
    expect(await state()).toBe('active');
  });

  it('shows zoe the screen read-only, with the reason', async () => {
    await onHost('systemctl start calculatrice');
    const terminal = openConsole('zoe', [], size);
    await terminal.waitFor('active (running)');
    await terminal.waitFor(/read-only/i);
    terminal.type('K');
    await terminal.waitFor(/sudo/);
    expect(await state()).toBe('active');
  });

  describe('host keys', () => {
    it('asks about an unknown one with its fingerprint, default No', async () => {
      const home = operatorHome({ knownHosts: '' });
      const terminal = tp5OnPc(['manon@10.5.1.2'], { ...size, home });
      await terminal.waitFor(/SHA256:[A-Za-z0-9+/]{43}/);
      terminal.press('enter');
      expect(await terminal.exited).toEqual({ code: 3, signal: null });
    });

    it('remembers one that was accepted', async () => {
      const home = operatorHome({ knownHosts: '' });
      const terminal = tp5OnPc(['manon@10.5.1.2'], { ...size, home });
      await terminal.waitFor(/SHA256:/);
      terminal.type('y');
      terminal.press('enter');
      await terminal.waitFor('inactive (dead)');
      await terminal.close();
      const again = tp5OnPc(['--no-input', 'manon@10.5.1.2'], { ...size, home });
      await again.waitFor('inactive (dead)');
    });

    it('refuses a changed one with the file, the line and exit 3', async () => {
      const stranger = 'AAAAC3NzaC1lZDI1NTE5AAAAIGJvZ3VzYm9ndXNib2d1c2JvZ3VzYm9ndXNib2d1c2Jv';
      const home = operatorHome({ knownHosts: `# mine\n10.5.1.2 ssh-ed25519 ${stranger}\n` });
      const terminal = tp5OnPc(['manon@10.5.1.2'], { ...size, cols: 200, home });
      expect(await terminal.exited).toEqual({ code: 3, signal: null });
      expect(terminal.screen()).toMatch(/known_hosts:2/);
      expect(terminal.buffer()).toBe('normal');
    });
  });

  it('names every key it tried when none was taken', async () => {
    const home = operatorHome({ key: null });
    const terminal = tp5OnPc(['--no-input', 'manon@10.5.1.2'], { ...size, home });
    expect(await terminal.exited).toEqual({ code: 3, signal: null });
    expect(terminal.screen()).toMatch(/id_ed25519/);
    expect(terminal.screen()).toMatch(/agent/i);
  });
});
