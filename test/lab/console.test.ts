/** The console on the real host, as the operator sees it. */
import { beforeEach, expect, it } from 'vitest';
import { control, onHost, onLab, openConsole, operatorHome, tp5OnPc } from './host.ts';

onLab('the console on the lab’s host', () => {
  beforeEach(async () => {
    await control('reset', '--restart-sec', '3');
  });

  it('shows the unit that runs there', async () => {
    await onHost('systemctl start calculatrice');
    const pid = await onHost('systemctl show -P MainPID calculatrice');
    const terminal = openConsole('manon', [], { cols: 120, rows: 40 });
    await terminal.waitFor('active (running)');
    await terminal.waitFor(`PID ${pid}`);
    expect(terminal.row(0)).toContain('manon@10.5.1.2');
    terminal.type('q');
    expect(await terminal.exited).toEqual({ code: 0, signal: null });
    expect(terminal.buffer()).toBe('normal');
  });

  it('refuses a host whose key it was told not to ask about', async () => {
    const home = operatorHome({ knownHosts: '' });
    const terminal = tp5OnPc(['--no-input', 'manon@10.5.1.2'], { home });
    expect(await terminal.exited).toEqual({ code: 3, signal: null });
    expect(terminal.buffer()).toBe('normal');
  });
});
