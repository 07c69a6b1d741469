/** A TCP connection from this machine: the one way in which the probe, the drill and the calculator dial. */
import net from 'node:net';
import type { Clock } from './clock.ts';

export interface ConnectorOptions {
  /** Milliseconds until the attempt is given up. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Resolves with a connected socket (its `localPort` known), which the caller then owns. Rejects with
 * an error whose `code` is the operating system's (`ECONNREFUSED`, `EHOSTUNREACH`…), `ETIMEDOUT` when
 * `timeoutMs` ran out first, or with the signal's reason.
 */
export type Connector = (address: string, port: number, options: ConnectorOptions) => Promise<net.Socket>;

/** `code` of a connector's error, `''` when it has none. */
export function connectErrorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

export const tcpConnector: Connector = (address, port, { timeoutMs, signal }) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const socket = net.connect({ host: address, port, noDelay: true });
    const timer = setTimeout(() => {
      const error: NodeJS.ErrnoException = new Error(`no answer from ${address}:${port} in ${timeoutMs} ms`);
      error.code = 'ETIMEDOUT';
      fail(error);
    }, timeoutMs);

    function settle(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      socket.off('connect', connected);
      socket.off('error', fail);
    }
    function connected(): void {
      settle();
      // An error between two listeners of the owner's would take the process down.
      socket.on('error', () => undefined);
      resolve(socket);
    }
    function fail(error: unknown): void {
      settle();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    }
    function aborted(): void {
      fail(signal?.reason);
    }
    socket.once('connect', connected);
    socket.once('error', fail);
    signal?.addEventListener('abort', aborted, { once: true });
  });

/** The server may leave its side open: it is given this long, then the socket is dropped (still no reset). */
const LINGER_MS = 250;

/** Closes as a server can bear it that dies of a reset connection. */
export function closeWithFin(socket: net.Socket, clock: Clock): void {
  // Unread bytes at the close would turn the FIN into a reset.
  socket.resume();
  socket.end();
  void clock.sleep(LINGER_MS).then(() => socket.destroy());
}
