/** A clock that stands still until a test moves it. */
import type { Clock } from '../../src/ops/clock.ts';

interface Timer {
  readonly dueMono: number;
  readonly fire: () => void;
}

export interface FakeClock extends Clock {
  /** Moves the time on, waking sleepers in their order and letting each one's consequences run. */
  advance(ms: number): Promise<void>;
  /**
   * Moves the time on from one sleeper to the next, until the work is over.
   * @param busy work outside of this process that is under way, which no time may pass over; null for none
   */
  until<T>(work: Promise<T>, busy?: () => Promise<unknown> | null): Promise<T>;
  /** Lets everything run that waits for no time, the disk's work among it. */
  settle(): Promise<void>;
  /** Sleepers that wait right now. */
  readonly sleepers: number;
}

/**
 * Whether files are being read or written, which other threads do and a busy machine delays: time must not pass
 * meanwhile, or what is written in a moment would seem to have taken seconds.
 */
function diskWorks(): boolean {
  return process.getActiveResourcesInfo().some((name) => /^(?:FSReq|FileHandleCloseReq)/.test(name));
}

export function createFakeClock(startMono = 1000, startWall = Date.UTC(2026, 10, 20, 14, 0, 0)): FakeClock {
  let now = startMono;
  const timers = new Set<Timer>();

  async function settle(): Promise<void> {
    // A turn of the event loop drains every promise job; two, for what those set off in turn.
    do for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    while (diskWorks());
  }

  function nextDue(untilMono: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.dueMono <= untilMono && (next === undefined || timer.dueMono < next.dueMono)) next = timer;
    }
    return next;
  }

  return {
    now: () => now,
    wall: () => startWall + (now - startMono),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const abort = () => {
          timers.delete(timer);
          reject(signal?.reason);
        };
        const timer: Timer = {
          dueMono: now + Math.max(0, ms),
          fire: () => {
            signal?.removeEventListener('abort', abort);
            resolve();
          },
        };
        timers.add(timer);
        signal?.addEventListener('abort', abort, { once: true });
      }),
    settle,
    async until(work, busy = () => null) {
      let over = false;
      const end = (): void => {
        over = true;
      };
      work.then(end, end);
      for (;;) {
        await settle();
        if (over) return work;
        const outside = busy();
        if (outside !== null) {
          await outside;
          continue;
        }
        const timer = nextDue(Number.POSITIVE_INFINITY);
        if (timer === undefined) continue;
        timers.delete(timer);
        now = Math.max(now, timer.dueMono);
        timer.fire();
      }
    },
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (let timer = nextDue(until); timer !== undefined; timer = nextDue(until)) {
        timers.delete(timer);
        now = Math.max(now, timer.dueMono);
        timer.fire();
        await settle();
      }
      now = until;
      await settle();
    },
    get sleepers() {
      return timers.size;
    },
  };
}
