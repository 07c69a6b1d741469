/**
 * Memory handed back after a flood of lines. What they left is garbage, and the engine keeps its room for more of it:
 * a console that has seen a flood once would stay three times its size for as long as it is open.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../ops/clock.ts';

/** Lines after which there is something to hand back. */
const FLOOD_LINES = 5_000;
/** Calm is so long without that many. */
const CALM_MS = 5_000;
const TRICKLE_LINES = 500;

export interface GiveBack {
  /** So many lines have come. */
  came(lines: number): void;
}

export interface GiveBackOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** @default collects all that is garbage, and returns the room it took */
  readonly collect?: () => void;
}

/** Runs `collect` once a flood has calmed down; never while it is on. */
export function createGiveBack({ clock, signal, collect = collectAll }: GiveBackOptions): GiveBack {
  let pending = 0;
  let lately = 0;
  let waiting = false;

  async function untilCalm(): Promise<void> {
    do {
      lately = 0;
      await clock.sleep(CALM_MS, signal);
    } while (lately > TRICKLE_LINES);
    pending = 0;
    waiting = false;
    collect();
  }

  return {
    came(lines) {
      pending += lines;
      lately += lines;
      if (waiting || pending < FLOOD_LINES || signal.aborted) return;
      waiting = true;
      untilCalm().catch(() => undefined);
    },
  };
}

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

/** Some ten milliseconds. The engine has its own name for it only where a flag says so; without it nothing is done. */
export function collectAll(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('globalThis.gc');
  if (typeof collect === 'function')
    (collect as Collect)({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
