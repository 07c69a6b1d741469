/** What the probe's news says about the service: a table of what came before, and what came. */
import { describe, expect, it } from 'vitest';
import type { AnswerCheck, ProbeFacts, ProbeStatus } from '../../../src/ops/probe/facts.ts';
import { noProbeFacts, withSample } from '../../../src/ops/probe/stats.ts';
import { observations, wantsAnswer } from '../../../src/ops/watch/observe.ts';

const WALL = 1_790_000_000_000;
const now = { mono: 20_000, wall: WALL + 20_000 };

function sampled(facts: ProbeFacts, status: ProbeStatus, atMono = 10_000): ProbeFacts {
  return withSample(facts, { atMono, atWall: WALL + atMono, status, ms: status === 'open' ? 1 : null });
}

const none = noProbeFacts('10.5.1.2', 13337);
const answered = (answer: AnswerCheck, facts = none): ProbeFacts => ({ ...facts, answer });

const RIGHT: AnswerCheck = { state: 'right', ms: 1, dialect: 'bare', atMono: 12_000 };
const WRONG: AnswerCheck = { state: 'wrong', expression: '2+3', expected: '5', got: '6', atMono: 12_000 };
const CLOSED: AnswerCheck = { state: 'closed', atMono: 12_000 };
const MUTE: AnswerCheck = { state: 'mute', waitedMs: 2000, heldBy: null, atMono: 12_000 };
const heldFor = (waitedMs: number): AnswerCheck => ({
  state: 'mute',
  waitedMs,
  heldBy: { address: '10.5.1.9', port: 50_000 },
  atMono: 12_000,
});

const seen = (before: ProbeFacts, after: ProbeFacts, asks = true) =>
  observations(before, after, { asks, now }).map((each) => (each.ok ? 'ok' : each.cause));

describe('a sample', () => {
  it.each<[ProbeStatus, string]>([
    ['open', 'ok'],
    ['refused', 'refused'],
    ['rejected', 'rejected'],
    ['filtered', 'filtered'],
    ['unreachable', 'unreachable'],
  ])('that is %s counts as %s', (status, said) => {
    expect(seen(none, sampled(none, status))).toEqual([said]);
  });

  it('counts once', () => {
    const facts = sampled(none, 'open');
    expect(seen(facts, { ...facts, paused: 'calculation' })).toEqual([]);
  });

  it('keeps its own times', () => {
    const [first] = observations(none, sampled(none, 'refused', 7000), { asks: true, now });
    expect(first?.at).toEqual({ mono: 7000, wall: WALL + 7000 });
  });
});

describe('an answer', () => {
  it.each<[string, AnswerCheck, readonly string[]]>([
    ['right', RIGHT, ['ok']],
    ['wrong', WRONG, ['wrong']],
    ['none, hung up', CLOSED, ['closed']],
    ['none in time', MUTE, ['mute']],
    ['not for us: another is served', heldFor(2000), []],
    ['not for us, for a minute', heldFor(60_000), ['held']],
  ])('%s counts', (_, answer, said) => {
    expect(seen(none, answered(answer))).toEqual(said);
  });

  it('is placed on the wall by our own clock', () => {
    const [first] = observations(none, answered(RIGHT), { asks: true, now });
    expect(first?.at).toEqual({ mono: 12_000, wall: WALL + 12_000 });
  });

  it.each([WRONG, CLOSED, MUTE, heldFor(2000)])(
    'that was $state makes connecting prove nothing',
    (answer) => {
      const before = answered(answer);
      expect(seen(before, sampled(before, 'open'))).toEqual([]);
      expect(seen(before, sampled(before, 'refused'))).toEqual(['refused']);
      expect(seen(before, answered(RIGHT, sampled(before, 'open')))).toEqual(['ok', 'ok']);
    },
  );

  it('does not matter of a service that is not asked: a full queue is over when it connects', () => {
    const before = answered(MUTE);
    expect(seen(before, sampled(before, 'open'), false)).toEqual(['ok']);
  });

  it.each([
    [RIGHT, false],
    [WRONG, true],
    [CLOSED, true],
    [MUTE, false],
  ])('%j is asked for again: %j', (answer, again) => {
    expect(wantsAnswer(answered(answer))).toBe(again);
  });
});
