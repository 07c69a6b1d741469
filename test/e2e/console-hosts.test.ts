/** `H` on the embedded host, in a real terminal: how hosts get a name, and a switch that fails. */
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { settingsFile } from '../support/command.ts';
import { tp5 } from './demo.ts';

/** A port of this machine where nobody listens any more. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe('H in the demo', () => {
  it('tells how a host gets a name, when none has one', async () => {
    const terminal = tp5(['demo'], { cols: 120, rows: 40 });
    await terminal.waitFor('active (running)');
    terminal.type('H');
    await terminal.waitFor('[hosts.tp5]');
    expect(terminal.screen()).toContain('config.toml names no other');
    terminal.type('H');
    await terminal.waitFor(({ screen }) => !screen().includes('[hosts.tp5]'));
    terminal.type('q');
    expect(await terminal.exited).toEqual({ code: 0, signal: null });
    expect(await terminal.close()).toEqual([]);
  });

  it('comes back to the same host, its service still running, when the other one cannot be opened', async () => {
    const port = await closedPort();
    const config = settingsFile(
      `[hosts.first]\nhost = "manon@127.0.0.1:${port}"\n\n[hosts.second]\nhost = "manon@127.0.0.1:${port}"\nunit = "nginx"\n`,
    );
    const terminal = tp5(['demo', '--config', config], { cols: 120, rows: 40 });
    const pid = /PID (\d+)/;
    await terminal.waitFor(pid);
    const before = pid.exec(terminal.screen())?.[1];
    terminal.type('H');
    await terminal.waitFor('first');
    expect(terminal.screen()).toMatch(/▸ the embedded host .* ● here/);
    terminal.type('seco');
    await terminal.waitFor(({ screen }) => !/^.*│\s+first /m.test(screen()) && screen().includes('▸ second'));
    terminal.press('enter');
    await terminal.waitFor('second was not opened:');
    expect(terminal.buffer()).toBe('alternate');
    expect(terminal.screen()).toContain(`127.0.0.1, port ${port}`);
    expect(terminal.screen()).toContain('▸ second');
    terminal.press('escape');
    await terminal.waitFor(({ screen }) => !screen().includes('was not opened'));
    expect(pid.exec(terminal.screen())?.[1]).toBe(before);
    expect(terminal.row(0)).toContain('demo');
    terminal.type('q');
    expect(await terminal.exited).toEqual({ code: 0, signal: null });
    expect(await terminal.close()).toEqual([]);
  });

  it('gives a switch up on Ctrl+C, not the program', async () => {
    // Takes connections and says nothing: the way there goes on and on.
    const mute = createServer(() => undefined);
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      mute.close();
    });
    const address = mute.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const config = settingsFile(`[hosts.mute]\nhost = "manon@127.0.0.1:${address.port}"\n`);
    const terminal = tp5(['demo', '--config', config], { cols: 120, rows: 40 });
    await terminal.waitFor('active (running)');
    terminal.type('H');
    await terminal.waitFor('● here');
    terminal.press('down');
    terminal.press('enter');
    await terminal.waitFor('connecting to 127.0.0.1…');
    expect(terminal.buffer()).toBe('normal');
    terminal.press('ctrl+c');
    await terminal.waitFor('stopped with Ctrl+C');
    expect(terminal.buffer()).toBe('alternate');
    terminal.press('escape');
    await terminal.waitFor(({ screen }) => !screen().includes('stopped with'));
    terminal.press('ctrl+c');
    expect(await terminal.exited).toEqual({ code: 0, signal: null });
  });
});
