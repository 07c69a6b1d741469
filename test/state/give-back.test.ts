/** Memory after a flood: handed back once it is over, and not held by what is kept of it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { LINE_LIMITS } from '../../src/ops/linux/journal-command.ts';
import { parseEntry } from '../../src/ops/linux/journal-entry.ts';
import { createLineSplitter } from '../../src/ops/linux/journal-line.ts';
import { createGiveBack } from '../../src/state/give-back.ts';
import { createJournalBuffer, JOURNAL_CAPACITY } from '../../src/state/journal-buffer.ts';
import { createFakeClock } from '../support/fake-clock.ts';

it('is handed back once, when the flood has calmed down, and never for a trickle', async () => {
  const clock = createFakeClock();
  let collected = 0;
  const stop = new AbortController();
  const giveBack = createGiveBack({ clock, signal: stop.signal, collect: () => (collected += 1) });
  for (let second = 0; second < 20; second += 1) {
    giveBack.came(5_000);
    await clock.advance(1_000);
  }
  expect(collected).toBe(0);
  await clock.advance(10_000);
  expect(collected).toBe(1);
  giveBack.came(200);
  await clock.advance(60_000);
  expect(collected).toBe(1);
  // The flood of another day.
  giveBack.came(50_000);
  stop.abort();
  await clock.advance(60_000);
  expect(collected).toBe(1);
});

it('is not held by the lines that are kept, nor taken by those that are not: as much after 100,000 as after 20,000', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('globalThis.gc') as () => void;
  const splitter = createLineSplitter(LINE_LIMITS);
  const buffer = createJournalBuffer();
  let written = 0;
  /** In chunks as a channel hands them over, each ending in the middle of a line. */
  function flood(until: number): number {
    while (written < until) {
      let text = '';
      for (let line = 0; line < 100; line += 1, written += 1) {
        const n = String(written).padStart(8, '0');
        text += `${JSON.stringify({ __CURSOR: `s=4f1d;i=${n};b=0f1e2d3c;m=${n}`, __REALTIME_TIMESTAMP: '1764000000000000', MESSAGE: `line ${n} of a flood`, PRIORITY: '6', _PID: '42' })}\n`;
      }
      const bytes = Buffer.from(text);
      for (const chunk of [bytes.subarray(0, 7_777), bytes.subarray(7_777)]) {
        const entries = splitter.push(chunk).map(parseEntry);
        buffer.append(
          entries.filter((entry) => entry !== null),
          () => false,
        );
      }
    }
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  }
  const before = flood(20_000);
  const after = flood(120_000);
  expect(buffer.length).toBe(JOURNAL_CAPACITY);
  expect(buffer.dropped + buffer.length).toBe(120_000);
  expect(after / before).toBeLessThan(1.2);
});

it('counts the lines of a gap with those that are no longer kept', () => {
  const buffer = createJournalBuffer(2);
  buffer.appendGap('suppressed', 500);
  buffer.appendGap('rotated', null);
  expect(buffer.dropped).toBe(0);
  buffer.appendGap('rotated', null);
  expect(buffer.dropped).toBe(500);
  buffer.appendGap('rotated', null);
  expect(buffer.dropped).toBe(500);
});
