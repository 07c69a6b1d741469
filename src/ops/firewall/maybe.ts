/** What cannot be told for sure is carried along, and counts only where it makes a difference. */

/** Where a rule stands. */
export interface Place {
  readonly kind: 'zone' | 'policy';
  readonly name: string;
}

/** What decided; `detail` is firewalld's own word for it: a port, a service, a rule. */
export type DecidedBy =
  | 'panic'
  | 'loopback'
  | 'direct'
  | 'port'
  | 'service'
  | 'protocol'
  | 'source-port'
  | 'rich-rule'
  | 'target';

/** Why it cannot be told. */
export type Doubt =
  /** The address that the host sees is not known. */
  | 'client'
  /** The address or interface that the packet comes in by is not known. */
  | 'way-in'
  | 'mac'
  | 'ipset'
  | 'client-port'
  | 'limit'
  | 'forward-port'
  | 'service-unread'
  | 'zone-unread'
  | 'policies-unread'
  | 'rule-unread'
  | 'direct-unread'
  /** firewalld before 1.0 may let a packet go on from a source's zone to its interface's. */
  | 'drifting';

export interface Because {
  readonly code: DecidedBy | Doubt;
  readonly place: Place | null;
  readonly detail: string;
}

/** Whether a condition holds; a `Because` when that cannot be told. */
export type Maybe = boolean | Because;

export function doubt(code: Doubt, detail: string, place: Place | null = null): Because {
  return { code, place, detail };
}

export function both(...all: readonly Maybe[]): Maybe {
  if (all.includes(false)) return false;
  return all.find((one) => one !== true) ?? true;
}

export function either(...all: readonly Maybe[]): Maybe {
  if (all.includes(true)) return true;
  return all.find((one) => one !== false) ?? false;
}

export function not(one: Maybe): Maybe {
  return typeof one === 'boolean' ? !one : one;
}

export type Fate = 'accept' | 'reject' | 'drop';

/** One rule on the packet's way: if it holds, this becomes of the packet. */
export interface Step<T extends string = Fate> {
  readonly holds: Maybe;
  readonly fate: T;
  readonly because: Because;
}

export interface Decision<T extends string = Fate> {
  readonly verdict: T | 'unknown';
  /** What decided; for `unknown`, what it hangs on. */
  readonly because: readonly Because[];
}

/** The first rule that holds decides; one before it that may hold counts only if it decides otherwise. */
export function decide<T extends string>(steps: Iterable<Step<T>>): Decision<T> | null {
  const pending: Step<T>[] = [];
  for (const step of steps) {
    if (step.holds === false) continue;
    if (step.holds !== true) {
      pending.push(step);
      continue;
    }
    const doubts = pending.filter(({ fate }) => fate !== step.fate);
    if (doubts.length === 0) return { verdict: step.fate, because: [step.because] };
    return { verdict: 'unknown', because: doubtsOf(doubts) };
  }
  return pending.length === 0 ? null : { verdict: 'unknown', because: doubtsOf(pending) };
}

function doubtsOf(steps: readonly Step<string>[]): readonly Because[] {
  const seen = new Map<string, Because>();
  for (const { holds, because } of steps) {
    if (typeof holds === 'boolean') continue;
    const said = holds.place === null ? { ...holds, place: because.place } : holds;
    seen.set(JSON.stringify(said), said);
  }
  return [...seen.values()];
}
