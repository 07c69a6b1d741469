/** A guarded host on a fake clock: what it says is scripted, what the guard tells is kept. */
import { Socket } from 'node:net';
import type { Connector } from '../../src/ops/connector.ts';
import type { Judged, WatchEvent } from '../../src/ops/watch/event.ts';
import { isJudgement } from '../../src/ops/watch/event.ts';
import { GUARD_RULES } from '../../src/ops/watch/guard.ts';
import { type GuardMemory, NOTHING_KNOWN } from '../../src/ops/watch/memory.ts';
import type { SessionOptions } from '../../src/state/create-session.ts';
import { startWatcher, type Told, type Watcher } from '../../src/state/watch/watcher.ts';
import { createTestSession, type TestSession } from './session.ts';

/** Connects as long as it is told to. */
export interface Door {
  open: boolean;
  /** What it fails with while it is shut. */
  code: string;
  readonly connector: Connector;
}

export function door(): Door {
  const made: Door = {
    open: true,
    code: 'ECONNREFUSED',
    connector: async () => {
      if (made.open) return new Socket();
      throw Object.assign(new Error(made.code), { code: made.code });
    },
  };
  return made;
}

export interface WatchedHost extends TestSession {
  readonly door: Door;
  readonly watcher: Watcher;
  readonly told: readonly Told[];
  /** Kinds of what was told, oldest first. */
  kinds(): readonly WatchEvent['kind'][];
  judged(): readonly Judged[];
}

export function watchHost(
  options: Partial<Omit<SessionOptions, 'clock'>> & {
    first?: TestSession['first'];
    memory?: GuardMemory;
  } = {},
): WatchedHost {
  const { memory = NOTHING_KNOWN, first, ...more } = options;
  const way = door();
  const scene = createTestSession({
    connector: way.connector,
    ...(first !== undefined && { first }),
    ...more,
  });
  const told: Told[] = [];
  const watcher = startWatcher({
    session: scene.session,
    clock: scene.clock,
    rules: GUARD_RULES,
    intervalMs: 2000,
    memory,
    tell: (each) => told.push(each),
  });
  return {
    ...scene,
    door: way,
    watcher,
    told,
    kinds: () => told.map(({ event }) => event.kind),
    judged: () => told.map(({ event }) => event).filter(isJudgement),
  };
}
