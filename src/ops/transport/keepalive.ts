/**
 * Whether an SSH connection still lives, and its round trip.
 *
 * ssh2 has keepalives of its own, but tells nobody how long one took, and counts a link as dead while
 * it is busy delivering. So the question is asked here: a global request that every server must answer
 * (RFC 4254, section 4), and that starts no process and changes nothing, the cancelling of a port
 * forward that was never asked for.
 */
import type { Client } from 'ssh2';
import type { Clock } from '../clock.ts';

export interface KeepaliveOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** Intervals without a byte from the server, after which the link is given up. */
  readonly missed: number;
  /** Bytes that came from the server so far: a link that delivers is alive, whatever it owes us. */
  readonly received: () => number;
  readonly onDead: () => void;
}

export interface Keepalive {
  readonly roundTripMs: number | null;
  stop(): void;
}

/** Pings at once, and then at each interval. */
export function keepAlive(client: Client, options: KeepaliveOptions): Keepalive {
  const { clock, intervalMs, missed, received, onDead } = options;
  let roundTripMs: number | null = null;
  let waiting = false;
  let silent = 0;
  let stopped = false;
  let seen = received();

  function ping(): void {
    const sent = clock.now();
    waiting = true;
    try {
      // The answer is always "no such forward": that it came is what counts.
      client.unforwardIn('127.0.0.1', 1, () => {
        waiting = false;
        if (!stopped) roundTripMs = clock.now() - sent;
      });
    } catch {
      stop();
    }
  }

  const timer = setInterval(() => {
    const now = received();
    silent = waiting && now === seen ? silent + 1 : 0;
    seen = now;
    if (silent >= missed) {
      stop();
      onDead();
    } else if (!waiting) ping();
  }, intervalMs);

  function stop(): void {
    stopped = true;
    clearInterval(timer);
  }

  ping();
  return {
    get roundTripMs() {
      return roundTripMs;
    },
    stop,
  };
}
