/** The listening sockets as `ss -ltunp` prints them (ss(8)). */
import { plainAddress } from '../address.ts';

export interface Socket {
  readonly protocol: 'tcp' | 'udp';
  /** `0.0.0.0`, `::`, `10.5.1.2`… without its interface. */
  readonly address: string;
  readonly port: number;
  /** The process that holds it; null when ss was not allowed to tell. */
  readonly process: string | null;
  readonly pid: number | null;
  /** The line it was read from. */
  readonly line: string;
}

export function parseSockets(text: string): readonly Socket[] {
  return text.split('\n').flatMap((line): Socket[] => {
    const match = /^(tcp|udp)\s+(?:LISTEN|UNCONN)\s+\d+\s+\d+\s+(\S+):(\d+)\s+\S+\s*(.*)$/.exec(line);
    if (match === null) return [];
    const [, protocol, host = '', port, rest = ''] = match;
    const bare = host.replace(/%[^\]]*$/, '').replace(/^\[(.*)\]$/, '$1');
    const holder = /\("((?:[^"\\]|\\.)*)",pid=(\d+)/.exec(rest);
    return [
      {
        protocol: protocol === 'udp' ? 'udp' : 'tcp',
        // `*` is a socket on all addresses of both families.
        address: bare === '*' ? '::' : plainAddress(bare),
        port: Number(port),
        process: holder?.[1] ?? null,
        pid: holder?.[2] === undefined ? null : Number(holder[2]),
        line: line.trimEnd(),
      },
    ];
  });
}

/** The TCP listeners on a port. */
export function listenersOn(sockets: readonly Socket[], port: number): readonly Socket[] {
  return sockets.filter((socket) => socket.protocol === 'tcp' && socket.port === port);
}

/** Addresses of sockets, each once. */
export function addressesOf(sockets: readonly Socket[]): readonly string[] {
  return [...new Set(sockets.map((socket) => socket.address))];
}
