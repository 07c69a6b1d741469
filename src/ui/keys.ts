/** Key presses as Ink reports them, and their names (`K`, `ctrl+p`, `shift+tab`) as settings write them. ASCII only. */
import type { Key } from 'ink';
import { graphemes } from '../text/measure.ts';

/** One press: the chord's name, and the text it would type (`''` for anything but a printable character). */
export interface KeyPress {
  readonly chord: string;
  readonly text: string;
}

const NAMED = [
  'up',
  'down',
  'left',
  'right',
  'pageup',
  'pagedown',
  'home',
  'end',
  'enter',
  'esc',
  'tab',
  'backspace',
  'delete',
  'space',
] as const;

const SYNONYMS: Readonly<Record<string, string>> = {
  return: 'enter',
  escape: 'esc',
  del: 'delete',
  pgup: 'pageup',
  pgdn: 'pagedown',
  pgdown: 'pagedown',
  control: 'ctrl',
  meta: 'alt',
};

const CONTROL: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\x7f': 'backspace',
  '\x1b': 'esc',
};

/**
 * The presses in one input event of Ink's: a burst of typed characters arrives as one.
 * Modifiers come in one order, `ctrl+alt+shift+`; a shifted character is that character.
 */
export function presses(input: string, key: Partial<Key>): KeyPress[] {
  const named = nameOf(key);
  const modifiers = `${key.ctrl ? 'ctrl+' : ''}${key.meta ? 'alt+' : ''}`;
  if (named !== null) {
    // Ink reports a lone Esc with `meta` set.
    if (named === 'esc') return [{ chord: 'esc', text: '' }];
    return [{ chord: `${modifiers}${key.shift ? 'shift+' : ''}${named}`, text: '' }];
  }
  if (modifiers !== '') {
    const character = key.ctrl ? input.toLowerCase() : input;
    return /^[\x20-\x7e]$/.test(character)
      ? [{ chord: `${modifiers}${character === ' ' ? 'space' : character}`, text: '' }]
      : [];
  }
  return [...graphemes(input)].flatMap(typed);
}

function typed(grapheme: string): KeyPress[] {
  const control = CONTROL[grapheme];
  if (control !== undefined) return [{ chord: control, text: '' }];
  if (grapheme === '\r\n') return [{ chord: 'enter', text: '' }];
  const code = grapheme.charCodeAt(0);
  if (code >= 1 && code <= 26) return [{ chord: `ctrl+${String.fromCharCode(code + 96)}`, text: '' }];
  if (/^[\p{Cc}\p{Cf}\p{Cs}]/u.test(grapheme)) return [];
  return [{ chord: grapheme === ' ' ? 'space' : grapheme, text: grapheme }];
}

function nameOf(key: Partial<Key>): string | null {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.pageUp) return 'pageup';
  if (key.pageDown) return 'pagedown';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.return) return 'enter';
  if (key.escape) return 'esc';
  if (key.tab) return 'tab';
  if (key.backspace) return 'backspace';
  if (key.delete) return 'delete';
  return null;
}

/** A chord as somebody writes it in the settings (`Ctrl+P`, `Shift+k`, `PgUp`), in its one form; null when it names no key. */
export function parseChord(written: string): string | null {
  const plus = written.length > 1 && written.endsWith('+');
  const parts = (plus ? written.slice(0, -1) : written).split('+').filter((part) => part !== '');
  if (plus || written === '+') parts.push('+');
  const last = parts.pop();
  if (last === undefined) return null;
  const modifiers = new Set(parts.map((part) => SYNONYMS[part.toLowerCase()] ?? part.toLowerCase()));
  const lower = SYNONYMS[last.toLowerCase()] ?? last.toLowerCase();
  const named = last === ' ' ? 'space' : NAMED.find((name) => name === lower);
  for (const modifier of modifiers) if (!['ctrl', 'alt', 'shift'].includes(modifier)) return null;
  const prefix = `${modifiers.has('ctrl') ? 'ctrl+' : ''}${modifiers.has('alt') ? 'alt+' : ''}`;
  if (named !== undefined) return `${prefix}${modifiers.has('shift') ? 'shift+' : ''}${named}`;
  if (!/^[\x21-\x7e]$/.test(last)) return null;
  if (modifiers.has('ctrl')) return modifiers.has('shift') ? null : `${prefix}${last.toLowerCase()}`;
  if (!modifiers.has('shift')) return `${prefix}${last}`;
  return /[a-zA-Z]/.test(last) ? `${prefix}${last.toUpperCase()}` : null;
}
