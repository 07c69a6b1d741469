/** What bin/tp5-tui.js settles before the program loads. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';
import { openTerminal, type Terminal } from '../support/terminal.ts';
import { launcher, tp5 } from './demo.ts';

const running = 'active (running)';

function tp5OnNode(version: string): Terminal {
  const pretend = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })`;
  const terminal = openTerminal({
    command: process.execPath,
    args: ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, launcher, '--version'],
  });
  onTestFinished(async () => {
    await terminal.close();
  });
  return terminal;
}

it.each(['18.20.4', '20.20.2', '22.11.0'])('refuses Node %s with what to do', async (version) => {
  const terminal = tp5OnNode(version);
  expect(await terminal.exited).toEqual({ code: 2, signal: null });
  expect(terminal.screen().replaceAll('\n', '')).toContain(
    `needs Node.js 22.12 or newer, this is ${version}`,
  );
});

it.each(['22.12.0', '24.0.0', '30.1.0'])('takes Node %s', async (version) => {
  expect(await tp5OnNode(version).exited).toEqual({ code: 0, signal: null });
});

it('is written so that Node 18 can read it, and say that it is too old', async () => {
  const text = readFileSync(launcher, 'utf8');
  const [asIs, lowered] = await Promise.all(
    ['esnext', 'node18'].map((target) => transform(text, { target, format: 'esm' })),
  );
  expect(lowered?.code).toBe(asIs?.code);
});

it('draws in a terminal even where CI is set, and in colour', async () => {
  const terminal = tp5(['demo'], { env: { CI: 'true', CONTINUOUS_INTEGRATION: '1' } });
  await terminal.waitFor(running);
  expect(colours(terminal)).toBeGreaterThan(0);
});

it('draws without a colour when NO_COLOR says so', async () => {
  const terminal = tp5(['demo'], { env: { NO_COLOR: '1' } });
  await terminal.waitFor(running);
  expect(colours(terminal)).toBe(0);
});

/** Cells that are drawn in a colour of their own. */
function colours(terminal: Terminal): number {
  return terminal
    .cells()
    .flat()
    .filter(({ foreground, background }) => foreground.kind !== 'default' || background.kind !== 'default')
    .length;
}

it('keeps what Node compiled in the user’s own cache folder', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'tp5-cache-'));
  onTestFinished(() => rmSync(cache, { recursive: true, force: true }));
  await tp5(['--version'], { env: { XDG_CACHE_HOME: cache } }).exited;
  expect(readdirSync(join(cache, 'tp5-tui'))).not.toEqual([]);
});
