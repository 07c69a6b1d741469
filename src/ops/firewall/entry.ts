/**
 * Whether a zone lets anyone in to a port, whoever that may be: what "the port is open" means of a zone by
 * itself. A rule for some clients opens it; one that keeps only some of them out does not close it.
 */
import type { FirewallFacts, ZoneFacts, ZoneSettings } from '../host.ts';
import { stepsThrough } from './judge.ts';
import type { Because, Doubt, Maybe } from './maybe.ts';

export interface Entry {
  readonly open: boolean;
  /** What lets in, or keeps out. */
  readonly by: Because;
  /** All that lets anyone in, each of which would do so without the others. */
  readonly openings: readonly Because[];
}

export interface Entries {
  /** null when that scope could not be read. */
  readonly runtime: Entry | null;
  readonly permanent: Entry | null;
}

export function entriesTo(zone: ZoneFacts, facts: FirewallFacts, port: number): Entries {
  return {
    runtime: zone.runtime && entryTo(zone, zone.runtime, facts, port),
    permanent: zone.permanent && entryTo(zone, zone.permanent, facts, port),
  };
}

function entryTo(zone: ZoneFacts, settings: ZoneSettings, facts: FirewallFacts, port: number): Entry {
  const anyone = { clientAddress: null, hostAddress: null, interface: zone.interfaces[0] ?? '', port };
  const openings: Because[] = [];
  for (const { holds, fate, because } of stepsThrough(zone, settings, facts, anyone)) {
    if (fate === 'accept' && holdsForSome(holds)) openings.push(because);
    if (holds === true && fate !== 'accept') return entryBy(openings, because);
  }
  return entryBy(openings, { code: 'target', place: { kind: 'zone', name: zone.name }, detail: zone.target });
}

function entryBy(openings: readonly Because[], closing: Because): Entry {
  const [first] = openings;
  return { open: first !== undefined, by: first ?? closing, openings };
}

/** Doubts about who comes, and by which way: for some it holds. */
const WHO: ReadonlySet<Doubt> = new Set(['client', 'way-in', 'mac', 'ipset', 'client-port', 'limit']);

function holdsForSome(holds: Maybe): boolean {
  return typeof holds === 'boolean' ? holds : (WHO as ReadonlySet<string>).has(holds.code);
}

/** Whether it is the port itself in the list of its zone, which one command takes away. */
export function isPortItself({ code, place, detail }: Because, port: number): boolean {
  return code === 'port' && place?.kind === 'zone' && detail === `${port}/tcp`;
}
