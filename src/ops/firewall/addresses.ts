/** Addresses as firewalld writes them: single, with a prefix or a mask, as a range, or a MAC. */
import { BlockList, isIP } from 'node:net';

export type Family = 'ipv4' | 'ipv6';

/** null for what is no IP address: a name. */
export function familyOf(address: string): Family | null {
  switch (isIP(address)) {
    case 4:
      return 'ipv4';
    case 6:
      return 'ipv6';
    default:
      return null;
  }
}

export function isMac(text: string): boolean {
  return /^[\da-f]{2}(?::[\da-f]{2}){5}$/i.test(text);
}

/**
 * Whether `address` is in `network`: an address, `10.0.0.0/8`, `10.0.0.0/255.0.0.0` or `10.0.0.1-10.0.0.9`.
 * @returns null when `network` is none of these
 */
export function isWithin(address: string, network: string): boolean | null {
  const family = familyOf(address);
  const list = new BlockList();
  const [base = '', rest] = network.split(/[/-]/, 2);
  const own = familyOf(base);
  if (family === null || own === null) return null;
  try {
    if (rest === undefined) list.addAddress(base, own);
    else if (network.includes('-')) list.addRange(base, rest, own);
    else list.addSubnet(base, prefixOf(rest), own);
  } catch {
    return null;
  }
  return own === family && list.check(address, family);
}

/** `24` or `255.255.255.0` as 24; NaN for what is neither. */
function prefixOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  if (familyOf(text) !== 'ipv4') return Number.NaN;
  const bits = text
    .split('.')
    .map((byte) => Number(byte).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : Number.NaN;
}

/** Whether `port` is in `13337`, `13000-14000`, or `13000:14000` as iptables has it. */
export function spansPort(range: string, port: number): boolean {
  const match = /^(\d+)(?:[-:](\d+))?$/.exec(range);
  if (match?.[1] === undefined) return false;
  return port >= Number(match[1]) && port <= Number(match[2] ?? match[1]);
}
