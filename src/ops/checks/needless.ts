/** What is open in the firewall though nobody listens behind it: ports, services, rich rules. */
import { isLoopback } from '../address.ts';
import { parseRichRule, type RichRule } from '../firewall/rich-rule.ts';
import type { FirewallFacts, PortSpec, ServiceDefinition, ZoneSettings } from '../host.ts';
import { typed } from './shell-word.ts';
import type { Socket } from './sockets.ts';

/** Something open in a zone that nobody listens behind. */
export interface Needless {
  readonly zone: string;
  readonly kind: 'service' | 'port' | 'rich-rule';
  /** `cockpit`, `8080/tcp`, or the rule as firewalld writes it. */
  readonly name: string;
  readonly runtime: boolean;
  readonly permanent: boolean;
}

type Services = ReadonlyMap<string, ServiceDefinition>;

/**
 * What is open though nobody listens behind it, but for the service's own port, which the unit opens, and
 * sshd's, which is never closed.
 */
export function needlessOf(
  firewall: FirewallFacts,
  services: Services,
  sockets: readonly Socket[],
  keep: readonly number[],
): { readonly needless: readonly Needless[]; readonly needed: readonly string[] } {
  const needless: Needless[] = [];
  const needed = new Set<string>();
  const used = (spec: string): boolean => isKept(spec, keep) || listensBehind(spec, sockets);
  for (const { name: zone, runtime, permanent } of firewall.zones) {
    for (const kind of ['service', 'port', 'rich-rule'] as const) {
      const [now, later] = [openIn(kind, runtime), openIn(kind, permanent)];
      for (const name of new Set([...now, ...later])) {
        const ports = behind(kind, name, services);
        // What we know nothing of is not called needless.
        if (name === 'ssh' || ports === null || ports.some(used)) needed.add(name);
        else
          needless.push({ zone, kind, name, runtime: now.includes(name), permanent: later.includes(name) });
      }
    }
  }
  return { needless, needed: [...needed] };
}

function openIn(kind: Needless['kind'], settings: ZoneSettings | null): readonly string[] {
  switch (kind) {
    case 'service':
      return settings?.services ?? [];
    case 'port':
      return settings?.ports.map(specOf) ?? [];
    case 'rich-rule':
      return (settings?.richRules ?? []).filter((text) => parseRichRule(text)?.action === 'accept');
  }
}

/** The ports that it opens; null when they are not known, or when it is about no ports. */
function behind(kind: Needless['kind'], name: string, services: Services): readonly string[] | null {
  switch (kind) {
    case 'service':
      return portsOf(name, services);
    case 'port':
      return [name];
    case 'rich-rule': {
      const element = parseRichRule(name)?.element;
      if (element?.kind === 'port') return [specOf(element)];
      if (element?.kind !== 'service') return null;
      // sshd's own is never closed, whoever it is opened for.
      return element.name === 'ssh' ? null : portsOf(element.name, services);
    }
  }
}

/** The ports of a service and of those that it includes. */
function portsOf(name: string, services: Services): readonly string[] | null {
  const seen = new Set([name]);
  const ports: string[] = [];
  // A set is walked in the order of its additions, those made meanwhile too.
  for (const each of seen) {
    const service = services.get(each);
    if (service === undefined || service.protocols.length + service.sourcePorts.length > 0) return null;
    ports.push(...service.ports.map(specOf));
    for (const included of service.includes) seen.add(included);
  }
  return ports;
}

function specOf({ port, protocol }: PortSpec): string {
  return `${port}/${protocol}`;
}

function isKept(spec: string, keep: readonly number[]): boolean {
  return keep.some((port) => spec === `${port}/tcp`);
}

function listensBehind(spec: string, sockets: readonly Socket[]): boolean {
  const match = /^(\d+)(?:-(\d+))?\/(\w+)$/.exec(spec);
  if (match?.[1] === undefined) return false;
  const low = Number(match[1]);
  const high = Number(match[2] ?? low);
  return sockets.some(
    ({ port, protocol, address }) =>
      protocol === match[3] && port >= low && port <= high && !isLoopback(address),
  );
}

/**
 * What lets more in than anybody listens behind: ranges of ports that somebody listens behind in part; rules,
 * protocols and source ports that open every port; zones of a card that accept everything whatever their list
 * says (firewalld.zone(5), "target").
 */
export function tooWideOf(firewall: FirewallFacts, sockets: readonly Socket[]) {
  const ranges = new Set<string>();
  const rules = new Set<string>();
  const zones: string[] = [];
  const commands: string[] = [];
  const command = (...argv: readonly string[]): void => {
    commands.push(typed(['firewall-cmd', ...argv], true));
  };
  for (const { name, interfaces, sources, target, runtime, permanent } of firewall.zones) {
    const moves = [
      ...interfaces.map((card) => `--change-interface=${card}`),
      ...sources.map((source) => `--change-source=${source}`),
    ];
    if (target === 'ACCEPT' && moves.length > 0) {
      zones.push(name);
      for (const move of moves) {
        command('--zone=public', move);
        command('--permanent', '--zone=public', move);
      }
    }
    const close = (settings: ZoneSettings | null, ...scope: readonly string[]): void => {
      const change = (what: string): void => command(...scope, `--zone=${name}`, what);
      for (const { port, protocol } of settings?.ports ?? []) {
        const spec = `${port}/${protocol}`;
        const held = wideRange(spec, sockets);
        if (held === null) continue;
        ranges.add(spec);
        // A port that is in an open range already is not added to the list: the range goes first.
        change(`--remove-port=${spec}`);
        for (const one of held) change(`--add-port=${one}/${protocol}`);
      }
      for (const rule of accepting(settings)) {
        const range = rule.element?.kind === 'port' ? rule.element : null;
        const held = range === null ? null : wideRange(specOf(range), sockets);
        if (range !== null && held !== null) {
          ranges.add(specOf(range));
          change(`--remove-rich-rule=${rule.text}`);
          for (const one of held)
            change(`--add-rich-rule=${rule.text.replace(`port="${range.port}"`, `port="${one}"`)}`);
        } else if (opensEveryPort(rule)) {
          rules.add(rule.text);
          change(`--remove-rich-rule=${rule.text}`);
        }
      }
      for (const protocol of (settings?.protocols ?? []).filter(isOfPorts)) {
        rules.add(`protocol ${protocol}`);
        change(`--remove-protocol=${protocol}`);
      }
      for (const spec of (settings?.sourcePorts ?? []).map(specOf)) {
        rules.add(`source-port ${spec}`);
        change(`--remove-source-port=${spec}`);
      }
    };
    close(runtime);
    close(permanent, '--permanent');
  }
  return { ranges: [...ranges], zones, rules: [...rules], commands };
}

function accepting(settings: ZoneSettings | null): readonly RichRule[] {
  const rules = (settings?.richRules ?? []).map(parseRichRule);
  return rules.filter((rule): rule is RichRule => rule?.action === 'accept');
}

/** Whoever it is for, it is for all ports. */
function opensEveryPort({ element }: RichRule): boolean {
  if (element === null || element.kind === 'source-port') return true;
  return element.kind === 'protocol' && isOfPorts(element.value);
}

/** `tcp`, `udp` and their like, by name or by number. */
function isOfPorts(protocol: string): boolean {
  return ['tcp', 'udp', 'sctp', 'dccp', '6', '17', '132', '33'].includes(protocol);
}

/** The ports of a range that somebody listens on, where that is some of them and not all. */
function wideRange(spec: string, sockets: readonly Socket[]): readonly number[] | null {
  const match = /^(\d+)-(\d+)\/(\w+)$/.exec(spec);
  if (match === null) return null;
  const [, low = '', high = '', protocol = ''] = match;
  const behind = sockets.filter(
    (one) =>
      one.protocol === protocol &&
      one.port >= Number(low) &&
      one.port <= Number(high) &&
      !isLoopback(one.address),
  );
  const held = [...new Set(behind.map(({ port }) => port))].sort((a, b) => a - b);
  return held.length > 0 && held.length < Number(high) - Number(low) + 1 ? held : null;
}

/** The commands that close it where it is open. */
export function closeCommands(one: Needless): readonly (readonly string[])[] {
  const change = `--remove-${one.kind}=${one.name}`;
  const zone = `--zone=${one.zone}`;
  return [
    ...(one.runtime ? [['firewall-cmd', zone, change]] : []),
    ...(one.permanent ? [['firewall-cmd', '--permanent', zone, change]] : []),
  ];
}
