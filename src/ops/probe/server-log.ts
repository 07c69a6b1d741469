/**
 * What the server's own log tells the probe for nothing: that somebody else came, or that our last
 * connection was not accepted. Only a hint, to look at the sockets: some servers log late or not at all.
 */
import { type OwnPorts, peerPortOf } from './ports.ts';

export interface ServerLog {
  /** A line of the service's journal. */
  heard(message: string): void;
  /** The probe has connected from that port. */
  connected(port: number | undefined): void;
  /** Whether another client was logged since this was asked last. */
  somebodyCame(): boolean;
  /** Whether the server logs who connects, and has not logged our last connection. */
  keptUsWaiting(): boolean;
  /** It did answer: its log is not to be relied on. */
  falseAlarm(): void;
  /** A new service: its log may be another one. */
  restart(): void;
}

export function createServerLog(ports: OwnPorts): ServerLog {
  let came = false;
  let logsClients = false;
  let trusted = true;
  let lastPort: number | null = null;
  return {
    heard(message) {
      const port = peerPortOf(message);
      if (port === null) return;
      const purpose = ports.purposeOf(port);
      if (purpose === null) came = true;
      if (purpose === 'probe') logsClients = true;
      if (port === lastPort) lastPort = null;
    },
    connected(port) {
      lastPort = port ?? null;
    },
    somebodyCame() {
      const before = came;
      came = false;
      return before;
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
