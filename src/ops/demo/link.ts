/** The demo's wire between here and its imagined host: up or cut, and what hangs on it. */
import { type Connector, tcpConnector } from '../connector.ts';
import type { DemoFirewall } from './firewall.ts';

/** One connection's end of it. */
export interface LinkEnd {
  drop(detail: string): void;
}

export interface DemoLink {
  readonly up: boolean;
  attach(end: LinkEnd): () => void;
  cut(detail: string): void;
  mend(): void;
  /**
   * Dials as a client on the network would: real TCP, once the imagined firewall lets it in.
   * EHOSTUNREACH when it does not, as firewalld's REJECT answers; ENETUNREACH when the wire is cut.
   */
  readonly connector: Connector;
}

export function createLink(firewall: DemoFirewall): DemoLink {
  const ends = new Set<LinkEnd>();
  let up = true;
  return {
    get up() {
      return up;
    },
    attach(end) {
      ends.add(end);
      return () => ends.delete(end);
    },
    cut(detail) {
      up = false;
      for (const end of [...ends]) end.drop(detail);
      ends.clear();
    },
    mend() {
      up = true;
    },
    connector: async (address, port, options) => {
      options.signal?.throwIfAborted();
      if (!up) throw refusal('ENETUNREACH', address, port);
      if (!firewall.admits(port)) throw refusal('EHOSTUNREACH', address, port);
      return tcpConnector(address, port, options);
    },
  };
}

function refusal(code: string, address: string, port: number): Error {
  return Object.assign(new Error(`connect ${code} ${address}:${port}`), { code, address, port });
}
