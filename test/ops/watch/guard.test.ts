/** The guard's judgement, as a story in time: what it is shown, and what it tells. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FallCause, Judged, Moment } from '../../../src/ops/watch/event.ts';
import {
  conclude,
  GUARD_RULES,
  type GuardRules,
  type News,
  type UnitView,
} from '../../../src/ops/watch/guard.ts';
import { asMemory, type GuardMemory, NOTHING_KNOWN, recall } from '../../../src/ops/watch/memory.ts';

const WALL = Date.UTC(2026, 10, 20, 14, 0, 0);
const at = (seconds: number): Moment => ({ mono: seconds * 1000, wall: WALL + seconds * 1000 });

const RUNNING: UnitView = { stoppedOnPurpose: false, restingSince: null };
const STOPPED = (since: number): UnitView => ({ stoppedOnPurpose: true, restingSince: at(since) });

/** A guard that is told things at given seconds, and what it said: `12 down`, or `(12 down)` to nobody. */
function guard(rules: Partial<GuardRules> = {}, first: GuardMemory = NOTHING_KNOWN) {
  const all = { ...GUARD_RULES, ...rules };
  let memory = first;
  let nowS = 0;
  const events: Judged[] = [];
  const told: string[] = [];
  const take = (second: number, news: News): void => {
    nowS = second;
    const conclusion = conclude(memory, news, all);
    memory = conclusion.memory;
    for (const event of conclusion.events) {
      events.push(event);
      told.push(event.alert ? `${second} ${event.kind}` : `(${second} ${event.kind})`);
    }
  };
  const story = {
    events,
    told,
    alerts: () => events.filter(({ alert }) => alert),
    memory: () => memory,
    ok: (...seconds: number[]) => {
      for (const s of seconds) {
        take(s, { kind: 'observed', observation: { at: at(s), ok: true }, unit: RUNNING });
      }
      return story;
    },
    fail: (seconds: readonly number[], cause: FallCause = 'refused', unit: UnitView | null = RUNNING) => {
      for (const s of seconds) {
        take(s, { kind: 'observed', observation: { at: at(s), ok: false, cause }, unit });
      }
      return story;
    },
    restarted: (second: number, times = 1) => {
      take(second, { kind: 'restarted', at: at(second), times });
      return story;
    },
    lost: (second: number) => {
      take(second, { kind: 'link-lost', at: at(second), detail: 'no answer to keepalives' });
      return story;
    },
    live: (second: number) => {
      take(second, { kind: 'link-live', at: at(second) });
      return story;
    },
    /** Each second until then, nothing new. */
    until: (second: number, unit: UnitView | null = RUNNING) => {
      for (let s = nowS + 1; s <= second; s++) take(s, { kind: 'tick', at: at(s), unit });
      return story;
    },
  };
  return story;
}

const up = (rules: Partial<GuardRules> = {}) => guard(rules).ok(0, 2);

describe('up and down', () => {
  it('are told after two in a row, since the first of them', () => {
    const { told, events } = up().fail([10, 12, 14]).ok(20, 22, 24);
    expect(told).toEqual(['(2 up)', '12 down', '22 recovered']);
    expect(events[1]).toEqual({ kind: 'down', since: at(10), cause: 'refused', forGood: false, alert: true });
    expect(events[2]).toEqual({
      kind: 'recovered',
      since: at(10),
      lengthMs: 10_000,
      awayMs: 0,
      alert: true,
    });
  });

  it('take no single failure for a fall, nor a single success for a recovery', () => {
    expect(up().fail([10]).ok(12, 14).fail([16]).ok(18).told).toEqual(['(2 up)']);
    expect(up().fail([10, 12]).ok(14).fail([16]).ok(18).fail([20]).told).toEqual(['(2 up)', '12 down']);
  });

  it('count looks that the host’s own signals woke as one: a quick restart is no fall', () => {
    expect(up().fail([10, 10.01, 10.3, 10.5]).ok(10.6, 12.6).told).toEqual(['(2 up)']);
    expect(up().fail([10, 10.01, 10.3, 11.6]).told).toEqual(['(2 up)', '11.6 down']);
  });

  it.each([
    [1, 1, '10 down', '20 recovered'],
    [3, 1, '14 down', '20 recovered'],
    [2, 4, '12 down', '26 recovered'],
  ])('follow --failures %i --successes %i', (failures, successes, fell, rose) => {
    const { told } = guard({ failures, successes }).ok(0, 2, 4, 6).fail([10, 12, 14, 16]).ok(20, 22, 24, 26);
    expect(told.slice(1)).toEqual([fell, rose]);
  });

  it('tell of a service that was down from the start', () => {
    expect(guard().fail([0, 2], 'filtered').told).toEqual(['2 down']);
  });

  it('keep why it is down up to date', () => {
    expect(up().fail([10, 12]).fail([14, 16], 'rejected').memory().cause).toBe('rejected');
  });
});

describe('a crash loop', () => {
  /** Falls every `everyS`, up for four seconds each time. */
  function loop(story: ReturnType<typeof guard>, falls: number, everyS: number): number {
    for (let n = 0; n < falls; n++) {
      const from = 10 + n * everyS;
      story.fail([from, from + 2]).until(from + everyS - 5);
      story.restarted(from + everyS - 4.5).ok(from + everyS - 4, from + everyS - 2);
    }
    return 10 + falls * everyS;
  }

  it('is one alert, not twenty', () => {
    const story = up();
    loop(story, 20, 30);
    const alerts = story.alerts().map(({ kind }) => kind);
    expect(alerts.filter((kind) => kind === 'crash-looping')).toHaveLength(1);
    // The first two falls were not a loop yet.
    expect(alerts).toEqual(['down', 'recovered', 'down', 'recovered', 'crash-looping']);
    expect(story.events.filter(({ kind }) => kind === 'down')).toHaveLength(20);
  });

  it('is over when it has held for two minutes, and tells how often it fell', () => {
    const story = up();
    const end = loop(story, 5, 30);
    story.until(end + 300);
    const last = story.events.at(-1);
    expect(last).toMatchObject({ kind: 'stable', falls: 5, since: at(10), alert: true });
    expect(story.memory().loop).toBeNull();
    expect(story.told.at(-1)).toBe(`${end - 4 + 120} stable`);
    // Afterwards a fall is a fall again.
    story.fail([end + 310, end + 312]);
    expect(story.told.at(-1)).toBe(`${end + 312} down`);
  });

  it('is known by systemd’s restarts, where the port is never closed long enough to be seen', () => {
    const story = up().restarted(10).restarted(11).restarted(12).restarted(13);
    expect(story.told).toEqual(['(2 up)', '12 crash-looping']);
    expect(story.events[1]).toMatchObject({ falls: 0, restarts: 3, since: at(10) });
    expect(story.until(131).told).toHaveLength(2);
    expect(story.until(133).told.at(-1)).toBe('133 stable');
  });

  it('that ends with nothing starting it any more is told as down for good', () => {
    const story = up().fail([10, 12]).restarted(13).restarted(14).restarted(15);
    expect(story.told).toEqual(['(2 up)', '12 down', '15 crash-looping']);
    story.until(30, { stoppedOnPurpose: false, restingSince: at(16) });
    expect(story.told.at(-1)).toBe('21 down');
    expect(story.events.at(-1)).toMatchObject({ forGood: true, alert: true });
    story.ok(100, 102);
    expect(story.told.at(-1)).toBe('102 recovered');
  });

  it('does not mistake passing through `failed` for that', () => {
    const story = up().fail([10, 12]).restarted(13).restarted(14).restarted(15);
    story.until(19, { stoppedOnPurpose: false, restingSince: at(15) }).until(60);
    expect(story.told.at(-1)).toBe('15 crash-looping');
  });

  it('that goes on as one long outage, out of sight, is told as down for good after ten minutes', () => {
    const story = up().restarted(10, 5).fail([11, 13], 'unreachable', null).until(700, null);
    expect(story.told).toEqual(['(2 up)', '10 crash-looping', '(13 down)', '611 down']);
  });

  it('is not what somebody does who stops and starts it by hand', () => {
    const story = up();
    for (let n = 0; n < 6; n++) {
      const from = 10 + n * 20;
      story.fail([from, from + 2], 'refused', STOPPED(from)).ok(from + 10, from + 12);
    }
    expect(story.told).not.toContain('crash-looping');
    expect(story.alerts()).toHaveLength(12);
  });

  it('is not three falls in an hour', () => {
    const story = up();
    for (let n = 0; n < 6; n++) {
      const from = 10 + n * 400;
      story
        .fail([from, from + 2])
        .restarted(from + 5)
        .ok(from + 8, from + 10);
    }
    expect(story.alerts().map(({ kind }) => kind)).not.toContain('crash-looping');
  });
});

describe('blindness', () => {
  it('is told apart from an outage: the link is lost, and the service is not', () => {
    const story = up().lost(10).ok(12, 14, 16).until(25).ok(26);
    expect(story.told).toEqual(['(2 up)', '20 blind']);
    story.live(50);
    expect(story.told.at(-1)).toBe('50 sighted');
    expect(story.events.at(-1)).toMatchObject({ since: at(10), lengthMs: 40_000 });
  });

  it('is not told when the link comes back by itself', () => {
    expect(up().lost(10).until(18).live(19).until(60).told).toEqual(['(2 up)']);
  });

  it('is not told beside the outage that it is a part of', () => {
    const story = up()
      .lost(10)
      .fail([11, 13], 'unreachable', null)
      .until(100)
      .ok(110, 112)
      .live(113)
      .until(200);
    expect(story.told).toEqual(['(2 up)', '13 down', '112 recovered']);
  });

  it('is told when the service is back and the link, after some seconds, is not', () => {
    const story = up().lost(10).fail([11, 13], 'unreachable', null).until(100).ok(110, 112).until(130);
    expect(story.told).toEqual(['(2 up)', '13 down', '112 recovered', '120 blind']);
    expect(story.events.at(-1)).toMatchObject({ since: at(10) });
  });

  it('is not told when the link comes back a moment after the service, however long both were gone', () => {
    const story = up()
      .lost(10)
      .fail([11, 13], 'unreachable', null)
      .until(100)
      .ok(110, 112)
      .until(118)
      .live(119)
      .until(200);
    expect(story.told).toEqual(['(2 up)', '13 down', '112 recovered']);
  });
});

describe('a memory', () => {
  it('goes on where it was: the outage is not told again, and its length is right', () => {
    const before = up().fail([10, 12]).memory();
    const stored = asMemory(JSON.parse(JSON.stringify(before)));
    if (stored === null) throw new Error('not a memory');
    // Another process: its monotonic clock began elsewhere, 30 s later on the wall.
    const now = { mono: 1_000_000, wall: at(42).wall };
    const story = guard({}, recall(stored, now, at(41).wall));
    const later = (seconds: number): Moment => ({
      mono: 1_000_000 + seconds * 1000,
      wall: now.wall + seconds * 1000,
    });
    const { memory } = conclude(
      story.memory(),
      { kind: 'observed', observation: { at: later(1), ok: false, cause: 'refused' }, unit: null },
      GUARD_RULES,
    );
    const down = conclude(
      memory,
      { kind: 'observed', observation: { at: later(3), ok: false, cause: 'refused' }, unit: null },
      GUARD_RULES,
    );
    expect(down.events).toEqual([]);
    const first = conclude(
      down.memory,
      { kind: 'observed', observation: { at: later(8), ok: true }, unit: null },
      GUARD_RULES,
    );
    const second = conclude(
      first.memory,
      { kind: 'observed', observation: { at: later(10), ok: true }, unit: null },
      GUARD_RULES,
    );
    expect(second.events).toMatchObject([{ kind: 'recovered', lengthMs: 40_000, awayMs: 0, alert: true }]);
  });

  it('does not call an outage what may have ended while nobody looked', () => {
    const before = up().fail([10, 12]).memory();
    const away = recall(before, at(7200), at(600).wall);
    const { events } = guard({}, away).ok(7201, 7203);
    expect(events).toMatchObject([{ kind: 'recovered', lengthMs: 7_191_000, awayMs: 6_600_000 }]);
    expect(recall(before, at(7200), null).awayMs).toBe(7_190_000);
    expect(recall(before, at(60), at(45).wall).awayMs).toBe(0);
  });

  it.each([
    null,
    1,
    'x',
    [],
    {},
    { judged: 'up' },
    { ...NOTHING_KNOWN, judged: 'sideways' },
    { ...NOTHING_KNOWN, falls: [1] },
    { ...NOTHING_KNOWN, since: { mono: 1, wall: 1e300 } },
    { ...NOTHING_KNOWN, judged: 'down', cause: 'toString' },
    { ...NOTHING_KNOWN, judged: 'down', cause: 5 },
    { ...NOTHING_KNOWN, blind: { since: { mono: 1, wall: 1 }, told: true, detail: null } },
  ])('is not made of %j', (value) => {
    expect(asMemory(value)).toBeNull();
  });
});

describe('whatever happens', () => {
  const step = fc.oneof(
    fc.record({ what: fc.constant('ok' as const), rest: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ what: fc.constant('fail' as const), rest: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ what: fc.constant('restarted' as const), rest: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ what: fc.constant('lost' as const), rest: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ what: fc.constant('live' as const), rest: fc.integer({ min: 0, max: 40 }) }),
  );

  it('falls and recoveries alternate, each alert of a kind is answered before the next, and lengths are not negative', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const story = guard();
        let second = 0;
        for (const { what, rest } of steps) {
          second += rest + 1;
          story.until(second - 1);
          if (what === 'ok') story.ok(second);
          else if (what === 'fail') story.fail([second]);
          else story[what](second);
        }
        let down = false;
        let looping = false;
        let blind = false;
        for (const event of story.events) {
          if ('lengthMs' in event) expect(event.lengthMs).toBeGreaterThanOrEqual(0);
          switch (event.kind) {
            case 'up':
              break;
            case 'down':
              if (event.forGood) {
                expect(looping && down).toBe(true);
                looping = false;
              } else {
                expect(down).toBe(false);
                // The fall that makes it a loop is told as the loop.
                if (looping) expect(event.alert).toBe(false);
              }
              down = true;
              break;
            case 'recovered':
              expect(down).toBe(true);
              expect(event.alert).toBe(!looping);
              down = false;
              break;
            case 'crash-looping':
              expect(looping).toBe(false);
              looping = true;
              break;
            case 'stable':
              expect(looping && !down).toBe(true);
              looping = false;
              break;
            case 'blind':
              expect(blind || down).toBe(false);
              blind = true;
              break;
            case 'sighted':
              expect(blind).toBe(true);
              blind = false;
          }
        }
        expect(asMemory(JSON.parse(JSON.stringify(story.memory())))).not.toBeNull();
      }),
    );
  });
});
