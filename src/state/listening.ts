/** Finds out what the service listens on after its unit changed: nobody announces that. */
import type { Clock } from '../ops/clock.ts';
import { Failed, type Failure } from '../ops/failure.ts';
import type { ListenerFacts, ServiceFacts } from '../ops/host.ts';
import { createRetries, isTransient } from '../ops/retries.ts';
import { isAwaitingSign } from '../ops/start-type.ts';

/** Between one look and the next; 3 s in all, after which a server that does not listen is a finding. */
const RETRIES_MS = [50, 100, 200, 400, 800, 1450];

export interface ListeningOptions {
  readonly clock: Clock;
  readonly port: number;
  /** Reads the sockets on the port. @throws Failed */
  readonly read: () => Promise<ListenerFacts>;
  readonly onFacts: (facts: ListenerFacts) => void;
  readonly onFailure: (failure: Failure) => void;
  /** The port is still being looked for. */
  readonly onSettling: (on: boolean) => void;
}

export interface Listening {
  /** The unit is in another state: look, until what it should do shows. */
  unitChanged(service: ServiceFacts): void;
  /** Looks once. null when the sockets cannot be read. */
  look(): Promise<ListenerFacts | null>;
  stop(): void;
}

export function createListening(options: ListeningOptions): Listening {
  const { clock, port, read, onFacts, onFailure, onSettling } = options;
  let round = new AbortController();
  let stopped = false;
  /** What the last look failed of. */
  let failure: Failure | null = null;

  async function look(): Promise<ListenerFacts | null> {
    try {
      const facts = await read();
      failure = null;
      if (!stopped) onFacts(facts);
      return facts;
    } catch (error) {
      failure = failureOf(error);
      if (!stopped) onFailure(failure);
      return null;
    }
  }

  async function lookUntil(listens: boolean, signal: AbortSignal): Promise<void> {
    for (const restMs of [0, ...RETRIES_MS]) {
      if (restMs > 0) await clock.sleep(restMs, signal);
      const facts = await look();
      if (signal.aborted) return;
      if (facts === null || facts.listeners.some((listener) => listener.port === port) === listens) break;
    }
    onSettling(false);
    // The unit is not going to change because its sockets could not be read.
    const retries = createRetries({ clock });
    while (failure !== null && isTransient(failure)) {
      await retries.rest(signal);
      await look();
      if (signal.aborted) return;
    }
  }

  return {
    look,
    unitChanged(service) {
      round.abort();
      round = new AbortController();
      // One whose start waits for a sign may well listen before, or for ever without it.
      const listens = service.active === 'active' || isAwaitingSign(service);
      // A look that began before may still find what has just gone.
      onSettling(true);
      lookUntil(listens, round.signal).catch(() => undefined);
    },
    stop() {
      stopped = true;
      round.abort();
    },
  };
}

/** What was thrown, as data. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failed) return error.failure;
  const name = error instanceof Error ? error.name : typeof error;
  const detail = error instanceof Error ? error.message : String(error);
  return { code: 'host-error', name, detail };
}
