/** Whether the bus of a host can be had at all: within a bound, and with the right name for why not. */
import type { Clock } from '../clock.ts';
import { Failed } from '../failure.ts';
import type { UnitManager } from '../host.ts';
import type { Transport } from '../transport/transport.ts';

export interface BusReadyOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Whose bus it is. @default 'system' */
  readonly manager?: UnitManager;
  /** What the bus is given to say its first word. */
  readonly withinMs: number;
}

/**
 * @param ready resolves when the bus first answered
 * @throws Failed `no-systemd` of a host that runs none; `no-bus` of one whose bus is silent, or cannot be had
 */
export async function busReady(ready: Promise<void>, options: BusReadyOptions): Promise<void> {
  const { transport, clock, withinMs, manager = 'system' } = options;
  const over = new AbortController();
  const silent = clock.sleep(withinMs, over.signal).then(() => {
    throw new Failed({ code: 'no-bus', host: transport.label, manager, detail: '', ms: withinMs });
  });
  silent.catch(() => {});
  try {
    await Promise.race([ready, silent]);
  } catch (error) {
    if (!(error instanceof Failed) || error.failure.code !== 'no-systemd') throw error;
    if (!(await isBooted(transport))) throw error;
    const { host, detail } = error.failure;
    throw new Failed({ code: 'no-bus', host, manager, detail, ms: null }, { cause: error });
  } finally {
    over.abort();
  }
}

/** As sd_booted(3) asks; a host that does not even answer that is none that we know to have systemd. */
async function isBooted(transport: Transport): Promise<boolean> {
  return transport.run(['test', '-d', '/run/systemd/system']).then(
    ({ code }) => code === 0,
    () => false,
  );
}
