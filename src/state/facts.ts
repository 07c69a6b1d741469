/** The one place that writes facts into the store, and judges them anew with each write. */
import type { ListenerFacts } from '../ops/host.ts';
import type { Verdict, VerdictFacts } from '../ops/verdict/ladder.ts';
import { judge } from '../ops/verdict/verdict.ts';
import type { ConsoleState, ConsoleStore, Known } from './store.ts';

export interface FactWriter {
  /** Writes in one update; the verdict follows. */
  write(patch: Partial<ConsoleState>): void;
  /** Whether the service's port is still being looked for after a change of its unit. */
  settling(on: boolean): void;
}

export function createFactWriter(store: ConsoleStore): FactWriter {
  let listenersSettling = false;
  let changedMono = Number.NEGATIVE_INFINITY;

  function write(patch: Partial<ConsoleState>): void {
    const before = store.getState();
    const state = { ...before, ...patch };
    if (differs(before.firewall, state.firewall, JSON.stringify)) changedMono = state.firewall.atMono;
    if (differs(before.listeners, state.listeners, addressesOf)) changedMono = state.listeners.atMono;
    store.setState({ ...patch, verdict: judged(state, { listenersSettling, changedMono }) });
  }

  return {
    write,
    settling(on) {
      if (on === listenersSettling) return;
      listenersSettling = on;
      write({});
    },
  };
}

/** Whether what was known has become something else. To learn it first is no change. */
function differs<T>(
  before: Known<T> | null,
  now: Known<T> | null,
  key: (value: T) => string,
): now is Known<T> {
  if (before === null || now === null || before === now) return false;
  return key(before.value) !== key(now.value);
}

/** What listens, apart from who is connected. */
export function addressesOf(facts: ListenerFacts): string {
  return facts.listeners.map(({ address, port }) => `${address} ${port}`).join();
}

/** The verdict of a state; the state's own object when nothing in it changed, so that views keep still. */
function judged(state: ConsoleState, more: JudgedBeside): Verdict {
  const verdict = judge(verdictFacts(state, more));
  return JSON.stringify(verdict) === JSON.stringify(state.verdict) ? state.verdict : verdict;
}

type JudgedBeside = Pick<VerdictFacts, 'listenersSettling' | 'changedMono'>;

/** What is judged of a state, and what is judged beside it. */
export function verdictFacts(state: Omit<ConsoleState, 'verdict'>, more: JudgedBeside): VerdictFacts {
  const { subject, link, service, serviceFailure, listeners, listenersFailure, interfaces } = state;
  const { way, firewall, firewallFailure, probe } = state;
  return {
    subject,
    link,
    service,
    serviceFailure,
    listeners,
    listenersFailure,
    ...more,
    interfaces,
    way,
    firewall,
    firewallFailure,
    probe,
  };
}
