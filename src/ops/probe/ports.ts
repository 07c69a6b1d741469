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
