/** IP addresses as sockets print them. */

/** `::ffff:10.5.1.2`, an IPv4 address in IPv6 clothes, as `10.5.1.2`; others in lower case. */
export function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
}

export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain.startsWith('127.') || plain === '::1' || plain === 'localhost';
}

/** `0.0.0.0` or `::`: every address of the machine. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}
