/**
 * Where the demo's service lives on this machine: two real addresses and a port.
 *
 * `lan` plays the card that others reach the host by, `loopback` the host's own 127.0.0.1. Both are
 * loopback addresses here, but two different ones, so that a server bound to one really refuses at
 * the other: 127.0.0.2 against 127.0.0.1 where the whole of 127/8 is ours (Linux, Windows), and
 * 127.0.0.1 against ::1 where it is not (macOS).
 */
import dgram from 'node:dgram';
import net from 'node:net';

export interface Addresses {
  readonly lan: string;
  /** null where there is only one address to bind. */
  readonly loopback: string | null;
}

export interface Place extends Addresses {
  readonly port: number;
  /** Gives the port back. */
  release(): Promise<void>;
}

/** Ports tried, from the wanted one up: below every system's ephemeral range, so no client gets them. */
const ATTEMPTS = 500;

/** @throws Error when no port is free. */
export async function choosePlace(preferredPort: number): Promise<Place> {
  const addresses = await chooseAddresses();
  for (let port = preferredPort; port < preferredPort + ATTEMPTS; port += 1) {
    const release = await lock(port);
    if (release === null) continue;
    if (await free(addresses, port)) return { ...addresses, port, release };
    await release();
  }
  throw new Error(`no free port from ${preferredPort} to ${preferredPort + ATTEMPTS - 1}`);
}

/** @param canBind whether this machine has the address */
export async function chooseAddresses(
  canBind: (address: string) => Promise<boolean> = (address) => bindable(address, 0),
): Promise<Addresses> {
  if (await canBind('127.0.0.2')) return { lan: '127.0.0.2', loopback: '127.0.0.1' };
  return { lan: '127.0.0.1', loopback: (await canBind('::1')) ? '::1' : null };
}

async function free({ lan, loopback }: Addresses, port: number): Promise<boolean> {
  if (!(await bindable(lan, port))) return false;
  return loopback === null || (await bindable(loopback, port));
}

function bindable(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Holds the UDP port of the same number for the demo's life. The service's TCP port is free whenever
 * the service is down; without this, two demos that start together would both take it.
 */
function lock(port: number): Promise<(() => Promise<void>) | null> {
  return new Promise((resolve) => {
    const socket = dgram.createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(null);
    });
    socket.bind({ address: '127.0.0.1', port, exclusive: true }, () => {
      socket.unref();
      resolve(() => new Promise((released) => socket.close(() => released())));
    });
  });
}
