/** What is known of a host's firewalld: zones, policies, services, sets, and rules past them. */
import type { Refusal } from '../failure.ts';

export interface PortSpec {
  /** `13337` or a range `6000-6010`. */
  readonly port: string;
  readonly protocol: string;
}

export interface ForwardedPort extends PortSpec {
  readonly toPort: string;
  /** '' for the host itself. */
  readonly toAddress: string;
}

/** What a zone or a policy lets in (firewalld.zone(5), firewalld.policy(5)). A list that is not there is empty. */
export interface ZoneSettings {
  readonly services: readonly string[];
  readonly ports: readonly PortSpec[];
  /** Names of IP protocols that are let in as a whole. */
  readonly protocols?: readonly string[];
  readonly sourcePorts?: readonly PortSpec[];
  readonly forwardPorts?: readonly ForwardedPort[];
  /** As firewalld writes them (firewalld.richlanguage(5)), in its order. */
  readonly richRules?: readonly string[];
}

export interface ZoneFacts {
  readonly name: string;
  readonly interfaces: readonly string[];
  readonly sources: readonly string[];
  readonly target: string;
  /** Which zone is asked first, since firewalld 2.0; lower is earlier. @default 0 */
  readonly priority?: number;
  readonly runtime: ZoneSettings | null;
  /** null when not permitted to read it. */
  readonly permanent: ZoneSettings | null;
}

/** A policy in force whose traffic may be for the host itself (firewalld.policies(5)). */
export interface PolicyFacts {
  readonly name: string;
  /** Negative: before the zone's own rules; positive: after them. */
  readonly priority: number;
  /** `CONTINUE`, `ACCEPT`, `REJECT` or `DROP`. */
  readonly target: string;
  /** Names of zones, `ANY` or `HOST`. */
  readonly ingressZones: readonly string[];
  readonly egressZones: readonly string[];
  readonly settings: ZoneSettings;
}

/** What a service opens (firewalld.service(5)). */
export interface ServiceDefinition {
  readonly ports: readonly PortSpec[];
  readonly protocols: readonly string[];
  readonly sourcePorts: readonly PortSpec[];
  readonly includes: readonly string[];
  /** Addresses of the host that it is limited to; a family that is missing is not let in then. */
  readonly destination: { readonly ipv4?: string; readonly ipv6?: string };
}

export interface AddressSet {
  /** `hash:ip`, `hash:net`, `hash:mac`… */
  readonly type: string;
  readonly family: 'ipv4' | 'ipv6';
  /** null when they are kept in the kernel alone (sets with a timeout) or could not be read. */
  readonly entries: readonly string[] | null;
}

/** Rules that were given past firewalld's zones (firewalld.direct(5)). */
export interface DirectRules {
  /** Whether a packet that they let in is let in for good: with the backend iptables only. */
  readonly final: boolean;
  readonly rules: readonly {
    readonly ipv: string;
    readonly table: string;
    readonly chain: string;
    readonly priority: number;
    readonly args: readonly string[];
  }[];
  readonly passthroughs: readonly { readonly ipv: string; readonly args: readonly string[] }[];
}

export interface FirewallFacts {
  readonly running: boolean;
  readonly defaultZone: string;
  /** The active zones, the one of the service's address first. */
  readonly zones: readonly ZoneFacts[];
  /** Why ports could not be read, when they could not. */
  readonly refused: Refusal | null;
  /** firewalld's own version; '' when it was not told. */
  readonly version?: string;
  /** It lets nothing through at all, whatever its zones say. */
  readonly panic?: boolean;
  /** Definitions of the services that the zones and policies name, those that could be read. Without it, none is about the service's port. */
  readonly services?: Readonly<Record<string, ServiceDefinition>>;
  /** null when they could not be read; none before firewalld 0.9. */
  readonly policies?: readonly PolicyFacts[] | null;
  readonly sets?: Readonly<Record<string, AddressSet>>;
  /** null when they could not be read. */
  readonly direct?: DirectRules | null;
}
