/** Commands wait their turn, and one that hangs holds nobody up for ever. */
import { describe, expect, it } from 'vitest';
import { Failed } from '../../../src/ops/failure.ts';
import type { Host } from '../../../src/ops/host.ts';
import { pacedHost } from '../../../src/ops/report/paced.ts';
import type { RunOptions, RunResult } from '../../../src/ops/transport/transport.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeHost } from '../../support/fake-host.ts';

const RESULT: RunResult = { code: 0, signal: null, stdout: 'done', stderr: '', truncated: false };

function paced() {
  const clock = createFakeClock();
  const running: { readonly name: string; end(): void }[] = [];
  let most = 0;
  const run = (argv: readonly string[], { signal }: RunOptions = {}): Promise<RunResult> =>
    new Promise((resolve, reject) => {
      const one = {
        name: argv[0] ?? '',
        end(): void {
          running.splice(running.indexOf(one), 1);
          resolve(RESULT);
        },
      };
      running.push(one);
      most = Math.max(most, running.length);
      signal?.addEventListener('abort', () => {
        running.splice(running.indexOf(one), 1);
        reject(signal.reason);
      });
    });
  const counts: number[] = [];
  const host: Host = pacedHost(
    { ...createFakeHost().host, run },
    { clock, atOnce: 2, timeoutMs: 1000, onEnded: (count) => counts.push(count) },
  );
  return { clock, host, running, counts, most: () => most };
}

describe('a paced host', () => {
  it('runs no more commands at once than it may, in their order', async () => {
    const { clock, host, running, counts, most } = paced();
    const all = ['a', 'b', 'c', 'd'].map((name) => host.run([name]));
    await clock.settle();
    expect(running.map(({ name }) => name)).toEqual(['a', 'b']);
    running[0]?.end();
    await clock.settle();
    expect(running.map(({ name }) => name)).toEqual(['b', 'c']);
    while (running.length > 0) {
      running[0]?.end();
      await clock.settle();
    }
    expect(await Promise.all(all)).toHaveLength(4);
    expect(most()).toBe(2);
    expect(counts).toEqual([1, 2, 3, 4]);
  });

  it('keeps to its number after places were handed on', async () => {
    const { clock, host, running, most } = paced();
    const all = ['a', 'b', 'c'].map((name) => host.run([name]));
    await clock.settle();
    // c gets a's place; then all of them are free, and as many as before may run.
    for (let count = 0; count < 3; count += 1) {
      running[0]?.end();
      await clock.settle();
    }
    await Promise.all(all);
    const later = ['d', 'e', 'f', 'g'].map((name) => host.run([name]));
    await clock.settle();
    expect(running.map(({ name }) => name)).toEqual(['d', 'e']);
    // Nor does one who comes while a place is handed on get in beside those who wait.
    running[0]?.end();
    later.push(host.run(['h']));
    await clock.settle();
    expect(running.map(({ name }) => name)).toEqual(['e', 'f']);
    while (running.length > 0) {
      running[0]?.end();
      await clock.settle();
    }
    await Promise.all(later);
    expect(most()).toBe(2);
  });

  it('gives a command up that hangs, and its place to the next', async () => {
    const { clock, host, running } = paced();
    const hanging = [host.run(['a']), host.run(['b'])];
    const next = host.run(['c']);
    const ended = Promise.allSettled(hanging);
    await clock.advance(1000);
    for (const outcome of await ended) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(Failed) });
    }
    await clock.settle();
    running[0]?.end();
    expect(await next).toEqual(RESULT);
    expect(clock.sleepers).toBe(0);
  });

  it('ends with the reason of whoever asked', async () => {
    const { clock, host } = paced();
    const asking = new AbortController();
    const ended = expect(host.run(['a'], { signal: asking.signal })).rejects.toBe('enough');
    await clock.settle();
    asking.abort('enough');
    await ended;
  });
});
