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
  /** Bytes so far. A link that delivers is alive, whatever it owes us; what we sent is in the way of our question. */
  readonly traffic: () => { readonly received: number; readonly sent: number };
  readonly onDead: () => void;
}

export interface Keepalive {
  readonly roundTripMs: number | null;
  stop(): void;
}

/** What we upload waits in buffers on the way, and the question behind it: a link this slow is not dead yet, bytes/s. */
const SLOWEST = 2_000;

/** Pings at once, and then at each interval. */
export function keepAlive(client: Client, options: KeepaliveOptions): Keepalive {
  const { clock, intervalMs, missed, traffic, onDead } = options;
  let roundTripMs: number | null = null;
  let waiting = false;
  let silent = 0;
  let stopped = false;
  let seen = traffic().received;
  /** Bytes that had been sent when the last question that was answered was asked, and the one that is not yet. */
  let arrived = traffic().sent;
  let asked = arrived;

  function ping(): void {
    const sentMono = clock.now();
    waiting = true;
    asked = traffic().sent;
    try {
      // The answer is always "no such forward": that it came is what counts.
      client.unforwardIn('127.0.0.1', 1, () => {
        waiting = false;
        arrived = asked;
        if (!stopped) roundTripMs = clock.now() - sentMono;
      });
    } catch {
      stop();
    }
  }

  const timer = setInterval(() => {
    const now = traffic().received;
    silent = waiting && now === seen ? silent + 1 : 0;
    seen = now;
    const onItsWayMs = ((asked - arrived) / SLOWEST) * 1000;
    if (silent >= missed + Math.floor(onItsWayMs / intervalMs)) {
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
