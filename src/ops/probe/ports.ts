/** The local ports of our own connections, so that what the server logs about them can be told apart. */

/** `probe`: the probe's and its questions, `calculator`: the user's. */
export type PortUse = 'probe' | 'calculator';

export interface OwnPorts {
  add(port: number | undefined, use: PortUse): void;
  /** What our most recent connection from that port was for; null when it was none of ours. */
  purposeOf(port: number): PortUse | null;
}

/** Ten minutes of probes, and room for a drill: ports that are older may be somebody else's by now. */
const CAPACITY = 600;

export interface OwnPortsOptions {
  /** @default 600 */
  readonly capacity?: number;
  /** Called after a port of the probe's was added: lines about it may have come before. */
  readonly onProbe?: () => void;
}

export function createOwnPorts({ capacity = CAPACITY, onProbe }: OwnPortsOptions = {}): OwnPorts {
  // Insertion order is age: the oldest is forgotten first.
  const uses = new Map<number, PortUse>();
  return {
    add(port, use) {
      if (port === undefined) return;
      uses.delete(port);
      uses.set(port, use);
      const [oldest] = uses.keys();
      if (uses.size > capacity && oldest !== undefined) uses.delete(oldest);
      if (use === 'probe') onProbe?.();
    },
    purposeOf: (port) => uses.get(port) ?? null,
  };
}

/** A peer as Python prints a socket address, `('10.5.1.1', 40658)`, or as most others do, `10.5.1.1:40658`. */
const PEER = /\('[^']*', (\d{1,5})(?:, \d+, \d+)?\)|(?:\d{1,3}\.){3}\d{1,3}:(\d{1,5})\b|\]:(\d{1,5})\b/;

/** Longest part of a line that is searched: a peer is named early. */
const SEARCHED = 512;

/** The port of the client that a log line speaks of; null when it names none. */
export function peerPortOf(message: string): number | null {
  const match = PEER.exec(message.slice(0, SEARCHED));
  const port = match?.[1] ?? match?.[2] ?? match?.[3];
  return port === undefined ? null : Number(port);
}

/**
 * Whether a log line speaks of a connection of our probe's. The address is not compared: the host sees
 * us by another one than we do when the way is translated, while the port mostly stays.
 */
export function isProbeLine(message: string, ports: OwnPorts): boolean {
  const port = peerPortOf(message);
  return port !== null && ports.purposeOf(port) === 'probe';
}
