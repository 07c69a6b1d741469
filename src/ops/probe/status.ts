/** Which of the probe's five states a failed connection is. Pure. */
import type { ProbeStatus } from './facts.ts';

/**
 * An ICMP answer takes a round trip; a neighbour that does not answer ARP is given up after about 3 s
 * (three solicitations of `retrans_time_ms`, arp(7)).
 */
const ANSWERED_WITHIN_MS = 1000;

/**
 * firewalld's `reject` answers with ICMP admin-prohibited, which Linux turns into EHOSTUNREACH (EACCES
 * over IPv6), the very error of a host that is down. Two things tell them apart: an answer comes at
 * once, silence is noticed late; and a host that we hold a live link to is not down.
 *
 * @param code `code` of the connector's error
 * @param elapsedMs until it came
 * @param linkLive whether the SSH link to the host lives
 */
export function statusOf(code: string, elapsedMs: number, linkLive: boolean): Exclude<ProbeStatus, 'open'> {
  switch (code) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
      return 'refused';
    case 'EACCES':
    case 'EPERM':
      // EPERM: this machine's own firewall dropped it on the way out.
      return 'rejected';
    case 'EHOSTUNREACH':
      return linkLive && elapsedMs < ANSWERED_WITHIN_MS ? 'rejected' : 'unreachable';
    case 'ETIMEDOUT':
      return 'filtered';
    default:
      return 'unreachable';
  }
}
