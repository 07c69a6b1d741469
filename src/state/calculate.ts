/** The user's calculations, one after the other: direct when the service is reachable, else through the host. */
import type { Ask } from '../calc/client.ts';
import { type Operation, parse } from '../calc/grammar.ts';
import type { Caution } from '../ops/caution/caution.ts';
import type { Clock } from '../ops/clock.ts';
import type { Connector } from '../ops/connector.ts';
import { Failed } from '../ops/failure.ts';
import type { Host } from '../ops/host.ts';
import type { AnswerCheck } from '../ops/probe/facts.ts';
import type { OwnPorts } from '../ops/probe/ports.ts';
import type { Probe } from '../ops/probe/probe.ts';
import {
  CALCULATION_TIMEOUT_MS,
  type CalculationResult,
  type Dial,
  innerAddress,
  putOperation,
  unreachable,
  type Way,
} from './put-operation.ts';
import type { Calculation, CalculationFailure, ConsoleStore } from './store.ts';

const KEPT = 500;

export interface CalculateOptions {
  readonly store: ConsoleStore;
  readonly clock: Clock;
  readonly connector: Connector;
  readonly ask: Ask;
  readonly ports: OwnPorts;
  readonly probe: Probe;
  readonly caution: Pick<Caution, 'decided'>;
  /** The host, while the link to it lives. */
  readonly host: () => Host | null;
}

export interface Calculator {
  /**
   * Asks, after those that were asked before. What the server must not get is not sent, nor listed.
   * @param knowing the user knows what it does to the server, and wants it all the same. @default false
   */
  calculate(input: string, knowing?: boolean): void;
  /** Gives up on all that have no answer yet. */
  cancel(): void;
}

interface Wanted {
  readonly operation: Operation;
  readonly knowing: boolean;
}

export function createCalculator(options: CalculateOptions): Calculator {
  const { store, clock, connector, ask, ports, probe, caution, host } = options;
  let nextId = 1;
  let cancelling = new AbortController();
  let last: Promise<void> = Promise.resolve();

  function begin(input: string): number {
    const calculation: Calculation = { id: nextId++, input, result: { state: 'asking' } };
    store.setState(({ calculations }) => ({ calculations: [...calculations, calculation].slice(-KEPT) }));
    return calculation.id;
  }

  function end(id: number, result: CalculationResult): void {
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
    const { listeners, subject } = store.getState();
    const { port } = subject;
    return await live.dial(innerAddress(listeners?.value ?? null, port), port, {
      timeoutMs: CALCULATION_TIMEOUT_MS,
      signal,
    });
  };

  async function put(operation: Operation, way: Way, signal: AbortSignal): Promise<CalculationResult> {
    const dial = way === 'direct' ? dialDirect : dialThroughHost;
    const atMono = clock.now();
    const result = await putOperation(operation, dial, way, { ask, clock, signal });
    const learnt = learntFrom(result, operation, atMono);
    // What is learnt here of the server, the probe need not ask again.
    if (learnt !== null && (way === 'direct' || learnt.state === 'mute' || learnt.state === 'wrong')) {
      probe.answered(learnt);
    }
    return result;
  }

  async function run(id: number, { operation, knowing }: Wanted, signal: AbortSignal): Promise<void> {
    const restraint = knowing ? null : (await caution.decided()).ask;
    if (restraint !== null) return end(id, failed({ code: 'held-back', restraint }));
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

  async function reach(operation: Operation, signal: AbortSignal): Promise<CalculationResult> {
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
    calculate(input, knowing = false) {
      const parsed = parse(input);
      if (!parsed.ok) return;
      const id = begin(input);
      const { signal } = cancelling;
      last = last.then(() => run(id, { operation: parsed, knowing }, signal));
    },
    cancel() {
      cancelling.abort();
      cancelling = new AbortController();
    },
  };
}

/** What a calculation says of the server's answers; null when it did not get so far. */
function learntFrom(result: CalculationResult, operation: Operation, atMono: number): AnswerCheck | null {
  switch (result.state) {
    case 'right':
      return { state: 'right', ms: result.ms, dialect: result.dialect, atMono };
    case 'wrong': {
      const { answer: got, expected } = result;
      return { state: 'wrong', expression: operation.canonical, expected, got, atMono };
    }
    case 'failed': {
      const { failure } = result;
      if (failure.code === 'closed') return { state: 'closed', atMono };
      return failure.code === 'mute'
        ? { state: 'mute', waitedMs: failure.waitedMs, atMono, heldBy: null }
        : null;
    }
  }
}

function failed(failure: CalculationFailure): CalculationResult {
  return { state: 'failed', failure };
}
