/** Netdata's own view of the port, read now and then through the link for as long as one connection lives. */
import type { Clock } from '../ops/clock.ts';
import { Failed } from '../ops/failure.ts';
import type { Host } from '../ops/host.ts';
import { openNetdataApi } from '../ops/netdata/api.ts';
import { createNetdataView, type NetdataFacts } from '../ops/netdata/observe.ts';
import { createPacer } from '../ops/pacer.ts';
import type { FactWriter } from './facts.ts';

/** While all is well and nothing moves: each read is two answers on the wire. */
const CALM_EVERY_MS = 30_000;
/** Its check has a result this often. */
const STIRRED_EVERY_MS = 5_000;
/** Its check and its alarm come some rounds after what they speak of. */
const STIRRED_FOR_MS = 40_000;
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

export interface NetdataFeed {
  /** Something has happened to the service: what Netdata makes of it is soon to be seen. */
  stir(): void;
  stop(): void;
}

export function feedNetdata({ host, clock, facts, port, address }: NetdataFeedOptions): NetdataFeed {
  const over = new AbortController();
  const api = openNetdataApi(host, { clock });
  const view = createNetdataView(api, { port, hosts: [address] });
  const pacer = createPacer(clock);
  const startedMono = clock.now();
  let stirredUntilMono = Number.NEGATIVE_INFINITY;

  function restMs(value: NetdataFacts): number {
    if (value.state === 'absent') return ABSENT_EVERY_MS;
    const calm = clock.now() >= stirredUntilMono && value.raised.length === 0 && isSettled(value);
    return calm ? CALM_EVERY_MS : STIRRED_EVERY_MS;
  }

  function isSettled(value: NetdataFacts): boolean {
    if (value.state === 'watching') return value.sees === 'up';
    // A Netdata that has just been started knows its charts some seconds later.
    return clock.now() - startedMono >= STIRRED_FOR_MS;
  }

  async function reading(): Promise<void> {
    await clock.sleep(FIRST_AFTER_MS, over.signal);
    for (;;) {
      const value = await view.read(over.signal).catch(strange);
      if (over.signal.aborted) return;
      facts.write({ netdata: { value, atMono: clock.now() } });
      await pacer.rest(restMs(value));
      if (over.signal.aborted) return;
    }
  }

  /** An answer that nobody had thought of must not end the reading. @throws what tells of the end of the link */
  function strange(error: unknown): NetdataFacts {
    if (over.signal.aborted || error instanceof Failed) throw error;
    return { state: 'absent', detail: error instanceof Error ? error.message : String(error) };
  }

  // Ends with the link, which is told elsewhere.
  reading().catch(() => undefined);

  return {
    stir() {
      const calm = clock.now() >= stirredUntilMono;
      stirredUntilMono = clock.now() + STIRRED_FOR_MS;
      // Or a unit that goes up and down all the time would have it read all the time.
      if (calm) pacer.wake();
    },
    stop() {
      over.abort();
      pacer.wake();
      api.close();
    },
  };
}
