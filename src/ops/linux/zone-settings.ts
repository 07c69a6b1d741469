/** firewalld's dictionaries (firewalld.dbus(5)) as ours. What is empty, it leaves out. */
import type {
  AddressSet,
  DirectRules,
  ForwardedPort,
  PolicyFacts,
  PortSpec,
  ServiceDefinition,
  ZoneSettings,
} from '../host.ts';

export interface ReadZone {
  readonly settings: ZoneSettings;
  readonly target: string;
  readonly priority: number;
}

export function parseZone(value: unknown): ReadZone {
  return {
    settings: parseSettings(value),
    target: text(get(value, 'target')) || 'default',
    priority: whole(get(value, 'ingress_priority')),
  };
}

export function parsePolicy(name: string, value: unknown): PolicyFacts {
  return {
    name,
    priority: whole(get(value, 'priority')),
    target: text(get(value, 'target')) || 'CONTINUE',
    ingressZones: strings(get(value, 'ingress_zones')),
    egressZones: strings(get(value, 'egress_zones')),
    settings: parseSettings(value),
  };
}

function parseSettings(value: unknown): ZoneSettings {
  // `rules_str` of a zone is `rich_rules` of a policy.
  const rules = strings(get(value, 'rules_str') ?? get(value, 'rich_rules'));
  const lists = {
    protocols: strings(get(value, 'protocols')),
    sourcePorts: ports(get(value, 'source_ports')),
    forwardPorts: forwardPorts(get(value, 'forward_ports')),
    richRules: rules,
  };
  return {
    services: strings(get(value, 'services')),
    ports: ports(get(value, 'ports')),
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
  };
}

/** The reply of `getServiceSettings2`. */
export function parseService(value: unknown): ServiceDefinition {
  const destination = get(value, 'destination');
  const ipv4 = text(get(destination, 'ipv4'));
  const ipv6 = text(get(destination, 'ipv6'));
  return {
    ports: ports(get(value, 'ports')),
    protocols: strings(get(value, 'protocols')),
    sourcePorts: ports(get(value, 'source_ports')),
    includes: strings(get(value, 'includes')),
    destination: { ...(ipv4 === '' ? {} : { ipv4 }), ...(ipv6 === '' ? {} : { ipv6 }) },
  };
}

/** The reply of `getIPSetSettings`, `(ssssa{ss}as)`: version, names, type, options, entries. */
export function parseAddressSet(value: unknown): AddressSet {
  const [, , , type, options, entries] = Array.isArray(value) ? value : [];
  const timed = !['', '0'].includes(text(get(options, 'timeout')));
  const family = text(get(options, 'family')) === 'inet6' ? 'ipv6' : 'ipv4';
  return { type: text(type), family, entries: timed ? null : strings(entries) };
}

/** The replies of `getAllRules`, `a(sssias)`, and `getAllPassthroughs`, `a(sas)`. */
export function parseDirect(rules: unknown, passthroughs: unknown): Omit<DirectRules, 'final'> {
  return {
    rules: rows(rules).map(([ipv, table, chain, priority, args]) => ({
      ipv: text(ipv),
      table: text(table),
      chain: text(chain),
      priority: whole(priority),
      args: strings(args),
    })),
    passthroughs: rows(passthroughs).map(([ipv, args]) => ({ ipv: text(ipv), args: strings(args) })),
  };
}

export interface ActiveZone {
  readonly name: string;
  readonly interfaces: readonly string[];
  readonly sources: readonly string[];
}

/** The reply of `getActiveZones`, `a{sa{sas}}`. */
export function parseActiveZones(value: unknown): ActiveZone[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, bound]) => ({
    name,
    interfaces: strings(get(bound, 'interfaces')),
    sources: strings(get(bound, 'sources')),
  }));
}

function ports(value: unknown): PortSpec[] {
  return rows(value).flatMap((pair) => {
    const [port, protocol] = strings(pair);
    return port !== undefined && protocol !== undefined ? [{ port, protocol }] : [];
  });
}

function forwardPorts(value: unknown): ForwardedPort[] {
  return rows(value).flatMap((row) => {
    const [port, protocol, toPort = '', toAddress = ''] = strings(row);
    return port !== undefined && protocol !== undefined ? [{ port, protocol, toPort, toAddress }] : [];
  });
}

function rows(value: unknown): unknown[][] {
  return Array.isArray(value) ? value.filter((row) => Array.isArray(row)) : [];
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function whole(value: unknown): number {
  return Number.isInteger(value) ? Number(value) : 0;
}

function get(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
