/** The console on the demo host, from the first frame to the last. */
import { expect, it } from 'vitest';
import { tp5 } from './demo.ts';

it('opens on five live panes, and gives the screen back on q', async () => {
  const terminal = tp5(['demo'], { cols: 120, rows: 40 });
  await terminal.waitFor('active (running)', { timeoutMs: 15_000 });
  for (const pane of ['1 Service', '2 Firewall', '3 Probe', '4 Journal', '5 Calculator']) {
    await terminal.waitFor(pane);
  }
  expect(terminal.buffer()).toBe('alternate');
  terminal.type('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: null });
  expect(terminal.buffer()).toBe('normal');
  expect(terminal.cursor().visible).toBe(true);
  expect(await terminal.close()).toEqual([]);
});
