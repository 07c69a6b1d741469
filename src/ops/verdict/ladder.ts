/** The ladder's rungs, what is judged, and what the judgement consists of. */
import type { Dialect } from '../../calc/dialect.ts';
import type { Effect, Restraint } from '../caution/restraint.ts';
import type { Failure } from '../failure.ts';
import type { Way } from '../firewall/access.ts';
import type { Because } from '../firewall/maybe.ts';
import type { FirewallFacts, InterfaceAddress, ListenerFacts, ServiceFacts, UnitManager } from '../host.ts';
import type { ProbeFacts } from '../probe/facts.ts';

export type RungId = 'link' | 'unit' | 'listener' | 'firewall' | 'network' | 'answer';

export const RUNGS: readonly RungId[] = ['link', 'unit', 'listener', 'firewall', 'network', 'answer'];

/** `unknown`: not looked at yet, or could not be seen; `skipped`: makes no sense below a broken rung. */
export type RungState = 'ok' | 'warning' | 'broken' | 'unknown' | 'skipped';

/** Why a rung is as it is, with what was seen. One sentence each in the catalogue. */
export type Evidence =
  | { readonly code: 'link-live'; readonly roundTripMs: number | null }
  | { readonly code: 'link-lost'; readonly detail: string; readonly sinceMono: number }
  | { readonly code: 'link-connecting' }
  | { readonly code: 'unit-running'; readonly pid: number }
  | { readonly code: 'unit-missing'; readonly unit: string }
  | { readonly code: 'unit-stopped'; readonly unit: string }
  /** systemd listens in its place, and starts it at the first connection: to be down is well. */
  | { readonly code: 'unit-asleep'; readonly socket: string }
  /** `Type=oneshot` ran to its end without a fault: no server stays that way. */
  | { readonly code: 'unit-done' }
  | { readonly code: 'unit-starting'; readonly sub: string }
  /** It listens, while systemd still waits for the sign that its `Type=` promises. */
  | { readonly code: 'unit-not-ready'; readonly type: string }
  | { readonly code: 'unit-stopping'; readonly sub: string }
  | {
      readonly code: 'unit-waiting-restart';
      readonly restartAtMono: number | null;
      readonly result: string;
      readonly exit: ServiceFacts['exit'];
    }
  | {
      readonly code: 'unit-failed';
      readonly unit: string;
      readonly result: string;
      readonly exit: ServiceFacts['exit'];
    }
  | { readonly code: 'unit-masked'; readonly unit: string }
  /** systemd could not load the unit file; `load` is its LoadState (`bad-setting`, `error`). */
  | { readonly code: 'unit-bad'; readonly unit: string; readonly load: string }
  | { readonly code: 'unit-needs-reload'; readonly unit: string }
  | { readonly code: 'listening'; readonly address: string; readonly port: number }
  /** `running`: the unit is active, so that its port is what is missing. */
  | { readonly code: 'not-listening'; readonly port: number; readonly running: boolean }
  /** The unit has only just started: its port is still being looked for. */
  | { readonly code: 'not-listening-yet'; readonly port: number }
  | {
      readonly code: 'listening-loopback-only';
      readonly address: string;
      readonly port: number;
      readonly wanted: string;
    }
  | {
      readonly code: 'listening-elsewhere';
      readonly addresses: readonly string[];
      readonly port: number;
      readonly wanted: string;
    }
  /** The unit is down, and yet something listens on its port: the unit's own server could not. */
  | { readonly code: 'port-taken'; readonly port: number }
  | { readonly code: 'listeners-unreadable' }
  | {
      readonly code: 'firewall-open';
      readonly zone: string;
      readonly port: number;
      /** What lets it in, where it is not the zone's own list of ports. */
      readonly by?: Because;
      /** Our address, where it is assumed that the host sees us by it and it matters. */
      readonly assumed?: string;
    }
  | { readonly code: 'firewall-off' }
  | {
      readonly code: 'firewall-closed';
      readonly zone: string;
      readonly port: number;
      /** What keeps it out, where it is more than that nothing lets it in. */
      readonly by?: Because;
      readonly fate?: 'reject' | 'drop';
      readonly assumed?: string;
    }
  /** What becomes of it cannot be told, and on what it hangs. */
  | { readonly code: 'firewall-unsure'; readonly port: number; readonly why: Because }
  | {
      readonly code: 'firewall-runtime-only';
      readonly zone: string;
      readonly port: number;
      readonly by?: Because;
    }
  | { readonly code: 'firewall-permanent-only'; readonly zone: string; readonly port: number }
  | { readonly code: 'firewall-unreadable'; readonly detail: string }
  | { readonly code: 'connects'; readonly address: string; readonly port: number; readonly ms: number }
  | {
      readonly code: 'refused' | 'rejected' | 'filtered' | 'unreachable';
      readonly address: string;
      readonly port: number;
    }
  | { readonly code: 'answer-right'; readonly ms: number; readonly dialect: Dialect | null }
  /** Nothing was tried; what else there is to see speaks neither for nor against it. */
  | { readonly code: 'not-dialled'; readonly why: Restraint }
  /** Nothing was tried, but somebody else has come in from outside. */
  | {
      readonly code: 'others-connect';
      readonly peerAddress: string;
      readonly peerPort: number;
      readonly why: Restraint;
    }
  /** A connection of ours is what ended it, or made it stop listening. */
  | { readonly code: 'ended-by-us'; readonly effect: Effect; readonly servesOne: boolean }
  | {
      readonly code: 'answer-wrong';
      readonly expression: string;
      readonly expected: string;
      readonly got: string;
    }
  | { readonly code: 'answer-mute'; readonly waitedMs: number }
  | { readonly code: 'answer-held'; readonly peerAddress: string; readonly peerPort: number }
  | { readonly code: 'answer-closed' }
  | { readonly code: 'answer-not-asked' }
  | { readonly code: 'answer-withheld'; readonly why: Restraint }
  | { readonly code: 'not-looked' };

/** What puts it right: an action of ours when there is one, and the command one would type. */
export interface Mend {
  readonly action:
    | 'start'
    | 'reset-failed'
    | 'restart'
    | 'daemon-reload'
    | 'open-port'
    | 'open-port-permanent'
    | 'reconnect'
    | null;
  /** As typed at a prompt on the host; null when no command mends it. */
  readonly command: string | null;
  /** Names a sentence of the catalogue when a command alone does not say enough. */
  readonly advice:
    | 'wait-restart'
    | 'read-journal'
    | 'listen-on'
    | 'find-client'
    | 'check-network'
    | 'check-server'
    | 'retrying'
    | 'write-unit'
    | 'edit-unit'
    | 'type-simple'
    | 'find-port'
    | 'free-port'
    | 'serve-many'
    | 'policy-decides'
    | 'direct-decides'
    | 'other-tables'
    | null;
  /** The address that `listen-on` speaks of, the client's of `find-client`, or the port of `free-port`. */
  readonly subject: string | null;
}

export interface Rung {
  readonly id: RungId;
  readonly state: RungState;
  readonly evidence: Evidence;
}

export interface Verdict {
  /** All six, in ladder order. */
  readonly rungs: readonly Rung[];
  /** The first broken rung, or null. */
  readonly broken: RungId | null;
  /** The first rung with a warning, when none is broken. */
  readonly warning: RungId | null;
  /**
   * The service answers from here: nothing is broken, it connects, and the answer was right where one
   * is asked for. Rungs that could not be read (an ordinary user's firewall) do not take that back.
   */
  readonly reachable: boolean;
  /** Why it was not tried whether it connects; null: it was, or will be in a moment. */
  readonly untried: Restraint | null;
  readonly mend: Mend | null;
}

/** A fact and when it reached us. */
export interface Seen<T> {
  readonly value: T;
  readonly atMono: number;
}

/** Everything that is judged. What has not been learnt yet is null. */
export interface VerdictFacts {
  readonly subject: {
    readonly unit: string;
    /** Whose unit it is. @default 'system' */
    readonly manager?: UnitManager;
    readonly port: number;
    readonly address: string;
    readonly asksAnswers: boolean;
  };
  readonly link:
    | { readonly state: 'connecting' }
    | { readonly state: 'live'; readonly roundTripMs: number | null }
    | { readonly state: 'lost'; readonly sinceMono: number; readonly detail: string };
  readonly service: Seen<ServiceFacts> | null;
  readonly serviceFailure: Failure | null;
  readonly listeners: Seen<ListenerFacts> | null;
  readonly listenersFailure: Failure | null;
  /** The unit has only just changed and its port is still being looked for. */
  readonly listenersSettling: boolean;
  readonly interfaces: readonly InterfaceAddress[] | null;
  /** Which of our addresses the service is dialled from, and which of its. @default not known */
  readonly way?: Way | null;
  readonly firewall: Seen<FirewallFacts> | null;
  readonly firewallFailure: Failure | null;
  /** When what listens, or the firewall, last became different: earlier samples prove nothing any more. */
  readonly changedMono: number;
  readonly probe: ProbeFacts;
}
