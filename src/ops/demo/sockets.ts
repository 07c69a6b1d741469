/**
 * The service's TCP sockets: from the kernel's own table where there is one (Linux), else as the
 * service itself reports them.
 *
 * Node accepts every connection at once, where the original leaves them in the kernel's queue. So a
 * client counts as accepted when its turn has come, which only the service knows.
 */
import { readFile } from 'node:fs/promises';
import type { HeldClient, ListenerFacts } from '../host.ts';
import { parseProcTcp } from '../linux/proc-tcp.ts';
import type { MainProcess } from './main-process.ts';

type Reporter = Pick<MainProcess, 'listening' | 'clients'>;

/** @param readTable the kernel's sockets on a port; null where it shows none */
export async function readSockets(
  main: Reporter | null,
  port: number,
  readTable = kernelTable,
): Promise<ListenerFacts> {
  const table = await readTable(port);
  const waiting = main?.clients.waiting.length ?? 0;
  const reported = main === null ? [] : reportedClients(main);
  if (table === null) {
    const listeners = main?.listening?.port === port ? [{ ...main.listening, waiting }] : [];
    return { listeners, clients: listeners.length === 0 ? [] : reported };
  }
  const known = new Map(reported.map((client) => [nameOf(client), client]));
  return {
    listeners: table.listeners.map((listener) => ({ ...listener, waiting })),
    clients: table.clients.map((client) => ({
      ...client,
      // Not among those it named: its turn is over, or it is so fresh that it was not named yet.
      accepted: known.get(nameOf(client))?.accepted ?? client.left === true,
    })),
  };
}

async function kernelTable(port: number): Promise<ListenerFacts | null> {
  if (process.platform !== 'linux') return null;
  try {
    return parseProcTcp(await readFile('/proc/net/tcp', 'latin1'), port);
  } catch {
    return null;
  }
}

function reportedClients({ clients: { served, waiting } }: Reporter): HeldClient[] {
  const held = (accepted: boolean) => (peer: { readonly address: string; readonly port: number }) => ({
    peerAddress: peer.address,
    peerPort: peer.port,
    accepted,
  });
  return [...(served === null ? [] : [served]).map(held(true)), ...waiting.map(held(false))];
}

function nameOf(client: HeldClient): string {
  return `${client.peerAddress} ${client.peerPort}`;
}
