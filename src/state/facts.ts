/** The one place that writes facts into the store, and judges them anew with each write. */
import { judge, type Verdict, type VerdictFacts } from '../ops/verdict.ts';
import type { ConsoleState, ConsoleStore } from './store.ts';

export interface FactWriter {
  /** Writes in one update; the verdict follows. */
  write(patch: Partial<ConsoleState>): void;
  /** Whether the service's port is still being looked for after a change of its unit. */
  settling(on: boolean): void;
}

export function createFactWriter(store: ConsoleStore): FactWriter {
  let listenersSettling = false;

  function write(patch: Partial<ConsoleState>): void {
    const state = { ...store.getState(), ...patch };
    store.setState({ ...patch, verdict: judged(state, listenersSettling) });
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

/** The verdict of a state; the state's own object when nothing in it changed, so that views keep still. */
function judged(state: ConsoleState, listenersSettling: boolean): Verdict {
  const verdict = judge(verdictFacts(state, listenersSettling));
  return JSON.stringify(verdict) === JSON.stringify(state.verdict) ? state.verdict : verdict;
}

export function verdictFacts(state: Omit<ConsoleState, 'verdict'>, listenersSettling: boolean): VerdictFacts {
  const { subject, link, service, serviceFailure, listeners, listenersFailure, interfaces } = state;
  const { firewall, firewallFailure, probe } = state;
  return {
    subject,
    link,
    service,
    serviceFailure,
    listeners,
    listenersFailure,
    listenersSettling,
    interfaces,
    firewall,
    firewallFailure,
    probe,
  };
}
