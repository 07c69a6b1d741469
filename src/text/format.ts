/** Durations, sizes, latencies and times as a reader of each language writes them. Pure. */
import type { Language } from './language.ts';

export interface Formats {
  /** A length of time, two units at most: `12 s`, `3 min 12 s`, `2 h 05 min`, `4 d 7 h`. @param ms below zero counts as zero */
  duration(ms: number): string;
  /** A wait as somebody has set it: `30 s`, and `100 ms` where it is no whole second. */
  wait(ms: number): string;
  /** A short wait to the tenth: `0.4 s`, `27.3 s`. */
  seconds(ms: number): string;
  /** A latency: `0.42 ms`, `1.4 ms`, `12 ms`, `1.20 s`. */
  latency(ms: number): string;
  /** A latency's figure alone, in ms: `0.42`, `1.4`, `12`. */
  milliseconds(ms: number): string;
  /** Binary sizes: `812 B`, `12.4 MiB`. */
  bytes(bytes: number): string;
  /** A share of one: `0 %`, `2.5 %`, `100 %`. */
  percent(share: number): string;
  /** Local time of day, `14:03:22`. @param wall ms since the epoch */
  clock(wall: number): string;
  /** Local date and time, sortable: `2026-11-02 14:03:22`. */
  dateTime(wall: number): string;
  integer(value: number): string;
}

interface Habits {
  readonly comma: string;
  readonly day: string;
  readonly byteUnits: readonly string[];
  readonly group: string;
}

const HABITS: Record<Language, Habits> = {
  en: { comma: '.', day: 'd', byteUnits: ['B', 'KiB', 'MiB', 'GiB', 'TiB'], group: ',' },
  fr: { comma: ',', day: 'j', byteUnits: ['o', 'Kio', 'Mio', 'Gio', 'Tio'], group: ' ' },
};

const two = (value: number): string => String(value).padStart(2, '0');

export function formats(language: Language): Formats {
  const habits = HABITS[language];
  const decimal = (value: number, digits: number): string => value.toFixed(digits).replace('.', habits.comma);

  const milliseconds = (ms: number): string => {
    if (ms < 0.995) return decimal(Math.max(0, ms), 2);
    return ms < 9.95 ? decimal(ms, 1) : String(Math.round(ms));
  };

  const clock = (wall: number): string => {
    const date = new Date(wall);
    return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  };

  const latency = (ms: number): string =>
    ms < 999.5 ? `${milliseconds(ms)} ms` : `${decimal(ms / 1000, 2)} s`;
  const duration = (ms: number): string => {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    if (seconds < 60) return `${seconds} s`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`;
    const hours = Math.floor(minutes / 60);
    if (hours < 24) return `${hours} h ${two(minutes % 60)} min`;
    return `${Math.floor(hours / 24)} ${habits.day} ${hours % 24} h`;
  };

  return {
    duration,
    wait: (ms) => (ms % 1000 === 0 ? duration(ms) : latency(ms)),
    seconds: (ms) => `${decimal(Math.max(0, ms) / 1000, 1)} s`,
    latency,
    milliseconds,
    bytes(bytes) {
      let value = Math.max(0, bytes);
      let unit = 0;
      while (value >= 1023.95 && unit < habits.byteUnits.length - 1) {
        value /= 1024;
        unit += 1;
      }
      return `${unit === 0 ? Math.round(value) : decimal(value, 1)} ${habits.byteUnits[unit]}`;
    },
    percent(share) {
      const value = share * 100;
      const whole = value === 0 || value >= 9.95;
      return `${whole ? Math.round(value) : decimal(value, 1)} %`;
    },
    clock,
    dateTime(wall) {
      const date = new Date(wall);
      return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(wall)}`;
    },
    integer: (value) => String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, habits.group),
  };
}
