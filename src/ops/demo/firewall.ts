/**
 * The demo's firewall, the one imagined part: firewalld's zone `public` with its two configurations.
 *
 * `runtime` is what counts now; `permanent` is what a reload brings back. As with firewalld, a
 * reload drops whatever was only in the runtime.
 */

import type { FirewallChange, FirewallFacts, PortSpec } from '../host.ts';
import { type Announcer, createAnnouncer } from './announcer.ts';

export interface DemoFirewall {
  facts(): FirewallFacts;
  change(change: Omit<FirewallChange, 'zone'>): void;
  reload(): void;
  /** Whether a packet to that TCP port is let in now. */
  admits(port: number): boolean;
  readonly changes: Announcer;
}

export const DEMO_ZONE = 'public';
const SERVICES = ['cockpit', 'dhcpv6-client', 'ssh'];
const INTERFACES = ['enp0s8', 'enp0s9'];

export function createFirewall(): DemoFirewall {
  /** `13337/tcp` and the like. */
  let runtime = new Set<string>();
  const permanent = new Set<string>();
  const changes = createAnnouncer();

  return {
    facts: () => ({
      running: true,
      defaultZone: DEMO_ZONE,
      zones: [
        {
          name: DEMO_ZONE,
          interfaces: INTERFACES,
          sources: [],
          target: 'default',
          runtime: { services: SERVICES, ports: specs(runtime) },
          permanent: { services: SERVICES, ports: specs(permanent) },
        },
      ],
      refused: null,
    }),
    change({ port, protocol, open, scope }) {
      const ports = scope === 'runtime' ? runtime : permanent;
      const spec = `${port}/${protocol}`;
      if (ports.has(spec) === open) return;
      if (open) ports.add(spec);
      else ports.delete(spec);
      changes.announce();
    },
    reload() {
      const before = [...runtime].join();
      runtime = new Set(permanent);
      if ([...runtime].join() !== before) changes.announce();
    },
    admits: (port) => runtime.has(`${port}/tcp`),
    changes,
  };
}

function specs(ports: ReadonlySet<string>): PortSpec[] {
  return [...ports].map((spec) => {
    const [port = '', protocol = ''] = spec.split('/');
    return { port, protocol };
  });
}
