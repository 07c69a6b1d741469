/** The user's calculations, one after the other: direct when the service is reachable, else through the host. */
import type { Duplex } from 'node:stream';
import { ask } from '../calc/client.ts';
import { type Operation, parse } from '../calc/grammar.ts';
import { isWildcard } from '../ops/address.ts';
import type { Clock } from '../ops/clock.ts';
import { type Connector, connectErrorCode } from '../ops/connector.ts';
import { Failed } from '../ops/failure.ts';
import type { Host } from '../ops/host.ts';
import type { Probe } from '../ops/probe.ts';
import type { OwnPorts } from '../ops/probe-ports.ts';
import type { Calculation, CalculationFailure, ConsoleStore } from './store.ts';

/** Bounds the connection, and then the wait for the answer. */
const CALCULATION_TIMEOUT_MS = 5000;
const KEPT = 500;

export interface CalculateOptions {
  readonly store: ConsoleStore;
  readonly clock: Clock;
  readonly connector: Connector;
  readonly ports: OwnPorts;
  readonly probe: Probe;
  /** The host, while the link to it lives. */
  readonly host: () => Host | null;
}

export interface Calculator {
  /** Asks, after those that were asked before. What the server must not get is not sent, nor listed. */
  calculate(input: string): void;
  /** Gives up on all that have no answer yet. */
  cancel(): void;
}

type Way = 'direct' | 'host';
type Dial = (signal: AbortSignal) => Promise<Duplex>;

export function createCalculator(options: CalculateOptions): Calculator {
  const { store, clock, connector, ports, probe, host } = options;
  let nextId = 1;
  let cancelling = new AbortController();
  let last: Promise<void> = Promise.resolve();

  function begin(input: string): number {
    const calculation: Calculation = { id: nextId++, input, result: { state: 'asking' } };
    store.setState(({ calculations }) => ({ calculations: [...calculations, calculation].slice(-KEPT) }));
    return calculation.id;
  }

  function end(id: number, result: Calculation['result']): void {
    store.setState(({ calculations }) => ({
      calculations: calculations.map((each) => (each.id === id ? { ...each, result } : each)),
    }));
  }

  const dialDirect: Dial = async (signal) => {
    const { address, port } = store.getState().subject;
    const socket = await connector(address, port, { timeoutMs: CALCULATION_TIMEOUT_MS, signal });
    ports.add(socket.localPort, 'calculator');
    return socket;
  };

  /** As the host sees the service: where it listens, which from outside may be out of reach. */
  const dialThroughHost: Dial = async (signal) => {
    const live = host();
    if (live === null) throw new Failed({ code: 'link-lost', detail: '' });
    const { port } = store.getState().subject;
    return await live.dial(innerAddress(store), port, { timeoutMs: CALCULATION_TIMEOUT_MS, signal });
  };

  async function put(operation: Operation, way: Way, signal: AbortSignal): Promise<Calculation['result']> {
    const expected = String(operation.value);
    const dial = way === 'direct' ? dialDirect : dialThroughHost;
    const atMono = clock.now();
    const timing = { timeoutMs: CALCULATION_TIMEOUT_MS, clock };
    const reply = await ask(dial, operation.canonical, { ...timing, expected, signal });
    // What is learnt here of the server, the probe need not ask again.
    switch (reply.state) {
      case 'answered': {
        const { text: answer, ms } = reply;
        if (answer.trim() === expected) {
          if (way === 'direct') probe.answered({ state: 'right', ms, atMono });
          return { state: 'right', answer, ms, via: way };
        }
        const { canonical: expression } = operation;
        probe.answered({ state: 'wrong', expression, expected, got: answer, atMono });
        return { state: 'wrong', answer, expected, ms, via: way };
      }
      case 'mute': {
        const { waitedMs } = reply;
        probe.answered({ state: 'mute', waitedMs, atMono, heldBy: null });
        return failed({ code: 'mute', waitedMs });
      }
      case 'closed':
        if (way === 'direct') probe.answered({ state: 'closed', atMono });
        return failed({ code: 'closed' });
    }
  }

  async function run(id: number, operation: Operation, signal: AbortSignal): Promise<void> {
    const resume = probe.hold();
    try {
      end(id, await reach(operation, signal));
      // Following the journal lags: the server's lines about this should come with the answer.
      host()?.journal.nudge();
    } catch (error) {
      end(id, failed(signal.aborted ? { code: 'cancelled' } : unreachable(error)));
    } finally {
      resume();
    }
  }

  async function reach(operation: Operation, signal: AbortSignal): Promise<Calculation['result']> {
    const open = store.getState().probe.samples.at(-1)?.status === 'open';
    if (!open && host() !== null) return put(operation, 'host', signal);
    try {
      return await put(operation, 'direct', signal);
    } catch (error) {
      // It was open two seconds ago. Nothing was sent: the other way is still free.
      if (signal.aborted || host() === null) throw error;
      return put(operation, 'host', signal);
    }
  }

  return {
    calculate(input) {
      const parsed = parse(input);
      if (!parsed.ok) return;
      const id = begin(input);
      const { signal } = cancelling;
      last = last.then(() => run(id, parsed, signal));
    },
    cancel() {
      cancelling.abort();
      cancelling = new AbortController();
    },
  };
}

function innerAddress(store: ConsoleStore): string {
  const { listeners, subject } = store.getState();
  const listener = listeners?.value.listeners.find((each) => each.port === subject.port);
  if (listener === undefined || listener.address === '0.0.0.0') return '127.0.0.1';
  return isWildcard(listener.address) ? '::1' : listener.address;
}

function failed(failure: CalculationFailure): Calculation['result'] {
  return { state: 'failed', failure };
}

function unreachable(error: unknown): CalculationFailure {
  const code = connectErrorCode(error);
  if (code !== '') return { code: 'unreachable', detail: code };
  if (error instanceof Failed) {
    const { failure } = error;
    const detail = 'detail' in failure && failure.detail !== '' ? failure.detail : failure.code;
    return { code: 'unreachable', detail };
  }
  return { code: 'unreachable', detail: error instanceof Error ? error.message : String(error) };
}
