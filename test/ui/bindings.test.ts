/** The table of keys: what is bound, what the settings may change, and what is refused. */
import { describe, expect, it } from 'vitest';
import { en } from '../../src/text/en.ts';
import { fr } from '../../src/text/fr.ts';
import { ACTION_TABLE } from '../../src/ui/actions.ts';
import { bindKeys, type KeyOverrides, type KeyTable } from '../../src/ui/bindings.ts';
import { parseChord } from '../../src/ui/keys.ts';
import { PANES } from '../../src/ui/layout.ts';
import { clashSentence } from '../../src/ui/sentences.ts';

function table(overrides?: KeyOverrides): KeyTable {
  const bound = bindKeys(overrides);
  if (!bound.ok) throw new Error(JSON.stringify(bound.clashes));
  return bound.table;
}

const clashes = (overrides: KeyOverrides) => {
  const bound = bindKeys(overrides);
  return bound.ok ? [] : bound.clashes;
};

describe('the keys as they come', () => {
  it('do not overlap', () => {
    expect(clashes({})).toEqual([]);
  });

  it.each([
    ['s', 'start'],
    ['t', 'stop'],
    ['r', 'restart'],
    ['K', 'kill'],
    ['d', 'drill'],
    ['v', 'verdict'],
    ['e', 'enable'],
    ['E', 'disable'],
    ['F', 'reset-failed'],
    ['D', 'daemon-reload'],
    ['o', 'open-port'],
    ['O', 'close-port'],
    ['R', 'read-only'],
    ['c', 'reconnect'],
    ['q', 'quit'],
    ['?', 'help'],
    [':', 'palette'],
    ['ctrl+p', 'palette'],
    ['z', 'zoom'],
    ['tab', 'next-pane'],
    ['shift+tab', 'previous-pane'],
    ['5', 'focus-calculator'],
    ['/', 'search'],
  ])('%s is %s in every pane', (key, action) => {
    for (const pane of PANES) expect(table().actionFor(key, pane)).toBe(action);
  });

  it('of a pane count in that pane alone', () => {
    expect(table().actionFor('space', 'journal')).toBe('journal-follow');
    expect(table().actionFor('space', 'service')).toBeNull();
    expect(table().actionFor('k', 'probe')).toBeNull();
  });

  it('are ASCII, so that every keyboard has them, and written in their one form', () => {
    for (const action of ACTION_TABLE) {
      for (const key of action.keys) {
        expect(key).toMatch(/^[\x21-\x7e]+$/);
        expect(parseChord(key)).toBe(key);
      }
    }
  });

  it('have a hint and a title in both languages', () => {
    for (const { id } of ACTION_TABLE) {
      for (const { console: text } of [en, fr]) {
        expect(text.actions[id].hint).not.toBe('');
        expect(text.actions[id].title).not.toBe('');
      }
    }
  });
});

describe('rebinding', () => {
  it('replaces the keys of an action', () => {
    const bound = table({ start: 'u', stop: ['X', 'ctrl+x'] });
    expect(bound.actionFor('u', 'service')).toBe('start');
    expect(bound.actionFor('s', 'service')).toBeNull();
    expect(bound.actionFor('ctrl+x', 'journal')).toBe('stop');
    expect(bound.keysOf('stop')).toEqual(['X', 'ctrl+x']);
  });

  it('takes keys away', () => {
    const bound = table({ kill: [] });
    expect(bound.keysOf('kill')).toEqual([]);
    expect(bound.actionFor('K', 'service')).toBeNull();
  });

  it('lets two actions swap', () => {
    const bound = table({ start: 't', stop: 's' });
    expect([bound.actionFor('t', 'probe'), bound.actionFor('s', 'probe')]).toEqual(['start', 'stop']);
  });

  it('lets two panes use the same key', () => {
    expect(table({ 'calculator-type': 'w' }).actionFor('w', 'calculator')).toBe('calculator-type');
    expect(table({ 'calculator-type': 'w' }).actionFor('w', 'journal')).toBe('journal-wrap');
  });

  it('reads keys as people write them', () => {
    const bound = table({ start: 'Ctrl+S', zoom: 'PgUp', 'journal-page-up': [] });
    expect(bound.keysOf('start')).toEqual(['ctrl+s']);
    expect(bound.keysOf('zoom')).toEqual(['pageup']);
    expect(table({ enable: 'shift+a' }).keysOf('enable')).toEqual(['A']);
  });

  it.each([
    [{ start: 't' }, [{ kind: 'overlap', key: 't', actions: ['start', 'stop'] }]],
    [{ start: 'k' }, [{ kind: 'overlap', key: 'k', actions: ['start', 'journal-up'] }]],
    [{ 'journal-fold': 'q' }, [{ kind: 'overlap', key: 'q', actions: ['quit', 'journal-fold'] }]],
    [{ 'journal-fold': 'j' }, [{ kind: 'overlap', key: 'j', actions: ['journal-down', 'journal-fold'] }]],
    [{ explode: 'x' }, [{ kind: 'unknown-action', action: 'explode' }]],
    [{ start: 'é' }, [{ kind: 'unknown-key', action: 'start', key: 'é' }]],
    [{ start: 'hyper+s' }, [{ kind: 'unknown-key', action: 'start', key: 'hyper+s' }]],
    [{ start: '' }, [{ kind: 'unknown-key', action: 'start', key: '' }]],
    [{ start: 'Ctrl+C' }, [{ kind: 'reserved', action: 'start', key: 'Ctrl+C' }]],
    [{ start: 'Escape' }, [{ kind: 'reserved', action: 'start', key: 'Escape' }]],
  ] as const)('refuses %j', (overrides, expected) => {
    expect(clashes(overrides)).toEqual(expected);
  });

  it('says each refusal in words', () => {
    const all = clashes({ start: ['t', 'Ctrl+C', 'é'], explode: 'x' });
    expect(all).toHaveLength(4);
    for (const text of [en, fr]) {
      const said = all.map((clash) => clashSentence(clash, text));
      expect(new Set(said).size).toBe(4);
      expect(said.join('\n')).toContain('start');
    }
  });
});
