/** What the probe's news says about the service: well, ill, or nothing. Pure. */
import type { AnswerCheck, ProbeFacts } from '../probe/facts.ts';
import type { FallCause, Moment } from './event.ts';
import type { Observation } from './streak.ts';

/**
 * A server that takes one client at a time is at its work while it is held by somebody: only a client that
 * never leaves is an outage to everybody else.
 */
const HELD_TOO_LONG_MS = 60_000;

/**
 * @param asks whether the service is asked for answers at all: only then is to connect not enough
 * @returns what is new in `facts` against `before`, oldest first
 */
export function observations(
  before: ProbeFacts,
  facts: ProbeFacts,
  { asks, now }: { readonly asks: boolean; readonly now: Moment },
): readonly Observation[] {
  const seen: Observation[] = [];
  const sample = facts.samples.at(-1);
  if (sample !== undefined && sample !== before.samples.at(-1)) {
    const at = { mono: sample.atMono, wall: sample.atWall };
    if (sample.status !== 'open') seen.push({ at, ok: false, cause: sample.status });
    // To connect is no sign of health where the last answer was none: the next answer decides.
    else if (!asks || faultOf(facts.answer) === null) seen.push({ at, ok: true });
  }
  // Where it is not dialled, whether it listens is what there is to see.
  if (facts.looked !== null && facts.looked !== before.looked) {
    const { atMono: mono, atWall: wall, listens } = facts.looked;
    const at = { mono, wall };
    seen.push(listens ? { at, ok: true } : { at, ok: false, cause: 'refused' });
  }
  if (facts.answer !== null && facts.answer !== before.answer) {
    const { atMono: mono } = facts.answer;
    const at = { mono, wall: now.wall + (mono - now.mono) };
    const cause = faultOf(facts.answer);
    if (cause === null) seen.push({ at, ok: true });
    else if (cause !== 'held' || isHeldTooLong(facts.answer)) seen.push({ at, ok: false, cause });
  }
  return seen;
}

/** Whether the question must be put again for the service to be judged: it is asked rarely otherwise. */
export function wantsAnswer({ answer }: ProbeFacts): boolean {
  return answer?.state === 'wrong' || answer?.state === 'closed';
}

function faultOf(answer: AnswerCheck | null): FallCause | null {
  switch (answer?.state) {
    case 'mute':
      return answer.heldBy === null ? 'mute' : 'held';
    case 'wrong':
    case 'closed':
      return answer.state;
    default:
      return null;
  }
}

function isHeldTooLong(answer: AnswerCheck): boolean {
  return answer.state === 'mute' && answer.waitedMs >= HELD_TOO_LONG_MS;
}
