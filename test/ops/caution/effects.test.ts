/** What a connection of ours did to the unit, from events alone: a table. */
import { describe, expect, it } from 'vitest';
import {
  type CautionEvent,
  observe,
  UNWATCHED,
  type UnitSeen,
  type Watchfulness,
} from '../../../src/ops/caution/effects.ts';
import { NO_EFFECTS, restraintsOf, UNREAD } from '../../../src/ops/caution/restraint.ts';

const from = (port: number) => ({ address: '10.5.1.1', port });

const runs = (atMono: number, pid = 10, invocationId = `run${pid}`): CautionEvent => ({
  kind: 'unit',
  atMono,
  unit: { active: 'active', sub: 'running', mainPid: pid, invocationId, exit: null },
});

function ends(atMono: number, exit: UnitSeen['exit'], more: Partial<UnitSeen> = {}): CautionEvent {
  const unit: UnitSeen = {
    active: 'inactive',
    sub: 'dead',
    mainPid: 0,
    invocationId: 'run10',
    exit,
    ...more,
  };
  return { kind: 'unit', atMono, unit };
}

const EXIT_0 = { how: 'exited', status: 0 } as const;
const EXIT_1 = { how: 'exited', status: 1 } as const;

/** A connection that was made and closed again; asked something on the way. */
function visit(atMono: number, id: number, asked = false): CautionEvent[] {
  return [
    { kind: 'connected', id, atMono, from: from(40_000 + id) },
    ...(asked ? [{ kind: 'asked', id } as const] : []),
    { kind: 'closed', id, atMono: atMono + 5 },
  ];
}

function seenIn(events: readonly CautionEvent[], servesOne = false): Watchfulness {
  return events.reduce((state, event) => observe(state, event, servesOne), UNWATCHED);
}

describe('an end right after the first connection is ours', () => {
  it.each<[string, readonly CautionEvent[], object]>([
    [
      'with exit 0',
      [runs(0), ...visit(100, 1), ends(150, EXIT_0)],
      { how: 'ended', exit: EXIT_0, from: from(40_001) },
    ],
    ['dialled before the host had spoken', [...visit(0, 1), runs(50), ends(150, EXIT_0)], { how: 'ended' }],
    [
      'and systemd restarts it',
      [runs(0), ...visit(100, 1), ends(150, EXIT_1, { active: 'activating', sub: 'auto-restart' })],
      { how: 'restarts', exit: EXIT_1 },
    ],
    [
      'restarted so fast that only the new process shows',
      [runs(0), ...visit(100, 1), runs(150, 11)],
      { how: 'restarts' },
    ],
    ['with a crash', [runs(0), ...visit(100, 1), ends(150, { how: 'dumped', status: 11 })], { how: 'ended' }],
    [
      'while the connection lasts',
      [runs(0), { kind: 'connected', id: 1, atMono: 1, from: from(40_001) }, ends(9000, EXIT_0)],
      { how: 'ended' },
    ],
    [
      'that lives on, and listens no more',
      [
        runs(0),
        { kind: 'listening', atMono: 1, on: true },
        ...visit(100, 1),
        { kind: 'listening', atMono: 200, on: false },
      ],
      { how: 'deaf', exit: null },
    ],
  ])('%s', (_name, events, effect) => {
    expect(seenIn(events).effects.connect).toMatchObject({ ...effect, certain: false });
    expect(seenIn(events, true).effects.connect).toMatchObject({ certain: true });
  });

  it('is the question’s where plain connections were survived', () => {
    const state = seenIn([runs(0), ...visit(100, 1), ...visit(2100, 2, true), ends(2120, EXIT_1)]);
    expect(state.effects.connect).toBeNull();
    expect(state.effects.ask).toMatchObject({ asked: true, exit: EXIT_1, from: from(40_002) });
  });

  it('happens twice, and is certain', () => {
    const events = [runs(0), ...visit(100, 1), ends(150, EXIT_0), runs(5000, 11), ...visit(5100, 2)];
    const state = seenIn([...events, ends(5150, EXIT_0)]);
    expect(state.effects.connect).toMatchObject({ certain: true });
  });
});

describe('an end that has another cause', () => {
  it.each<[string, readonly CautionEvent[]]>([
    ['nothing of ours was near', [runs(0), ends(150, EXIT_0)]],
    ['a second and more after', [runs(0), ...visit(100, 1), ends(1200, EXIT_0)]],
    [
      'it has survived such connections before',
      [runs(0), ...visit(0, 1), ...visit(2000, 2), ends(2050, EXIT_1)],
    ],
    ['somebody sent SIGKILL', [runs(0), ...visit(100, 1), ends(150, { how: 'killed', status: 9 })]],
    ['somebody sent SIGTERM', [runs(0), ...visit(100, 1), ends(150, { how: 'killed', status: 15 })]],
    [
      'the user stopped it here',
      [runs(0), ...visit(100, 1), { kind: 'acted', atMono: 120 }, ends(150, EXIT_0)],
    ],
    [
      'somebody stopped it there, and it ends well of SIGTERM',
      [
        runs(0),
        ...visit(100, 1),
        ends(120, null, { active: 'deactivating', sub: 'stop-sigterm', mainPid: 10 }),
        ends(150, EXIT_0),
      ],
    ],
    ['the link was lost meanwhile', [runs(0), ...visit(100, 1), { kind: 'unseen' }, ends(150, EXIT_0)]],
  ])('%s', (_name, events) => {
    expect(seenIn(events).effects).toEqual(NO_EFFECTS);
  });

  it('takes back what was only likely, once it ends by itself', () => {
    const first = [runs(0), ...visit(100, 1), ends(150, EXIT_1), runs(5000, 11)];
    expect(seenIn(first).effects.connect).not.toBeNull();
    const state = seenIn([...first, ends(9000, EXIT_1)]);
    expect(state.effects).toEqual(NO_EFFECTS);
    // From now on one end more says nothing.
    const more = [runs(10_000, 12), ...visit(10_100, 2), ends(10_150, EXIT_1)];
    expect(more.reduce((seen, event) => observe(seen, event, false), state).effects).toEqual(NO_EFFECTS);
  });
});

describe('what follows from it', () => {
  const effect = seenIn([runs(0), ...visit(100, 1), ends(150, EXIT_0)]).effects.connect;
  const grounds = { setting: null, look: UNREAD, effects: { connect: effect, ask: null }, consent: false };
  const one = { stamp: 'a', serves: 'one', place: { path: '/opt/x.py', line: 3 } } as const;

  it.each([
    ['not read yet', { ...grounds, look: null, effects: NO_EFFECTS }, 'looking', 'looking'],
    ['cannot be read', { ...grounds, effects: NO_EFFECTS }, undefined, undefined],
    ['serves one', { ...grounds, look: one, effects: NO_EFFECTS }, 'serves-one', 'serves-one'],
    ['ended of us', grounds, 'ended-it', 'ended-it'],
    ['ended of a question', { ...grounds, effects: { connect: null, ask: effect } }, undefined, 'ended-it'],
    ['the user agrees', { ...grounds, look: one, consent: true }, undefined, undefined],
    ['the settings say look', { ...grounds, setting: 'look' as const }, 'set', 'set'],
    [
      'the settings say connect',
      { ...grounds, setting: 'connect' as const, look: one },
      undefined,
      undefined,
    ],
    [
      'the settings say connect, and a question ended it',
      { ...grounds, setting: 'connect' as const, effects: { connect: null, ask: effect } },
      undefined,
      'ended-it',
    ],
  ])('%s', (_name, all, connect, ask) => {
    const restraints = restraintsOf(all);
    expect([restraints.connect?.code, restraints.ask?.code]).toEqual([connect, ask]);
  });
});

describe('a service that sleeps behind its socket', () => {
  const grounds = { setting: null, look: UNREAD, effects: NO_EFFECTS, asleep: 'calc.socket', consent: false };
  const asleep = { code: 'asleep', socket: 'calc.socket' };

  it('is not woken by a look at it', () => {
    expect(restraintsOf(grounds)).toEqual({ connect: asleep, ask: asleep });
  });

  it('is when the user wants that, or has said so in the settings', () => {
    expect(restraintsOf({ ...grounds, consent: true }).connect).toBeNull();
    expect(restraintsOf({ ...grounds, setting: 'connect' }).connect).toBeNull();
  });
});
