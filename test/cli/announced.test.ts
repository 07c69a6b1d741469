/** What is said of a long wait, and when it is not: while the user is asked, the wait is theirs. */
import { describe, expect, it } from 'vitest';
import { announced } from '../../src/cli/announced.ts';
import { createFakeClock } from '../support/fake-clock.ts';

describe('announced', () => {
  it('says nothing of what is done at once, and of the rest once', async () => {
    const clock = createFakeClock();
    const said: string[] = [];
    expect(
      await announced(
        async () => 'there',
        clock,
        () => said.push('waits'),
      ),
    ).toEqual({
      result: 'there',
      said: false,
    });
    await clock.advance(10_000);
    expect(said).toEqual([]);

    const arriving = Promise.withResolvers<string>();
    const slow = announced(
      () => arriving.promise,
      clock,
      () => said.push('waits'),
    );
    await clock.advance(10_000);
    expect(said).toEqual(['waits']);
    arriving.resolve('there');
    expect(await slow).toEqual({ result: 'there', said: true });
  });

  it('keeps quiet while a question is open, and counts the wait anew from the answer', async () => {
    const clock = createFakeClock();
    const said: string[] = [];
    const answer = Promise.withResolvers<string>();
    const arriving = Promise.withResolvers<void>();
    const opening = announced(
      async (asking) => {
        const password = await asking(() => answer.promise);
        await arriving.promise;
        return password;
      },
      clock,
      () => said.push('waits'),
    );
    await clock.advance(60_000);
    expect(said).toEqual([]);
    answer.resolve('motdepasse');
    await clock.advance(700);
    expect(said).toEqual([]);
    await clock.advance(200);
    expect(said).toEqual(['waits']);
    arriving.resolve();
    expect(await opening).toEqual({ result: 'motdepasse', said: true });
  });

  it('lets a question that fails end the wait, and says nothing after', async () => {
    const clock = createFakeClock();
    const said: string[] = [];
    const refused = new Error('interrupted');
    const opening = announced(
      (asking) => asking(() => Promise.reject(refused)),
      clock,
      () => said.push('waits'),
    );
    await expect(opening).rejects.toBe(refused);
    await clock.advance(10_000);
    expect(said).toEqual([]);
    expect(clock.sleepers).toBe(0);
  });
});
