/** One line of `journalctl -o json` as an entry. What it carries is foreign: any field may be odd or missing. */
import type { JournalEntry } from '../host.ts';
import type { Line } from './journal-line.ts';
import { type Fields, salvageFields } from './journal-salvage.ts';

/** The fields asked for, see systemd.journal-fields(7); journalctl adds cursor and times by itself. */
export const FIELDS = [
  'MESSAGE',
  'PRIORITY',
  'SYSLOG_IDENTIFIER',
  '_COMM',
  '_PID',
  '_SYSTEMD_INVOCATION_ID',
  'INVOCATION_ID',
  'MESSAGE_ID',
  'N_DROPPED',
] as const;

/** Bytes of a message that are kept. */
export const MESSAGE_BYTES = 64 * 1024;
/** journald's rate limit: `Suppressed N messages from …` (SD_MESSAGE_JOURNAL_DROPPED). */
const DROPPED = 'a596d6fe7bfa4994828e72309e95d61e';
const DEFAULT_PRIORITY = 6;

/** @returns null for what is no entry: not JSON, or without a cursor to know it by again. */
export function parseEntry(line: Line): JournalEntry | null {
  const fields = line.tail === null ? parseFields(line.head) : salvageFields(line.head, line.tail);
  if (fields === null) return null;
  const cursor = fields.__CURSOR;
  if (typeof cursor !== 'string' || cursor === '') return null;
  const message = readMessage(fields.MESSAGE);
  const pid = integer(fields._PID);
  const priority = integer(fields.PRIORITY);
  return {
    cursor,
    realtimeUs: integer(fields.__REALTIME_TIMESTAMP) ?? 0,
    ...message,
    cut: message.cut || line.tail !== null,
    priority: priority !== null && priority >= 0 && priority <= 7 ? priority : DEFAULT_PRIORITY,
    identifier: text(fields.SYSLOG_IDENTIFIER) || text(fields._COMM),
    pid,
    // systemd speaks about the unit's run in INVOCATION_ID; its own run says nothing about it.
    invocationId: text(fields.INVOCATION_ID) || text(fields._SYSTEMD_INVOCATION_ID) || null,
    suppressed: text(fields.MESSAGE_ID) === DROPPED ? Math.max(0, integer(fields.N_DROPPED) ?? 0) : 0,
  };
}

function parseFields(line: Buffer): Fields | null {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}

function readMessage(value: unknown): { message: string; binary: boolean; cut: boolean } {
  // A repeated field is a list of values, each of them text or bytes: bytes alone are a list of numbers.
  const values = Array.isArray(value) && !isBytes(value) ? value : [value];
  let binary = false;
  const parts: string[] = [];
  for (const one of values) {
    if (typeof one === 'string') parts.push(one);
    else if (isBytes(one)) {
      const bytes = Uint8Array.from(one);
      binary ||= !isUtf8(bytes);
      parts.push(new TextDecoder().decode(bytes));
    }
  }
  const message = parts.join('\n');
  const kept = firstBytes(message, MESSAGE_BYTES);
  return { message: kept, binary, cut: kept.length < message.length };
}

function isBytes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The longest start of `value` that fits in `limit` bytes of UTF-8, never half a character. */
function firstBytes(value: string, limit: number): string {
  if (value.length * 3 <= limit) return value;
  const { read } = new TextEncoder().encodeInto(value, new Uint8Array(limit));
  return value.slice(0, read);
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (isBytes(value)) return new TextDecoder().decode(Uint8Array.from(value));
  return Array.isArray(value) && typeof value[0] === 'string' ? value[0] : '';
}

function integer(value: unknown): number | null {
  const digits = text(value);
  return /^\d{1,16}$/.test(digits) ? Number(digits) : null;
}
