/**
 * How the firewall treats a connection from this machine to the service: now, and after its next reload. Which
 * address the host sees is taken from what can be known without asking it.
 */
import { plainAddress } from '../address.ts';
import { shellWord } from '../checks/shell-word.ts';
import type { FirewallFacts, InterfaceAddress, PortSpec, ZoneFacts, ZoneSettings } from '../host.ts';
import { zoneOf } from '../zone.ts';
import { isWithin } from './addresses.ts';
import { judgePacket, type PacketJudgement, type Scene } from './judge.ts';
import type { Because } from './maybe.ts';

/** Which way a connection of ours goes: our end and theirs, as this machine's routes have it. */
export interface Way {
  readonly from: string;
  readonly to: string;
}

export interface Target {
  /** Where the service is dialled: an address, or a name. */
  readonly address: string;
  readonly port: number;
  /** null: not known yet. */
  readonly way: Way | null;
}

export interface Access {
  readonly now: PacketJudgement;
  /** null when the permanent settings cannot be read. */
  readonly later: PacketJudgement | null;
  /** The zone that a port is to be opened in for us. */
  readonly zone: ZoneFacts | null;
  /** Our address, where the judgement rests on it and a router in between may have changed it; else null. */
  readonly assumed: string | null;
}

export function accessTo(
  firewall: FirewallFacts,
  interfaces: readonly InterfaceAddress[] | null,
  target: Target,
): Access {
  const { scene, sure } = sceneOf(firewall, interfaces, target);
  const now = judgePacket(firewall, scene);
  const readable = firewall.zones.every(({ permanent }) => permanent !== null);
  const later = readable ? judgePacket(afterReload(firewall), scene) : null;
  const named = firewall.zones.find(({ name }) => name === now.zone);
  const blind = judgePacket(firewall, { ...scene, clientAddress: null });
  const rests = scene.clientAddress !== null && !sure && blind.verdict !== now.verdict;
  return {
    now,
    later,
    zone: named ?? zoneOf(firewall, interfaces, target.address),
    assumed: rests ? scene.clientAddress : null,
  };
}

/** What is permanent, in force. The zones' bindings, the policies and the services stay as they are. */
function afterReload(facts: FirewallFacts): FirewallFacts {
  return { ...facts, zones: facts.zones.map((zone) => ({ ...zone, runtime: zone.permanent })) };
}

/**
 * Our address is sure where the host has an interface in the same network: nothing lies in between that would
 * change it. Where the host does not hold the address that we dial, something in between does.
 */
function sceneOf(
  firewall: FirewallFacts,
  interfaces: readonly InterfaceAddress[] | null,
  { address, port, way }: Target,
): { readonly scene: Scene; readonly sure: boolean } {
  const dialled = plainAddress(way?.to ?? address);
  const from = way === null ? null : plainAddress(way.from);
  const all = interfaces ?? [];
  const holder = all.find((held) => plainAddress(held.address) === dialled);
  const neighbour = all.find((held) => from !== null && isWithin(from, `${held.address}/${held.prefix}`));
  const translated = interfaces !== null && holder === undefined;
  const scene: Scene = {
    clientAddress: translated ? null : from,
    hostAddress: translated ? null : dialled,
    interface: (neighbour ?? holder)?.name ?? onlyWayIn(firewall),
    port,
    ownAddresses: all.map((held) => held.address),
  };
  return { scene, sure: neighbour !== undefined };
}

/** Where all interfaces are in one zone, it does not matter which it is. */
function onlyWayIn({ zones, defaultZone }: FirewallFacts): string | null {
  const bound = zones.filter(({ interfaces }) => interfaces.length > 0);
  const [first] = bound;
  if (first === undefined) return '';
  return bound.length === 1 && first.name === defaultZone ? (first.interfaces[0] ?? null) : null;
}

/** Whether it is the usual: the port itself in the zone's list, or nothing that lets it in. */
export function isPlain({ because: [first] }: PacketJudgement): boolean {
  if (first?.place?.kind !== 'zone') return false;
  return first.code === 'port' || (first.code === 'target' && first.detail === 'default');
}

export interface Otherwise {
  /** What decides whether the port itself is in its zone's list or not; null: nothing does. */
  readonly now: Because | null;
  readonly later: Because | null;
}

/** What would still let us in if the port were taken off the list of its zone: a service, a range, a rule. */
export function openOtherwise(
  firewall: FirewallFacts,
  interfaces: readonly InterfaceAddress[] | null,
  target: Target,
): Otherwise {
  const { now, later } = accessTo(withoutPort(firewall, target.port), interfaces, target);
  const by = (judged: PacketJudgement | null): Because | null =>
    judged?.verdict === 'accept' ? (judged.because[0] ?? null) : null;
  return { now: by(now), later: by(later) };
}

/** What would still keep us out if the port were put on the list of its zone: a rule, a policy, panic mode. */
export function keptOutOtherwise(
  firewall: FirewallFacts,
  interfaces: readonly InterfaceAddress[] | null,
  target: Target,
): Otherwise {
  const own = accessTo(firewall, interfaces, target).zone?.name;
  const { now, later } = accessTo(withPort(firewall, own, target.port), interfaces, target);
  const by = (judged: PacketJudgement | null): Because | null =>
    judged?.verdict === 'reject' || judged?.verdict === 'drop' ? (judged.because[0] ?? null) : null;
  return { now: by(now), later: by(later) };
}

function withPort(facts: FirewallFacts, zone: string | undefined, port: number): FirewallFacts {
  return withPorts(facts, (ports, { name }) =>
    name === zone ? [...ports, { port: String(port), protocol: 'tcp' }] : ports,
  );
}

function withoutPort(facts: FirewallFacts, port: number): FirewallFacts {
  return withPorts(facts, (ports) => ports.filter((spec) => !isPortItself(spec, port)));
}

function withPorts(
  facts: FirewallFacts,
  change: (ports: readonly PortSpec[], zone: ZoneFacts) => readonly PortSpec[],
): FirewallFacts {
  const zones = facts.zones.map((zone) => {
    const changed = (settings: ZoneSettings | null): ZoneSettings | null =>
      settings && { ...settings, ports: change(settings.ports, zone) };
    return { ...zone, runtime: changed(zone.runtime), permanent: changed(zone.permanent) };
  });
  return { ...facts, zones };
}

function isPortItself(spec: PortSpec, port: number): boolean {
  return spec.protocol === 'tcp' && spec.port === String(port);
}

/** The command that takes away what lets us in; null where there is none of one line. */
export function closingCommand({ code, place, detail }: Because, permanent = false): string | null {
  const options: Partial<Record<Because['code'], string>> = {
    port: 'port',
    service: 'service',
    protocol: 'protocol',
    'source-port': 'source-port',
    'rich-rule': 'rich-rule',
  };
  const option = options[code];
  if (option === undefined || place === null) return null;
  const scope = permanent ? ' --permanent' : '';
  return `sudo firewall-cmd${scope} --${place.kind}=${shellWord(place.name)} --remove-${option}=${shellWord(detail)}`;
}
