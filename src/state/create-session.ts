/** Puts a session together: store, journal, probe, monitor and what the user can ask for. */
import { createSpeaker, type SpeakerOptions } from '../calc/client.ts';
import { createCaution } from '../ops/caution/caution.ts';
import { type CautionStore, forgetfulStore } from '../ops/caution/memory.ts';
import type { ProbeSetting } from '../ops/caution/restraint.ts';
import type { Clock } from '../ops/clock.ts';
import type { Connector } from '../ops/connector.ts';
import { mayControl } from '../ops/control.ts';
import type { Way } from '../ops/firewall/access.ts';
import type { Host, HostMaker, ServiceVerb } from '../ops/host.ts';
import type { ProbeFacts } from '../ops/probe/facts.ts';
import { idleProbe } from '../ops/probe/idle.ts';
import { holderIn, queueIn } from '../ops/probe/politeness.ts';
import { createOwnPorts } from '../ops/probe/ports.ts';
import { type Probe, startProbe } from '../ops/probe/probe.ts';
import { createVisits } from '../ops/probe/visits.ts';
import { createActions } from './actions.ts';
import { blankState } from './blank-state.ts';
import { createCalculator } from './calculate.ts';
import { createDrilling } from './drilling.ts';
import { createFactWriter } from './facts.ts';
import { createJournalBuffer } from './journal-buffer.ts';
import { createJournalFeed } from './journal-feed.ts';
import { type Monitor, startMonitor } from './monitor.ts';
import type { Command, Session } from './session.ts';
import { type ConsoleState, createConsoleStore, type LinkState, type Subject } from './store.ts';

export interface SessionOptions {
  readonly firstHost: Host;
  /** Makes the host again after its connection was lost. */
  readonly makeHost: HostMaker;
  readonly subject: Subject;
  readonly clock: Clock;
  /** Dials from this machine. */
  readonly connector: Connector;
  /** By which address this machine dials the service; null when not known. Never rejects. */
  readonly way?: () => Promise<Way | null>;
  /** How the calculator is spoken to. @default as is learnt, remembered nowhere */
  readonly speech?: SpeakerOptions;
  /** Starts read-only whatever the host lets us do. @default false */
  readonly readOnly?: boolean;
  /** Lines of the journal that are there at the start. @default 200 */
  readonly journalLines?: number;
  /** Whether the service is dialled from here, and asked. @default true */
  readonly probing?: boolean;
  /** What the settings say of dialling. @default null: as it is found */
  readonly probeSetting?: ProbeSetting | null;
  /** What is remembered of the service's manners. @default as long as the session */
  readonly cautionStore?: CautionStore;
  /** Whether Netdata's own view of the service is read now and then. @default false */
  readonly netdata?: boolean;
  /** @default 2000 */
  readonly probeIntervalMs?: number;
  /** @default 3500 */
  readonly probeTimeoutMs?: number;
  /** In [0, 1), for the backoff. @default Math.random */
  readonly random?: () => number;
}

const JOURNAL_LINES = 200;

export function createSession(options: SessionOptions): Session {
  const { firstHost, subject, clock } = options;
  const closing = new AbortController();
  const ports = createOwnPorts({ onProbe: () => journal.remark() });
  const visits = createVisits(ports);
  const buffer = createJournalBuffer();
  const store = createConsoleStore(initialState(options));
  const facts = createFactWriter(store);
  const journal = createJournalFeed({
    clock,
    buffer,
    visits,
    onMessage: (message) => probe.heard(message),
    lines: options.journalLines ?? JOURNAL_LINES,
    onChange: (journalVersion) => store.setState({ journalVersion }),
    onFailure: (journalFailure) => store.setState({ journalFailure }),
    signal: closing.signal,
  });

  const caution = createCaution({
    clock,
    setting: options.probeSetting ?? null,
    store: options.cautionStore ?? forgetfulStore(),
    onChange: () => probe.cautioned(),
    signal: closing.signal,
  });
  const connector = caution.watched(options.connector);

  // The probe looks at the host's sockets and the monitor wakes the probe: one of them must come first.
  let monitor: Monitor | null = null;
  const host = (): Host | null => monitor?.host() ?? null;

  function takeProbe(probe: ProbeFacts): void {
    const { link } = store.getState();
    facts.write({ probe, link: withRoundTrip(link, host()) });
    if (probe.answer?.state !== 'mute' || probe.answer.heldBy === null) return;
    visits.isClient(probe.answer.heldBy);
    journal.remark();
  }

  // Netdata's check dials from the host itself, by the address that it dials.
  store.subscribe(({ netdata }, before) => {
    if (netdata === before.netdata || netdata?.value.state !== 'watching') return;
    for (const address of [subject.address, '127.0.0.1', '::1']) visits.checkedFrom(address);
    journal.remark();
  });

  // What earlier runs of ours left in the journal is known even where none of our connections gets through.
  void options.way?.().then((way) => {
    if (way === null || closing.signal.aborted) return;
    visits.checkedFrom(way.from);
    journal.remark();
    // An imagined host is not reached by this machine's routes.
    if (host()?.info.kind !== 'demo') facts.write({ way });
  });

  // Lines are tried where it is seen that nobody is served, nor waits.
  async function isFree(): Promise<boolean> {
    const sockets = (await monitor?.look()) ?? null;
    return sockets !== null && holderIn(sockets, ports) === null && queueIn(sockets, subject.port) === 0;
  }

  let resumeProbe: (() => void) | null = null;
  const speaker = createSpeaker({
    ...options.speech,
    mayDialAgain: isFree,
    onKept(kept) {
      store.setState({ keptConnection: kept });
      // Another connection would wait behind the one that is kept.
      if (kept) resumeProbe ??= probe.hold();
      else resumeProbe?.();
      if (!kept) resumeProbe = null;
    },
  });

  const probe: Probe =
    options.probing === false
      ? idleProbe(subject.address, subject.port)
      : startProbe({
          connector,
          clock,
          target: subject,
          ...(options.probeIntervalMs !== undefined && { intervalMs: options.probeIntervalMs }),
          ...(options.probeTimeoutMs !== undefined && { timeoutMs: options.probeTimeoutMs }),
          ask: subject.asksAnswers ? speaker.ask : null,
          ports,
          linkLive: () => host() !== null,
          look: async () => (await monitor?.look()) ?? null,
          onChange: takeProbe,
          caution,
        });
  const { makeHost, random } = options;
  monitor = startMonitor({
    firstHost,
    makeHost,
    port: subject.port,
    clock,
    store,
    facts,
    journal,
    probe,
    caution,
    netdataAddress: options.netdata === true ? subject.address : null,
    ...(random !== undefined && { random }),
  });
  const running = monitor;
  const actions = createActions({ store, clock, host, signal: closing.signal });
  const { ask } = speaker;
  const calculator = createCalculator({ store, clock, connector, ask, ports, probe, caution, host });
  const drilling = createDrilling({ store, clock, connector, ask, ports, host });

  function dispatch(command: Command): void {
    if (closing.signal.aborted) return;
    switch (command.type) {
      case 'service':
        if (ENDS_IT.has(command.verb)) caution.acted();
        return actions.service(command.verb);
      case 'port':
        return actions.port(command.open, command.scope);
      case 'calculate':
        return calculator.calculate(command.input, command.knowing);
      case 'cancel-calculation':
        return calculator.cancel();
      case 'drill':
        caution.acted();
        return drilling.start();
      case 'close-drill':
        return drilling.close();
      case 'reconnect':
        return running.reconnect();
      case 'probe-now':
        return probe.check();
      case 'dial-anyway':
        caution.consent();
        return probe.check();
      case 'read-only':
        // A user without sudo may switch it off: polkit may allow one unit, and the host says if not.
        return store.setState({ readOnly: command.on });
    }
  }

  let closed: Promise<void> | null = null;
  async function close(): Promise<void> {
    closing.abort();
    calculator.cancel();
    drilling.stop();
    speaker.close();
    await Promise.all([probe.stop(), running.stop()]);
    await options.cautionStore?.settled();
  }

  return {
    store,
    journal: buffer,
    dispatch,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

/** What the unit does after these, no connection has done. */
const ENDS_IT: ReadonlySet<ServiceVerb> = new Set(['stop', 'restart', 'kill', 'start', 'reset-failed']);

function initialState({ firstHost, subject, clock, readOnly }: SessionOptions): ConsoleState {
  const { info } = firstHost;
  return blankState({
    subject,
    host: info,
    link: { state: 'live', sinceMono: clock.now(), roundTripMs: firstHost.roundTripMs() },
    readOnly: readOnly === true || !mayControl(info),
  });
}

/** The link's round trip as last measured; what is live stays the same object while that stands. */
function withRoundTrip(link: LinkState, host: Host | null): LinkState {
  if (link.state !== 'live' || host === null) return link;
  const roundTripMs = host.roundTripMs();
  return roundTripMs === link.roundTripMs ? link : { ...link, roundTripMs };
}
