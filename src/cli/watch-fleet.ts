/** All the hosts of one guard: a session and a watcher for each, and what they come to together. */

import type { Failure } from '../ops/failure.ts';
import type { Metrics } from '../ops/metrics/registry.ts';
import { wayTo } from '../ops/probe/own-address.ts';
import type { GuardRules } from '../ops/watch/guard.ts';
import { type GuardMemory, NOTHING_KNOWN, recall } from '../ops/watch/memory.ts';
import { createSession } from '../state/create-session.ts';
import type { ConsoleStore } from '../state/store.ts';
import { gauge, gaugeJudgement } from '../state/watch/gauge.ts';
import { startWatcher, type Told, type Watcher } from '../state/watch/watcher.ts';
import { sessionCaution } from './caution-file.ts';
import type { NamedHost } from './named-hosts.ts';
import { type Approach, type ApproachOptions, approach } from './watch-hosts.ts';

export interface Guarded {
  readonly name: string;
  readonly watcher: Watcher;
}

export interface FleetOptions extends ApproachOptions {
  readonly hosts: readonly NamedHost[];
  readonly rules: GuardRules;
  readonly intervalMs: number;
  readonly metrics: Metrics | null;
  /** What an earlier guard remembered of a host; null when nothing. */
  readonly recall: (key: string) => Promise<GuardMemory | null>;
  /** When it last looked, ms since the epoch; null when that is not known. */
  readonly lastWall: number | null;
  readonly tell: (told: Told, guarded: { readonly name: string; readonly key: string }) => void;
  /** The link could not be made, and why; once, while the reason stays the same. */
  readonly unreached: (name: string, failure: Failure) => void;
}

export interface Fleet {
  readonly guarded: readonly Guarded[];
  /** Every service was looked at not long ago, or is just being. */
  healthy(): boolean;
  stop(): Promise<void>;
}

/**
 * A handshake that takes longer counts as failed. With N failures in a row, a host whose cable is pulled is
 * then down N intervals and this much later; and one SYN that was lost on the way (its repeat comes after a
 * second) is one failure, which alone says nothing.
 */
const PROBE_TIMEOUT_MS = 900;

/** A turn of the probe takes some seconds at worst, whatever the host does. */
const STUCK_MS = 60_000;

/** A host and its unit, for files and lanes. */
export function keyOf(name: string, unit: string): string {
  return `${name} ${unit}`;
}

/** @throws what opening a host throws that is not reached over SSH; the signal's reason */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { hosts, tools, io } = options;
  const { clock } = tools;
  const guarded: Guarded[] = [];
  const ends: (() => Promise<void>)[] = [];
  const beganMono = clock.now();
  try {
    await Promise.all(
      hosts.map(async (host, index) => {
        const [way, remembered] = await Promise.all([
          approach(host, options),
          options.recall(keyOf(host.name, host.invocation.target.unit)),
        ]);
        ends.push(way.close);
        // Not all at the same moment, now and at each interval after.
        const restMs = beganMono + (index / hosts.length) * options.intervalMs - clock.now();
        if (restMs > 0) await clock.sleep(restMs, io.signal);
        guarded.push({ name: host.name, watcher: guard(host, way, remembered, options, ends) });
      }),
    );
  } catch (error) {
    await Promise.all(ends.map((end) => end()));
    throw error;
  }
  return {
    guarded,
    healthy: () => guarded.every(({ watcher }) => clock.now() - watcher.lookedMono() < STUCK_MS),
    stop: async () => {
      await Promise.all(ends.map((end) => end()));
    },
  };
}

function guard(
  { name, invocation }: NamedHost,
  { firstHost, makeHost, connector, subject, speech }: Approach,
  remembered: GuardMemory | null,
  { tools, rules, intervalMs, metrics, tell, unreached, lastWall }: FleetOptions,
  ends: (() => Promise<void>)[],
): Watcher {
  const { clock } = tools;
  const { unit } = invocation.target;
  const session = createSession({
    firstHost,
    makeHost,
    subject,
    clock,
    connector,
    ...(speech !== undefined && { speech }),
    way: () => wayTo(subject.address, subject.port),
    readOnly: true,
    probeIntervalMs: intervalMs,
    probeTimeoutMs: PROBE_TIMEOUT_MS,
    ...sessionCaution(invocation),
  });
  const now = { mono: clock.now(), wall: clock.wall() };
  const watched = { host: name, unit };
  const endGauge = metrics === null ? null : gauge(session.store, metrics, watched);
  const memory = remembered === null ? NOTHING_KNOWN : recall(remembered, now, lastWall);
  if (memory.judged !== 'unknown') metrics?.judged(watched, memory.judged === 'up');
  const watcher = startWatcher({
    session,
    clock,
    rules,
    intervalMs,
    memory,
    tell(told) {
      if (metrics !== null) gaugeJudgement(metrics, watched, told.event);
      tell(told, { name, key: keyOf(name, unit) });
    },
  });
  const endTelling = tellFailures(session.store, (failure) => unreached(name, failure));
  // The first attempt need not wait for the time after which a lost link is tried again.
  queueMicrotask(() => session.dispatch({ type: 'reconnect' }));
  ends.push(async () => {
    watcher.stop();
    endTelling();
    endGauge?.();
    await session.close();
  });
  return watcher;
}

function tellFailures(store: ConsoleStore, tell: (failure: Failure) => void): () => void {
  let known: string | null = null;
  return store.subscribe(({ link }) => {
    const failure = link.state === 'lost' ? link.lastFailure : null;
    if (link.state === 'live') known = null;
    if (failure === null || failure.code === known) return;
    known = failure.code;
    tell(failure);
  });
}
