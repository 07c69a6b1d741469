/** How a host, or a place on it, is written: `[user@]host[:port]`, an IPv6 address in brackets or not. The one parser. */
import { isIPv6 } from 'node:net';

export interface HostPlace {
  readonly user: string | null;
  /** Without brackets; with its zone where it has one, `fe80::1%eth0`. */
  readonly host: string;
  readonly port: number | null;
}

/** `manon@host`, `host:2222`, `[::1]`, `paul@[fe80::1%eth0]:22`, `fe80::1`, `ssh://manon@host:2222/`. */
export function parsePlace(text: string): HostPlace {
  const bare = text
    .trim()
    .replace(/^ssh:\/\//i, '')
    .replace(/\/$/, '');
  const at = bare.lastIndexOf('@');
  const user = at > 0 ? bare.slice(0, at) : null;
  const rest = bare.slice(at + 1);
  const match = /^\[([^\]]+)\](?::(\d+))?$/.exec(rest) ?? /^([^:]+)(?::(\d+))?$/.exec(rest);
  const port = match?.[2];
  // Without brackets, all of an IPv6 address is the address.
  return { user, host: match?.[1] ?? rest, port: port === undefined ? null : Number(port) };
}

/** An address alone, as a socket takes it: brackets around an IPv6 one are left out. */
export function withoutBrackets(address: string): string {
  const inside = /^\[([^\]]+)\]$/.exec(address)?.[1];
  return inside !== undefined && isIPv6(inside) ? inside : address;
}
