/** How often the screen is drawn: an idle one once a second, a flood a bounded number of times. */
import { describe, expect, it } from 'vitest';
import { drawConsole } from '../support/drawn-console.tsx';
import { RUNNING } from '../support/fake-host.ts';

describe('drawing', () => {
  it('an idle screen changes its clock and its ages, once a second', async () => {
    const screen = await drawConsole();
    const before = screen.lines();
    const count = screen.count;
    await screen.clock.advance(1000);
    await screen.settle();
    const after = screen.lines();
    const changed = after.filter((line, index) => line !== before[index]);
    expect(changed).toHaveLength(2);
    expect(changed[0]).toContain('tp5-tui');
    expect(changed[1]).toContain('active (running)');
    await screen.clock.advance(9000);
    expect(screen.count - count).toBeLessThanOrEqual(20);
    screen.unmount();
  });

  it('after an hour the age stands still as well, and only the top line moves', async () => {
    const old = { ...RUNNING, sinceMono: -10_000_000 };
    const screen = await drawConsole({ state: { service: { value: old, atMono: 0 } } });
    const before = screen.lines();
    const count = screen.count;
    await screen.clock.advance(1000);
    await screen.settle();
    expect(screen.count - count).toBe(1);
    expect(screen.lines().filter((line, index) => line !== before[index])).toHaveLength(1);
    screen.unmount();
  });

  it('the countdown runs ten times a second, only while there is one', async () => {
    const waiting = {
      ...RUNNING,
      active: 'activating',
      sub: 'auto-restart',
      restartAtMono: 1_030_000,
    } as const;
    const screen = await drawConsole({ state: { service: { value: waiting, atMono: 0 } } });
    expect(screen.text()).toContain('activating (auto-restart)');
    expect(screen.text()).not.toContain('active (running)');
    const count = screen.count;
    await screen.clock.advance(1000);
    expect(screen.text()).toContain('restart in 29.0 s');
    expect(screen.count - count).toBeGreaterThanOrEqual(9);
    expect(screen.count - count).toBeLessThanOrEqual(14);
    screen.session.set({ service: { value: RUNNING, atMono: 0 } });
    await screen.settle();
    const still = screen.count;
    await screen.clock.advance(900);
    expect(screen.count - still).toBeLessThanOrEqual(2);
    screen.unmount();
  });

  it('a burst of 10,000 lines costs a bounded number of frames', async () => {
    const screen = await drawConsole();
    const count = screen.count;
    for (let batch = 0; batch < 1000; batch += 1) {
      screen.session.log(...Array.from({ length: 10 }, (_, index) => `line ${batch * 10 + index}`));
    }
    await screen.settle();
    await screen.clock.advance(200);
    expect(screen.count - count).toBeLessThanOrEqual(10);
    expect(screen.text()).toContain('line 9999');
    screen.unmount();
  });

  it('lines that come one by one are drawn thirty times a second at most', async () => {
    const screen = await drawConsole();
    const count = screen.count;
    for (let line = 0; line < 500; line += 1) {
      screen.session.log(`line ${line}`);
      await screen.clock.advance(1);
    }
    await screen.clock.advance(100);
    expect(screen.count - count).toBeLessThanOrEqual(22);
    expect(screen.text()).toContain('line 499');
    screen.unmount();
  });

  it('stops its beats when it is left', async () => {
    const screen = await drawConsole();
    expect(screen.clock.sleepers).toBeGreaterThan(0);
    screen.unmount();
    await screen.clock.settle();
    expect(screen.clock.sleepers).toBe(0);
  });
});
