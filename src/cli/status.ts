/** `tp5-tui status`: one look at the whole ladder, for people or as JSON. */
import { hostname } from 'node:os';
import { NO_EFFECTS, restraintsOf, UNREAD } from '../ops/caution/restraint.ts';
import type { Connector } from '../ops/connector.ts';
import { Failed, type Failure } from '../ops/failure.ts';
import type { ConsoleState, ConsoleStore } from '../state/store.ts';
import { cautionStore, sessionCaution } from './caution-file.ts';
import { exitCodeOf } from './connect.ts';
import type { Invocation } from './invocation.ts';
import { type Io, writeJson } from './io.ts';
import { painter } from './paint.ts';
import { statusDocument, type Telling } from './status-document.ts';
import { isComplete, isSettled } from './status-settled.ts';
import { unreachedState } from './status-unreached.ts';
import { realTools, type Tools, withHost, withSession } from './with-host.ts';

export interface StatusOptions {
  readonly json?: boolean;
}

/** What is not in by then is told as not known. */
const SETTLE_MS = 5000;
/** From the connection to the last fact, one after the other: the bus, its answers, SFTP, its files, the question. */
const ROUND_TRIPS = 12;

/** How long is waited for a host as far away as this one. */
export function settleMs({ link }: Pick<ConsoleState, 'link'>): number {
  const roundTripMs = link.state === 'live' ? (link.roundTripMs ?? 0) : 0;
  return SETTLE_MS + ROUND_TRIPS * roundTripMs;
}
/** A probe that was put off (the server was serving somebody) is not put off for long. */
const PROBE_INTERVAL_MS = 500;

/**
 * @returns the exit code: 0 when the service is up and answers from here, 3 when the host cannot be reached
 * @throws UsageError; Failed of `Refusal`; the signal's reason
 */
export async function runStatus(
  invocation: Invocation,
  options: StatusOptions,
  io: Io,
  tools: Tools = realTools,
): Promise<number> {
  const { text } = invocation;
  // Printed while the host is still open: closing it is nothing to wait for.
  const tell = async (state: ConsoleState, telling: Telling): Promise<number> => {
    if (options.json) {
      writeJson(io.stdout, statusDocument(state, telling, text));
    } else {
      // Loaded for people alone: measuring their characters is the slowest thing to load.
      const { statusPage } = await import('./status-page.ts');
      const columns = io.stdout.isTTY ? (io.stdout.columns ?? null) : null;
      io.stdout.write(`${statusPage(state, { ...telling, text, paint: painter(io.colour), columns })}\n`);
    }
    return statusExit(state);
  };
  try {
    return await lookAtHost({ invocation, io, tools }, (state, telling) => {
      if (!isComplete(state)) io.stderr.write(`${text.commands.status.notSettled(settleMs(state))}\n`);
      return tell(state, telling);
    });
  } catch (error) {
    if (!(error instanceof Failed) || exitCodeOf(error.failure) !== 3) throw error;
    io.stderr.write(`tp5-tui: ${text.failures.describe(error.failure)}\n`);
    const state = await lookFromHere(invocation, error.failure, io, tools);
    return await tell(state, tellingNow(tools, new Set()));
  }
}

/**
 * One look, as complete as it gets in `settleMs`; the host is still open while `use` runs.
 * @throws Failed when the host cannot be opened; UsageError; the signal's reason
 */
export async function lookAtHost<T>(
  { invocation, io, tools }: { readonly invocation: Invocation; readonly io: Io; readonly tools: Tools },
  use: (state: ConsoleState, telling: Telling) => T | Promise<T>,
): Promise<T> {
  const ownPorts = new Set<number>();
  return withHost({ invocation, io, tools }, (opened) =>
    withSession(
      { ...opened, connector: notingPorts(opened.connector, ownPorts) },
      tools,
      { journalLines: null, probeIntervalMs: PROBE_INTERVAL_MS, caution: sessionCaution(invocation) },
      async ({ store }) => {
        await settle(store, tools, io.signal);
        return use(store.getState(), tellingNow(tools, ownPorts));
      },
    ),
  );
}

export function tellingNow({ clock }: Pick<Tools, 'clock'>, ownPorts: ReadonlySet<number>): Telling {
  return { nowMono: clock.now(), nowWall: clock.wall(), ownPorts };
}

function notingPorts(connector: Connector, ports: Set<number>): Connector {
  return async (address, port, options) => {
    const socket = await connector(address, port, options);
    if (socket.localPort !== undefined) ports.add(socket.localPort);
    return socket;
  };
}

export function statusExit({ verdict }: ConsoleState): number {
  if (verdict.broken === 'link') return 3;
  if (verdict.untried === null) return verdict.reachable ? 0 : 1;
  // Nobody asked whether it connects: what was looked at has to be well.
  const well = verdict.rungs.every(
    ({ id, state }) => (id !== 'unit' && id !== 'listener') || state === 'ok' || state === 'warning',
  );
  return verdict.broken === null && well ? 0 : 1;
}

/** Resolves when it is settled, or `settleMs` have passed. @throws the signal's reason */
function settle(store: ConsoleStore, { clock }: Tools, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const over = new AbortController();
  const look = (): void => {
    if (isSettled(store.getState())) resolve();
  };
  const abort = (): void => reject(signal.reason);
  const unsubscribe = store.subscribe(look);
  signal.addEventListener('abort', abort, { once: true });
  async function patience(): Promise<void> {
    // How far away it is becomes known meanwhile.
    for (let waitedMs = 0; waitedMs < settleMs(store.getState()); ) {
      const restMs = settleMs(store.getState()) - waitedMs;
      await clock.sleep(restMs, over.signal);
      waitedMs += restMs;
    }
  }
  patience().then(resolve, () => undefined);
  if (signal.aborted) abort();
  look();
  return promise.finally(() => {
    over.abort();
    unsubscribe();
    signal.removeEventListener('abort', abort);
  });
}

/** A host that could not be reached, and its service as seen from here. @throws the signal's reason */
export async function lookFromHere(
  invocation: Invocation,
  failure: Failure,
  io: Io,
  tools: Tools,
): Promise<ConsoleState> {
  const { via, target } = invocation;
  const local = via === 'local';
  // As this machine is called where it could be opened.
  const host = target.host ?? (local ? hostname() : '');
  const address =
    target.address ??
    (local ? await tools.servedHere(target.port) : await tools.hostName(host, io.signal).catch(() => host));
  // What can be had without a connection is what is remembered.
  const known = await cautionStore(invocation).recall();
  const { look, effects } = known ?? { look: UNREAD, effects: NO_EFFECTS };
  const restraints = restraintsOf({ setting: target.probe, look, effects, consent: false });
  return unreachedState({
    restraints,
    host: {
      kind: via,
      label: target.user === null ? host : `${target.user}@${host}`,
      user: target.user ?? '',
    },
    subject: {
      unit: target.unit,
      manager: target.manager,
      port: target.port,
      address,
      asksAnswers: target.calculator,
    },
    failure,
    clock: tools.clock,
    connector: tools.connector,
    signal: io.signal,
  });
}
