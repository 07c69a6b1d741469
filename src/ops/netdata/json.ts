/** JSON of Netdata's, of which nothing is believed before it was looked at. Pure. */

export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function parseObject(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export const word = (value: unknown): string => (typeof value === 'string' ? value : '');
export const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** The latest that a Date can be (ECMA-262, "Time Values and Time Range"): beyond, no calendar writes it. */
const LATEST_S = 8_640_000_000_000;

/** Seconds since the epoch; null for what is no time. */
export function seconds(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= LATEST_S ? value : null;
}
