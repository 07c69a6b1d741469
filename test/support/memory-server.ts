/**
 * A server without a network, for tests on a fake clock: what is sent is there when the clock settles. Over real
 * sockets it is there a little later, and a clock that is moved meanwhile passes over what was on its way.
 */
import type net from 'node:net';
import { duplexPair } from 'node:stream';
import type { Connector } from '../../src/ops/connector.ts';
import type { TestServer } from './tcp-server.ts';

export interface MemoryServer extends TestServer {
  /** Reaches it whatever the address and the port; refused once it is closed. */
  readonly connector: Connector;
}

/** Ports that no real server of a test has: the kernel gives them out from 32768 on. */
let nextPort = 1024;

/** @param serve what to do with each connection; by default nothing: it accepts and stays mute */
export function serveInMemory(serve: (socket: net.Socket) => void = () => undefined): MemoryServer {
  const port = nextPort++;
  const connections: { port: number; ended: () => 'open' | 'fin' | 'reset' }[] = [];
  let open = true;
  const connector: Connector = async (address, to, { signal }) => {
    signal?.throwIfAborted();
    if (!open) throw Object.assign(new Error(`${address}:${to}`), { code: 'ECONNREFUSED' });
    const [client, server] = duplexPair();
    const localPort = nextPort++;
    let end: 'open' | 'fin' = 'open';
    server.once('end', () => {
      end = 'fin';
    });
    // Each learns of the other's end, as sockets do; an error between two owners is nobody's.
    client.on('error', () => undefined).once('close', () => server.destroy());
    server.on('error', () => undefined).once('close', () => client.destroy());
    connections.push({ port: localPort, ended: () => end });
    // A duplex has all that is used of a socket but its port.
    serve(server as net.Socket);
    server.resume();
    return Object.assign(client, { localPort }) as unknown as net.Socket;
  };
  return {
    port,
    connections,
    connector,
    async close() {
      open = false;
    },
  };
}
