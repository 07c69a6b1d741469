/**
 * What firewalld does to the first packet of a connection: to the service's port, from one client.
 *
 * After firewalld.zone(5), firewalld.policies(5), firewalld.richlanguage(5), firewalld.direct(5) and the
 * order of its chains: direct rules; the zone of the source, else of the interface, else the default one;
 * there the policies of negative priority, the zone's own rules, the policies of positive priority, and the
 * zone's target. Packets of established connections pass anyhow, and are not asked about.
 */
import type { FirewallFacts, PolicyFacts, ZoneFacts, ZoneSettings } from '../host.ts';
import { throughDirect } from './direct.ts';
import {
  type Because,
  both,
  type Decision,
  decide,
  doubt,
  either,
  type Fate,
  type Maybe,
  type Place,
  type Step,
} from './maybe.ts';
import { comesBy, comesFrom, type Packet } from './packet.ts';
import { isForwarded, type Known, stepsOf } from './place.ts';

export interface PacketJudgement {
  readonly verdict: Fate | 'unknown';
  /** What decided; for `unknown`, what it hangs on. Never empty. */
  readonly because: readonly Because[];
  /** The zone that the packet is in; null when it was not asked, or when that cannot be told. */
  readonly zone: string | null;
}

export interface Scene extends Packet {
  /** The host's own addresses: what comes from one of them passes by `lo`. */
  readonly ownAddresses?: readonly string[];
}

/** @param facts of a firewalld that runs. Never throws. */
export function judgePacket(facts: FirewallFacts, packet: Scene): PacketJudgement {
  const { clientAddress, ownAddresses = [] } = packet;
  const by = (verdict: Fate, code: Because['code'], detail = ''): PacketJudgement => {
    return { verdict, because: [{ code, place: null, detail }], zone: null };
  };
  if (facts.panic === true) return by('drop', 'panic');
  const direct = throughDirect(facts.direct ?? null, packet);
  const stopped = direct.verdict === 'reject' || direct.verdict === 'drop';
  if (stopped) return { ...direct, zone: null };
  const local = clientAddress !== null && ownAddresses.includes(clientAddress);
  const rest = local ? by('accept', 'loopback', clientAddress) : throughZones(facts, packet);
  if (direct.verdict === 'unknown') return { ...direct, zone: rest.zone };
  if (facts.direct?.final === true && direct.because.some(({ detail }) => detail !== '')) {
    return { ...direct, zone: rest.zone };
  }
  return rest;
}

function throughZones(facts: FirewallFacts, packet: Packet): PacketJudgement {
  const candidates = zonesOf(facts, packet);
  const judged = candidates.map(({ zone, holds }) => ({ zone, holds, ...throughZone(zone, facts, packet) }));
  const last = judged.at(-1);
  if (last === undefined) return { verdict: 'unknown', because: [doubt('zone-unread', '')], zone: null };
  const other = judged.find(({ verdict }) => verdict !== last.verdict);
  if (other === undefined) {
    const { verdict, because } = last;
    return { verdict, because, zone: judged.length === 1 ? last.zone.name : null };
  }
  const hangsOn = judged.flatMap(({ holds }) => (typeof holds === 'boolean' ? [] : [holds]));
  return { verdict: 'unknown', because: hangsOn.length > 0 ? hangsOn : other.because, zone: null };
}

interface Candidate {
  readonly zone: ZoneFacts;
  readonly holds: Maybe;
}

/**
 * The zone of the packet, last; before it those that it may be in. Sources are asked before interfaces, in
 * the order of the zones' names, not by the longest prefix; since firewalld 2.0 their priority comes first.
 */
export function zonesOf(facts: FirewallFacts, packet: Packet): readonly Candidate[] {
  const sets = facts.sets ?? {};
  const bindings = facts.zones.flatMap((zone) => [
    ...zone.sources.map((source) => ({ zone, rank: 1, holds: comesFrom(source, packet, sets) })),
    ...zone.interfaces.map((name) => ({
      zone,
      rank: name.endsWith('+') ? 3 : 2,
      holds: comesBy(name, packet),
    })),
  ]);
  bindings.sort(
    (a, b) =>
      (a.zone.priority ?? 0) - (b.zone.priority ?? 0) ||
      a.rank - b.rank ||
      (a.zone.name < b.zone.name ? -1 : a.zone.name > b.zone.name ? 1 : 0),
  );
  const found: Candidate[] = [];
  for (const { zone, rank, holds } of bindings) {
    if (holds === false) continue;
    found.push({ zone, holds });
    if (holds === true) return rank === 1 ? drifting(found, facts, bindings) : found;
  }
  const byDefault = facts.zones.find((zone) => zone.name === facts.defaultZone);
  return byDefault === undefined ? found : [...found, { zone: byDefault, holds: true }];
}

/** Before 1.0, `AllowZoneDrifting` (on in some) lets what a source's zone has no rule for go on to the next. */
function drifting(
  found: readonly Candidate[],
  { version = '' }: FirewallFacts,
  bindings: readonly (Candidate & { readonly rank: number })[],
): readonly Candidate[] {
  const own = found.at(-1);
  if (!version.startsWith('0.') || own === undefined || own.zone.target !== 'default') return found;
  const next = bindings.find(({ rank, holds }) => rank > 1 && holds === true);
  if (next === undefined || next.zone === own.zone) return found;
  return [...found.slice(0, -1), { zone: next.zone, holds: doubt('drifting', next.zone.name) }, own];
}

function throughZone(zone: ZoneFacts, facts: FirewallFacts, packet: Packet): Decision {
  const place: Place = { kind: 'zone', name: zone.name };
  if (zone.runtime === null) return { verdict: 'unknown', because: [doubt('zone-unread', zone.name, place)] };
  const known = knownOf(facts);
  const policies = policiesOf(zone, facts, packet);
  const forwarded = either(
    isForwarded(place, zone.runtime, packet, known),
    ...policies.map(({ policy, holds }) =>
      both(holds, isForwarded({ kind: 'policy', name: policy.name }, policy.settings, packet, known)),
    ),
  );
  if (typeof forwarded !== 'boolean') return { verdict: 'unknown', because: [forwarded] };
  const steps = stepsThrough(zone, zone.runtime, facts, packet);
  return decide(steps) ?? { verdict: 'unknown', because: [doubt('zone-unread', zone.name, place)] };
}

function knownOf(facts: FirewallFacts): Known {
  return { services: facts.services ?? null, sets: facts.sets ?? {} };
}

function policiesOf(zone: ZoneFacts, facts: FirewallFacts, packet: Packet) {
  return (facts.policies ?? []).map((policy) => ({ policy, holds: isAsked(policy, zone, facts, packet) }));
}

/** What a packet of that zone meets, in this order; the zone's target is the last and always holds. */
export function stepsThrough(
  zone: ZoneFacts,
  settings: ZoneSettings,
  facts: FirewallFacts,
  packet: Packet,
): readonly Step[] {
  const place: Place = { kind: 'zone', name: zone.name };
  const known = knownOf(facts);
  const policies = policiesOf(zone, facts, packet);
  const toHost = policies.filter(({ policy }) => policy.egressZones.includes('HOST'));
  toHost.sort((a, b) => a.policy.priority - b.policy.priority);
  const before = toHost.filter(({ policy }) => policy.priority < 0);
  const after = toHost.filter(({ policy }) => policy.priority > 0);
  const through = (some: typeof toHost): readonly Step[] =>
    some.flatMap(({ policy, holds }) => policySteps(policy, holds, packet, known));
  const unread = facts.policies === null ? unreadPolicies() : [];
  return [
    ...unread,
    ...through(before),
    ...stepsOf(place, settings, packet, known),
    ...through(after),
    targetStep(place, zone.target, 'reject'),
  ];
}

function unreadPolicies(): readonly Step[] {
  const holds = doubt('policies-unread', '');
  return (['accept', 'reject'] as const).map((fate) => ({ holds, fate, because: holds }));
}

/** @param usual what becomes of the packet when the target is the default one */
function targetStep(place: Place, target: string, usual: Fate): Step {
  const because: Because = { code: 'target', place, detail: target };
  const fate = target === 'ACCEPT' ? 'accept' : target === 'DROP' ? 'drop' : usual;
  return { holds: true, fate, because };
}

function policySteps(policy: PolicyFacts, asked: Maybe, packet: Packet, known: Known): readonly Step[] {
  if (asked === false) return [];
  const place: Place = { kind: 'policy', name: policy.name };
  const target = policy.target === 'CONTINUE' ? [] : [targetStep(place, policy.target, 'reject')];
  return [...stepsOf(place, policy.settings, packet, known), ...target].map((step) => ({
    ...step,
    holds: both(asked, step.holds),
  }));
}

/**
 * Whether a packet of that zone is given to the policy. Before firewalld 2.0 it is not the zone that counts,
 * but whatever the policy's zones are bound to: each of their interfaces and sources.
 */
function isAsked(policy: PolicyFacts, zone: ZoneFacts, facts: FirewallFacts, packet: Packet): Maybe {
  if (policy.ingressZones.includes('ANY')) return true;
  if (Number(facts.version?.split('.')[0] ?? 2) >= 2) return policy.ingressZones.includes(zone.name);
  const bound = facts.zones.filter(({ name }) => policy.ingressZones.includes(name));
  return either(
    ...bound.flatMap((one) => [
      ...one.interfaces.map((name) => comesBy(name, packet)),
      ...one.sources.map((source) => comesFrom(source, packet, facts.sets ?? {})),
    ]),
  );
}
