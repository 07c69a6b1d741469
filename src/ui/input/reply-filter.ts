/**
 * Keys apart from what the terminal itself says. Its replies (a colour asked for, a cursor report, a
 * device's name) come on the same wire as the keys, in pieces on a slow line, and must never be taken
 * for something typed. Pure but for the time it is told.
 */

/** How long a sequence may take to arrive whole; a human needs longer between two keys. */
export const SEQUENCE_MS = 40;
/** How long a reply's text may go on before it is taken for none. */
const REPLY_MS = 250;

const ESC = '\x1b';
const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';
/** OSC, DCS, SOS, PM and APC open a text that ends at ST or BEL (ECMA-48, 8.3). */
const OPENS_TEXT = new Set([']', 'P', 'X', '^', '_']);

export interface ReplyFilter {
  /** What of `chunk`, and of what was held before it, are keys. */
  push(chunk: string, nowMono: number): string;
  /** Something is held that `flush` will decide. */
  readonly holds: boolean;
  /** To be called `SEQUENCE_MS` after the last push: a lone Esc is a key, a torn sequence is nothing. */
  flush(nowMono: number): string;
}

export function createReplyFilter(): ReplyFilter {
  let held = '';
  let inPaste = false;
  /** Since when the text of a reply is being dropped. */
  let replySince: number | null = null;

  function push(chunk: string, now: number): string {
    if (replySince !== null && now - replySince > REPLY_MS) replySince = null;
    let rest = held + chunk;
    held = '';
    let keys = '';
    while (rest !== '') {
      if (inPaste) {
        const end = rest.indexOf(PASTE_END);
        if (end === -1) {
          const tail = startOf(PASTE_END, rest);
          held = rest.slice(rest.length - tail);
          return keys + rest.slice(0, rest.length - tail);
        }
        keys += rest.slice(0, end + PASTE_END.length);
        rest = rest.slice(end + PASTE_END.length);
        inPaste = false;
        continue;
      }
      if (replySince !== null) {
        const end = /\x07|\x9c|\x1b\\/.exec(rest);
        if (end === null) {
          // Its end may be torn in two as well.
          held = rest.endsWith(ESC) ? ESC : '';
          return keys;
        }
        rest = rest.slice(end.index + end[0].length);
        replySince = null;
        continue;
      }
      const at = rest.search(/[\x1b\x80-\x9f]/);
      if (at === -1) return keys + rest;
      keys += rest.slice(0, at);
      rest = rest.slice(at);
      if (rest[0] !== ESC) {
        // C1 controls are no keys either, and the 8-bit openers start the same texts.
        if ('\x9d\x90\x98\x9e\x9f'.includes(rest[0] ?? '')) replySince = now;
        rest = rest.slice(1);
        continue;
      }
      const sequence = escapeSequence(rest);
      if (sequence === 'torn') {
        held = rest;
        return keys;
      }
      if (sequence.opensReply) replySince = now;
      if (sequence.keys === PASTE_START) inPaste = true;
      keys += sequence.keys;
      rest = rest.slice(sequence.length);
    }
    return keys;
  }

  return {
    push,
    get holds() {
      return held !== '';
    },
    flush(now) {
      if (inPaste) return '';
      const was = held;
      held = '';
      if (replySince !== null && now - replySince <= REPLY_MS) return '';
      replySince = null;
      return was === ESC ? ESC : '';
    },
  };
}

interface Sequence {
  /** What of it is passed on; '' when it is no key. */
  readonly keys: string;
  readonly length: number;
  readonly opensReply: boolean;
}

/** The sequence that `text` starts with; `torn` while it is not whole. */
function escapeSequence(text: string): Sequence | 'torn' {
  const kind = text[1];
  if (kind === undefined) return 'torn';
  if (OPENS_TEXT.has(kind)) return { keys: '', length: 2, opensReply: true };
  if (kind === ESC) return { keys: ESC, length: 1, opensReply: false };
  const csi = kind === '[';
  if (!csi && kind !== 'O') {
    const length = 1 + String.fromCodePoint(text.codePointAt(1) ?? 0).length;
    return { keys: text.slice(0, length), length, opensReply: false };
  }
  const whole = (csi ? /^\x1b\[\[?[\x20-\x3f]*[\x40-\x7e]/ : /^\x1bO[\d;]*[\x40-\x7e]/).exec(text)?.[0];
  if (whole !== undefined) return { keys: whole, length: whole.length, opensReply: false };
  const soFar = (csi ? /^\x1b\[\[?[\x20-\x3f]*/ : /^\x1bO[\d;]*/).exec(text)?.[0] ?? '';
  if (soFar.length === text.length) return 'torn';
  // It breaks off in the middle: no key, and what follows is looked at anew.
  return { keys: '', length: soFar.length, opensReply: false };
}

/** How many characters at the end of `text` begin `marker`. */
function startOf(marker: string, text: string): number {
  for (let length = Math.min(marker.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(marker.slice(0, length))) return length;
  }
  return 0;
}
