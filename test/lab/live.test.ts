/** What the console shows of the real host; how soon is measured by `npm run bench`. */
import { beforeEach, expect, it } from 'vitest';
import type { Terminal } from '../support/terminal.ts';
import { control, onHost, onLab, openConsole, tp5OnPc } from './host.ts';

const size = { cols: 120, rows: 40 };

/** All five panes tell something of the host: nothing is waited for any more. */
function allPanesLive(terminal: Terminal): boolean {
  const screen = terminal.screen();
  return (
    /active \(running\)/.test(screen) &&
    /13337\/tcp\s+runtime ✓ permanent ✓/.test(screen) &&
    /10\.5\.1\.2:13337\s+[\d.]+ ms/.test(screen) &&
    /Le serveur tourne sur/.test(screen) &&
    /5 Calculator/.test(screen)
  );
}

onLab('the live screen', () => {
  beforeEach(async () => {
    await control('reset', '--restart-sec', '2');
    await onHost('systemctl start calculatrice');
  });

  it('has all five panes live', async () => {
    const terminal = openConsole('manon', [], size);
    await terminal.waitFor(allPanesLive, { what: 'five live panes' });
    terminal.type('q');
    expect(await terminal.exited).toEqual({ code: 0, signal: null });
  });

  it('shows a kill -9 from outside step by step, then the way back', async () => {
    const terminal = openConsole('manon', [], size);
    await terminal.waitFor(allPanesLive, { what: 'five live panes' });
    for (let run = 0; run < 2; run += 1) {
      const before = await onHost('systemctl show -P MainPID calculatrice');
      // Two seconds, and each of these is gone again after them.
      const seen = terminal.waitForEach(
        (t) => /activating \(auto-restart\)/.test(t.screen()) && !/active \(running\)/.test(t.screen()),
        /13337\/tcp\s+runtime ✗ permanent ✗/,
        /restart in [01]\.\d s/,
      );
      await onHost(`kill -9 ${before}`);
      await seen;
      await terminal.waitFor(/Main process exited/);
      await terminal.waitFor(allPanesLive, { what: 'the service back' });
      const after = await onHost('systemctl show -P MainPID calculatrice');
      expect(after).not.toBe(before);
      await terminal.waitFor(`PID ${after}`);
    }
  });

  it('shows a port opened and a zone changed by somebody else', async () => {
    const terminal = openConsole('manon', [], size);
    await terminal.waitFor(allPanesLive, { what: 'five live panes' });
    await onHost('firewall-cmd -q --remove-port=13337/tcp');
    await terminal.waitFor(/13337\/tcp\s+runtime ✗ permanent ✓/);
    await terminal.waitFor(/verdict: 13337\/tcp open permanently but/);
    await onHost('firewall-cmd -q --add-port=13337/tcp --add-port=8080/tcp');
    await terminal.waitFor(/13337\/tcp\s+runtime ✓ permanent ✓/);
    await terminal.waitFor(/8080\/tcp/);
    await onHost('systemctl stop firewalld');
    await terminal.waitFor('not running');
    await onHost('systemctl start firewalld');
    await terminal.waitFor(/13337\/tcp\s+runtime ✓ permanent ✓/);
  });

  it('is told whole by `status --json`', async () => {
    const terminal = tp5OnPc(['status', 'manon@10.5.1.2', '--json', '--no-input'], size);
    expect(await terminal.exited).toEqual({ code: 0, signal: null });
  });
});
