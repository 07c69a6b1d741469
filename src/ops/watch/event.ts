/** What a guard has to tell: what changed, what it judges of it, and what is worth waking somebody for. */
import type { ProbeStatus } from '../probe/facts.ts';

/** One point in time on both of our clocks: lengths are measured on the first, shown on the second. */
export interface Moment {
  /** Monotonic milliseconds. */
  readonly mono: number;
  /** Milliseconds since the epoch. */
  readonly wall: number;
}

/** Why the service counts as fallen: it does not connect, or it does not answer as it should. */
export type FallCause = Exclude<ProbeStatus, 'open'> | 'mute' | 'held' | 'wrong' | 'closed';

/** A change in what was seen, as it was seen: nothing is judged. */
export type Sighting =
  | { readonly kind: 'probe'; readonly state: ProbeStatus; readonly ms: number | null }
  | {
      readonly kind: 'unit';
      readonly active: string;
      readonly sub: string;
      readonly result: string;
      /** 0 when it has no main process. */
      readonly pid: number;
      readonly restarts: number;
    }
  | { readonly kind: 'link'; readonly state: 'live' | 'lost' };

/** What the guard makes of it. `since` is the first moment at which it was so, not that of the judgement. */
export type Judgement =
  /** The first judgement: it was up when we began. */
  | { readonly kind: 'up'; readonly since: Moment }
  | {
      readonly kind: 'down';
      readonly since: Moment;
      readonly cause: FallCause;
      /** It kept falling, and now systemd has given up or the outage is long: it stays down. */
      readonly forGood: boolean;
    }
  | {
      readonly kind: 'recovered';
      readonly since: Moment;
      readonly lengthMs: number;
      /** Of that length, so long nobody looked: it may have been up by then. */
      readonly awayMs: number;
    }
  /** It falls again and again. From here to `stable` no fall and no recovery is told by itself. */
  | {
      readonly kind: 'crash-looping';
      readonly since: Moment;
      readonly falls: number;
      readonly restarts: number;
    }
  /** It has held since its last fall; `lengthMs` from the loop's first fall to that last recovery. */
  | { readonly kind: 'stable'; readonly since: Moment; readonly lengthMs: number; readonly falls: number }
  /** The link is lost and the service is not: what happens on the host goes unseen. */
  | { readonly kind: 'blind'; readonly since: Moment; readonly detail: string }
  | { readonly kind: 'sighted'; readonly since: Moment; readonly lengthMs: number };

/**
 * Whether most of its falls were ends that systemd brought it back from. The newest has not been yet; falls without
 * a restart are somebody's or something's doing between us and it: a firewall, a cable, a server that hangs.
 */
export function crashes({ falls, restarts }: { readonly falls: number; readonly restarts: number }): boolean {
  return 2 * restarts > falls;
}

/** A judgement, and whether it is to be told to somebody, or only written down. */
export type Judged<J extends Judgement = Judgement> = J & { readonly alert: boolean };

export type WatchEvent = Sighting | Judged;

export function isJudgement(event: WatchEvent): event is Judged {
  return 'alert' in event;
}
