/** The network cards as `ip a` and `ip route` print them, and which of them plays which part in the exercise. */
import type { InterfaceAddress } from '../host.ts';
import type { Expected } from './check.ts';

export interface CardAddress {
  /** IPv4 without its prefix. */
  readonly address: string;
  readonly prefix: number;
  /** Leased by DHCP: the kernel knows an end of its life. */
  readonly dynamic: boolean;
}

export interface Card {
  readonly name: string;
  readonly addresses: readonly CardAddress[];
}

/** A default route. */
export interface Route {
  readonly gateway: string;
  readonly card: string;
  readonly metric: number;
}

/** The cards of `ip a` (ip-address(8)) with their IPv4 addresses, the loopback left out. */
export function parseIpAddresses(text: string): readonly Card[] {
  const cards: { name: string; addresses: CardAddress[] }[] = [];
  for (const line of text.split('\n')) {
    const head = /^\d+: ([^:@\s]+)(?:@[^:\s]*)?:/.exec(line);
    if (head?.[1] !== undefined) {
      cards.push({ name: head[1], addresses: [] });
      continue;
    }
    const held = /^\s+inet ([\d.]+)(?:\/(\d+))?\s(.*)$/.exec(line);
    if (held?.[1] === undefined) continue;
    const flags = (held[3] ?? '').split(/\s+/);
    cards.at(-1)?.addresses.push({
      address: held[1],
      prefix: Number(held[2] ?? 32),
      dynamic: flags.includes('dynamic'),
    });
  }
  return cards.filter((card) => card.name !== 'lo');
}

/** The default routes of `ip route` (ip-route(8)), the preferred one first. */
export function parseIpRoutes(text: string): readonly Route[] {
  const routes = text.split('\n').flatMap((line): Route[] => {
    const match = /^default (?:via (\S+) )?dev (\S+)/.exec(line);
    if (match?.[2] === undefined) return [];
    const metric = Number(/\bmetric (\d+)/.exec(line)?.[1] ?? 0);
    return [{ gateway: match[1] ?? '', card: match[2], metric }];
  });
  return routes.sort((a, b) => a.metric - b.metric);
}

export interface HeldAddress extends CardAddress {
  readonly card: string;
}

/** Which card plays which part; null where no card does. */
export interface Roles {
  readonly hostOnly: HeldAddress | null;
  readonly bridge: HeldAddress | null;
  /** VirtualBox's own network, which nobody outside can reach. */
  readonly nat: HeldAddress | null;
}

/** Cards that a program made: containers, tunnels, virtual bridges. */
const MADE = /^(?:docker|virbr|br-|veth|podman|cni|flannel|tun|tap|wg|tailscale|lxc|vnet)/;
/** VirtualBox's NAT engine always deals out 10.0.<2 + n>.0/24 with itself as `.2` (VirtualBox manual, 6.3). */
const NAT_ADDRESS = /^10\.0\.\d+\.15$/;
const NAT_GATEWAY = /^10\.0\.\d+\.2$/;

/**
 * Host-only is the card with an address in the expected network, else the one that our own connection
 * comes over, when no way out leads through it. The bridge is the remaining card that is not
 * VirtualBox's NAT, the one with the default route first.
 */
export function rolesOf(
  cards: readonly Card[],
  routes: readonly Route[] | null,
  connectedTo: string | null,
  expected: Pick<Expected, 'hostOnlyNetwork'>,
): Roles {
  const held = cards
    .filter((card) => !MADE.test(card.name))
    .flatMap((card) => card.addresses.map((address): HeldAddress => ({ ...address, card: card.name })));
  const leadsOut = (card: string): boolean => routes?.some((route) => route.card === card) ?? false;

  const hostOnly =
    held.find(({ address }) => inNetwork(address, expected.hostOnlyNetwork)) ??
    held.find(({ address, card }) => address === connectedTo && !leadsOut(card)) ??
    null;
  const others = held.filter(({ card }) => card !== hostOnly?.card);
  const isNat = ({ address, card }: HeldAddress): boolean =>
    NAT_ADDRESS.test(address) &&
    (routes === null || routes.some((route) => route.card === card && NAT_GATEWAY.test(route.gateway)));
  const bridges = others.filter((one) => !isNat(one));
  return {
    hostOnly,
    bridge: bridges.find(({ card }) => leadsOut(card)) ?? bridges[0] ?? null,
    nat: others.find(isNat) ?? null,
  };
}

/** Whether an IPv4 address is in a network such as `10.5.1.0/24`. */
export function inNetwork(address: string, network: string): boolean {
  const [base = '', prefix = '32'] = network.split('/');
  const bits = Number(prefix);
  const [one, other] = [asNumber(address), asNumber(base)];
  if (one === null || other === null || !(bits >= 0 && bits <= 32)) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(one / size) === Math.floor(other / size);
}

function asNumber(address: string): number | null {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return null;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

export function interfaceAddresses(cards: readonly Card[]): readonly InterfaceAddress[] {
  return cards.flatMap(({ name, addresses }) =>
    addresses.map(({ address, prefix }) => ({ name, address, prefix })),
  );
}
