/** When a server that takes one client at a time must be left alone, and until when. Pure. */
import { isLoopback } from '../address.ts';
import type { ListenerFacts } from '../host.ts';
import type { OwnPorts } from './ports.ts';

export interface HolderAddress {
  readonly address: string;
  readonly port: number;
}

/** The server is known to serve nobody else for now. */
export interface Busy {
  readonly sinceMono: number;
  readonly heldBy: HolderAddress | null;
  /** Somebody waits in its accept queue. */
  readonly queued: boolean;
  /** When it was last asked something. */
  readonly triedMono: number;
}

/** With nothing to see of the sockets, the server is tried again this rarely. */
export const RETRY_MS = 10_000;

/** The client, other than ourselves, that the server has accepted and that is still there. */
export function holderIn(sockets: ListenerFacts, ports: OwnPorts): HolderAddress | null {
  const holder = sockets.clients.find(
    (client) => client.accepted && client.left !== true && ports.purposeOf(client.peerPort) === null,
  );
  return holder === undefined ? null : { address: holder.peerAddress, port: holder.peerPort };
}

/** A client, other than ourselves, that has come to the port from another machine; on its way out or not. */
export function visitorIn(sockets: ListenerFacts, ports: OwnPorts): HolderAddress | null {
  const visitor = sockets.clients.find(
    (client) => !isLoopback(client.peerAddress) && ports.purposeOf(client.peerPort) === null,
  );
  return visitor === undefined ? null : { address: visitor.peerAddress, port: visitor.peerPort };
}

/** How many have connected to `port` and were not accepted yet. */
export function queueIn(sockets: ListenerFacts, port: number): number {
  return sockets.listeners.reduce((sum, each) => sum + (each.port === port ? each.waiting : 0), 0);
}

/** What is now known of a busy server; null: it may be tried again. */
export function stillBusy(
  busy: Busy,
  sockets: ListenerFacts | null,
  now: { readonly ports: OwnPorts; readonly port: number; readonly nowMono: number },
): Busy | null {
  if (sockets !== null) {
    const heldBy = holderIn(sockets, now.ports);
    const queued = queueIn(sockets, now.port) > 0;
    if (heldBy !== null || queued) return { ...busy, heldBy, queued };
    // The client that held it has left, and the queue with it.
    if (busy.heldBy !== null || busy.queued) return null;
  }
  return now.nowMono - busy.triedMono >= RETRY_MS ? null : busy;
}
