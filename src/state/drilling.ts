/** The drill as the user starts it and looks at it; its progress is in the store. */
import type { Ask } from '../calc/client.ts';
import type { Clock } from '../ops/clock.ts';
import type { Connector } from '../ops/connector.ts';
import { runDrill } from '../ops/drill/drill.ts';
import type { DrillProgress } from '../ops/drill/progress.ts';
import { idleDrill } from '../ops/drill/steps.ts';
import type { Failure } from '../ops/failure.ts';
import type { Host } from '../ops/host.ts';
import type { OwnPorts } from '../ops/probe/ports.ts';
import { readOnlyRefusal } from './actions.ts';
import type { ConsoleStore } from './store.ts';

export interface DrillingOptions {
  readonly store: ConsoleStore;
  readonly clock: Clock;
  readonly connector: Connector;
  readonly ask: Ask;
  readonly ports: OwnPorts;
  /** The host, while the link to it lives. */
  readonly host: () => Host | null;
}

export interface Drilling {
  /** Without effect while one runs. */
  start(): void;
  /** Takes the result of one that has ended away. One that runs goes on: its process is killed already. */
  close(): void;
  /** Ends the one that runs. */
  stop(): void;
}

export function createDrilling({ store, clock, connector, ask, ports, host }: DrillingOptions): Drilling {
  let running: AbortController | null = null;

  /** The drill's connections are the probe's kind: the journal folds them. */
  const dial: Connector = async (address, port, options) => {
    const socket = await connector(address, port, options);
    ports.add(socket.localPort, 'probe');
    return socket;
  };

  function refused(failure: Failure): DrillProgress {
    const { subject, service } = store.getState();
    const progress = idleDrill(subject.unit, service?.value ?? null, clock.now());
    return { ...progress, passed: false, reason: { code: 'refused', failure } };
  }

  function start(): void {
    if (running !== null) return;
    const refusal = readOnlyRefusal(store);
    const live = host();
    if (refusal !== null) return store.setState({ drill: refused(refusal) });
    if (live === null) return store.setState({ drill: refused({ code: 'link-lost', detail: '' }) });
    const mine = new AbortController();
    running = mine;
    // What the last one came to is not this one's.
    store.setState({ drill: null });
    const { subject, interfaces } = store.getState();
    void runDrill({
      host: live,
      clock,
      subject,
      interfaces,
      connector: dial,
      ask: subject.asksAnswers ? ask : null,
      signal: mine.signal,
      onProgress: (drill) => {
        if (!mine.signal.aborted) store.setState({ drill });
      },
    }).finally(() => {
      running = null;
    });
  }

  return {
    start,
    close() {
      if (store.getState().drill?.passed !== null) store.setState({ drill: null });
    },
    stop: () => running?.abort(),
  };
}
