/** Guards one host: what its session shows goes to the guard's judgement, and what that has to tell goes out. */
import type { Clock } from '../../ops/clock.ts';
import type { ServiceFacts } from '../../ops/host.ts';
import type { Moment, WatchEvent } from '../../ops/watch/event.ts';
import { conclude, type GuardRules, type News, type UnitView } from '../../ops/watch/guard.ts';
import type { GuardMemory } from '../../ops/watch/memory.ts';
import { observations, wantsAnswer } from '../../ops/watch/observe.ts';
import type { Session } from '../session.ts';
import type { ConsoleState } from '../store.ts';

const TICK_MS = 1000;

/** One thing to tell, with what was known when it happened. */
export interface Told {
  readonly event: WatchEvent;
  readonly at: Moment;
  readonly state: ConsoleState;
  /** What the guard remembers after it. */
  readonly memory: GuardMemory;
}

export interface WatcherOptions {
  readonly session: Session;
  readonly clock: Clock;
  readonly rules: GuardRules;
  /** From one look at the service to the next, ms. */
  readonly intervalMs: number;
  /** What an earlier guard of this host remembered. */
  readonly memory: GuardMemory;
  readonly tell: (told: Told) => void;
}

export interface Watcher {
  memory(): GuardMemory;
  state(): ConsoleState;
  /** When the service was last looked at from here; the moment it began, before the first look. */
  lookedMono(): number;
  stop(): void;
}

export function startWatcher(options: WatcherOptions): Watcher {
  const { session, clock, rules, intervalMs, tell } = options;
  const { store } = session;
  const stopping = new AbortController();
  const beganMono = clock.now();
  let memory = options.memory;
  let before = store.getState();
  let unitBefore: ServiceFacts | null = null;
  let restingSince: Moment | null = null;
  let linkTold = false;

  const now = (): Moment => ({ mono: clock.now(), wall: clock.wall() });

  function say(event: WatchEvent, state: ConsoleState): void {
    tell({ event, at: now(), state, memory });
  }

  function take(news: News, state: ConsoleState): void {
    const conclusion = conclude(memory, news, rules);
    memory = conclusion.memory;
    for (const event of conclusion.events) say(event, state);
  }

  /** What the host says of the unit is worth nothing while it cannot be seen. */
  function unitView({ link, service }: ConsoleState): UnitView | null {
    if (link.state !== 'live' || service === null) return null;
    const { active, result } = service.value;
    return { stoppedOnPurpose: active === 'inactive' && result === 'success', restingSince };
  }

  function look(state: ConsoleState): void {
    const previous = before;
    before = state;
    if (state.link.state !== previous.link.state) lookAtLink(state);
    if (!linkTold) tellUnmade(state);
    // A new link's facts come before it counts as live.
    const anew = state.service !== previous.service || previous.link.state !== 'live';
    if (state.link.state === 'live' && anew) lookAtUnit(state);
    if (state.probe !== previous.probe) lookAtProbe(state, previous);
  }

  function lookAtLink(state: ConsoleState): void {
    const { link } = state;
    const at = now();
    switch (link.state) {
      case 'connecting':
        return;
      case 'live':
        linkTold = true;
        say({ kind: 'link', state: 'live' }, state);
        return take({ kind: 'link-live', at }, state);
      case 'lost':
        restingSince = null;
        if (linkTold) say({ kind: 'link', state: 'lost' }, state);
        return take({ kind: 'link-lost', at, detail: link.detail }, state);
    }
  }

  /** A link that was never there is not lost: there is nothing to tell until the first attempt has failed. */
  function tellUnmade(state: ConsoleState): void {
    if (state.link.state !== 'lost' || state.link.lastFailure === null) return;
    linkTold = true;
    say({ kind: 'link', state: 'lost' }, state);
  }

  function lookAtUnit(state: ConsoleState): void {
    if (state.service === null) return;
    const { value: unit } = state.service;
    const resting = unit.active === 'failed' || unit.active === 'inactive';
    restingSince = resting ? (restingSince ?? now()) : null;
    const { active, sub, result, mainPid: pid, restarts } = unit;
    const known = unitBefore;
    unitBefore = unit;
    const shown = [active, sub, result, pid, restarts].join();
    if (
      known === null ||
      shown !== [known.active, known.sub, known.result, known.mainPid, known.restarts].join()
    ) {
      say({ kind: 'unit', active, sub, result, pid, restarts }, state);
    }
    // NRestarts goes back to 0 when somebody restarts it by hand.
    const times = known === null ? 0 : restarts - known.restarts;
    if (times > 0) take({ kind: 'restarted', at: now(), times }, state);
  }

  function lookAtProbe(state: ConsoleState, previous: ConsoleState): void {
    const newest = state.probe.samples.at(-1);
    const older = previous.probe.samples.at(-1);
    if (newest !== undefined && newest.status !== older?.status) {
      say({ kind: 'probe', state: newest.status, ms: newest.ms }, state);
    }
    const asks = state.subject.asksAnswers;
    for (const observation of observations(previous.probe, state.probe, { asks, now: now() })) {
      take({ kind: 'observed', observation, unit: unitView(state) }, state);
    }
  }

  async function tick(): Promise<void> {
    for (;;) {
      await clock.sleep(TICK_MS, stopping.signal);
      const state = store.getState();
      take({ kind: 'tick', at: now(), unit: unitView(state) }, state);
      const { probe } = state;
      const answeredMono = probe.answer?.atMono ?? Number.POSITIVE_INFINITY;
      if (wantsAnswer(probe) && clock.now() - answeredMono >= intervalMs)
        session.dispatch({ type: 'probe-now' });
    }
  }

  // A host that has spoken already; one that has not been reached counts as live for its first moment.
  if (before.service !== null) {
    lookAtLink(before);
    lookAtUnit(before);
  }
  const unsubscribe = store.subscribe(look);
  tick().catch(() => undefined);

  return {
    memory: () => memory,
    state: store.getState,
    lookedMono() {
      const { samples, answer, looked } = store.getState().probe;
      return Math.max(beganMono, ...[samples.at(-1), answer, looked].map((seen) => seen?.atMono ?? 0));
    },
    stop() {
      stopping.abort();
      unsubscribe();
    },
  };
}
