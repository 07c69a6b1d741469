/**
 * What our connections do to the service: from the connections of ours and what the host says of the unit, whether
 * it ended of one. Pure; a table of events in the tests.
 *
 * The probe comes every two seconds, so that of all ends, whatever their cause, half are within a second of a
 * connection of ours. What tells them apart: a server that a connection ends has survived none of that kind
 * since it was started.
 */
import type { ActiveState, ServiceFacts } from '../host.ts';
import { type Effect, type Effects, NO_EFFECTS } from './restraint.ts';

/** An end that is later than this after a connection has another cause. */
export const WITHIN_MS = 1000;
/** So many ends in a row, each right after a connection, are no coincidence either. */
const ENDS_IN_A_ROW = 3;
/** An action of the user's explains what the unit does for so long. */
const EXCUSED_MS = 15_000;
const KEPT = 32;

export type CautionEvent =
  | {
      readonly kind: 'connected';
      readonly id: number;
      readonly atMono: number;
      readonly from: Effect['from'];
    }
  /** Something was sent on it. */
  | { readonly kind: 'asked'; readonly id: number }
  | { readonly kind: 'closed'; readonly id: number; readonly atMono: number }
  | { readonly kind: 'unit'; readonly atMono: number; readonly unit: UnitSeen }
  /** Whether it listens on its port. */
  | { readonly kind: 'listening'; readonly atMono: number; readonly on: boolean }
  /** The user stops, restarts or kills it. */
  | { readonly kind: 'acted'; readonly atMono: number }
  /** The link was lost, or made anew: what happened meanwhile was not seen. */
  | { readonly kind: 'unseen' };

export type UnitSeen = Pick<ServiceFacts, 'active' | 'sub' | 'mainPid' | 'invocationId' | 'exit'>;

interface OurConnection {
  readonly id: number;
  readonly from: Effect['from'];
  readonly asked: boolean;
  readonly fromMono: number;
  /** null while it lasts. */
  readonly untilMono: number | null;
}

export interface Watchfulness {
  readonly connections: readonly OurConnection[];
  /** The process that runs; null: none, or none seen. */
  readonly running: { readonly pid: number; readonly invocation: string } | null;
  /** Connections, and questions, that it has outlived. */
  readonly survived: { readonly connects: number; readonly questions: number };
  /** Ends in a row that each were right after a connection of ours. */
  readonly ends: number;
  readonly excusedUntilMono: number;
  readonly listened: boolean;
  /** Whether the host has said yet how the unit is. */
  readonly known: boolean;
  /** It has been seen to end with nothing of ours near: one end more says nothing of us. */
  readonly endsByItself: boolean;
  readonly effects: Effects;
}

export const UNWATCHED: Watchfulness = {
  connections: [],
  running: null,
  survived: { connects: 0, questions: 0 },
  ends: 0,
  excusedUntilMono: Number.NEGATIVE_INFINITY,
  listened: false,
  known: false,
  endsByItself: false,
  effects: NO_EFFECTS,
};

/** @param servesOne whether its program shows that it serves one client: then a first end is certain */
export function observe(before: Watchfulness, event: CautionEvent, servesOne: boolean): Watchfulness {
  switch (event.kind) {
    case 'connected': {
      const { id, from, atMono: fromMono } = event;
      const state = survive(before, fromMono);
      const connection = { id, from, asked: false, fromMono, untilMono: null };
      return { ...state, connections: [...state.connections, connection].slice(-KEPT) };
    }
    case 'asked':
      return withConnection(before, event.id, { asked: true });
    case 'closed':
      return withConnection(before, event.id, { untilMono: event.atMono });
    case 'listening':
      return observeListening(survive(before, event.atMono), event, servesOne);
    case 'unit':
      return observeUnit(survive(before, event.atMono), event, servesOne);
    case 'acted':
      return { ...before, excusedUntilMono: event.atMono + EXCUSED_MS };
    case 'unseen':
      return { ...before, connections: [], running: null, known: false, listened: false, ends: 0 };
  }
}

function withConnection(state: Watchfulness, id: number, change: Partial<OurConnection>): Watchfulness {
  const connections = state.connections.map((each) => (each.id === id ? { ...each, ...change } : each));
  return { ...state, connections };
}

/** Connections that ended long enough ago have done no harm. */
function survive(state: Watchfulness, nowMono: number): Watchfulness {
  const over = state.connections.filter(
    ({ untilMono }) => untilMono !== null && nowMono - untilMono > WITHIN_MS,
  );
  if (over.length === 0) return state;
  const connections = state.connections.filter((each) => !over.includes(each));
  if (state.running === null) return { ...state, connections };
  const questions = over.filter(({ asked }) => asked).length;
  const survived = {
    connects: state.survived.connects + over.length,
    questions: state.survived.questions + questions,
  };
  return { ...state, connections, survived };
}

function observeUnit(
  before: Watchfulness,
  { unit, atMono }: CautionEvent & { readonly kind: 'unit' },
  servesOne: boolean,
): Watchfulness {
  const { running } = before;
  const runs = unit.mainPid !== 0 && RUNNING.has(unit.active);
  const now = runs ? { pid: unit.mainPid, invocation: unit.invocationId } : null;
  if (running === null) {
    if (now === null) return { ...before, known: true };
    // Dialled before the host had said anything, it was this one.
    return before.known ? begun(before, now) : { ...before, known: true, running: now };
  }
  if (now !== null && now.pid === running.pid) return before;
  // systemd is about to stop it, for somebody who said so.
  if (unit.active === 'deactivating' && unit.mainPid === running.pid) {
    return { ...before, excusedUntilMono: atMono + EXCUSED_MS };
  }
  const how = now !== null || unit.active === 'activating' ? 'restarts' : 'ended';
  const ended = judgeEnd(before, how, unit.exit, atMono, servesOne);
  return now === null ? { ...ended, running: null } : begun(ended, now);
}

const RUNNING: ReadonlySet<ActiveState> = new Set(['active', 'activating', 'reloading', 'refreshing']);

function begun(state: Watchfulness, running: Watchfulness['running']): Watchfulness {
  return { ...state, running, survived: UNWATCHED.survived, connections: [], listened: false };
}

function observeListening(
  before: Watchfulness,
  { on, atMono }: CautionEvent & { readonly kind: 'listening' },
  servesOne: boolean,
): Watchfulness {
  if (on || !before.listened || before.running === null) return { ...before, listened: on };
  return { ...judgeEnd(before, 'deaf', null, atMono, servesOne), listened: false };
}

/** Signals that somebody sends; a client cannot make a server die of them. */
const SENT_BY_SOMEBODY: ReadonlySet<number> = new Set([1, 2, 3, 9, 15]);

function judgeEnd(
  state: Watchfulness,
  how: Effect['how'],
  exit: Effect['exit'],
  atMono: number,
  servesOne: boolean,
): Watchfulness {
  const { connections, survived, effects } = state;
  const sent = exit !== null && exit.how !== 'exited' && SENT_BY_SOMEBODY.has(exit.status);
  if (sent || atMono < state.excusedUntilMono) return { ...state, connections: [], ends: 0 };
  const suspect = connections.findLast(({ asked }) => asked) ?? connections.at(-1);
  if (suspect === undefined) {
    // It ends by itself, then: what may have been a coincidence was one.
    const cleared =
      how === 'deaf' ? effects : { connect: unlessLikely(effects.connect), ask: unlessLikely(effects.ask) };
    return { ...state, ends: 0, endsByItself: how !== 'deaf' || state.endsByItself, effects: cleared };
  }
  const ends = state.ends + 1;
  const { from, asked } = suspect;
  const first = asked ? survived.questions === 0 : survived.connects === 0;
  const guilty = (first && !state.endsByItself) || ends >= ENDS_IN_A_ROW;
  if (!guilty) return { ...state, connections: [], ends };
  // A server that has outlived a plain connection can be connected to: the question was it.
  const kind = asked && survived.connects > 0 ? 'ask' : 'connect';
  const certain = servesOne || effects[kind] !== null;
  const invocation = state.running?.invocation ?? '';
  const effect: Effect = { how, exit, from, asked, certain, invocation, lastWords: null };
  return { ...state, connections: [], ends, effects: { ...effects, [kind]: effect } };
}

function unlessLikely(effect: Effect | null): Effect | null {
  return effect?.certain === true ? effect : null;
}
