/** Durations, sizes and times as each language writes them. */
import { describe, expect, it } from 'vitest';
import { formats } from '../../src/text/format.ts';

const english = formats('en');
const french = formats('fr');

describe('formats', () => {
  it.each([
    [-5, '0 s'],
    [999, '0 s'],
    [12_345, '12 s'],
    [192_000, '3 min 12 s'],
    [62_000, '1 min 02 s'],
    [3_600_000, '1 h 00 min'],
    [90_061_000, '1 d 1 h'],
  ])('%i ms is %s', (ms, expected) => {
    expect(english.duration(ms)).toBe(expected);
    expect(french.duration(ms)).toBe(expected.replace(' d ', ' j '));
  });

  it.each([
    [0.4217, '0.42 ms'],
    [0.996, '1.0 ms'],
    [1.44, '1.4 ms'],
    [9.96, '10 ms'],
    [12.4, '12 ms'],
    [999.4, '999 ms'],
    [1204, '1.20 s'],
  ])('a latency of %d is %s', (ms, expected) => {
    expect(english.latency(ms)).toBe(expected);
    expect(french.latency(ms)).toBe(expected.replace('.', ','));
  });

  it.each([
    [0, '0 B', '0 o'],
    [812, '812 B', '812 o'],
    [1024, '1.0 KiB', '1,0 Kio'],
    [13_002_342, '12.4 MiB', '12,4 Mio'],
    [1024 ** 2 - 1, '1.0 MiB', '1,0 Mio'],
    [2 ** 60, '1048576.0 TiB', '1048576,0 Tio'],
  ])('%i bytes are %s, in French %s', (bytes, one, other) => {
    expect(english.bytes(bytes)).toBe(one);
    expect(french.bytes(bytes)).toBe(other);
  });

  it.each([
    [0, '0 %'],
    [1, '100 %'],
    [0.025, '2.5 %'],
    [0.123, '12 %'],
  ])('a share of %d is %s', (share, expected) => {
    expect(english.percent(share)).toBe(expected);
  });

  it('shows short waits to the tenth', () => {
    expect(english.seconds(27_340)).toBe('27.3 s');
    expect(french.seconds(27_340)).toBe('27,3 s');
    expect(english.seconds(-1)).toBe('0.0 s');
  });

  it('shows local times', () => {
    const wall = new Date(2026, 10, 2, 4, 3, 2).getTime();
    expect(english.clock(wall)).toBe('04:03:02');
    expect(french.dateTime(wall)).toBe('2026-11-02 04:03:02');
  });

  it('groups long numbers', () => {
    expect(english.integer(-100_000)).toBe('-100,000');
    expect(french.integer(1_234_567)).toBe('1 234 567');
    expect(english.integer(42)).toBe('42');
  });

  it('says a wait as it was set, whole seconds or not', () => {
    expect([100, 1500, 30_000, 90_000].map((ms) => formats('fr').wait(ms))).toEqual([
      '100 ms',
      '1,50 s',
      '30 s',
      '1 min 30 s',
    ]);
  });
});
