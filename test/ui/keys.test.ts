/** Presses from what Ink reports. */
import { describe, expect, it } from 'vitest';
import { en } from '../../src/text/en.ts';
import { fr } from '../../src/text/fr.ts';
import { keyLabel } from '../../src/ui/key-label.ts';
import { presses } from '../../src/ui/keys.ts';

const chords = (...args: Parameters<typeof presses>) => presses(...args).map((press) => press.chord);

describe('a press', () => {
  it.each([
    ['s', {}, ['s']],
    ['K', { shift: true }, ['K']],
    ['é', {}, ['é']],
    [' ', {}, ['space']],
    ['p', { ctrl: true }, ['ctrl+p']],
    ['x', { meta: true }, ['alt+x']],
    ['', { upArrow: true }, ['up']],
    ['', { upArrow: true, shift: true }, ['shift+up']],
    ['', { tab: true, shift: true }, ['shift+tab']],
    ['', { return: true }, ['enter']],
    // Ink sets `meta` on a lone Esc.
    ['', { escape: true, meta: true }, ['esc']],
    ['', { pageDown: true }, ['pagedown']],
    // A key without a name or a text: F5, an unknown sequence.
    ['', {}, []],
  ] as const)('%j with %j is %j', (input, key, expected) => {
    expect(chords(input, key)).toEqual(expected);
  });

  it('is one of several when they come in one piece', () => {
    expect(chords('2+3\r', {})).toEqual(['2', '+', '3', 'enter']);
    expect(chords('a\tb\x7f', {})).toEqual(['a', 'tab', 'b', 'backspace']);
    expect(presses('日本', {})).toEqual([
      { chord: '日', text: '日' },
      { chord: '本', text: '本' },
    ]);
  });

  it('never types a control or a format', () => {
    for (const input of ['\x1b', '\x00', '\u202e', '\u200b', '\x9b']) {
      expect(
        presses(input, {})
          .map((press) => press.text)
          .join(''),
      ).toBe('');
    }
  });
});

describe('a key on the screen', () => {
  it.each([
    ['ctrl+p', 'Ctrl+P', 'Ctrl+P'],
    ['K', 'K', 'K'],
    ['shift+tab', 'Shift+Tab', 'Maj+Tab'],
    ['space', 'Space', 'Espace'],
    ['pageup', 'PgUp', 'PgPréc'],
    ['+', '+', '+'],
    ['ctrl++', 'Ctrl++', 'Ctrl++'],
    [undefined, '', ''],
  ])('%s is %s, in French %s', (chord, english, french) => {
    expect(keyLabel(chord, en.console.keyNames)).toBe(english);
    expect(keyLabel(chord, fr.console.keyNames)).toBe(french);
  });
});
