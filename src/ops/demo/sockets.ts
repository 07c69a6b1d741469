/**
 * The service's TCP sockets: from the kernel's own table where there is one (Linux), else as the
 * service itself reports them.
 *
 * Node accepts every connection at once, where the original leaves them in the kernel's queue. So a
 * client counts as accepted when its turn has come, which only the service knows.
 */
import { readFile } from 'node:fs/promises';
import type { HeldClient, ListenerFacts } from '../host.ts';
import type { MainProcess } from './main-process.ts';

export async function readSockets(main: MainProcess | null, port: number): Promise<ListenerFacts> {
  if (main === null || main.listening?.port !== port) return { listeners: [], clients: [] };
  const table = process.platform === 'linux' ? await readTable() : null;
  const reported = reportedClients(main);
  if (table === null) {
    return { listeners: [{ ...main.listening, waiting: main.clients.waiting.length }], clients: reported };
  }
  const own = table.filter((row) => row.local.port === port);
  const known = new Map(reported.map((client) => [key(client.peerAddress, client.peerPort), client]));
  return {
    listeners: own
      .filter((row) => row.state === 'listen')
      .map((row) => ({ ...row.local, waiting: main.clients.waiting.length })),
    clients: own.flatMap((row): HeldClient[] => {
      const client = known.get(key(row.peer.address, row.peer.port));
      if (client !== undefined) return [client];
      // So fresh that the service has not said it yet. One that left already is nobody's client.
      return row.state === 'established'
        ? [{ peerAddress: row.peer.address, peerPort: row.peer.port, accepted: false }]
        : [];
    }),
  };
}

function reportedClients({ clients: { served, waiting } }: MainProcess): HeldClient[] {
  const held = (accepted: boolean) => (peer: { readonly address: string; readonly port: number }) => ({
    peerAddress: peer.address,
    peerPort: peer.port,
    accepted,
  });
  return [...(served === null ? [] : [served]).map(held(true)), ...waiting.map(held(false))];
}

function key(address: string, port: number): string {
  return `${address} ${port}`;
}

interface End {
  readonly address: string;
  readonly port: number;
}

interface Row {
  readonly local: End;
  readonly peer: End;
  readonly state: 'listen' | 'established' | 'close-wait' | 'other';
}

/** States of include/net/tcp_states.h. */
const STATES: Readonly<Record<string, Row['state']>> = {
  '01': 'established',
  '08': 'close-wait',
  '0A': 'listen',
};

/** null where there is no such table. */
async function readTable(): Promise<Row[] | null> {
  try {
    const text = await readFile('/proc/net/tcp', 'utf8');
    return text
      .split('\n')
      .slice(1)
      .flatMap((line): Row[] => {
        const [, local, peer, state] = line.trim().split(/\s+/);
        if (local === undefined || peer === undefined || state === undefined) return [];
        return [{ local: parseEnd(local), peer: parseEnd(peer), state: STATES[state] ?? 'other' }];
      });
  } catch {
    return null;
  }
}

/** `0200007F:3419`: the address as the CPU stores it, and it is little-endian wherever Node runs on Linux but s390x. */
function parseEnd(text: string): End {
  const [address = '', port = ''] = text.split(':');
  const bytes = [...(address.match(/../g) ?? [])].map((byte) => Number.parseInt(byte, 16));
  return { address: bytes.reverse().join('.'), port: Number.parseInt(port, 16) };
}
