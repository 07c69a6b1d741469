/** The console's sentences: all there in both languages, and really different ones. */
import { describe, expect, it } from 'vitest';
import { en } from '../../src/text/en.ts';
import { fr } from '../../src/text/fr.ts';

/** Every leaf of a catalogue, functions called with stand-ins, by its path. */
function leaves(node: unknown, path = ''): [string, string][] {
  if (typeof node === 'string') return [[path, node]];
  if (typeof node === 'function') {
    if (path.startsWith('.format') || /\.(?:refusal|failure|by|doubt|openBy|keptOutBy)$/.test(path))
      return [];
    const said: unknown = node(...Array.from({ length: node.length }, (_, index) => index + 2));
    return [[path, String(said)]];
  }
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => leaves(value, `${path}.${key}`));
}

const english = new Map(leaves(en.console));
const french = new Map(leaves(fr.console));

/** Letters that answer a dialog may be more in one language. */
const names = (leaves: ReadonlyMap<string, string>): string[] =>
  [...leaves.keys()].filter((path) => !path.startsWith('.dialog.keys.'));

/** Names of systemd's, firewalld's and the keyboard's own, and words that are the same in both. */
const SAME =
  /^(?:\.keyNames|\.format)|\.(?:pid|pidNote|cpu|expected|pids|age|matches|max|direct|permanentUnread|invocation)$|^\.(?:actions|actionNames)\.(?:kill|palette|verdict|reset-failed|daemon-reload|focus-service|focus-journal)/;

describe('the console’s text', () => {
  it('is there in both languages', () => {
    expect(names(french)).toEqual(names(english));
    for (const [path, said] of [...english, ...french]) {
      expect(said, path).not.toBe('');
      expect(said, path).not.toContain('undefined');
    }
  });

  it('is French in French', () => {
    const untranslated = [...english].filter(
      ([path, said]) => french.get(path) === said && /[a-z]{4}/.test(said),
    );
    const same = /^(?:Service|Journal|Actions?|Permanent|permanent|Ctrl.*|verdict|Runtime|runtime|PID.*)$/;
    expect(untranslated.filter(([path, said]) => !SAME.test(path) && !same.test(said))).toEqual([]);
  });

  it('in French puts a space before : ; ? ! and none before a comma', () => {
    for (const [path, said] of french) {
      expect(said, path).not.toMatch(/[a-zà-ÿ)][?!;]/);
      expect(said, path).not.toMatch(/ ,/);
      expect(said, path).not.toMatch(/[a-zà-ÿ\d)]: /);
      expect(said, path).not.toMatch(/\p{L}'\p{L}/u);
    }
  });

  it('says why an input is not sent, each reason in its own words', () => {
    const refusals = [
      { code: 'empty' },
      { code: 'too-long', length: 70, limit: 64 },
      { code: 'unknown-character', character: 'x', index: 0 },
      { code: 'unsupported-operator', operator: '/', index: 1 },
      { code: 'missing-operand', side: 'left', index: 0 },
      { code: 'missing-operand', side: 'right', index: 2 },
      { code: 'missing-operator', index: 1 },
      { code: 'more-than-one-operation', index: 3 },
      { code: 'repeated-sign', index: 1 },
      { code: 'out-of-range', number: '100001', min: -100_000, max: 100_000, index: 0 },
      { code: 'not-an-integer', text: '3.5', index: 0 },
      { code: 'parentheses', index: 0 },
    ] as const;
    for (const { console: text } of [en, fr]) {
      const said = refusals.map((refusal) => text.calculator.refusal(refusal));
      expect(new Set(said).size).toBe(refusals.length);
    }
    expect(fr.console.calculator.refusal(refusals[9])).toBe(
      '100001 est hors limites : de -100 000 à 100 000',
    );
  });
});
