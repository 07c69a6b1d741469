/** What a guard prints on stdout: one JSON document a line, for each change, and a heartbeat when asked. Pure. */
import type { Mend } from '../ops/verdict/ladder.ts';
import { mendOfCrashes } from '../ops/verdict/mends.ts';
import { crashes, isJudgement, type Judgement } from '../ops/watch/event.ts';
import type { GuardMemory } from '../ops/watch/memory.ts';
import type { ConsoleState } from '../state/store.ts';
import type { Told } from '../state/watch/watcher.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { mendSentence, verdictSentence } from './status-document.ts';

const iso = (wall: number): string => new Date(wall).toISOString();
const seconds = (ms: number): number => Math.round(ms) / 1000;
const milliseconds = (ms: number | null): number | null =>
  ms === null ? null : Math.round(ms * 1000) / 1000;

/** @param alertId of the alert that tells of it; null when none does */
export function changeLine(
  { event, at, state }: Told,
  {
    name,
    alertId,
    text,
  }: { readonly name: string; readonly alertId: string | null; readonly text: Catalogue },
): object {
  const head = { at: iso(at.wall), host: name, unit: state.subject.unit, event: event.kind };
  if (!isJudgement(event)) {
    switch (event.kind) {
      case 'probe':
        return { ...head, state: event.state, ms: milliseconds(event.ms) };
      case 'link':
        return { ...head, state: event.state, detail: linkDetail(state, text) };
      case 'unit': {
        const { active, sub, result, pid, restarts } = event;
        return { ...head, active, sub, result, pid, restarts };
      }
    }
  }
  const tail = { since: iso(event.since.wall), alert: alertId };
  switch (event.kind) {
    case 'up':
      return { ...head, ...tail };
    case 'down': {
      const { cause, forGood } = event;
      return { ...head, cause, forGood, ...tail, verdict: verdictPart(state, at.mono, text) };
    }
    case 'recovered':
      return {
        ...head,
        ...tail,
        lengthSeconds: seconds(event.lengthMs),
        ...(event.awayMs > 0 && { unwatchedSeconds: seconds(event.awayMs) }),
      };
    case 'sighted':
      return { ...head, ...tail, lengthSeconds: seconds(event.lengthMs) };
    case 'crash-looping':
      return {
        ...head,
        ...tail,
        falls: event.falls,
        restarts: event.restarts,
        verdict: { ...verdictPart(state, at.mono, text), mend: mendSentence(loopMend(event, state), text) },
      };
    case 'stable':
      return { ...head, ...tail, lengthSeconds: seconds(event.lengthMs), falls: event.falls };
    case 'blind':
      return { ...head, ...tail, detail: linkDetail(state, text) };
  }
}

/** To one that crashes again and again, "wait for systemd" is no help. */
export function loopMend(
  event: Extract<Judgement, { kind: 'crash-looping' }>,
  { verdict, subject }: ConsoleState,
): Mend | null {
  return crashes(event) ? mendOfCrashes(subject.unit) : verdict.mend;
}

/** Why the link is lost: the transport's word, or why the last attempt failed. */
export function linkDetail({ link }: ConsoleState, text: Catalogue): string {
  if (link.state !== 'lost') return '';
  const [first = ''] =
    link.lastFailure === null ? [] : text.failures.describe(link.lastFailure).split('\n', 1);
  return link.detail || first;
}

function verdictPart(state: ConsoleState, nowMono: number, text: Catalogue): object {
  const { verdict } = state;
  return {
    broken: verdict.broken,
    evidence: verdictSentence(state, nowMono, text),
    mend: mendSentence(verdict.mend, text),
  };
}

export interface Beating {
  readonly name: string;
  readonly state: ConsoleState;
  readonly memory: GuardMemory;
}

/** How everything is, on one line. */
export function heartbeatLine(
  hosts: readonly Beating[],
  now: { readonly wall: number; readonly upMs: number; readonly alertsQueued: number | null },
): object {
  return {
    at: iso(now.wall),
    host: null,
    event: 'heartbeat',
    upSeconds: seconds(now.upMs),
    alertsQueued: now.alertsQueued,
    hosts: hosts.map(({ name, state, memory }) => {
      const { link, service, probe, subject } = state;
      const newest = probe.samples.at(-1) ?? null;
      const seen = link.state === 'live' ? (service?.value ?? null) : null;
      return {
        host: name,
        unit: subject.unit,
        judged: memory.judged,
        since: memory.since === null ? null : iso(memory.since.wall),
        looping: memory.loop !== null,
        link: link.state,
        // Not what it was before the link was lost.
        active: seen?.active ?? null,
        sub: seen?.sub ?? null,
        restarts: seen?.restarts ?? null,
        probe: newest?.status ?? null,
        ms: milliseconds(newest?.ms ?? null),
      };
    }),
  };
}
