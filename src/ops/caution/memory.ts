/** What is remembered of a host's unit from one run of the program to the next, as it is written. Pure. */
import type { Effect, Effects, ProgramLook } from './restraint.ts';

export interface Remembered {
  readonly look: ProgramLook;
  /** What connections of ours did to that very program. */
  readonly effects: Effects;
}

/** Where it is kept. */
export interface CautionStore {
  /** null when nothing is remembered, or nothing that can be read. Never rejects. */
  recall(): Promise<Remembered | null>;
  /** Never throws: what cannot be kept is found out again. */
  remember(remembered: Remembered): void;
  /** Resolves when all that was handed in is written, or could not be. */
  settled(): Promise<void>;
}

/** null for anything else. */
export function asRemembered(value: unknown): Remembered | null {
  if (!isRecord(value)) return null;
  const look = asLook(value.look);
  if (look === null || !isRecord(value.effects)) return null;
  return { look, effects: { connect: asEffect(value.effects.connect), ask: asEffect(value.effects.ask) } };
}

function asLook(value: unknown): ProgramLook | null {
  if (!isRecord(value) || typeof value.stamp !== 'string') return null;
  const { stamp, serves, place } = value;
  if (serves === 'many' || serves === 'unknown') return { stamp, serves, place: null };
  if (serves !== 'one' || !isRecord(place)) return null;
  const { path, line } = place;
  if (typeof path !== 'string' || typeof line !== 'number') return null;
  return { stamp, serves, place: { path, line } };
}

function asEffect(value: unknown): Effect | null {
  if (!isRecord(value) || !isRecord(value.from)) return null;
  const { how, asked, certain, invocation, lastWords } = value;
  const { address, port } = value.from;
  if (how !== 'ended' && how !== 'restarts' && how !== 'deaf') return null;
  if (typeof address !== 'string' || typeof port !== 'number') return null;
  if (typeof asked !== 'boolean' || typeof certain !== 'boolean' || typeof invocation !== 'string')
    return null;
  return {
    how,
    exit: asExit(value.exit),
    from: { address, port },
    asked,
    certain,
    invocation,
    lastWords: typeof lastWords === 'string' ? lastWords : null,
  };
}

function asExit(value: unknown): Effect['exit'] {
  if (!isRecord(value) || typeof value.status !== 'number') return null;
  const { how, status } = value;
  return how === 'exited' || how === 'killed' || how === 'dumped' ? { how, status } : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** For who keeps nothing: what is found out lasts as long as the process. */
export function forgetfulStore(): CautionStore {
  let kept: Remembered | null = null;
  return {
    recall: async () => kept,
    remember(next) {
      kept = next;
    },
    settled: async () => undefined,
  };
}
