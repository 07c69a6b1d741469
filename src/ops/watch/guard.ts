/**
 * The guard's judgement over one host and its service: up or down, in a crash loop, blind. Pure: what was
 * known and what is new go in, what is known then and what is to be told come out.
 */
import type { Judged, Judgement, Moment } from './event.ts';
import type { GuardMemory } from './memory.ts';
import { decides, extend, type Observation, type StreakRules } from './streak.ts';

export interface GuardRules extends StreakRules {
  /** So many falls, or restarts by systemd, within `windowMs` are a crash loop. */
  readonly loopFalls: number;
  readonly windowMs: number;
  /** Up for this long without another fall, the loop is over. */
  readonly stableMs: number;
  /** systemd has given up for this long: in a loop, a unit passes through `failed` on its way to the next start. */
  readonly gaveUpMs: number;
  /** The link is lost for this long before that counts: most come back by themselves. */
  readonly blindMs: number;
}

export const GUARD_RULES: GuardRules = {
  failures: 2,
  successes: 2,
  apartMs: 1500,
  loopFalls: 3,
  windowMs: 600_000,
  stableMs: 120_000,
  gaveUpMs: 5_000,
  blindMs: 10_000,
};

/** The unit as the host last said, as far as it matters here. */
export interface UnitView {
  /** Stopped, and not by a failure: somebody ordered it. */
  readonly stoppedOnPurpose: boolean;
  /** Since when it has been at rest (`failed`, `inactive`), so that nothing starts it by itself. */
  readonly restingSince: Moment | null;
}

export type News =
  | { readonly kind: 'observed'; readonly observation: Observation; readonly unit: UnitView | null }
  | { readonly kind: 'restarted'; readonly at: Moment; readonly times: number }
  | { readonly kind: 'link-lost'; readonly at: Moment; readonly detail: string }
  | { readonly kind: 'link-live'; readonly at: Moment }
  /** Time has passed. */
  | { readonly kind: 'tick'; readonly at: Moment; readonly unit: UnitView | null };

export interface Conclusion {
  readonly memory: GuardMemory;
  readonly events: readonly Judged[];
}

export function conclude(memory: GuardMemory, news: News, rules: GuardRules): Conclusion {
  switch (news.kind) {
    case 'observed':
      return observed(memory, news.observation, news.unit, rules);
    case 'restarted':
      return restarted(memory, news, rules);
    case 'link-lost':
      return {
        memory: { ...memory, blind: memory.blind ?? { since: news.at, detail: news.detail, told: false } },
        events: [],
      };
    case 'link-live':
      return sighted(memory, news.at);
    case 'tick': {
      const looped = loopPassing(memory, news.at, news.unit, rules);
      const blinded = goneBlind(looped.memory, news.at, rules);
      return { memory: blinded.memory, events: [...looped.events, ...blinded.events] };
    }
  }
}

function observed(
  before: GuardMemory,
  seen: Observation,
  unit: UnitView | null,
  rules: GuardRules,
): Conclusion {
  const streak = extend(before.streak, seen, rules);
  const memory = { ...before, streak };
  if (!decides(streak, rules)) return { memory, events: [] };
  if (streak.ok) return before.judged === 'up' ? { memory, events: [] } : risen(memory, streak.first);
  // Down already; but why may have become another matter.
  if (before.judged === 'down') return { memory: { ...memory, cause: streak.cause }, events: [] };
  return fallen(memory, streak.first, unit, rules);
}

function risen(memory: GuardMemory, since: Moment): Conclusion {
  const risenMemory: GuardMemory = { ...memory, judged: 'up', since, cause: null, awayMs: 0 };
  if (memory.judged === 'unknown' || memory.since === null) {
    return { memory: risenMemory, events: [told({ kind: 'up', since }, false)] };
  }
  const lengthMs = since.mono - memory.since.mono;
  const { awayMs } = memory;
  const recovered: Judgement = { kind: 'recovered', since: memory.since, lengthMs, awayMs };
  return { memory: risenMemory, events: [told(recovered, memory.loop === null)] };
}

function fallen(before: GuardMemory, since: Moment, unit: UnitView | null, rules: GuardRules): Conclusion {
  const cause = before.streak?.cause ?? 'unreachable';
  const ordered = unit?.stoppedOnPurpose === true;
  const falls = ordered ? before.falls : [...recent(before.falls, since, rules), since];
  const loop = before.loop && { ...before.loop, falls: before.loop.falls + 1 };
  const memory: GuardMemory = { ...before, judged: 'down', since, cause, falls, loop, awayMs: 0 };
  const down: Judgement = { kind: 'down', since, cause, forGood: false };
  if (loop !== null) return { memory, events: [told(down, false)] };
  if (falls.length < rules.loopFalls || ordered) return { memory, events: [told(down, true)] };
  const looping = intoLoop(memory);
  return { memory: looping.memory, events: [told(down, false), ...looping.events] };
}

function restarted(
  before: GuardMemory,
  { at, times }: { readonly at: Moment; readonly times: number },
  rules: GuardRules,
): Conclusion {
  // As many as make a loop are enough to know of: a host that was out of sight may report hundreds.
  const fresh = Array.from({ length: Math.min(times, rules.loopFalls) }, () => at);
  const restarts = [...recent(before.restarts, at, rules), ...fresh].slice(-MOST_KEPT);
  const memory = { ...before, restarts };
  return before.loop === null && restarts.length >= rules.loopFalls
    ? intoLoop(memory)
    : { memory, events: [] };
}

const MOST_KEPT = 50;

function intoLoop(memory: GuardMemory): Conclusion {
  const { falls, restarts } = memory;
  const since = earliest([...falls, ...restarts]);
  if (since === null) return { memory, events: [] };
  const looping: Judgement = {
    kind: 'crash-looping',
    since,
    falls: falls.length,
    restarts: restarts.length,
  };
  return { memory: { ...memory, loop: { since, falls: falls.length } }, events: [told(looping, true)] };
}

/** The ways out of a loop: it holds, or nothing starts it any more. */
function loopPassing(memory: GuardMemory, now: Moment, unit: UnitView | null, rules: GuardRules): Conclusion {
  const { loop, judged, since, cause } = memory;
  if (loop === null || since === null) return { memory, events: [] };
  const calm: GuardMemory = { ...memory, loop: null, falls: [], restarts: [] };
  if (judged === 'up') {
    const lastMono = Math.max(since.mono, memory.restarts.at(-1)?.mono ?? since.mono);
    if (now.mono - lastMono < rules.stableMs) return { memory, events: [] };
    const lengthMs = since.mono - loop.since.mono;
    const stable: Judgement = { kind: 'stable', since: loop.since, lengthMs, falls: loop.falls };
    return { memory: calm, events: [told(stable, true)] };
  }
  const gaveUp = unit?.restingSince != null && now.mono - unit.restingSince.mono >= rules.gaveUpMs;
  if (judged !== 'down' || cause === null || !(gaveUp || now.mono - since.mono >= rules.windowMs)) {
    return { memory, events: [] };
  }
  return { memory: calm, events: [told({ kind: 'down', since, cause, forGood: true }, true)] };
}

/**
 * While the service is down its alert has told of the link as well: nothing is said twice. When it is back, the
 * link is given its time anew: after a pulled cable both come back, the one a little later.
 */
function goneBlind(memory: GuardMemory, now: Moment, rules: GuardRules): Conclusion {
  const { blind, judged, since: upSince } = memory;
  if (blind === null || blind.told || judged !== 'up') return { memory, events: [] };
  const aloneMono = Math.max(blind.since.mono, upSince?.mono ?? blind.since.mono);
  if (now.mono - aloneMono < rules.blindMs) return { memory, events: [] };
  const { since, detail } = blind;
  return {
    memory: { ...memory, blind: { ...blind, told: true } },
    events: [told({ kind: 'blind', since, detail }, true)],
  };
}

function sighted(before: GuardMemory, now: Moment): Conclusion {
  const { blind } = before;
  const memory = { ...before, blind: null };
  if (blind === null || !blind.told) return { memory, events: [] };
  const lengthMs = now.mono - blind.since.mono;
  return { memory, events: [told({ kind: 'sighted', since: blind.since, lengthMs }, true)] };
}

function recent(moments: readonly Moment[], now: Moment, rules: GuardRules): readonly Moment[] {
  return moments.filter(({ mono }) => now.mono - mono < rules.windowMs);
}

function earliest(moments: readonly Moment[]): Moment | null {
  return moments.reduce<Moment | null>(
    (first, moment) => (first === null || moment.mono < first.mono ? moment : first),
    null,
  );
}

function told<J extends Judgement>(judgement: J, alert: boolean): Judged<J> {
  return { ...judgement, alert };
}
