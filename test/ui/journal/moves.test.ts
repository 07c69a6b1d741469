/** Moving through the journal. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chosen,
  cursorIndex,
  extend,
  follow,
  move,
  moveTo,
  pause,
  type Scene,
  toMatch,
  topIndex,
} from '../../../src/ui/journal/moves.ts';
import { INITIAL_VIEW, type JournalView } from '../../../src/ui/view.ts';

/** Items numbered by tens; `rows` of each, 1 by default. */
function sceneOf(
  length: number,
  height: number,
  over: Partial<Scene> = {},
  rows: readonly number[] = [],
): Scene {
  return {
    length,
    seqAt: (index) => (index >= 0 && index < length ? index * 10 : undefined),
    indexOf: (seq) => Math.ceil(seq / 10),
    rowsOf: (index) => rows[index] ?? 1,
    height,
    endSeq: length * 10,
    matches: [],
    ...over,
  };
}

const FOLLOWING = INITIAL_VIEW.journal;

describe('the journal’s window', () => {
  it('ends at the newest line while following', () => {
    expect(topIndex(FOLLOWING, sceneOf(100, 10))).toBe(90);
    expect(topIndex(FOLLOWING, sceneOf(5, 10))).toBe(0);
    expect(topIndex(FOLLOWING, sceneOf(0, 10))).toBe(0);
  });

  it('stays where it is when paused, while lines come', () => {
    const paused = pause(FOLLOWING, sceneOf(100, 10));
    expect(topIndex(paused, sceneOf(120, 10))).toBe(90);
    expect(paused).toMatchObject({ follow: false, cursor: 990, pausedAt: 1000 });
  });

  it('moves only when the cursor would leave it', () => {
    const scene = sceneOf(100, 10);
    const up = move(FOLLOWING, scene, -1);
    expect([cursorIndex(up, scene), topIndex(up, scene)]).toEqual([98, 90]);
    const page = move(up, scene, -9);
    expect([cursorIndex(page, scene), topIndex(page, scene)]).toEqual([89, 89]);
    const down = move(page, scene, 9);
    expect([cursorIndex(down, scene), topIndex(down, scene)]).toEqual([98, 89]);
  });

  it('follows again from the last line downwards', () => {
    const scene = sceneOf(100, 10);
    const atLast = move(move(FOLLOWING, scene, -1), scene, 1);
    expect(atLast.follow).toBe(false);
    expect(move(atLast, scene, 1).follow).toBe(true);
    expect(move(FOLLOWING, scene, 1).follow).toBe(true);
  });

  it('counts the rows of wrapped lines', () => {
    const scene = sceneOf(4, 5, {}, [1, 3, 3, 1]);
    expect(topIndex(FOLLOWING, scene)).toBe(2);
    const first = moveTo(FOLLOWING, scene, 0);
    expect(topIndex(first, scene)).toBe(0);
  });

  it('keeps the nearest line when the chosen one has left the buffer', () => {
    const view: JournalView = { ...FOLLOWING, follow: false, cursor: 0, top: 0 };
    const scene = sceneOf(10, 5, {
      indexOf: (seq) => Math.max(0, Math.ceil((seq - 500) / 10)),
      seqAt: (index) => 500 + index * 10,
    });
    expect(cursorIndex(view, scene)).toBe(0);
  });

  it('always shows the cursor and never leaves a hole below', () => {
    const scenes = fc.record({
      length: fc.integer({ min: 1, max: 60 }),
      height: fc.integer({ min: 1, max: 20 }),
      rows: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 60 }),
    });
    const steps = fc.array(fc.integer({ min: -15, max: 15 }), { maxLength: 20 });
    fc.assert(
      fc.property(scenes, steps, ({ length, height, rows }, moves) => {
        const scene = sceneOf(
          length,
          height,
          {},
          rows.map((count) => Math.min(count, height)),
        );
        let view: JournalView = FOLLOWING;
        for (const by of moves) {
          view = move(view, scene, by);
          const top = topIndex(view, scene);
          const cursor = cursorIndex(view, scene);
          let used = 0;
          for (let index = top; index <= cursor; index += 1) used += scene.rowsOf(index);
          expect(top).toBeLessThanOrEqual(cursor);
          expect(used).toBeLessThanOrEqual(height);
          let shown = 0;
          for (let index = top; index < length; index += 1) shown += scene.rowsOf(index);
          if (top > 0) expect(shown + scene.rowsOf(top - 1)).toBeGreaterThan(height);
        }
      }),
    );
  });
});

describe('choosing lines', () => {
  it('begins at the cursor and goes both ways', () => {
    const scene = sceneOf(100, 10);
    expect(chosen(FOLLOWING, scene)).toEqual([990, 990]);
    const two = extend(FOLLOWING, scene, -1);
    expect(chosen(two, scene)).toEqual([980, 990]);
    expect(chosen(extend(two, scene, 1), scene)).toEqual([990, 990]);
    expect(chosen(follow(two), scene)).toEqual([990, 990]);
  });
});

describe('going to matches', () => {
  const scene = sceneOf(100, 10, { matches: [100, 500, 900] });
  const place = (view: JournalView): number | null => view.cursor;

  it('starts with the newest and goes round', () => {
    const newest = toMatch(FOLLOWING, scene, -1, true);
    expect(place(newest)).toBe(900);
    expect(place(toMatch(newest, scene, -1))).toBe(500);
    expect(place(toMatch(newest, scene, 1))).toBe(100);
    expect(place(toMatch(toMatch(newest, scene, 1), scene, -1))).toBe(900);
  });

  it('stays where it is without any', () => {
    expect(toMatch(FOLLOWING, sceneOf(10, 5), 1)).toBe(FOLLOWING);
  });
});
