/**
 * The rules of one zone, or of one policy, in the order in which a packet meets them: the chains `pre`,
 * `log`, `deny`, `allow` and `post` of firewalld's backends (its source: `build_policy_chain_rules`,
 * `_rich_rule_chain_suffix`). Rules of the chain `log` decide nothing.
 */
import type { AddressSet, ServiceDefinition, ZoneSettings } from '../host.ts';
import { spansPort } from './addresses.ts';
import { type Because, both, doubt, either, type Fate, type Maybe, type Place, type Step } from './maybe.ts';
import { addressHolds, familyOfPacket, isTcp, type Packet, sourcePortHolds } from './packet.ts';
import { parseRichRule, type RichRule } from './rich-rule.ts';

export interface Known {
  /** null: a host that tells of none (the embedded one), whose services are about other ports. */
  readonly services: Readonly<Record<string, ServiceDefinition>> | null;
  readonly sets: Readonly<Record<string, AddressSet>>;
}

export function stepsOf(place: Place, settings: ZoneSettings, packet: Packet, known: Known): readonly Step[] {
  const rules = (settings.richRules ?? []).map((text) => ({ text, rule: parseRichRule(text) }));
  const unread = rules.filter(({ rule }) => rule === null).flatMap(({ text }) => unreadSteps(place, text));
  const rich = rules.flatMap(({ rule }) => (rule === null ? [] : [rule]));
  const steps = (some: readonly RichRule[]): readonly Step[] =>
    some.flatMap((rule) => richSteps(place, rule, packet, known));
  const byPriority = (a: RichRule, b: RichRule): number => a.priority - b.priority;
  const pre = rich.filter(({ priority }) => priority < 0).sort(byPriority);
  const post = rich.filter(({ priority }) => priority > 0).sort(byPriority);
  const own = rich.filter(({ priority }) => priority === 0);
  return [
    ...unread,
    ...steps(pre),
    ...steps(own.filter(({ action }) => action !== 'accept')),
    ...openings(place, settings, packet, known),
    ...steps(own.filter(({ action }) => action === 'accept')),
    ...steps(post),
  ];
}

/** A rule that is not understood may do either. */
function unreadSteps(place: Place, text: string): readonly Step[] {
  const holds = doubt('rule-unread', text, place);
  const because: Because = { code: 'rich-rule', place, detail: text };
  return (['accept', 'reject', 'drop'] as const).map((fate) => ({ holds, fate, because }));
}

function richSteps(place: Place, rule: RichRule, packet: Packet, known: Known): readonly Step[] {
  if (rule.action === null) return [];
  const { sets } = known;
  const holds = both(
    rule.family === null || rule.family === familyOfPacket(packet),
    elementHolds(rule, packet, known),
    addressHolds('source', rule.source, packet, sets),
    addressHolds('destination', rule.destination, packet, sets),
    rule.limit === null || doubt('limit', rule.text),
  );
  return [{ holds, fate: rule.action, because: { code: 'rich-rule', place, detail: rule.text } }];
}

function elementHolds({ element }: RichRule, packet: Packet, known: Known): Maybe {
  switch (element?.kind) {
    case undefined:
      return true;
    case 'service':
      return serviceHolds(element.name, packet, known.services);
    case 'port':
      return portHolds(element.port, element.protocol, packet);
    case 'source-port':
      return sourcePortHolds(element.port, element.protocol);
    case 'protocol':
      return isTcp(element.value);
    case 'forward-port':
    case 'other':
      return false;
  }
}

function portHolds(port: string, protocol: string, packet: Packet): boolean {
  return protocol === 'tcp' && spansPort(port, packet.port);
}

/** A service opens what it lists, and what the services that it includes list. */
export function serviceHolds(name: string, packet: Packet, services: Known['services']): Maybe {
  if (services === null) return false;
  const seen = new Set<string>();
  const one = (each: string): Maybe => {
    if (seen.has(each)) return false;
    seen.add(each);
    const service = services[each];
    if (service === undefined) return doubt('service-unread', each);
    return either(own(service, packet), ...service.includes.map(one));
  };
  return one(name);
}

function own(service: ServiceDefinition, packet: Packet): Maybe {
  const lets = either(
    ...service.ports.map(({ port, protocol }) => portHolds(port, protocol, packet)),
    ...service.protocols.map(isTcp),
    ...service.sourcePorts.map(({ port, protocol }) => sourcePortHolds(port, protocol)),
  );
  if (Object.keys(service.destination).length === 0) return lets;
  const value = service.destination[familyOfPacket(packet)];
  if (value === undefined) return false;
  return both(lets, addressHolds('destination', { kind: 'address', invert: false, value }, packet, {}));
}

function openings(place: Place, settings: ZoneSettings, packet: Packet, known: Known): readonly Step[] {
  const opens = (holds: Maybe, code: Because['code'], detail: string): Step => ({
    holds,
    fate: 'accept' satisfies Fate,
    because: { code, place, detail },
  });
  return [
    ...settings.ports.map(({ port, protocol }) =>
      opens(portHolds(port, protocol, packet), 'port', `${port}/${protocol}`),
    ),
    ...settings.services.map((name) => opens(serviceHolds(name, packet, known.services), 'service', name)),
    ...(settings.protocols ?? []).map((name) => opens(isTcp(name), 'protocol', name)),
    ...(settings.sourcePorts ?? []).map(({ port, protocol }) =>
      opens(sourcePortHolds(port, protocol), 'source-port', `${port}/${protocol}`),
    ),
  ];
}

/** Whether the packet is sent on to somewhere else before any rule is asked; what it meets then is not seen. */
export function isForwarded(place: Place, settings: ZoneSettings, packet: Packet, known: Known): Maybe {
  const to = (port: string, address: string): Because =>
    doubt('forward-port', `${packet.port}/tcp → ${address}${address && port ? ':' : ''}${port}`, place);
  const plain = (settings.forwardPorts ?? []).map(({ port, protocol, toPort, toAddress }) => {
    const family = toAddress.includes(':') ? 'ipv6' : 'ipv4';
    return portHolds(port, protocol, packet) && family === familyOfPacket(packet) && to(toPort, toAddress);
  });
  const rich = (settings.richRules ?? []).map((text): Maybe => {
    const rule = parseRichRule(text);
    if (rule?.element?.kind !== 'forward-port') return false;
    const { port, protocol, toPort, toAddress } = rule.element;
    return both(
      rule.family === null || rule.family === familyOfPacket(packet),
      portHolds(port, protocol, packet),
      addressHolds('source', rule.source, packet, known.sets),
      addressHolds('destination', rule.destination, packet, known.sets),
      to(toPort, toAddress),
    );
  });
  return either(...plain, ...rich);
}
