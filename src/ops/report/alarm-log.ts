/** Netdata's own log of the alarms that it raised (`/api/v1/alarm_log`). Pure. */
import { seconds } from '../netdata/json.ts';

export interface RaisedAlarm {
  readonly name: string;
  /** `WARNING`, `CRITICAL`, `CLEAR`… */
  readonly status: string;
  /** Wall time, ms since the epoch. */
  readonly at: number;
}

/** The changes of the alarms on one chart, oldest first; those of their birth and death left out. */
export function parseAlarmLog(text: string, chart: string): readonly RaisedAlarm[] {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(entries)) return [];
  const changes = entries.flatMap((entry: unknown): RaisedAlarm[] => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { chart: of, name, status, when } = entry as Record<string, unknown>;
    const at = seconds(when);
    if (of !== chart || typeof name !== 'string' || typeof status !== 'string' || at === null) return [];
    return /^(?:WARNING|CRITICAL|CLEAR)$/.test(status) ? [{ name, status, at: at * 1000 }] : [];
  });
  return changes.toSorted((a, b) => a.at - b.at);
}

export const isRaised = ({ status }: RaisedAlarm): boolean => status !== 'CLEAR';
