/** The output of `ip -j addr` (ip-address(8)) as the host's interfaces. */
import type { InterfaceAddress } from '../host.ts';

/** @returns null for what is not its JSON. */
export function parseAddresses(text: string): InterfaceAddress[] | null {
  let links: unknown;
  try {
    links = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(links)) return null;
  return links.flatMap((link: unknown) => {
    const name = get(link, 'ifname');
    const addresses = get(link, 'addr_info');
    if (typeof name !== 'string' || !Array.isArray(addresses)) return [];
    return addresses.flatMap((entry: unknown) => {
      const address = get(entry, 'local');
      const prefix = get(entry, 'prefixlen');
      return typeof address === 'string' && typeof prefix === 'number' ? [{ name, address, prefix }] : [];
    });
  });
}

function get(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
