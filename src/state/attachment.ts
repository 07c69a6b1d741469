/** One host's feeds, flowing into the store for as long as its connection lives. */
import type { Caution } from '../ops/caution/caution.ts';
import type { Clock } from '../ops/clock.ts';
import type { FirewallFacts, Host, ListenerFacts, ServiceFacts } from '../ops/host.ts';
import type { Probe } from '../ops/probe/probe.ts';
import { persist } from '../ops/retries.ts';
import { addressesOf, type FactWriter } from './facts.ts';
import type { JournalFeed } from './journal-feed.ts';
import { createListening, type Listening } from './listening.ts';
import { feedNetdata, type NetdataFeed } from './netdata-feed.ts';

/** Memory and CPU are never announced: read this rarely. */
const SAMPLE_EVERY_MS = 15_000;

export interface AttachmentOptions {
  readonly host: Host;
  readonly port: number;
  readonly clock: Clock;
  readonly facts: FactWriter;
  readonly journal: JournalFeed;
  readonly probe: Probe;
  readonly caution: Caution;
  /** Where Netdata's check of the service dials; null: Netdata is left alone. @default null */
  readonly netdataAddress?: string | null;
  /** Service and firewall have both said how they are. */
  readonly onComplete: () => void;
}

export interface Attachment {
  readonly host: Host;
  look(): Promise<ListenerFacts | null>;
  /** Nothing of this host reaches the store any more. Does not close it. */
  detach(): void;
}

export function attach(options: AttachmentOptions): Attachment {
  const { host, clock, facts, probe } = options;
  const over = new AbortController();
  const awaited = new Set(['service', 'firewall']);
  const listening = watchListening(options);
  const netdata = watchNetdata(options);
  let unitBefore = '';
  let invocationBefore: string | null = null;
  let portsBefore = '';

  function said(subject: 'service' | 'firewall'): void {
    // Not from within `attach`: a feed may speak before it has returned.
    if (awaited.delete(subject) && awaited.size === 0) queueMicrotask(options.onComplete);
  }

  function takeService(service: ServiceFacts): void {
    if (over.signal.aborted) return;
    const unitNow = [service.load, service.active, service.sub, service.mainPid, service.invocationId].join();
    const changed = unitNow !== unitBefore;
    const first = unitBefore === '';
    unitBefore = unitNow;
    // First: a unit that has just started is not one that does not listen.
    if (changed) listening.unitChanged(service);
    // Before the verdict: what ended it is part of that.
    options.caution.unit(service);
    facts.write({ service: { value: service, atMono: clock.now() }, serviceFailure: null });
    said('service');
    if (!changed) return;
    tellProbe(service);
    if (!first) netdata?.stir();
  }

  /** The probe is under way by itself: only what is different from before is news to it. */
  function tellProbe(service: ServiceFacts): void {
    const invocation = `${service.invocationId} ${service.mainPid}`;
    if (invocationBefore === null) {
      invocationBefore = invocation;
    } else if (service.active === 'active' && invocation !== invocationBefore) {
      invocationBefore = invocation;
      probe.serviceStarted();
    } else {
      probe.now();
    }
  }

  function takeFirewall(firewall: FirewallFacts): void {
    if (over.signal.aborted) return;
    facts.write({ firewall: { value: firewall, atMono: clock.now() }, firewallFailure: null });
    said('firewall');
    const portsNow = JSON.stringify(firewall);
    if (portsBefore !== '' && portsNow !== portsBefore) probe.now();
    portsBefore = portsNow;
  }

  async function sampleNowAndThen(): Promise<void> {
    for (;;) {
      await clock.sleep(SAMPLE_EVERY_MS, over.signal);
      host.service.sample();
    }
  }

  const stops = [
    host.service.watch(takeService, (serviceFailure) => {
      if (over.signal.aborted) return;
      facts.write({ serviceFailure });
      said('service');
    }),
    host.firewall.watch(takeFirewall, (firewallFailure) => {
      if (over.signal.aborted) return;
      facts.write({ firewallFailure });
      said('firewall');
    }),
    options.journal.attach(host),
    () => netdata?.stop(),
  ];
  persist(() => host.listeners.interfaces(), { clock, signal: over.signal }).then(
    (interfaces) => over.signal.aborted || facts.write({ interfaces }),
    () => undefined,
  );
  options.caution.attach(host);
  sampleNowAndThen().catch(() => undefined);

  return {
    host,
    look: listening.look,
    detach() {
      over.abort();
      options.caution.detach();
      listening.stop();
      for (const stop of stops) stop();
    },
  };
}

/** The demo host is imagined: what answers on its loopback is this machine's own. */
function watchNetdata({ host, clock, facts, port, netdataAddress }: AttachmentOptions): NetdataFeed | null {
  const address = netdataAddress ?? null;
  if (address === null || host.info.kind === 'demo') return null;
  return feedNetdata({ host, clock, facts, port, address });
}

function watchListening({ host, port, clock, facts, probe, caution }: AttachmentOptions): Listening {
  let addressesBefore: string | null = null;
  return createListening({
    clock,
    port,
    read: () => host.listeners.read(port),
    onFacts(value) {
      caution.listening(value.listeners.some((listener) => listener.port === port));
      facts.write({ listeners: { value, atMono: clock.now() }, listenersFailure: null });
      const addresses = addressesOf(value);
      // A socket has appeared or gone: whether it is reached from here is worth knowing now.
      if (addressesBefore !== null && addresses !== addressesBefore) probe.now();
      addressesBefore = addresses;
    },
    onFailure: (listenersFailure) => facts.write({ listenersFailure }),
    onSettling: facts.settling,
  });
}
