/** Where this machine reaches a service of its own: where it listens, which need not be the loopback address. */
import { readFile } from 'node:fs/promises';
import { isLoopback, isWildcard } from '../ops/address.ts';
import { parseProcTcp } from '../ops/linux/proc-tcp.ts';

const LOOPBACK = '127.0.0.1';

/** @returns the loopback address where it listens there too, on all addresses, or nowhere yet; never rejects */
export async function servedHere(port: number, read: typeof readSockets = readSockets): Promise<string> {
  const addresses = parseProcTcp(await read(), port).listeners.map(({ address }) => address);
  const everywhere = addresses.some((address) => isWildcard(address) || address === LOOPBACK);
  if (everywhere) return LOOPBACK;
  return addresses.find((address) => !isLoopback(address)) ?? addresses[0] ?? LOOPBACK;
}

/** Empty where there are no such files: another system than Linux, or no IPv6. */
async function readSockets(): Promise<string> {
  const files = ['/proc/net/tcp', '/proc/net/tcp6'];
  const texts = await Promise.all(files.map((file) => readFile(file, 'latin1').catch(() => '')));
  return texts.join('\n');
}
