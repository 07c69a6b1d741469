/** The guard's words in both languages: every sentence there, different, and harmless whatever is foreign in it. */
import { describe, expect, it } from 'vitest';
import type { WebhookFileProblem } from '../../src/ops/discord/webhook-file.ts';
import { en } from '../../src/text/en.ts';
import { fr } from '../../src/text/fr.ts';

/** As the queue makes them. */
const ID = '0123456789ab';
const NASTY = 'a\x1b]0;x\x07\u202e\nb';

const problems: readonly WebhookFileProblem[] = [
  { code: 'unreadable', detail: NASTY },
  { code: 'unreadable', detail: 'ENOENT' },
  { code: 'not-a-file' },
  { code: 'too-open', mode: 0o644 },
  { code: 'not-ours', uid: 1000 },
  { code: 'empty' },
  { code: 'not-a-url' },
  { code: 'not-https' },
  { code: 'not-discord', host: NASTY },
  { code: 'not-a-webhook' },
];

/** Every string that a catalogue's part gives, functions called with nasty text and with numbers. */
function sentences(part: object, path = ''): readonly (readonly [string, string])[] {
  return Object.entries(part).flatMap(([name, value]: [string, unknown]) => {
    const here = `${path}${name}`;
    if (typeof value === 'string') return [[here, value] as const];
    if (typeof value === 'object' && value !== null) return sentences(value, `${here}.`);
    if (typeof value !== 'function') return [];
    return calls(name).map((args): readonly [string, string] => [here, String(value(...args))]);
  });
}

function calls(name: string): readonly (readonly unknown[])[] {
  if (name === 'webhookProblem') return problems.map((problem) => [NASTY, problem]);
  if (name === 'cause')
    return ['refused', 'rejected', 'filtered', 'unreachable', 'mute', 'held', 'wrong', 'closed'].map((c) => [
      c,
    ]);
  if (name === 'description') return [[[NASTY, 'x']], [[]]];
  const numbers = [
    'started',
    'leftOver',
    'downFor',
    'downAtMost',
    'loops',
    'loopOver',
    'unseenFor',
    'status',
    'time',
  ];
  if (numbers.includes(name))
    return [
      [1, 1, 1, 1],
      [3, 2, 65_000, 4],
    ];
  if (name === 'delivered')
    return [
      [ID, 1],
      [ID, 2],
    ];
  if (name === 'delayed') return [[ID, NASTY, '3 s']];
  if (name === 'rejected') return [[ID, NASTY, NASTY]];
  if (name === 'rateLimited' || name === 'sent') return [['3.0 s']];
  if (name === 'footer') return [['0.1.0', ID]];
  if (name === 'webhookDead')
    return [
      [NASTY, 1, true],
      [NASTY, 3, false],
    ];
  // Our own words, and those that were made harmless before.
  if (name === 'badCount') return [['--failures', NASTY]];
  if (name === 'installOnly') return [['--system']];
  if (name === 'unreached') return [[NASTY, 'why']];
  if (name === 'noMetrics')
    return ['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', NASTY].map((code) => [
      NASTY,
      9113,
      { code, detail: NASTY },
    ]);
  if (name === 'says') return [['watch', 'words']];
  if (name === 'webhookUnusable') return [['words', 2]];
  return [[NASTY, NASTY, NASTY]];
}

/** Printable characters, and the line breaks of our own. */
const HARMLESS = /^[\P{C}\n]*$/u;

describe.each([
  ['en', en.watch],
  ['fr', fr.watch],
])('%s', (_, watch) => {
  it('says nothing that a terminal would act on', () => {
    for (const [path, words] of sentences(watch)) {
      expect(words, path).toMatch(HARMLESS);
      expect(words, path).not.toBe('');
    }
  });
});

it('says everything in French that it says in English, in other words', () => {
  const english = sentences(en.watch);
  const french = sentences(fr.watch);
  expect(french.map(([path]) => path)).toEqual(english.map(([path]) => path));
  const alike = new Set(['alert.fields.verdict', 'alert.time', 'alert.footer', 'testAlert.failed']);
  for (const [index, [path, words]] of english.entries()) {
    if (!alike.has(path)) expect(french[index]?.[1], path).not.toBe(words);
  }
});

it('names a host once, whether or not the reason begins with it', () => {
  expect(en.watch.unreached('tp5', 'no way there')).toBe('tp5: no way there');
  expect(en.watch.unreached('nosuch', 'nosuch: no machine')).toBe('nosuch: no machine');
  expect(fr.watch.unreached('nosuch', 'nosuch : pas de machine')).toBe('nosuch : pas de machine');
});

it('counts one and many', () => {
  expect(en.watch.started(1)).toBe('watching 1 host; Ctrl+C ends');
  expect(en.watch.started(100)).toBe('watching 100 hosts; Ctrl+C ends');
  expect(fr.watch.started(2)).toBe('2 machines gardées ; Ctrl+C pour finir');
  expect(en.watch.status(3, 1, 0, 0)).toBe('3 up, 1 down');
  expect(fr.watch.status(3, 1, 1, 2)).toBe('3 debout, 1 à terre, 1 hors de vue, 2 pas encore jugées');
});
