/** A first packet of a connection to the service, as the host meets it, and what a rule asks of it. */
import type { AddressSet } from '../host.ts';
import { familyOf, isMac, isWithin, spansPort } from './addresses.ts';
import { doubt, type Maybe, not } from './maybe.ts';
import type { RichAddress } from './rich-rule.ts';

export interface Packet {
  /** Where it comes from, as the host sees it; null: not known. */
  readonly clientAddress: string | null;
  /** The host's own address that it goes to; null: not known (a name, a forwarded port). */
  readonly hostAddress: string | null;
  /** The interface that it comes in by; null: not known. */
  readonly interface: string | null;
  readonly port: number;
}

export type Family = 'ipv4' | 'ipv6';

/** IPv4 unless an address says otherwise. */
export function familyOfPacket({ clientAddress, hostAddress }: Packet): Family {
  return familyOf(clientAddress ?? '') ?? familyOf(hostAddress ?? '') ?? 'ipv4';
}

/** An entry of a zone's `sources`: an address, a network, a MAC, or `ipset:NAME`. */
export function comesFrom(source: string, packet: Packet, sets: Readonly<Record<string, AddressSet>>): Maybe {
  if (source.startsWith('ipset:')) return inSet(source.slice('ipset:'.length), packet.clientAddress, sets);
  if (isMac(source)) return doubt('mac', source);
  if (packet.clientAddress === null) return doubt('client', source);
  return isWithin(packet.clientAddress, source) ?? doubt('client', source);
}

/** What a rich rule says of where a packet comes from, or goes to. */
export function addressHolds(
  which: 'source' | 'destination',
  wanted: RichAddress | null,
  packet: Packet,
  sets: Readonly<Record<string, AddressSet>>,
): Maybe {
  if (wanted === null) return true;
  const { kind, value, invert } = wanted;
  const address = which === 'source' ? packet.clientAddress : packet.hostAddress;
  const family = familyOfPacket(packet);
  if (kind === 'mac') return doubt('mac', value);
  // What is of the other family does not match, nor does it under NOT.
  if (kind === 'ipset') {
    const set = sets[value];
    if (set !== undefined && set.type !== 'hash:mac' && set.family !== family) return false;
    const holds = inSet(value, address, sets);
    return invert ? not(holds) : holds;
  }
  if (familyOf(value.split('/')[0] ?? '') !== family) return false;
  if (address === null) return doubt(which === 'source' ? 'client' : 'way-in', value);
  const within = isWithin(address, value);
  return within === null ? doubt('rule-unread', value) : within !== invert;
}

function inSet(name: string, address: string | null, sets: Readonly<Record<string, AddressSet>>): Maybe {
  const set = sets[name];
  if (set === undefined || set.entries === null) return doubt('ipset', name);
  if (set.entries.length === 0) return false;
  if (set.type === 'hash:mac') return doubt('mac', name);
  if (set.type !== 'hash:ip' && set.type !== 'hash:net') return doubt('ipset', name);
  if (address === null) return doubt('client', name);
  const found = set.entries.map((entry) => isWithin(address, entry));
  if (found.includes(true)) return true;
  return found.includes(null) ? doubt('ipset', name) : false;
}

/** `eth+` is each interface whose name begins so. */
export function comesBy(name: string, packet: Packet): Maybe {
  if (packet.interface === null) return doubt('way-in', name);
  return name.endsWith('+') ? packet.interface.startsWith(name.slice(0, -1)) : packet.interface === name;
}

/** The client's own port is whatever its system chose: any of the ephemeral ones. */
export function sourcePortHolds(port: string, protocol: string): Maybe {
  if (protocol !== 'tcp') return false;
  if (spansPort(port, EPHEMERAL.from) && spansPort(port, EPHEMERAL.to)) return true;
  const [from = 0, to = from] = port.split('-').map(Number);
  if (to < EPHEMERAL.from) return false;
  return doubt('client-port', port);
}

/** From 1024, which no client goes below unless it was told to. */
const EPHEMERAL = { from: 1024, to: 65_535 };

export function isTcp(protocol: string): boolean {
  return protocol === 'tcp' || protocol === '6';
}
