/** What `status --json` prints, from the console's state. Pure. */
import { accessTo } from '../ops/firewall/access.ts';
import type { ListenerFacts, PortSpec, ServiceFacts, ZoneFacts, ZoneSettings } from '../ops/host.ts';
import type { ProbeStatus } from '../ops/probe/facts.ts';
import type { Mend, RungId } from '../ops/verdict/ladder.ts';
import type { ConsoleState } from '../state/store.ts';
import type { Catalogue } from '../text/catalogue.ts';

/** Every key is always there; what is not known is null. */
export interface StatusDocument {
  readonly host: string;
  /** ISO 8601, on this machine's clock. */
  readonly at: string;
  readonly link: {
    readonly state: 'live' | 'lost' | 'connecting';
    readonly via: 'ssh' | 'local' | 'demo';
    readonly user: string;
    readonly privilege: 'root' | 'sudo' | 'sudo-password' | 'none' | null;
  };
  readonly unit: {
    readonly name: string;
    readonly load: string | null;
    readonly active: string | null;
    readonly sub: string | null;
    readonly result: string | null;
    /** 0 when it has none. */
    readonly mainPid: number | null;
    /** ISO 8601, on the host's clock. */
    readonly since: string | null;
    readonly restarts: number | null;
    readonly restart: string | null;
    /** Seconds. */
    readonly restartSec: number | null;
    readonly enabled: string | null;
    readonly needsReload: boolean | null;
  };
  readonly listeners: readonly ListenerDocument[] | null;
  readonly firewall: {
    readonly running: boolean | null;
    /** What becomes of a connection from here; null when it was not judged. */
    readonly fate: 'accept' | 'reject' | 'drop' | 'unknown' | null;
    /** What decides that: the zone's list of ports, a service, a rule; a sentence, in the language chosen. */
    readonly because: string | null;
    readonly zones: readonly ZoneDocument[];
  };
  readonly probe: {
    readonly address: string;
    readonly port: number;
    readonly state: ProbeStatus | null;
    /** null unless `open`. */
    readonly ms: number | null;
    /** Why it was not dialled, a sentence; null: it was. */
    readonly notDialled: string | null;
  };
  readonly verdict: {
    readonly reachable: boolean;
    readonly broken: RungId | null;
    /** Sentences, in the language chosen. */
    readonly evidence: string;
    readonly mend: string | null;
  };
}

interface ListenerDocument {
  readonly address: string;
  readonly port: number;
  readonly waiting: number;
  /** Clients that the server has accepted and that are still there, on all of its addresses. */
  readonly clients: number;
}

interface ZoneDocument {
  readonly name: string;
  readonly interfaces: readonly string[];
  /** In runtime; null when they may not be read. */
  readonly services: readonly string[] | null;
  readonly richRules: readonly string[] | null;
  readonly sources: readonly string[];
  /** `13337/tcp`. */
  readonly ports: {
    readonly runtime: readonly string[] | null;
    readonly permanent: readonly string[] | null;
  };
}

/** When a state is told, and what is not to be told of it. */
export interface Telling {
  readonly nowMono: number;
  readonly nowWall: number;
  /** Local ports of our own connections: they are no clients. */
  readonly ownPorts: ReadonlySet<number>;
}

export function statusDocument(
  state: ConsoleState,
  { nowMono, nowWall, ownPorts }: Telling,
  text: Catalogue,
): StatusDocument {
  const { host, link, probe, verdict } = state;
  const newest = probe.samples.at(-1) ?? null;
  return {
    host: host.label,
    at: new Date(nowWall).toISOString(),
    link: {
      state: link.state,
      via: host.kind,
      user: host.user,
      privilege: link.state === 'live' ? host.privilege.kind : null,
    },
    unit: unitDocument(state.subject.unit, state.service?.value ?? null),
    listeners: state.listeners === null ? null : listenerDocuments(state.listeners.value, ownPorts),
    firewall: {
      running: state.firewall?.value.running ?? null,
      ...fateOf(state, text),
      zones: (state.firewall?.value.zones ?? []).map(zoneDocument),
    },
    probe: {
      address: probe.address,
      port: probe.port,
      state: newest?.status ?? null,
      ms: newest?.ms == null ? null : Math.round(newest.ms * 1000) / 1000,
      notDialled: verdict.untried === null ? null : text.caution.reason(verdict.untried),
    },
    verdict: {
      reachable: verdict.reachable,
      broken: verdict.broken,
      evidence: verdictSentence(state, nowMono, text),
      mend: mendSentence(verdict.mend, text),
    },
  };
}

/** The verdict in one sentence. A link that never was is told by why it could not be made. */
export function verdictSentence({ verdict, link }: ConsoleState, nowMono: number, text: Catalogue): string {
  const unmade = link.state === 'lost' && link.detail === '' ? link.lastFailure : null;
  if (unmade === null) return text.verdict.headline(verdict, nowMono);
  const [first = ''] = text.failures.describe(unmade).split('\n', 1);
  return first;
}

/** What puts it right; null when nothing has to be, or when there is nothing to say. */
export function mendSentence(mend: Mend | null, text: Catalogue): string | null {
  // `reconnect` is the console's own: a command is over before it could.
  if (mend === null || mend.action === 'reconnect') return null;
  return text.verdict.mend(mend) || null;
}

function unitDocument(name: string, facts: ServiceFacts | null): StatusDocument['unit'] {
  return {
    name,
    load: facts?.load ?? null,
    active: facts?.active ?? null,
    sub: facts?.sub ?? null,
    result: facts?.result ?? null,
    mainPid: facts?.mainPid ?? null,
    since: facts?.sinceWall == null ? null : new Date(facts.sinceWall).toISOString(),
    restarts: facts?.restarts ?? null,
    restart: facts?.restart ?? null,
    restartSec: facts === null ? null : facts.restartSecMs / 1000,
    enabled: facts?.enabled ?? null,
    needsReload: facts?.needsReload ?? null,
  };
}

function listenerDocuments(facts: ListenerFacts, ownPorts: ReadonlySet<number>): readonly ListenerDocument[] {
  const clients = clientsOf(facts, ownPorts);
  return facts.listeners.map(({ address, port, waiting }) => ({ address, port, waiting, clients }));
}

/** Clients that are served: one that has left holds nobody up, and one that waits is not accepted yet. */
export function clientsOf({ clients }: ListenerFacts, ownPorts: ReadonlySet<number>): number {
  const served = clients.filter(({ accepted, left }) => accepted && left !== true);
  return served.filter(({ peerPort }) => !ownPorts.has(peerPort)).length;
}

function fateOf({ firewall, interfaces, subject, way }: ConsoleState, text: Catalogue) {
  if (firewall === null || !firewall.value.running) return { fate: null, because: null };
  const { now } = accessTo(firewall.value, interfaces, { address: subject.address, port: subject.port, way });
  const [why] = now.because;
  return { fate: now.verdict, because: why === undefined ? null : text.console.firewall.by(why) };
}

function zoneDocument({ name, interfaces, sources, runtime, permanent }: ZoneFacts): ZoneDocument {
  return {
    name,
    interfaces,
    services: runtime?.services ?? null,
    richRules: runtime === null ? null : (runtime.richRules ?? []),
    sources,
    ports: { runtime: ports(runtime), permanent: ports(permanent) },
  };
}

function ports(settings: ZoneSettings | null): readonly string[] | null {
  return settings?.ports.map(portName) ?? null;
}

export function portName({ port, protocol }: PortSpec): string {
  return `${port}/${protocol}`;
}
