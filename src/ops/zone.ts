/** Which firewalld zone guards the service's address, and whether a port is open in it. */
import type { FirewallFacts, InterfaceAddress, ZoneFacts, ZoneSettings } from './host.ts';

/**
 * The zone of the interface that holds `address`; an interface bound to no zone is in the default one
 * (firewalld.zones(5)). Where the address is not one of the host's (a forwarded port, a name), the
 * first active zone stands in, which the host puts first for that reason.
 */
export function zoneOf(
  firewall: FirewallFacts,
  interfaces: readonly InterfaceAddress[] | null,
  address: string,
): ZoneFacts | null {
  const held = interfaces?.find((candidate) => candidate.address === address);
  const bound = held && firewall.zones.find((zone) => zone.interfaces.includes(held.name));
  if (bound) return bound;
  const fallback = held && firewall.zones.find((zone) => zone.name === firewall.defaultZone);
  return fallback ?? firewall.zones[0] ?? null;
}

/** Whether `port` is among the zone's ports; ranges count. */
export function portOpen(settings: ZoneSettings, port: number, protocol = 'tcp'): boolean {
  return settings.ports.some((spec) => spec.protocol === protocol && spans(spec.port, port));
}

function spans(range: string, port: number): boolean {
  const [low, high] = range.split('-').map(Number);
  if (low === undefined || Number.isNaN(low)) return false;
  return port >= low && port <= (high ?? low);
}
