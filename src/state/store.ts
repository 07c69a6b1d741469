/**
 * The one store: facts from the host with the time they came, plus what the user is looking at.
 *
 * Made by a factory and handed around; free of React, so that a headless guard can use it. The
 * journal's lines live in a ring buffer beside it (`journal-buffer.ts`): the store carries the version.
 */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Dialect } from '../calc/dialect.ts';
import type { Restraint } from '../ops/caution/restraint.ts';
import type { DrillProgress } from '../ops/drill/progress.ts';
import type { Failure } from '../ops/failure.ts';
import type { Way } from '../ops/firewall/access.ts';
import type {
  ActionOutcome,
  FirewallFacts,
  HostInfo,
  InterfaceAddress,
  ListenerFacts,
  ServiceFacts,
  ServiceVerb,
  UnitManager,
} from '../ops/host.ts';
import type { NetdataFacts } from '../ops/netdata/observe.ts';
import type { ProbeFacts } from '../ops/probe/facts.ts';
import type { Verdict } from '../ops/verdict/ladder.ts';

/** Something the host said, and when it reached us (monotonic ms). */
export interface Known<T> {
  readonly value: T;
  readonly atMono: number;
}

export type LinkState =
  | { readonly state: 'connecting' }
  | { readonly state: 'live'; readonly sinceMono: number; readonly roundTripMs: number | null }
  /** Lost; between two attempts. Everything on the screen is stale. */
  | {
      readonly state: 'lost';
      readonly sinceMono: number;
      readonly detail: string;
      /** Attempts made since the loss. */
      readonly attempts: number;
      /** When the next attempt starts; null while one is under way. */
      readonly retryAtMono: number | null;
      /** Why the last attempt failed. */
      readonly lastFailure: Failure | null;
    };

/** What the console was asked to look at. */
export interface Subject {
  readonly unit: string;
  /** Whose unit it is. @default 'system' */
  readonly manager?: UnitManager;
  readonly port: number;
  /** Address the service is dialled at from here. */
  readonly address: string;
  /** Whether `2+3` may be asked of the service: true for the calculator. */
  readonly asksAnswers: boolean;
}

/** An action of the user's, from the key to its result. */
export interface ActionRecord {
  readonly id: number;
  readonly verb: ServiceVerb | 'open-port' | 'close-port';
  readonly scope: 'runtime' | 'permanent' | null;
  readonly startedMono: number;
  /** null while it runs. */
  readonly outcome: ActionOutcome | null;
}

/** One line of the calculator pane: what was typed and what came of it. */
export interface Calculation {
  readonly id: number;
  readonly input: string;
  readonly result:
    | { readonly state: 'asking' }
    | {
        readonly state: 'right';
        readonly answer: string;
        readonly ms: number;
        readonly via: 'direct' | 'host';
        /** What the server speaks; null when it answered no number. */
        readonly dialect: Dialect | null;
      }
    | {
        readonly state: 'wrong';
        readonly answer: string;
        readonly expected: string;
        readonly ms: number;
        readonly via: 'direct' | 'host';
        /** What the server speaks; null when it answered no number. */
        readonly dialect: Dialect | null;
      }
    | { readonly state: 'failed'; readonly failure: CalculationFailure };
}

export type CalculationFailure =
  | { readonly code: 'unreachable'; readonly detail: string }
  | { readonly code: 'mute'; readonly waitedMs: number }
  | { readonly code: 'closed' }
  /** Nothing was sent: it would have done harm. */
  | { readonly code: 'held-back'; readonly restraint: Restraint }
  | { readonly code: 'cancelled' };

export interface ConsoleState {
  readonly subject: Subject;
  readonly host: HostInfo;
  readonly link: LinkState;
  readonly service: Known<ServiceFacts> | null;
  readonly serviceFailure: Failure | null;
  readonly firewall: Known<FirewallFacts> | null;
  readonly firewallFailure: Failure | null;
  readonly listeners: Known<ListenerFacts> | null;
  /** Why the listeners could not be read, when they could not. */
  readonly listenersFailure: Failure | null;
  readonly interfaces: readonly InterfaceAddress[] | null;
  /** Which of our addresses the service is dialled from, and which of its; null: not known. */
  readonly way: Way | null;
  readonly probe: ProbeFacts;
  /** Netdata's own view of the port; null before it was looked for, or where it is not. */
  readonly netdata: Known<NetdataFacts> | null;
  readonly verdict: Verdict;
  /** Bumped when the journal buffer changed. */
  readonly journalVersion: number;
  readonly journalFailure: Failure | null;
  readonly calculations: readonly Calculation[];
  /** One connection is kept for all calculations: the server wants it so, and may end with it. */
  readonly keptConnection: boolean;
  /** Newest last; the last few only. */
  readonly actions: readonly ActionRecord[];
  readonly drill: DrillProgress | null;
  readonly readOnly: boolean;
}

export type ConsoleStore = StoreApi<ConsoleState>;

export function createConsoleStore(initial: ConsoleState): ConsoleStore {
  return createStore<ConsoleState>(() => initial);
}
