/** So many at once, the rest in their order, and none left behind that has gone away. */
import { describe, expect, it } from 'vitest';
import { createTurnstile } from '../../src/ops/turnstile.ts';

const never = new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a turnstile', () => {
  it('lets so many in, and the next when one leaves, however it left', async () => {
    const turnstile = createTurnstile(2);
    const inside: string[] = [];
    const ends = new Map<string, PromiseWithResolvers<void>>();
    const enter = (name: string, signal = never): Promise<void> =>
      turnstile.pass(() => {
        inside.push(name);
        const end = Promise.withResolvers<void>();
        ends.set(name, end);
        return end.promise;
      }, signal);
    const leaving = new AbortController();
    const a = enter('a');
    const b = enter('b').catch(() => 'failed');
    const c = enter('c', leaving.signal).catch((error: Error) => error.message);
    void enter('d');
    await turn();
    expect(inside).toEqual(['a', 'b']);
    leaving.abort(new Error('no time'));
    expect(await c).toBe('no time');
    ends.get('b')?.reject(new Error('b'));
    expect(await b).toBe('failed');
    await turn();
    expect(inside).toEqual(['a', 'b', 'd']);
    ends.get('a')?.resolve();
    await a;
    await expect(enter('e', AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
  });
});
