/** Netdata's own view of the port, read now and then through the link for as long as one connection lives. */
import type { Clock } from '../ops/clock.ts';
import type { Host } from '../ops/host.ts';
import { openNetdataApi } from '../ops/netdata/api.ts';
import { createNetdataView } from '../ops/netdata/observe.ts';
import type { FactWriter } from './facts.ts';

/** Two small answers over a connection that is kept: its check has a result every 5 s, its alarms change rarely. */
const READ_EVERY_MS = 10_000;
/** Most hosts have no Netdata; it may be installed while we look. */
const ABSENT_EVERY_MS = 60_000;
/** What the screen begins with comes first. */
const FIRST_AFTER_MS = 1_500;

export interface NetdataFeedOptions {
  readonly host: Host;
  readonly clock: Clock;
  readonly facts: FactWriter;
  readonly port: number;
  /** Where the service is dialled. */
  readonly address: string;
}

/** Returns the stop function. */
export function feedNetdata({ host, clock, facts, port, address }: NetdataFeedOptions): () => void {
  const over = new AbortController();
  const api = openNetdataApi(host, { clock });
  const view = createNetdataView(api, { port, hosts: [address] });

  async function reading(): Promise<void> {
    await clock.sleep(FIRST_AFTER_MS, over.signal);
    for (;;) {
      const value = await view.read(over.signal);
      if (over.signal.aborted) return;
      facts.write({ netdata: { value, atMono: clock.now() } });
      await clock.sleep(value.state === 'absent' ? ABSENT_EVERY_MS : READ_EVERY_MS, over.signal);
    }
  }
  // Ends with the link, which is told elsewhere.
  reading().catch(() => undefined);

  return () => {
    over.abort();
    api.close();
  };
}
