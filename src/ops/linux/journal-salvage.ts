/**
 * What can still be read of an overlong line, of which only the start and the end were kept.
 *
 * journalctl writes the fields of an entry in no fixed order, so the cursor may come after a message of a
 * megabyte. Only the field that crosses the hole is lost in part: its start is kept, the rest is skipped.
 */
import type { Fields } from './journal-entry.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;

/** @returns null when not even one field could be read. */
export function salvageFields(head: Buffer, tail: Buffer): Fields | null {
  const before = parse(closeObject(head));
  const after = parse(openObject(tail));
  return before === null ? after : { ...before, ...after };
}

function parse(json: string | null): Fields | null {
  if (json === null) return null;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Fields) : null;
  } catch {
    return null;
  }
}

/** Ends the text after the last whole character, byte or field that it holds. */
function closeObject(head: Buffer): string | null {
  /** Where the text may end, and what then ends it. */
  let end = -1;
  let closing = '';
  let inString = false;
  let isValue = false;
  let inList = false;
  for (let at = 0; at < head.length; at += 1) {
    const byte = head[at];
    if (inString) {
      // Cut before this character, at worst: before an escape, before a sequence of several bytes.
      if (isValue && !inList && ((byte ?? 0) & 0xc0) !== 0x80) {
        end = at;
        closing = '"}';
      }
      if (byte === BACKSLASH) at += head[at + 1] === 0x75 ? 5 : 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === 0x3a) isValue = true;
    else if (byte === 0x5b) inList = true;
    else if (byte === CLOSE_LIST) inList = false;
    else if (byte === 0x2c) {
      end = at;
      closing = inList ? ']}' : '}';
      if (!inList) isValue = false;
    }
  }
  return end === -1 ? null : head.toString('utf8', 0, end) + closing;
}

/** Starts after the value that the hole is in. */
function openObject(tail: Buffer): string | null {
  // Half an escape may open the tail: an unknown number of backslashes came before it.
  let at = 0;
  while (tail[at] === BACKSLASH) at += 1;
  if (at > 0) at += 1;
  const bytes = /^[\d,]*\]/.exec(tail.toString('latin1'));
  if (bytes) at = bytes[0].length - 1;
  else {
    for (; at < tail.length && tail[at] !== QUOTE; at += 1) if (tail[at] === BACKSLASH) at += 1;
  }
  const rest = tail.toString('utf8', at + 1).trimStart();
  return rest.startsWith(',') ? `{${rest.slice(1)}` : null;
}
