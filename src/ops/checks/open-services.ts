/** firewalld's facts together with the services that were read beside them. */
import type { FirewallFacts, ServiceDefinition } from '../host.ts';
import type { Sourced } from './facts.ts';

/** A host that tells of none (the embedded one) has services of other ports only. */
export function withServices(
  firewall: FirewallFacts,
  services: Sourced<ReadonlyMap<string, ServiceDefinition>> | null,
): FirewallFacts {
  return services === null ? firewall : { ...firewall, services: Object.fromEntries(services.value) };
}
