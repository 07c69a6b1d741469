/** The terminal as the shell gets it back, whatever ended or interrupted the console: in a real pty. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openTerminal, type Terminal } from '../support/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'tp5-console-'));
const program = join(folder, 'console.mjs');
const posix = process.platform !== 'win32';

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('../support/console-program.tsx', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    define: { 'process.env.NODE_ENV': '"production"' },
    alias: { 'react-devtools-core': 'node:os' },
    banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);" },
    logLevel: 'error',
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(options: { readonly env?: Record<string, string>; readonly shell?: boolean } = {}): Terminal {
  const terminal = openTerminal({
    command: options.shell ? 'bash' : process.execPath,
    args: options.shell ? ['--norc', '--noprofile', '-i'] : [program],
    cols: 100,
    rows: 30,
    env: { PS1: 'shell> ', ...options.env },
  });
  onTestFinished(async () => {
    await terminal.close();
  });
  return terminal;
}

const drawn = (terminal: Terminal) => terminal.waitFor('active (running)');

function expectGivenBack(terminal: Terminal): void {
  expect(terminal.buffer()).toBe('normal');
  expect(terminal.cursor().visible).toBe(true);
  // Bracketed paste is off again, and nothing of the screen is left over.
  expect(terminal.output().lastIndexOf('\x1b[?2004l')).toBeGreaterThan(
    terminal.output().lastIndexOf('\x1b[?2004h'),
  );
  expect(terminal.screen()).not.toContain('1 Service');
}

describe('the terminal', () => {
  it.each([
    ['q', 'quit'],
    ['\x03', 'quit'],
  ])('is given back after %j', async (key, kind) => {
    const terminal = open();
    await drawn(terminal);
    expect(terminal.buffer()).toBe('alternate');
    terminal.type(key);
    expect(await terminal.exited).toEqual({ code: 0, signal: null });
    expectGivenBack(terminal);
    expect(terminal.screen()).toContain(`left: ${kind}`);
  });

  it.runIf(posix).each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('is given back after %s', async (signal) => {
    const terminal = open();
    await drawn(terminal);
    terminal.kill(signal);
    expect(await terminal.exited).toEqual({ code: 1, signal: null });
    expectGivenBack(terminal);
    expect(terminal.screen()).toContain(`left: signal ${signal}`);
  });

  it.runIf(posix).each([
    ['throw', 'thrown on purpose'],
    ['reject', 'rejected on purpose'],
    ['draw', 'is not a function'],
  ])('is given back after a crash (%s), and the crash is told there', async (how, said) => {
    const terminal = open({ env: { CRASH: how } });
    await drawn(terminal);
    terminal.kill('SIGUSR2');
    expect(await terminal.exited).toEqual({ code: 1, signal: null });
    expectGivenBack(terminal);
    expect(terminal.screen()).toContain('tp5-tui crashed');
    expect(terminal.screen()).toContain(said);
    expect(terminal.screen()).toContain('left: crash');
  });

  it.runIf(posix)(
    'is the shell’s after Ctrl+Z, and the console’s again after fg',
    async () => {
      const terminal = open({ shell: true });
      await terminal.waitFor('shell>');
      terminal.type(`'${process.execPath}' '${program}'\r`);
      await drawn(terminal);
      for (let time = 0; time < 2; time += 1) {
        terminal.press('ctrl+z');
        await terminal.waitFor(
          (seen) => seen.buffer() === 'normal' && /Stopped(?:.|\n)*shell> *$/.test(seen.screen()),
        );
        expect(terminal.cursor().visible).toBe(true);
        // A line typed at the shell is the shell's, echo and all.
        terminal.type(`echo one-$((${time}+40))\r`);
        await terminal.waitFor(`one-${40 + time}`);
        terminal.type('fg\r');
        await terminal.waitFor(
          (seen) => seen.buffer() === 'alternate' && seen.screen().includes('5 Calculator'),
        );
        // Keys reach the console one by one again, and are not echoed.
        terminal.type('?');
        await terminal.waitFor('Everywhere');
        terminal.type('?');
        await terminal.waitFor((seen) => !seen.screen().includes('Everywhere'));
      }
      terminal.type('q');
      await terminal.waitFor('left: quit');
      expect(terminal.buffer()).toBe('normal');
      terminal.type('exit\r');
      expect((await terminal.exited).code).toBe(0);
    },
    30_000,
  );

  it.runIf(posix)('is not lost by Ctrl+Z where no shell could bring it back', async () => {
    const terminal = open();
    await drawn(terminal);
    terminal.press('ctrl+z');
    await terminal.waitFor((seen) => seen.output().includes('\x1b[?1049l'));
    await terminal.waitFor((seen) => seen.buffer() === 'alternate' && seen.screen().includes('5 Calculator'));
    terminal.type('q');
    expect((await terminal.exited).code).toBe(0);
  });

  it.runIf(posix)('is drawn anew when it was stopped and continued from elsewhere', async () => {
    const terminal = open();
    await drawn(terminal);
    const before = terminal.output().length;
    process.kill(terminal.pid, 'SIGCONT');
    await terminal.waitFor((seen) => seen.output().slice(before).includes('1 Service'));
    terminal.type('?');
    await terminal.waitFor('Everywhere');
    terminal.type('qq');
    expect((await terminal.exited).code).toBe(0);
  });

  it('may change its size at any moment', async () => {
    const terminal = open();
    await drawn(terminal);
    for (const [cols, rows] of [
      [120, 40],
      [60, 15],
      [30, 8],
      [19, 4],
      [5, 2],
      [140, 45],
      [80, 24],
    ] as const) {
      terminal.resize(cols, rows);
      terminal.type('5');
      terminal.press('tab');
    }
    await terminal.waitFor((seen) => {
      const lines = seen.screen().split('\n');
      return lines.length === 24 && /^ manon@/.test(lines[0] ?? '') && /^[┡└┗]/.test(lines[22] ?? '');
    });
    expect(terminal.screen().match(/1 Service/g)).toHaveLength(1);
    terminal.type('q');
    expect((await terminal.exited).code).toBe(0);
  });

  it('takes a paste as text, and its own answers for nothing', async () => {
    const terminal = open();
    await drawn(terminal);
    terminal.type('5');
    await terminal.waitFor('typing');
    terminal.type('\x1b[9;9R\x1b]10;rgb:ffff/ffff/ffff\x07\x1bP1$r0m\x1b\\');
    terminal.paste('2+3\nK');
    await terminal.waitFor('› 2+3');
    expect(terminal.screen()).not.toContain('rgb');
    const { x, y, visible } = terminal.cursor();
    expect(visible).toBe(true);
    expect(terminal.row(y).slice(0, x).endsWith('› 2+3')).toBe(true);
    terminal.press('ctrl+c');
    expect((await terminal.exited).code).toBe(0);
  });

  it('copies through the terminal', async () => {
    const terminal = open();
    await drawn(terminal);
    terminal.type('4y');
    await terminal.waitFor((seen) => seen.effects.copied.length > 0);
    expect(terminal.effects.copied[0]).toMatch(/second line$/);
    terminal.type('q');
    expect((await terminal.exited).code).toBe(0);
  });

  it('gets no colour with FORCE_COLOR=0, and still shows where the focus is', async () => {
    const terminal = open({ env: { FORCE_COLOR: '0' } });
    await drawn(terminal);
    expect(terminal.output()).not.toMatch(/\x1b\[[\d;]*m/);
    expect(terminal.screen()).toContain('┏ 1 Service');
    terminal.type('t');
    await terminal.waitFor('▸ No');
    terminal.type('nq');
    expect((await terminal.exited).code).toBe(0);
  });
});
