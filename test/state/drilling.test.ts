/** The drill as the console starts it, leaves it and looks at it again. */
import { expect, it } from 'vitest';
import { createTestSession } from '../support/session.ts';

/** A session whose drill has killed the service, and systemd waits. */
async function killed() {
  const test = createTestSession();
  const { session, clock, first } = test;
  await clock.settle();
  session.dispatch({ type: 'drill' });
  await clock.advance(10);
  first.service({ active: 'activating', sub: 'auto-restart', mainPid: 0, result: 'signal' });
  await clock.settle();
  return { ...test, drill: () => session.store.getState().drill };
}

it('goes on when its overlay is closed: what was killed still has to come back', async () => {
  const { session, clock, first, drill } = await killed();
  session.dispatch({ type: 'close-drill' });
  expect(drill()).toMatchObject({ passed: null, waitedMs: null });
  await clock.advance(30_000);
  first.service({ active: 'active', sub: 'running', mainPid: 2001 });
  await clock.settle();
  expect(drill()).toMatchObject({ pidAfter: 2001, waitedMs: 30_000 });
  await session.close();
});

it('is started once, however often it is asked for while it runs', async () => {
  const { session, clock, first } = await killed();
  session.dispatch({ type: 'drill' });
  await clock.settle();
  expect(first.asked.verbs).toEqual(['kill']);
  await session.close();
});

it('takes its result away when that has been seen, and not before', async () => {
  const { session, clock, first, drill } = await killed();
  await clock.advance(100);
  first.service({ active: 'failed', sub: 'failed', result: 'start-limit-hit', mainPid: 0 });
  await clock.settle();
  expect(drill()).toMatchObject({ passed: false, reason: { code: 'start-limit' } });
  session.dispatch({ type: 'close-drill' });
  expect(drill()).toBeNull();
  await session.close();
});

it('ends with the session, and says nothing more', async () => {
  const { session, clock, drill } = await killed();
  await session.close();
  const last = drill();
  await clock.settle();
  expect(drill()).toBe(last);
});
