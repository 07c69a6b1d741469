/** The output of `ss -Htane` (ss(8)) as the sockets on one port, for hosts without SFTP. */
import type { HeldClient, Listener, ListenerFacts } from '../host.ts';

export function parseSs(text: string, port: number): ListenerFacts {
  const listeners: Listener[] = [];
  const clients: HeldClient[] = [];
  for (const line of text.split('\n')) {
    const [state, queued = '', , local = '', peer = '', ...rest] = line.trim().split(/\s+/);
    const here = endpoint(local);
    const there = endpoint(peer);
    if (here === null || here.port !== port) continue;
    if (state === 'LISTEN') {
      listeners.push({ address: here.address, port, waiting: Number.parseInt(queued, 10) || 0 });
    } else if ((state === 'ESTAB' || state === 'CLOSE-WAIT') && there !== null) {
      const inode = rest.find((word) => word.startsWith('ino:'))?.slice(4);
      clients.push({
        peerAddress: there.address,
        peerPort: there.port,
        accepted: inode !== undefined && inode !== '0',
        ...(state === 'CLOSE-WAIT' && { left: true }),
      });
    }
  }
  return { listeners, clients };
}

/** `10.5.1.2:13337`, `[::1]:22`, `*:80`, `[::ffff:10.5.1.2]:80`, `127.0.0.1%lo:53`. */
function endpoint(text: string): { address: string; port: number } | null {
  const split = /^(.*):(\d+|\*)$/.exec(text);
  if (split === null) return null;
  const [, host = '', port = ''] = split;
  const bare = host
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=\d+\.)/i, '');
  // `*` is a socket that listens on all addresses of both families.
  return { address: bare === '*' ? '::' : bare, port: port === '*' ? 0 : Number(port) };
}
