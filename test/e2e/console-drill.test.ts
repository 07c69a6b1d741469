/** The drill on the demo host: timed step by step, left to itself, and looked at again. */
import { expect, it } from 'vitest';
import { confirm, gone, liveDemo, pidOf } from './demo.ts';

it('is timed step by step, goes on when its overlay is closed, and is opened again', async () => {
  const terminal = await liveDemo();
  const before = pidOf(terminal);
  await confirm(terminal, 'd', 'Drill calculatrice.service on');
  await terminal.waitFor(/◐ systemd waits \(RestartSec\) +\d+ ms {2}\d\.\d s of 3\.0 s/);
  await terminal.waitFor(/[█░]{32} {2}RestartSec 3 s/);
  // No key goes through to what lies below.
  terminal.type('5');
  terminal.type('z');
  terminal.press('escape');
  await terminal.waitFor(/drill: systemd waits \(RestartSec\), \d\.\d s/);
  expect(terminal.screen()).toMatch(/┏ 1 Service/);
  terminal.type('d');
  await terminal.waitFor(/PID \d+ → …/);
  await terminal.waitFor('● passed: it came back in time');
  const { screen } = await terminal.waitFor(/✓ right answer +\d\.\d s/);
  expect(screen).toMatch(/✓ SIGKILL sent +[\d.]+ ms/);
  expect(screen).toMatch(/✓ port closed in the firewall +[\d.]+ m?s/);
  expect(screen).toMatch(/✓ systemd waits \(RestartSec\) +[\d.]+ m?s {2}waited [23]\.\d s of 3\.0 s/);
  const after = /PID (\d+) → (\d+)/.exec(screen);
  expect(after?.[1]).toBe(before);
  expect(after?.[2]).not.toBe(before);
  terminal.press('escape');
  await gone(terminal, 'came back in time');
  await terminal.waitFor(`PID ${after?.[2]}`);
  // Its result has been seen: d asks for another one.
  terminal.type('d');
  await terminal.waitFor('Drill calculatrice.service on');
});

it('tells what came of it to who looked away', async () => {
  const terminal = await liveDemo([], { cols: 80, rows: 24 });
  await confirm(terminal, 'd', 'Drill calculatrice.service on');
  await terminal.waitFor('SIGKILL sent');
  terminal.press('escape');
  await terminal.waitFor(/✓ drill: passed, back in \d\.\d s \(d shows it\)/);
});
