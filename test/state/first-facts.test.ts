/** When a screen is worth drawing: once every subject has spoken, or not much later. */
import { describe, expect, it } from 'vitest';
import { blankState } from '../../src/state/blank-state.ts';
import { firstFacts } from '../../src/state/first-facts.ts';
import { type ConsoleState, createConsoleStore } from '../../src/state/store.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { FIREWALL_OPEN, RUNNING } from '../support/fake-host.ts';
import { createTestSession } from '../support/session.ts';

const failure = { code: 'host-error', name: 'X', detail: '' } as const;

function waiting(mostMs = 200) {
  const { session } = createTestSession();
  const { subject, host, link } = session.store.getState();
  void session.close();
  const clock = createFakeClock();
  const store = createConsoleStore(blankState({ subject, host, link, readOnly: false }));
  let over = false;
  void firstFacts(store, clock, mostMs).then(() => {
    over = true;
  });
  return { clock, store, isOver: () => over };
}

const known = <T>(value: T): { value: T; atMono: number } => ({ value, atMono: 0 });

describe('firstFacts', () => {
  it('waits until the last subject has spoken, or said why it does not', async () => {
    const { clock, store, isOver } = waiting();
    const probe = {
      ...store.getState().probe,
      samples: [{ atMono: 0, atWall: 0, status: 'open' as const, ms: 1 }],
    };
    const steps: Partial<ConsoleState>[] = [
      { service: known(RUNNING) },
      { firewallFailure: failure },
      { firewall: known(FIREWALL_OPEN) },
      { listenersFailure: failure },
      { probe },
    ];
    for (const step of steps) {
      store.setState(step);
      await clock.settle();
      expect(isOver()).toBe(false);
    }
    store.setState({ journalVersion: 1 });
    await clock.settle();
    expect(isOver()).toBe(true);
    expect(clock.sleepers).toBe(0);
  });

  it('waits no longer than told', async () => {
    const { clock, isOver } = waiting(200);
    await clock.advance(199);
    expect(isOver()).toBe(false);
    await clock.advance(1);
    expect(isOver()).toBe(true);
  });
});
