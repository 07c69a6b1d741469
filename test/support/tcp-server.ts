/** A TCP server on loopback for one test, which says how its connections ended. */
import { once } from 'node:events';
import net from 'node:net';

export interface TestServer {
  readonly port: number;
  /** Each connection as it came, oldest first. */
  readonly connections: readonly { readonly port: number; readonly ended: () => 'open' | 'fin' | 'reset' }[];
  close(): Promise<void>;
}

/** @param serve what to do with each connection; by default nothing: it accepts and stays mute */
export async function listenOnLoopback(
  serve: (socket: net.Socket) => void = () => undefined,
): Promise<TestServer> {
  const connections: { port: number; ended: () => 'open' | 'fin' | 'reset' }[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    let end: 'open' | 'fin' | 'reset' = 'open';
    sockets.add(socket);
    socket.on('end', () => {
      end = 'fin';
    });
    socket.on('error', () => {
      end = 'reset';
    });
    socket.on('close', () => sockets.delete(socket));
    connections.push({ port: socket.remotePort ?? 0, ended: () => end });
    serve(socket);
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A calculator that answers `2+3` and the like with `answer`, or rightly by default. */
export function calculating(answer?: string): (socket: net.Socket) => void {
  return (socket) => {
    socket.on('data', (chunk: Buffer) => {
      const [left = 0, right = 0] = chunk.toString().split('+').map(Number);
      socket.write(answer ?? String(left + right));
    });
    // As Python does when the next client comes: its own side is closed late.
    socket.on('end', () => setImmediate(() => socket.end()));
  };
}
