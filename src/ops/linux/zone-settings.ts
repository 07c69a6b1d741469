/** firewalld's dictionaries of a zone's settings (firewalld.dbus(5)) as ours. Empty ones are left out by it. */
import type { PortSpec, ZoneSettings } from '../host.ts';

export interface ReadZone {
  readonly settings: ZoneSettings;
  readonly target: string;
}

export function parseZone(value: unknown): ReadZone {
  const target = get(value, 'target');
  return {
    settings: { services: strings(get(value, 'services')), ports: ports(get(value, 'ports')) },
    target: typeof target === 'string' ? target : 'default',
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
  if (!Array.isArray(value)) return [];
  return value.flatMap((pair: unknown) => {
    const [port, protocol] = strings(pair);
    return port !== undefined && protocol !== undefined ? [{ port, protocol }] : [];
  });
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function get(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
