import { expect, it } from 'vitest';
import { Failed } from '../../../src/ops/failure.ts';
import { openHostTime } from '../../../src/ops/linux/host-time.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeTransport } from '../../support/fake-transport.ts';

const HOUR_MS = 3_600_000;
/** What the clock of these tests says when the host says that it is up for so long, and what a stamp of then is. */
const NOW_MS = 10_000_000;
const UPTIME_S = 9_000;
const stampAt = (ms: number): number => ms * 1000;

async function open(read?: () => void) {
  const clock = createFakeClock(NOW_MS);
  const transport = createFakeTransport({
    exec: () => {
      throw new Failed({ code: 'unavailable', what: 'exec', detail: 'no room' });
    },
    files: { '/proc/uptime': `${UPTIME_S}.00 1.00\n` },
  });
  const over = new AbortController();
  const reading = {
    ...transport,
    readFile: (path: string) => {
      read?.();
      return transport.readFile(path);
    },
  };
  const time = openHostTime(reading, clock, over.signal);
  await time.ready;
  return { clock, time, over };
}

/** Hundredths of a second are cut off of the uptime: half of one is what that makes on average. */
const HALF_TICK_MS = 5;

it('a moment of the host is one of ours by its uptime, whatever its wall clock says', async () => {
  const { time } = await open();
  expect(time.toMono(stampAt(UPTIME_S * 1000 - 500), 0)).toBe(NOW_MS - 500 - HALF_TICK_MS);
  expect(time.toMono(0, 0)).toBeNull();
});

it('a host that slept for an hour stamps an hour less than its uptime: its signals are believed', async () => {
  const { time } = await open();
  const stamp = stampAt(UPTIME_S * 1000 - HOUR_MS);
  expect(time.toMono(stamp, 0)).toBe(NOW_MS - HOUR_MS - HALF_TICK_MS);
  time.observe(stamp);
  expect(time.toMono(stamp, 0)).toBe(NOW_MS);
  expect(time.toMono(stamp - stampAt(2000), 0)).toBe(NOW_MS - 2000);
});

it('a signal that was six seconds under way is a late one, and no sleep', async () => {
  const { time } = await open();
  const late = stampAt(UPTIME_S * 1000 - 5_990);
  time.observe(late);
  expect(time.toMono(stampAt(UPTIME_S * 1000), 0)).toBe(NOW_MS - HALF_TICK_MS);
  time.observe(stampAt(UPTIME_S * 1000 - 6_010));
  expect(time.toMono(stampAt(UPTIME_S * 1000 - 6_010), 0)).toBe(NOW_MS);
});

it('is read later where it could not be at first, and goes by wall clocks until then', async () => {
  let refusals = 1;
  const { clock, time } = await open(() => {
    refusals -= 1;
    if (refusals >= 0) throw new Failed({ code: 'unavailable', what: '/proc/uptime', detail: 'no room' });
  });
  const stamp = stampAt(UPTIME_S * 1000);
  expect(time.toMono(stamp, (clock.wall() - 7000) * 1000)).toBe(NOW_MS - 7000);
  await clock.advance(500);
  expect(time.toMono(stamp, 0)).not.toBeNull();
  expect(time.toMono(stamp, 0)).toBeGreaterThan(NOW_MS - 100);
});

it('is not tried again once the connection is over', async () => {
  const { clock, over } = await open(() => {
    throw new Failed({ code: 'timeout', what: 'read', ms: 1 });
  });
  expect(clock.sleepers).toBe(1);
  over.abort();
  await clock.settle();
  expect(clock.sleepers).toBe(0);
});
