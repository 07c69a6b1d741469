/** One line being typed, and what the editing keys do to it. Pure; the cursor stands between graphemes. */
import { graphemes } from '../../text/measure.ts';

export interface EditedLine {
  readonly before: string;
  readonly after: string;
}

export const EMPTY_LINE: EditedLine = { before: '', after: '' };

/** Longest line that is kept, in UTF-16 units. */
export const LINE_LIMIT = 256;

export const lineOf = (text: string): EditedLine => ({ before: text, after: '' });
export const textOf = (line: EditedLine): string => line.before + line.after;

/**
 * Inserts what was typed or pasted: the first line of it, without controls and formats (an escape
 * sequence in a paste must not reach a terminal, nor a server).
 */
export function insert(line: EditedLine, text: string): EditedLine {
  const first = text.replace(/^[\r\n]+/, '').split(/[\r\n]/, 1)[0] ?? '';
  const clean = first.replace(/\t/g, ' ').replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '');
  const room = Math.max(0, LINE_LIMIT - textOf(line).length);
  return { before: line.before + clean.slice(0, room).toWellFormed(), after: line.after };
}

/** The line after an editing key, or null when `chord` is none. */
export function edit(line: EditedLine, chord: string): EditedLine | null {
  const { before, after } = line;
  switch (chord) {
    case 'left':
    case 'ctrl+b': {
      const kept = withoutLast(before);
      return { before: kept, after: before.slice(kept.length) + after };
    }
    case 'right':
    case 'ctrl+f': {
      const [next = ''] = graphemes(after);
      return { before: before + next, after: after.slice(next.length) };
    }
    case 'home':
    case 'ctrl+a':
      return { before: '', after: before + after };
    case 'end':
    case 'ctrl+e':
      return { before: before + after, after: '' };
    case 'backspace':
    case 'ctrl+h':
      return { before: withoutLast(before), after };
    case 'delete':
    case 'ctrl+d': {
      const [next = ''] = graphemes(after);
      return { before, after: after.slice(next.length) };
    }
    case 'ctrl+u':
      return { before: '', after };
    case 'ctrl+k':
      return { before, after: '' };
    case 'ctrl+w':
    case 'alt+backspace':
      return { before: before.replace(/\S*\s*$/, ''), after };
    default:
      return null;
  }
}

function withoutLast(text: string): string {
  const all = [...graphemes(text)];
  return all.slice(0, -1).join('');
}
