/** The address that this machine would dial from: who asks the kernel sends nothing. */
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import type { Way } from '../firewall/access.ts';

/**
 * A connected UDP socket has its route chosen, and its address with that (connect(2), udp(7)); no packet leaves.
 * Where the way is translated, the host sees us by another.
 *
 * @param address of the service: a name, or an IPv4 or IPv6 address
 * @returns null when there is no way there, or the name is not known. Never rejects.
 */
export async function wayTo(address: string, port: number): Promise<Way | null> {
  try {
    const target = await lookup(address);
    const socket = createSocket(target.family === 6 ? 'udp6' : 'udp4');
    const { promise, resolve, reject } = Promise.withResolvers<Way>();
    socket.on('error', reject);
    socket.connect(port, target.address, () =>
      resolve({ from: socket.address().address, to: target.address }),
    );
    return await promise.finally(() => socket.close());
  } catch {
    return null;
  }
}
