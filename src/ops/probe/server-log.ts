/**
 * What the server's own log tells the probe for nothing: that somebody else came, or that our last
 * connection was not accepted. Only a hint, to look at the sockets: some servers log late or not at all.
 */
import type { Clock } from '../clock.ts';
import type { OwnPorts } from './ports.ts';
import { peerOf } from './visits.ts';

/** So many visitors are looked for at once each; who comes more often than that is a check, like Netdata's. */
const EAGER_LOOKS = 3;
const FIRST_DEAF_MS = 5_000;
/** As rarely as a question is asked, which looks anyway. */
const LONGEST_DEAF_MS = 60_000;

export interface ServerLog {
  /** A line of the service's journal. */
  heard(message: string): void;
  /** The probe has connected from that port. */
  connected(port: number | undefined): void;
  /** Whether another client was logged, and is worth a look by now. */
  somebodyCame(): boolean;
  /** What the look showed. Visitors who are gone each time are looked for ever less often. */
  looked(somebodyThere: boolean): void;
  /** Whether the server logs who connects, and has not logged our last connection. */
  keptUsWaiting(): boolean;
  /** It did answer: its log is not to be relied on. */
  falseAlarm(): void;
  /** A new service: its log may be another one. */
  restart(): void;
}

export function createServerLog(ports: OwnPorts, clock: Clock): ServerLog {
  let came = false;
  let fruitless = 0;
  let deafUntilMono = Number.NEGATIVE_INFINITY;
  let logsClients = false;
  let trusted = true;
  let lastPort: number | null = null;
  return {
    heard(message) {
      const port = peerOf(message)?.port;
      if (port === undefined) return;
      const purpose = ports.purposeOf(port);
      if (purpose === null) came = true;
      if (purpose === 'probe') logsClients = true;
      if (port === lastPort) lastPort = null;
    },
    connected(port) {
      lastPort = port ?? null;
    },
    somebodyCame() {
      if (!came || clock.now() < deafUntilMono) return false;
      came = false;
      return true;
    },
    looked(somebodyThere) {
      fruitless = somebodyThere ? 0 : fruitless + 1;
      if (fruitless < EAGER_LOOKS) return;
      const deafMs = FIRST_DEAF_MS * 2 ** (fruitless - EAGER_LOOKS);
      deafUntilMono = clock.now() + Math.min(deafMs, LONGEST_DEAF_MS);
    },
    keptUsWaiting: () => trusted && logsClients && lastPort !== null,
    falseAlarm() {
      trusted = false;
    },
    restart() {
      trusted = true;
      logsClients = false;
      lastPort = null;
    },
  };
}
