/** A probe that dials nothing: for who watches the host alone, and must leave no trace in the service's log. */
import type { Probe } from './probe.ts';
import { noProbeFacts } from './stats.ts';

export function idleProbe(address: string, port: number): Probe {
  const facts = noProbeFacts(address, port);
  const nothing = (): void => undefined;
  return {
    facts: () => facts,
    now: nothing,
    check: nothing,
    serviceStarted: nothing,
    cautioned: nothing,
    heard: nothing,
    answered: nothing,
    hold: () => nothing,
    stop: async () => undefined,
  };
}
