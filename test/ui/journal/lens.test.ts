/** The journal's lens: filter, fold and search, kept up as lines come and go. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJournalBuffer } from '../../../src/state/journal-buffer.ts';
import { JournalLens, type LensItem, type LensSettings, matcher } from '../../../src/ui/journal/lens.ts';
import { entry } from '../../support/fake-session.ts';

const ALL: LensSettings = { priority: 'all', folded: true, query: '' };

function lensOn(messages: readonly (string | [string, number])[], capacity = 100) {
  const buffer = createJournalBuffer(capacity);
  const lens = new JournalLens(buffer);
  const add = (more: readonly (string | [string, number])[]): void =>
    buffer.append(
      more.map((one, index) =>
        typeof one === 'string'
          ? entry(index, { message: one })
          : entry(index, { message: one[0], priority: one[1] }),
      ),
      (message) => message.startsWith('probe'),
    );
  add(messages);
  return { buffer, lens, add };
}

function items(lens: JournalLens): LensItem[] {
  return Array.from({ length: lens.length }, (_, index) => lens.at(index)).filter(
    (item) => item !== undefined,
  );
}

describe('the lens', () => {
  it('folds runs of our own probe, and goes on folding as they come', () => {
    const { lens, add } = lensOn(['a', 'probe', 'probe', 'b', 'probe']);
    lens.update(ALL);
    expect(items(lens)).toEqual([
      { kind: 'line', seq: 0 },
      { kind: 'fold', seq: 1, last: 2, count: 2 },
      { kind: 'line', seq: 3 },
      { kind: 'fold', seq: 4, last: 4, count: 1 },
    ]);
    add(['probe', 'c']);
    lens.update(ALL);
    expect(items(lens).slice(3)).toEqual([
      { kind: 'fold', seq: 4, last: 5, count: 2 },
      { kind: 'line', seq: 6 },
    ]);
  });

  it('shows each of them when unfolded', () => {
    const { lens } = lensOn(['probe', 'probe']);
    lens.update({ ...ALL, folded: false });
    expect(items(lens)).toHaveLength(2);
  });

  it('filters by priority, but never hides that lines are missing', () => {
    const { lens, buffer } = lensOn([
      ['error', 3],
      ['warning', 4],
      ['info', 6],
      ['debug', 7],
    ]);
    buffer.appendGap('rotated', null);
    const seqs = (priority: LensSettings['priority']): number[] => {
      lens.update({ ...ALL, priority });
      return items(lens).map((item) => item.seq);
    };
    expect(seqs('all')).toEqual([0, 1, 2, 3, 4]);
    expect(seqs('info')).toEqual([0, 1, 2, 4]);
    expect(seqs('notice')).toEqual([0, 1, 4]);
    expect(seqs('warning')).toEqual([0, 1, 4]);
    expect(seqs('err')).toEqual([0, 4]);
  });

  it('finds lines by message and by writer, not those folded away', () => {
    const { lens, add } = lensOn(['Réponse envoyée', 'probe réponse', 'other']);
    lens.update({ ...ALL, query: 'réponse' });
    expect(lens.matches).toEqual([0]);
    lens.update({ ...ALL, query: 'python[1954]' });
    expect(lens.matches).toEqual([0, 2]);
    add(['again']);
    lens.update({ ...ALL, query: 'python[1954]' });
    expect(lens.matches).toEqual([0, 2, 3]);
    lens.update(ALL);
    expect(lens.matches).toEqual([]);
  });

  it('heeds case as soon as the query has a capital', () => {
    const { lens } = lensOn(['Error', 'error']);
    lens.update({ ...ALL, query: 'error' });
    expect(lens.matches).toEqual([0, 1]);
    lens.update({ ...ALL, query: 'Error' });
    expect(lens.matches).toEqual([0]);
  });

  it('finds what is shown: an escape by its escaped form', () => {
    const { lens } = lensOn(['a\x1b[31mb']);
    lens.update({ ...ALL, query: '\\x1b' });
    expect(lens.matches).toEqual([0]);
  });

  it('lets go of lines that left the buffer, from within a fold as well', () => {
    const { lens, add } = lensOn(['probe', 'probe', 'x', 'probe'], 4);
    lens.update({ ...ALL, query: 'x' });
    add(['y']);
    lens.update({ ...ALL, query: 'x' });
    expect(items(lens)[0]).toEqual({ kind: 'fold', seq: 1, last: 1, count: 1 });
    add(['z', 'z', 'z']);
    lens.update({ ...ALL, query: 'x' });
    expect(items(lens).map((item) => item.seq)).toEqual([4, 5, 6, 7]);
    expect(lens.matches).toEqual([]);
  });

  it('counts what is left of a fold without the lines between that the filter hides', () => {
    const { lens, add } = lensOn(
      [
        ['probe', 3],
        ['probe', 7],
        ['probe', 3],
      ],
      3,
    );
    const settings: LensSettings = { ...ALL, priority: 'warning' };
    lens.update(settings);
    expect(items(lens)).toEqual([{ kind: 'fold', seq: 0, last: 2, count: 2 }]);
    add([['x', 7]]);
    lens.update(settings);
    expect(items(lens)).toEqual([{ kind: 'fold', seq: 2, last: 2, count: 1 }]);
  });

  it('folds lines that turn out to be a probe’s, and unfolds one that was not', () => {
    const { lens, buffer } = lensOn(['a', 'b', 'c']);
    lens.update(ALL);
    buffer.remark((message) => message !== 'a', 'newest');
    lens.update(ALL);
    expect(items(lens)).toEqual([
      { kind: 'line', seq: 0 },
      { kind: 'fold', seq: 1, last: 2, count: 2 },
    ]);
    buffer.unmark(2);
    lens.update({ ...ALL, query: 'c' });
    expect(items(lens)).toEqual([
      { kind: 'line', seq: 0 },
      { kind: 'fold', seq: 1, last: 1, count: 1 },
      { kind: 'line', seq: 2 },
    ]);
    expect(lens.matches).toEqual([2]);
  });

  it('shows the same, line by line, as one that sees it all at once', () => {
    const lines = fc.array(
      fc.tuple(fc.constantFrom('probe', 'x', 'y error', 'z'), fc.constantFrom(3, 4, 6, 7)),
      { maxLength: 8 },
    );
    const settings = fc.record({
      priority: fc.constantFrom('all' as const, 'warning' as const, 'err' as const),
      folded: fc.boolean(),
      query: fc.constantFrom('', 'error', 'x'),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(lines, settings), { maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        (steps, capacity) => {
          const { buffer, lens, add } = lensOn([], capacity);
          for (const [more, how] of steps) {
            add(more);
            lens.update(how);
            const fresh = new JournalLens(buffer);
            fresh.update(how);
            expect(items(lens)).toEqual(items(fresh));
            expect(lens.matches).toEqual(fresh.matches);
            for (const item of items(lens)) expect(lens.at(lens.indexOf(item.seq))).toEqual(item);
          }
        },
      ),
      // Rare orders of filters and lines broke it after a hundred.
      { numRuns: 500 },
    );
  });
});

describe('the ranges of a match', () => {
  it.each([
    [
      'ab',
      'abXab',
      [
        [0, 2],
        [3, 5],
      ],
    ],
    [
      'aa',
      'aaaa',
      [
        [0, 2],
        [2, 4],
      ],
    ],
    ['É', 'éÉ', [[1, 2]]],
    ['.', 'a.b', [[1, 2]]],
    // Its lower case is longer: places behind it must not move.
    ['b', 'İb', [[1, 2]]],
  ])('%s in %s', (query, text, ranges) => {
    expect(matcher(query)?.ranges(text)).toEqual(ranges);
  });
});
