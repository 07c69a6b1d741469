/** When a link counts as dead: told by what comes, and by what is still on its way. */
import type { Client } from 'ssh2';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/ops/clock.ts';
import { keepAlive } from '../../../src/ops/transport/keepalive.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A link on which `answer` is called when the server would. */
function link() {
  const traffic = { received: 0, sent: 0 };
  const answers: (() => void)[] = [];
  const client = {
    unforwardIn: (_address: string, _port: number, done: () => void) => answers.push(done),
  } as unknown as Client;
  const onDead = vi.fn();
  const options = { clock: systemClock, intervalMs: 2000, missed: 2, traffic: () => traffic, onDead };
  keepAlive(client, options);
  return { traffic, onDead, answer: () => answers.shift()?.() };
}

it('is dead after two intervals of silence', () => {
  const { answer, onDead } = link();
  answer();
  vi.advanceTimersByTime(5999);
  expect(onDead).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onDead).toHaveBeenCalledOnce();
});

it('is not dead while an upload over a slow link is in the way of the question', () => {
  const { traffic, answer, onDead } = link();
  answer();
  traffic.sent = 100_000;
  // At 5 kB/s the question behind it is answered after 20 s.
  vi.advanceTimersByTime(22_000);
  expect(onDead).not.toHaveBeenCalled();
  traffic.received = 16;
  answer();
  vi.advanceTimersByTime(6000);
  expect(onDead).toHaveBeenCalledOnce();
});

it('is dead at last, however much was sent', () => {
  const { traffic, answer, onDead } = link();
  answer();
  traffic.sent = 20_000;
  vi.advanceTimersByTime(60_000);
  expect(onDead).toHaveBeenCalledOnce();
});
