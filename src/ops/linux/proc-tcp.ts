/** /proc/net/tcp and tcp6 (proc_net(5)) as the sockets on one port. */
import type { HeldClient, Listener, ListenerFacts } from '../host.ts';

const ESTABLISHED = 0x01;
/** The peer has closed its side; ours is still open. */
const CLOSE_WAIT = 0x08;
const LISTEN = 0x0a;

/** Addresses and ports are hexadecimal, addresses in the host's byte order, word by word. */
const ROW =
  /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{2}) [0-9A-F]+:([0-9A-F]+) \S+ \S+\s+\d+\s+\d+\s+(\d+)/;

/** Both files may be given at once, one after the other; lines that are no sockets are left out. */
export function parseProcTcp(text: string, port: number): ListenerFacts {
  const listeners: Listener[] = [];
  const clients: HeldClient[] = [];
  for (const line of text.split('\n')) {
    const row = ROW.exec(line);
    if (row === null) continue;
    const [, local = '', localPort = '', peer = '', peerPort = '', state = '', queued = '', inode = ''] = row;
    if (Number.parseInt(localPort, 16) !== port) continue;
    const code = Number.parseInt(state, 16);
    switch (code) {
      case LISTEN:
        // Of a listening socket the receive queue counts connections, not bytes.
        listeners.push({ address: address(local), port, waiting: Number.parseInt(queued, 16) });
        break;
      case ESTABLISHED:
      case CLOSE_WAIT:
        clients.push({
          peerAddress: address(peer),
          peerPort: Number.parseInt(peerPort, 16),
          // A connection that nobody accepted yet belongs to no file.
          accepted: inode !== '0',
          ...(code === CLOSE_WAIT && { left: true }),
        });
    }
  }
  return { listeners, clients };
}

/** @param hex 8 or 32 digits, in words of four bytes, the last byte first (every host here is little-endian) */
function address(hex: string): string {
  const bytes: number[] = [];
  for (let word = 0; word < hex.length; word += 8) {
    for (let byte = 6; byte >= 0; byte -= 2) {
      bytes.push(Number.parseInt(hex.slice(word + byte, word + byte + 2), 16));
    }
  }
  return bytes.length === 4 ? bytes.join('.') : ipv6(bytes);
}

/** RFC 5952, but that an IPv4 address mapped into IPv6 is shown as what it is. */
export function ipv6(bytes: readonly number[]): string {
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  if (mapped) return bytes.slice(12).join('.');
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) groups.push(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  const hole = longestZeros(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (hole.length < 2) return hex(groups);
  return `${hex(groups.slice(0, hole.start))}::${hex(groups.slice(hole.start + hole.length))}`;
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let run = { start: 0, length: 0 };
  for (const [index, group] of groups.entries()) {
    run =
      group === 0
        ? { start: run.length === 0 ? index : run.start, length: run.length + 1 }
        : { start: 0, length: 0 };
    if (run.length > best.length) best = run;
  }
  return best;
}
