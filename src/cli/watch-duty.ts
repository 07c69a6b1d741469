/** What a guard owes its service manager: that it is ready, that it is alive, and a line of how things are. */
import type { Clock } from '../ops/clock.ts';
import type { Notifier } from '../ops/sd-notify.ts';
import type { Catalogue } from '../text/catalogue.ts';
import type { Fleet } from './watch-fleet.ts';

const STATUS_EVERY_MS = 5000;

export interface DutyOptions {
  readonly notifier: Notifier;
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly text: Catalogue;
  readonly signal: AbortSignal;
}

/** Ends when the signal is aborted; never rejects. */
export async function reportDuty(options: DutyOptions): Promise<void> {
  const { notifier, fleet, clock, text, signal } = options;
  // Twice in the time that systemd allows, as sd_watchdog_enabled(3) advises.
  const aliveEveryMs = notifier.watchdogMs === null ? Number.POSITIVE_INFINITY : notifier.watchdogMs / 2;
  let said = statusOf(fleet, text);
  notifier.ready(said);
  let aliveMono = clock.now();
  try {
    for (;;) {
      await clock.sleep(Math.min(STATUS_EVERY_MS, aliveEveryMs), signal);
      const status = statusOf(fleet, text);
      if (status !== said) notifier.status(status);
      said = status;
      if (clock.now() - aliveMono < aliveEveryMs - EARLY_MS || !fleet.healthy()) continue;
      aliveMono = clock.now();
      notifier.alive();
    }
  } catch {
    notifier.stopping();
  }
}

/** Rather a little before its time than a whole round after. */
const EARLY_MS = 1000;

function statusOf({ guarded }: Fleet, text: Catalogue): string {
  const counts = { up: 0, down: 0, unknown: 0, blind: 0 };
  for (const { watcher } of guarded) {
    const { judged, blind } = watcher.memory();
    counts[judged] += 1;
    if (blind?.told) counts.blind += 1;
  }
  return text.watch.status(counts.up, counts.down, counts.blind, counts.unknown);
}
