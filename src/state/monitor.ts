/**
 * The only writer from the host's side: attaches the feeds of one connection after the other, marks
 * everything stale the moment a connection is lost, and gets a new one.
 */
import { backoffMs } from '../ops/backoff.ts';
import type { Caution } from '../ops/caution/caution.ts';
import type { Clock } from '../ops/clock.ts';
import { mayControl } from '../ops/control.ts';
import type { Failure } from '../ops/failure.ts';
import type { Host, HostMaker, ListenerFacts } from '../ops/host.ts';
import type { Probe } from '../ops/probe/probe.ts';
import { type Attachment, attach } from './attachment.ts';
import type { FactWriter } from './facts.ts';
import type { JournalFeed } from './journal-feed.ts';
import { failureOf } from './listening.ts';
import type { ConsoleStore, LinkState } from './store.ts';

type LostLink = Extract<LinkState, { readonly state: 'lost' }>;

/** After a reconnection, what was known before shows as stale until the host has spoken, or this long. */
const FIRST_FACTS_MS = 1000;

export interface MonitorOptions {
  readonly firstHost: Host;
  readonly makeHost: HostMaker;
  readonly port: number;
  readonly clock: Clock;
  readonly store: ConsoleStore;
  readonly facts: FactWriter;
  readonly journal: JournalFeed;
  readonly probe: Probe;
  readonly caution: Caution;
  /** See `AttachmentOptions`. */
  readonly netdataAddress?: string | null;
  /** In [0, 1). @default Math.random */
  readonly random?: () => number;
}

export interface Monitor {
  /** The host, while the link to it lives. */
  host(): Host | null;
  /** Reads the sockets on the service's port now; null when they cannot be read. Never rejects. */
  look(): Promise<ListenerFacts | null>;
  /** Does not wait for the next attempt; without effect while the link lives. */
  reconnect(): void;
  stop(): Promise<void>;
}

export function startMonitor(options: MonitorOptions): Monitor {
  const { clock, facts, store, makeHost } = options;
  const random = options.random ?? Math.random;
  const stopping = new AbortController();
  let current: Attachment | null = null;
  /** Ends the wait, or the attempt, that is under way while the link is lost. */
  let hurry = new AbortController();

  function adopt(host: Host, onComplete: () => void): void {
    const attachment = attach({ ...options, host, onComplete });
    current = attachment;
    void host.lost.then(({ detail }) => {
      if (stopping.signal.aborted || current !== attachment) return;
      lose(attachment, detail);
    });
  }

  function lose(attachment: Attachment, detail: string): void {
    current = null;
    attachment.detach();
    const { link } = store.getState();
    // Lost again before it had said anything: for whoever watches, it was never back.
    const sinceMono = link.state === 'lost' ? link.sinceMono : clock.now();
    const attempts = link.state === 'lost' ? link.attempts + 1 : 0;
    facts.write({
      link: { state: 'lost', sinceMono, detail, attempts, retryAtMono: null, lastFailure: null },
    });
    void attachment.host.close().catch(() => undefined);
    void reconnecting({ state: 'lost', sinceMono, detail, attempts, lastFailure: null });
  }

  async function reconnecting(first: Omit<LostLink, 'retryAtMono'>): Promise<void> {
    let lost = first;
    let atOnce = false;
    while (!stopping.signal.aborted) {
      if (!atOnce) {
        hurry = new AbortController();
        const restMs = backoffMs(isLasting(lost.lastFailure) ? PATIENT : lost.attempts, random());
        facts.write({ link: { ...lost, retryAtMono: clock.now() + restMs } });
        await clock.sleep(restMs, hurry.signal).catch(() => undefined);
        if (stopping.signal.aborted) return;
      }
      hurry = new AbortController();
      facts.write({ link: { ...lost, retryAtMono: null } });
      try {
        const host = await makeHost(hurry.signal);
        if (stopping.signal.aborted) return await host.close();
        return welcome(host);
      } catch (error) {
        // Aborted by the user's `reconnect`: that one is begun anew, and says nothing about the host.
        atOnce = hurry.signal.aborted;
        const lastFailure = atOnce ? lost.lastFailure : failureOf(error);
        if (!atOnce) options.caution.unreachable();
        lost = { ...lost, attempts: lost.attempts + 1, lastFailure };
      }
    }
  }

  function welcome(host: Host): void {
    const before = store.getState();
    let greeted = false;
    function live(): void {
      if (greeted || current?.host !== host) return;
      greeted = true;
      const { service, firewall, listeners, netdata, readOnly } = store.getState();
      facts.write({
        host: host.info,
        readOnly: readOnly || !mayControl(host.info),
        link: { state: 'live', sinceMono: clock.now(), roundTripMs: host.roundTripMs() },
        // What this connection has not said yet is not known any more.
        service: service === before.service ? null : service,
        firewall: firewall === before.firewall ? null : firewall,
        listeners: listeners === before.listeners ? null : listeners,
        netdata: netdata === before.netdata ? null : netdata,
      });
      options.probe.now();
    }
    adopt(host, live);
    clock.sleep(FIRST_FACTS_MS, stopping.signal).then(live, () => undefined);
  }

  /** The service connects again: so does its host, most likely, and the rest of up to half a minute is over. */
  const unsubscribe = store.subscribe(({ link, probe: { samples } }, { probe: before }) => {
    const [newest, older] = [samples.at(-1), before.samples.at(-1)];
    if (newest === older || newest?.status !== 'open' || older === undefined || older.status === 'open')
      return;
    // An attempt that is under way may be about to succeed.
    const rests = link.state === 'lost' && link.retryAtMono !== null;
    if (rests && !isLasting(link.lastFailure)) hurry.abort();
  });

  adopt(options.firstHost, () => undefined);

  return {
    host: () => current?.host ?? null,
    look: async () => (await current?.look()) ?? null,
    reconnect: () => hurry.abort(),
    async stop() {
      unsubscribe();
      stopping.abort();
      hurry.abort();
      current?.detach();
      await current?.host.close();
      current = null;
    },
  };
}

/** So many attempts that the longest waits are drawn. */
const PATIENT = 100;

/** Trying again soon will not help, and may have us shut out: a refused key, a changed host key. */
function isLasting(failure: Failure | null): boolean {
  switch (failure?.code) {
    case 'jump':
      return isLasting(failure.cause);
    case 'auth':
    case 'host-key-unknown':
    case 'host-key-changed':
    case 'host-key-revoked':
    case 'host-certificate-unsupported':
      return true;
    default:
      return false;
  }
}
