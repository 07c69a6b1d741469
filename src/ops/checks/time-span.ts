/** Time spans as systemd writes and reads them, `30`, `30s`, `1min 30s` (systemd.time(7)). */

const UNITS: Readonly<Record<string, number>> = {
  us: 0.001,
  usec: 0.001,
  µs: 0.001,
  ms: 1,
  msec: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
  w: 604_800_000,
  week: 604_800_000,
  weeks: 604_800_000,
};

/** @returns ms; Infinity for `infinity`; null for what is no time span of at most weeks */
export function parseTimeSpan(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === 'infinity') return Number.POSITIVE_INFINITY;
  if (!/^(?:\d+(?:\.\d+)?\s*[a-zµ]*\s*)+$/i.test(trimmed)) return null;
  let total = 0;
  for (const [, number = '', unit = ''] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*([a-zµ]*)/gi)) {
    const factor = unit === '' ? 1000 : UNITS[unit];
    if (factor === undefined) return null;
    total += Number(number) * factor;
  }
  return total;
}
