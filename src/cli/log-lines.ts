/** One line of the journal for people, or as the document that `logs --json` prints. Pure. */
import type { JournalEntry } from '../ops/host.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { harmless } from '../text/foreign.ts';
import { type Paint, SYMBOL, type Tone } from './paint.ts';

/** What is printed: an entry, or a place where entries are missing. */
export type LogItem =
  | { readonly kind: 'entry'; readonly entry: JournalEntry }
  | {
      readonly kind: 'gap';
      readonly reason: 'rotated' | 'suppressed' | 'overtaken';
      readonly count: number | null;
    };

/** journald's own notice of lines that it dropped is such a place. */
export function itemOf(entry: JournalEntry): LogItem {
  return entry.suppressed > 0
    ? { kind: 'gap', reason: 'suppressed', count: entry.suppressed }
    : { kind: 'entry', entry };
}

export function logLine(item: LogItem, text: Catalogue['console'], paint: Paint): string {
  if (item.kind === 'gap') {
    const { journal, format } = text;
    const said =
      item.reason === 'overtaken'
        ? text.journal.notKept(format.integer(item.count ?? 0))
        : item.reason === 'rotated'
          ? journal.gapRotated
          : journal.gapSuppressed(item.count === null ? null : format.integer(item.count));
    return paint(`${SYMBOL.warning} ${said}`, 'warning');
  }
  const { entry } = item;
  const tone = toneOf(entry.priority);
  // The symbol says without a colour what the colour says.
  const mark = entry.priority <= 3 ? `${SYMBOL.bad} ` : entry.priority === 4 ? `${SYMBOL.warning} ` : '';
  const head = `${text.format.dateTime(entry.realtimeUs / 1000)} ${writer(entry)}`;
  const message = harmless(entry.message) + (entry.cut ? '…' : '');
  return `${paint(head, 'quiet')} ${paint(`${mark}${message}`, tone)}`;
}

function writer({ identifier, pid }: JournalEntry): string {
  const name = harmless(identifier, 64);
  return pid === null ? name : `${name}[${pid}]`;
}

/** syslog's priorities, see syslog(3). */
function toneOf(priority: number): Tone {
  if (priority <= 3) return 'bad';
  if (priority === 4) return 'warning';
  return priority >= 7 ? 'quiet' : 'plain';
}

export function logDocument(item: LogItem): object {
  if (item.kind === 'gap') return { gap: item.reason, count: item.count };
  const { realtimeUs, suppressed: _, ...entry } = item.entry;
  return { at: microseconds(realtimeUs), ...entry };
}

/** ISO 8601 with the microseconds that the journal has. */
function microseconds(realtimeUs: number): string {
  const millis = Math.floor(realtimeUs / 1000);
  const rest = String(realtimeUs - millis * 1000).padStart(3, '0');
  return new Date(millis).toISOString().replace('Z', `${rest}Z`);
}
