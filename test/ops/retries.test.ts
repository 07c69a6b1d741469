import { describe, expect, it } from 'vitest';
import { Failed, type Failure } from '../../src/ops/failure.ts';
import { createRetries, isTransient, persist } from '../../src/ops/retries.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const late = () => new Failed({ code: 'timeout', what: 'it', ms: 1 });

describe('retries', () => {
  it('rest longer after each failure in a row, half a minute at most, and shortly again once it worked', async () => {
    const clock = createFakeClock();
    const retries = createRetries({ clock, random: () => 1 });
    async function restMs(): Promise<number> {
      const before = clock.now();
      let rested = -1;
      const rest = retries.rest().then(() => {
        rested = clock.now() - before;
      });
      while (rested < 0) await clock.advance(250);
      await rest;
      return rested;
    }
    const rests: number[] = [];
    for (let n = 0; n < 8; n += 1) rests.push(await restMs());
    expect(rests).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    retries.worked();
    expect(await restMs()).toBe(500);
  });
});

describe('persist', () => {
  it('tries again what may work later, telling each failure', async () => {
    const clock = createFakeClock();
    const told: Failure[] = [];
    let failures = 2;
    const work = async () => {
      failures -= 1;
      if (failures >= 0) throw late();
      return 'done';
    };
    const signal = new AbortController().signal;
    const done = persist(work, {
      clock,
      random: () => 1,
      signal,
      onFailure: (failure) => told.push(failure),
    });
    await clock.advance(500);
    expect(told).toHaveLength(2);
    await clock.advance(999);
    expect(failures).toBe(0);
    await clock.advance(1);
    expect(await done).toBe('done');
  });

  it.each([
    { code: 'not-permitted', action: 'x', detail: '' },
    { code: 'sudo-denied', user: 'x', detail: '' },
    { code: 'link-lost', detail: '' },
    { code: 'no-such-unit', unit: 'x' },
  ] as const)('leaves at $code', async (failure) => {
    const clock = createFakeClock();
    const work = () => Promise.reject(new Failed(failure));
    expect(isTransient(failure)).toBe(false);
    await expect(persist(work, { clock, signal: new AbortController().signal })).rejects.toMatchObject({
      failure,
    });
  });

  it('ends with its signal, while it rests and while it works', async () => {
    const clock = createFakeClock();
    const over = new AbortController();
    const done = persist(() => Promise.reject(late()), { clock, signal: over.signal });
    await clock.settle();
    over.abort(new Error('over'));
    await expect(done).rejects.toThrow('over');
    expect(clock.sleepers).toBe(0);
  });
});
