/** What the probe has found out: samples, outages, and the last answer. */
import type { Dialect } from '../../calc/dialect.ts';
import type { Effect, Restraints } from '../caution/restraint.ts';

/**
 * `open`: the handshake was done; `refused`: RST; `rejected`: an ICMP answer from a firewall
 * (EHOSTUNREACH or EACCES from an address that is up); `filtered`: no answer in time;
 * `unreachable`: no way to the host.
 */
export type ProbeStatus = 'open' | 'refused' | 'rejected' | 'filtered' | 'unreachable';

export interface ProbeSample {
  readonly atMono: number;
  readonly atWall: number;
  readonly status: ProbeStatus;
  /** Time to the handshake's end in ms; null unless `open`. */
  readonly ms: number | null;
}

export interface Outage {
  readonly fromMono: number;
  readonly fromWall: number;
  /** null while it lasts. */
  readonly lengthMs: number | null;
  readonly status: ProbeStatus;
}

/** What the last question of `2+3` gave; asked rarely, never while somebody else is served. */
export type AnswerCheck =
  | {
      readonly state: 'right';
      readonly ms: number;
      readonly dialect: Dialect | null;
      readonly atMono: number;
    }
  | {
      readonly state: 'wrong';
      readonly expression: string;
      readonly expected: string;
      readonly got: string;
      readonly atMono: number;
    }
  | {
      readonly state: 'mute';
      readonly waitedMs: number;
      readonly atMono: number;
      /** Another client that the server has accepted meanwhile; null: none seen, or not readable. */
      readonly heldBy: { readonly address: string; readonly port: number } | null;
    }
  | { readonly state: 'closed'; readonly atMono: number };

/** What a look at the host's sockets showed, where the service is not dialled. */
export interface ProbeLook {
  readonly atMono: number;
  readonly atWall: number;
  readonly listens: boolean;
  /** A client of somebody else's that has come in from outside; null: none is there. */
  readonly peer: { readonly address: string; readonly port: number } | null;
}

export interface ProbeFacts {
  readonly address: string;
  readonly port: number;
  /** Newest last; at most 300 (ten minutes). */
  readonly samples: readonly ProbeSample[];
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
  /** Share of the samples that were not open, 0–1; null without samples. */
  readonly loss: number | null;
  /** Newest last. */
  readonly outages: readonly Outage[];
  readonly answer: AnswerCheck | null;
  /** Why it is not dialling right now. */
  readonly paused: 'calculation' | 'server-busy' | null;
  /** Why it is not dialled, and why not asked; null each: it is. */
  readonly restraints: Restraints;
  /** What a connection of ours did to it; null: nothing. */
  readonly effect: Effect | null;
  /** null while it is dialled, or before the first look. */
  readonly looked: ProbeLook | null;
}
