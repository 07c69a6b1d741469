/** The moment from which a screen has something to show: drawing before it is drawing again at each fact. */
import type { Clock } from '../ops/clock.ts';
import type { ConsoleState, ConsoleStore } from './store.ts';

/** Resolves when every subject has said something, or after `mostMs`. Never rejects. */
export async function firstFacts(store: ConsoleStore, clock: Clock, mostMs: number): Promise<void> {
  const enough = new AbortController();
  const look = (state: ConsoleState): void => {
    if (allSaid(state)) enough.abort();
  };
  const unsubscribe = store.subscribe(look);
  look(store.getState());
  await clock.sleep(mostMs, enough.signal).catch(() => undefined);
  unsubscribe();
}

function allSaid(state: ConsoleState): boolean {
  return (
    (state.service !== null || state.serviceFailure !== null) &&
    (state.firewall !== null || state.firewallFailure !== null) &&
    (state.listeners !== null || state.listenersFailure !== null) &&
    (state.journalVersion > 0 || state.journalFailure !== null) &&
    (state.probe.samples.length > 0 || state.probe.answer !== null || state.verdict.untried !== null)
  );
}
