/** The service by key, on the demo host: what is asked first, what comes of it, and what the verdict makes of it. */
import { describe, expect, it } from 'vitest';
import { confirm, gone, liveDemo, pidOf } from './demo.ts';

describe('the service, by key', () => {
  it('is killed, waits for its restart by its true name, and comes back with another PID', async () => {
    const terminal = await liveDemo();
    const before = pidOf(terminal);
    // Three seconds, and each of these is gone again after them.
    const seen = terminal.waitForEach(
      (screen) =>
        /activating \(auto-restart\)/.test(screen.screen()) && !/active \(running\)/.test(screen.screen()),
      /restart in [12]\.\d s [█░]+/,
      /killed by SIGKILL +result signal/,
      /✖ \d{5}\/tcp {2}runtime ✗ permanent ✗/,
      '✖ unit down, restarting',
      /verdict: down: killed by a signal; systemd/,
      // What mends it stands first among the keys.
      '→ r restart',
      /restart in 0\.\d s █+/,
    );
    await confirm(terminal, 'K', 'Kill -9 calculatrice.service on demo@hosting.tp5.b1?');
    await seen;
    await terminal.waitFor(/▲ systemd Main process exited, code=killed, status=9\/KILL/);
    await terminal.waitFor('active (running)');
    await terminal.waitFor(/● \d{5}\/tcp {2}runtime ✓ permanent ✓/);
    await terminal.waitFor('● reachable');
    expect(pidOf(terminal)).not.toBe(before);
    expect(terminal.screen()).toMatch(/restarts 1/);
    await terminal.waitFor(/· \d\d:\d\d:\d\d {2}refused {2}\d\.\d s/, { what: 'the outage, over' });
  });

  it('is stopped, told as stopped with the key that mends it, and started by that key', async () => {
    const terminal = await liveDemo();
    await confirm(terminal, 't', 'Stop calculatrice.service on');
    await terminal.waitFor('inactive (dead)');
    await terminal.waitFor('✖ unit stopped');
    await terminal.waitFor('→ press s: sudo systemctl start calculatrice');
    await terminal.waitFor('→ s start');
    await terminal.waitFor(/✖ \d{5}\/tcp {2}runtime ✗ permanent ✗/);
    terminal.type('s');
    await terminal.waitFor('active (running)');
    await terminal.waitFor(/✓ start: done in/);
    await terminal.waitFor('● reachable');
    await gone(terminal, '→ s start');
  });

  it('is restarted, and is another process then', async () => {
    const terminal = await liveDemo();
    const before = pidOf(terminal);
    await confirm(terminal, 'r', 'Restart calculatrice.service on');
    await terminal.waitFor(/✓ restart: done in/);
    await terminal.waitFor((seen) => /active \(running\)/.test(seen.screen()) && pidOf(seen) !== before);
    terminal.type('E');
    await terminal.waitFor('It will not be started at boot.');
    terminal.type('y');
    await terminal.waitFor(/restarts 0 +disabled/);
    await terminal.waitFor('e enable', { what: 'the hint to enable it' });
    terminal.type('e');
    await terminal.waitFor(/restarts 0 +enabled/);
  });

  it('is not touched when the answer is No, which is the default', async () => {
    const terminal = await liveDemo();
    const before = pidOf(terminal);
    for (const key of ['K', 't', 'r', 'd']) {
      terminal.type(key);
      await terminal.waitFor('▸ No');
      terminal.press('enter');
      await gone(terminal, '▸ No');
    }
    terminal.type('R');
    await terminal.waitFor('read-only: nothing on the host can be changed from here');
    terminal.type('K');
    await terminal.waitFor('kill -9: off in read-only (R switches it)');
    expect(terminal.screen()).not.toContain('Sure?');
    expect(pidOf(terminal)).toBe(before);
    expect(terminal.screen()).toContain('active (running)');
  });
});

describe('its port, by key', () => {
  it('is closed for good and opened again: what a reload would take is a warning', async () => {
    const terminal = await liveDemo();
    terminal.type('O');
    await terminal.waitFor(/Close \d{5}\/tcp \(calculatrice\.service\) in zone public of/);
    terminal.type('p');
    await terminal.waitFor(/▲ \d{5}\/tcp {2}runtime ✓ permanent ✗/);
    await terminal.waitFor('▲ port not permanent');
    await terminal.waitFor(/verdict: reachable, but: \d{5}\/tcp open/);
    terminal.type('O');
    await terminal.waitFor(/Close \d{5}\/tcp/);
    terminal.type('r');
    await terminal.waitFor(/✖ \d{5}\/tcp {2}runtime ✗ permanent ✗/);
    await terminal.waitFor('✖ port closed');
    await terminal.waitFor(/127\.0\.0\.\d:\d{5} {2}rejected/);
    await terminal.waitFor('→ o open port');
    terminal.type('o');
    await terminal.waitFor(/Open \d{5}\/tcp in zone public of demo@hosting\.tp5\.b1\?/);
    terminal.type('b');
    await terminal.waitFor(/● \d{5}\/tcp {2}runtime ✓ permanent ✓/);
    await terminal.waitFor('● reachable');
  });
});
