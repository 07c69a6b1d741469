/**
 * Which lines of the server's log speak of a check, so that a view can fold them: our own probe's, by the
 * port it came from; and those of a check that is known by its address alone, like Netdata's, or the probe
 * of an earlier run of ours, as long as it came and asked nothing.
 */
import type { OwnPorts } from './ports.ts';

export interface Peer {
  readonly address: string;
  readonly port: number;
}

export interface Visits {
  /** Whether the line with that number is a check's, as far as known now. Lines are shown in order. */
  isProbe(message: string, seq: number): boolean;
  /** Numbers of the lines that were a check's until their client asked something after all; told once. */
  takeMistaken(): readonly number[];
  /** Whether lines seen before may be a check's by now: an address has become known; told once. */
  takeLearnt(): boolean;
  /** Who comes from there and asks nothing is a check. */
  checkedFrom(address: string): void;
  /** That one is a client, though it has asked nothing yet. */
  isClient(peer: Peer): void;
}

/** A peer as Python prints a socket address, `('10.5.1.1', 40658)`, or as most others do, `10.5.1.1:40658`. */
const PEER =
  /\('([^']*)', (\d{1,5})(?:, \d+, \d+)?\)|((?:\d{1,3}\.){3}\d{1,3}):(\d{1,5})\b|\[([0-9a-fA-F:.]+)\]:(\d{1,5})\b/;

/** Longest part of a line that is searched: a peer is named early. */
const SEARCHED = 512;

/** What a client asks is logged right after it came. Later, the same port is another client's. */
const NEAR_LINES = 20;
const REMEMBERED = 200;
/** One PC is seen by a few; whoever can write to the log can name as many as it has lines, and each costs a look at all. */
const MOST_ADDRESSES = 16;

/** The client that a log line speaks of; null when it names none. */
export function peerOf(message: string): Peer | null {
  const match = PEER.exec(message.slice(0, SEARCHED));
  const address = match?.[1] ?? match?.[3] ?? match?.[5];
  const port = match?.[2] ?? match?.[4] ?? match?.[6];
  return address === undefined || port === undefined ? null : { address, port: Number(port) };
}

interface Visit {
  readonly seq: number;
  readonly message: string;
  /** It asked something, or is a client for another reason. */
  client: boolean;
}

export function createVisits(ports: OwnPorts): Visits {
  const addresses = new Set<string>();
  /** By peer, the oldest first. */
  const visits = new Map<string, Visit>();
  let mistaken: number[] = [];
  let learnt = false;

  function learn(address: string): void {
    if (addresses.has(address)) return;
    addresses.add(address);
    learnt = true;
  }

  function remember(key: string, visit: Visit): void {
    visits.delete(key);
    visits.set(key, visit);
    const [oldest] = visits.keys();
    if (visits.size > REMEMBERED && oldest !== undefined) visits.delete(oldest);
  }

  /** The visit that a line belongs to; it is a client's as soon as a second line speaks of it. */
  function visitOf(peer: Peer, message: string, seq: number): Visit {
    const key = keyOf(peer);
    const known = visits.get(key);
    if (known !== undefined && Math.abs(seq - known.seq) <= NEAR_LINES) {
      const another = seq !== known.seq && message !== known.message;
      if (another && !known.client) becomeClient(known);
      return known;
    }
    const visit = { seq, message, client: false };
    remember(key, visit);
    return visit;
  }

  function becomeClient(visit: Visit): void {
    visit.client = true;
    mistaken.push(visit.seq);
  }

  return {
    isProbe(message, seq) {
      const peer = peerOf(message);
      if (peer === null) return false;
      // The host sees us by another address than we do when the way is translated, while the port mostly stays.
      const use = ports.purposeOf(peer.port);
      if (use === 'probe' && addresses.size < MOST_ADDRESSES) learn(peer.address);
      if (use !== null) return use === 'probe';
      return !visitOf(peer, message, seq).client && addresses.has(peer.address);
    },
    takeMistaken() {
      const told = mistaken;
      mistaken = [];
      return told;
    },
    takeLearnt() {
      const told = learnt;
      learnt = false;
      return told;
    },
    checkedFrom: learn,
    isClient(peer) {
      const visit = visits.get(keyOf(peer));
      if (visit !== undefined && !visit.client) becomeClient(visit);
    },
  };
}

function keyOf({ address, port }: Peer): string {
  return `${address} ${port}`;
}
