/**
 * The journal through a filter: which lines pass, runs of our own probe's lines folded into one, and
 * which lines hold the query. Kept up line by line as the buffer grows, so that a frame costs what is
 * new and not what is there.
 */
import type { JournalBuffer, JournalLine } from '../../state/journal-buffer.ts';
import { harmless } from '../../text/foreign.ts';
import type { PriorityFilter } from '../view.ts';

export interface LensSettings {
  readonly priority: PriorityFilter;
  readonly folded: boolean;
  readonly query: string;
}

export type LensItem =
  | { readonly kind: 'line'; readonly seq: number }
  /** `count` lines of our own probe, from `seq` to `last`. */
  | { readonly kind: 'fold'; readonly seq: number; readonly last: number; readonly count: number };

const LOWEST: Readonly<Record<PriorityFilter, number>> = { all: 7, info: 6, notice: 5, warning: 4, err: 3 };

export class JournalLens {
  readonly #buffer: JournalBuffer;
  #settings: LensSettings = { priority: 'all', folded: true, query: '' };
  #pattern: Matcher | null = null;
  #items: LensItem[] = [];
  #matches: number[] = [];
  #nextSeq = 0;
  #marks = 0;

  constructor(buffer: JournalBuffer) {
    this.#buffer = buffer;
    this.#nextSeq = buffer.firstSeq;
  }

  /** Brings the lens up to the buffer's last line. Cheap when nothing changed. */
  update(settings: LensSettings): void {
    const before = this.#settings;
    const sifted = before.priority !== settings.priority || before.folded !== settings.folded;
    if (sifted || this.#marks !== this.#buffer.marks) {
      this.#items = [];
      this.#matches = [];
      this.#nextSeq = this.#buffer.firstSeq;
    } else if (before.query !== settings.query) {
      this.#matches = [];
    }
    const searched = before.query !== settings.query;
    this.#settings = settings;
    this.#marks = this.#buffer.marks;
    this.#pattern = matcher(settings.query);
    if (searched && this.#pattern !== null) this.#search();
    this.#drop();
    this.#take();
  }

  get length(): number {
    return this.#items.length;
  }

  at(index: number): LensItem | undefined {
    return this.#items[index];
  }

  /** Numbers of the lines that hold the query, in order. */
  get matches(): readonly number[] {
    return this.#matches;
  }

  get pattern(): Matcher | null {
    return this.#pattern;
  }

  /** Index of the item that shows line `seq`, or of the first one after it; `length` when there is none. */
  indexOf(seq: number): number {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const item = this.#items[middle];
      const end = item === undefined ? 0 : item.kind === 'fold' ? item.last : item.seq;
      if (end < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Lines shown (a fold counts its own) with a number from `seq` on. */
  countFrom(seq: number): number {
    let count = 0;
    for (let index = this.#items.length - 1; index >= 0; index -= 1) {
      const item = this.#items[index];
      if (item === undefined || (item.kind === 'fold' ? item.last : item.seq) < seq) break;
      if (item.kind === 'line') count += 1;
    }
    return count;
  }

  #drop(): void {
    const first = this.#buffer.firstSeq;
    let gone = 0;
    for (const item of this.#items) {
      if ((item.kind === 'fold' ? item.last : item.seq) >= first) break;
      gone += 1;
    }
    if (gone > 0) this.#items.splice(0, gone);
    const head = this.#items[0];
    if (head?.kind === 'fold' && head.seq < first) this.#items[0] = this.#cutFold(head, first);
    let stale = 0;
    while ((this.#matches[stale] ?? first) < first) stale += 1;
    if (stale > 0) this.#matches.splice(0, stale);
  }

  /** What is left of a fold from `first` on. Lines that the filter hides may stand between its own. */
  #cutFold(fold: LensItem & { readonly kind: 'fold' }, first: number): LensItem {
    let start = fold.last;
    let count = 0;
    for (let seq = fold.last; seq >= first; seq -= 1) {
      const line = this.#buffer.at(seq);
      if (line === undefined || !isProbe(line) || !this.#passes(line)) continue;
      start = seq;
      count += 1;
    }
    return { ...fold, seq: start, count };
  }

  #take(): void {
    const end = this.#buffer.endSeq;
    for (let seq = Math.max(this.#nextSeq, this.#buffer.firstSeq); seq < end; seq += 1) {
      const line = this.#buffer.at(seq);
      if (line === undefined || !this.#passes(line)) continue;
      if (this.#settings.folded && isProbe(line)) {
        const last = this.#items.at(-1);
        if (last?.kind === 'fold')
          this.#items[this.#items.length - 1] = { ...last, last: seq, count: last.count + 1 };
        else this.#items.push({ kind: 'fold', seq, last: seq, count: 1 });
        continue;
      }
      this.#items.push({ kind: 'line', seq });
      if (this.#pattern?.holds(line)) this.#matches.push(seq);
    }
    this.#nextSeq = end;
  }

  #search(): void {
    for (const item of this.#items) {
      if (item.kind === 'fold') continue;
      const line = this.#buffer.at(item.seq);
      if (line !== undefined && this.#pattern?.holds(line)) this.#matches.push(item.seq);
    }
  }

  #passes(line: JournalLine): boolean {
    return line.kind === 'gap' || line.entry.priority <= LOWEST[this.#settings.priority];
  }
}

function isProbe(line: JournalLine | undefined): boolean {
  return line?.kind === 'entry' && line.probe;
}

export interface Matcher {
  holds(line: JournalLine): boolean;
  /** Start and end of each match in a text that was made harmless. */
  ranges(text: string): (readonly [number, number])[];
}

/** Plain text, not a pattern. Case counts as soon as the query has a capital. null: an empty query. */
export function matcher(query: string): Matcher | null {
  if (query === '') return null;
  const exact = query !== query.toLowerCase();
  const fold = (text: string): string => {
    if (exact) return text;
    const lower = text.toLowerCase();
    // İ and the like grow in lower case, which would move every place behind them.
    return lower.length === text.length ? lower : text;
  };
  const needle = fold(query);
  return {
    holds: (line) => line.kind === 'entry' && fold(searchable(line)).includes(needle),
    ranges(text) {
      const hay = fold(text);
      const found: (readonly [number, number])[] = [];
      for (let at = hay.indexOf(needle); at !== -1; at = hay.indexOf(needle, at + needle.length)) {
        found.push([at, at + needle.length]);
      }
      return found;
    },
  };
}

/** What of a line is searched, and drawn: who wrote it and what. */
export function searchable(line: JournalLine & { readonly kind: 'entry' }): string {
  return `${writerOf(line)} ${harmless(line.entry.message)}`;
}

export function writerOf({ entry }: JournalLine & { readonly kind: 'entry' }): string {
  return entry.pid === null
    ? harmless(entry.identifier, 64)
    : `${harmless(entry.identifier, 64)}[${entry.pid}]`;
}
