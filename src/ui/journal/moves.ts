/** Moving through the journal: follow, pause, cursor, pages, matches. Pure: a view in, a view out. */
import type { JournalView } from '../view.ts';

/** The lens's items and the window they are seen through. */
export interface Scene {
  /** Number of items. */
  readonly length: number;
  /** First line number of an item. */
  seqAt(index: number): number | undefined;
  indexOf(seq: number): number;
  /** Rows that an item takes in the window, at least 1. */
  rowsOf(index: number): number;
  /** Rows of the window. */
  readonly height: number;
  /** One past the newest line's number in the buffer. */
  readonly endSeq: number;
  readonly matches: readonly number[];
}

/** Index of the item at the top of the window. */
export function topIndex(view: JournalView, scene: Scene): number {
  if (view.follow || view.cursor === null) return topFor(scene, scene.length - 1, scene.height);
  const cursor = cursorIndex(view, scene);
  const wanted = view.top === null ? cursor : scene.indexOf(view.top);
  return settle(scene, wanted, cursor);
}

/** The highest item from which everything down to `bottom` still fits. */
function topFor(scene: Scene, bottom: number, height: number): number {
  let top = Math.max(0, bottom);
  let rows = scene.length === 0 ? 0 : scene.rowsOf(top);
  while (top > 0) {
    rows += scene.rowsOf(top - 1);
    if (rows > height) break;
    top -= 1;
  }
  return top;
}

/** The top nearest to `wanted` that shows the cursor and leaves no hole at the bottom. */
function settle(scene: Scene, wanted: number, cursor: number): number {
  const latest = topFor(scene, scene.length - 1, scene.height);
  const top = Math.max(0, Math.min(wanted, latest, cursor));
  return Math.max(top, topFor(scene, cursor, scene.height));
}

export function cursorIndex(view: JournalView, scene: Scene): number {
  const last = scene.length - 1;
  return view.cursor === null ? last : Math.max(0, Math.min(scene.indexOf(view.cursor), last));
}

export function pause(view: JournalView, scene: Scene): JournalView {
  if (!view.follow) return view;
  const top = topIndex(view, scene);
  return {
    ...view,
    follow: false,
    cursor: scene.seqAt(scene.length - 1) ?? null,
    top: scene.seqAt(top) ?? null,
    pausedAt: scene.endSeq,
  };
}

export function follow(view: JournalView): JournalView {
  return { ...view, follow: true, cursor: null, top: null, mark: null };
}

/** Moves the cursor by items. Down past the newest line is following again. */
export function move(view: JournalView, scene: Scene, by: number): JournalView {
  if (scene.length === 0) return view;
  const from = view.follow ? scene.length - 1 : cursorIndex(view, scene);
  if (by > 0 && (view.follow || from === scene.length - 1)) return follow(view);
  return moveTo(view, scene, from + by);
}

export function moveTo(view: JournalView, scene: Scene, index: number): JournalView {
  if (scene.length === 0) return view;
  const paused = pause(view, scene);
  const target = Math.max(0, Math.min(index, scene.length - 1));
  const moved = { ...paused, cursor: scene.seqAt(target) ?? null };
  return { ...moved, top: scene.seqAt(topIndex(moved, scene)) ?? null };
}

export function extend(view: JournalView, scene: Scene, by: number): JournalView {
  const paused = pause(view, scene);
  const marked = { ...paused, mark: paused.mark ?? paused.cursor };
  return moveTo(marked, scene, cursorIndex(marked, scene) + by);
}

/** First and last line number of what is chosen; null when nothing is there. */
export function chosen(view: JournalView, scene: Scene): readonly [number, number] | null {
  const at = scene.seqAt(cursorIndex(view.follow ? { ...view, cursor: null } : view, scene));
  if (at === undefined) return null;
  const other = view.follow ? at : (view.mark ?? at);
  return [Math.min(at, other), Math.max(at, other)];
}

/** To the nearest match: `1` towards the newest, `-1` towards the oldest; round at the ends. */
export function toMatch(view: JournalView, scene: Scene, direction: 1 | -1, inclusive = false): JournalView {
  const { matches } = scene;
  if (matches.length === 0) return view;
  const here = view.follow ? scene.endSeq : (scene.seqAt(cursorIndex(view, scene)) ?? scene.endSeq);
  const found =
    direction === 1
      ? (matches.find((seq) => seq > here || (inclusive && seq === here)) ?? matches[0])
      : (matches.findLast((seq) => seq < here || (inclusive && seq === here)) ?? matches.at(-1));
  return found === undefined ? view : moveTo(view, scene, scene.indexOf(found));
}

/** Which match the cursor stands on, from 1; 0 between matches. */
export function matchPlace(view: JournalView, scene: Scene): number {
  if (view.follow) return 0;
  const here = scene.seqAt(cursorIndex(view, scene));
  return here === undefined ? 0 : scene.matches.indexOf(here) + 1;
}
