/** That what was deployed works: active, listening, let through by the firewall, and `5` to `2+3` from the host and from here. */
import type { Duplex } from 'node:stream';
import { type AskClock, ask } from '../../calc/client.ts';
import { isLoopback, isWildcard } from '../address.ts';
import type { Clock } from '../clock.ts';
import { type Connector, connectErrorCode } from '../connector.ts';
import { Failed } from '../failure.ts';
import { entriesTo } from '../firewall/entry.ts';
import type { Host, Listener, ServiceFacts } from '../host.ts';
import { first } from './first.ts';
import { DeployStopped, type ProofFailure } from './problem.ts';

export interface ProofSubject {
  readonly listen: string;
  readonly port: number;
  /** Where it is dialled from here when it listens on all addresses. */
  readonly address: string;
  /** null: no firewalld to ask. */
  readonly zone: string | null;
  /** A run that does not count, since it was there before; null when the one that is there does. */
  readonly notInvocation: string | null;
  readonly asksAnswers: boolean;
}

/** What was seen; null where it was not, or could not be, looked at. */
export interface Proved {
  readonly active: { readonly sub: string; readonly pid: number } | null;
  readonly listening: { readonly address: string; readonly port: number } | null;
  readonly firewall: {
    readonly zone: string;
    readonly runtime: boolean;
    readonly permanent: boolean;
  } | null;
  readonly answer: {
    /** Milliseconds, dial included; the connection's own where nothing is asked. */
    readonly fromHostMs: number | null;
    readonly fromHereMs: number | null;
  };
}

export const NOTHING_PROVED: Proved = {
  active: null,
  listening: null,
  firewall: null,
  answer: { fromHostMs: null, fromHereMs: null },
};

export interface ProveOptions {
  readonly connector: Connector;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told after each proof. */
  readonly onProof?: (proved: Proved) => void;
}

const START_WITHIN_MS = 15_000;
/** Some take their time; one that dies meanwhile ends the proof at once. */
const LISTEN_WITHIN_MS = 30_000;
/** What listens elsewhere by then will hardly move. */
const ELSEWHERE_WITHIN_MS = 5_000;
const FIREWALL_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 3_000;
const LOOK_AGAIN_MS = 100;

/** @throws DeployStopped `proof`; Failed; the signal's reason. What was proved until then was told to `onProof`. */
export async function prove(host: Host, subject: ProofSubject, options: ProveOptions): Promise<Proved> {
  const { clock } = options;
  // A server that dies while it is being proved ends the proof at once.
  const died = new AbortController();
  const signal = AbortSignal.any([options.signal, died.signal]);
  let proved = NOTHING_PROVED;
  const tell = (more: Partial<Proved>): void => {
    proved = { ...proved, ...more };
    options.onProof?.(proved);
  };

  const running = await first(host.service, (facts) => started(facts, subject.notInvocation), {
    clock,
    timeoutMs: START_WITHIN_MS,
    what: 'unit',
    signal,
  });
  tell({ active: { sub: running.sub, pid: running.mainPid } });
  const stop = host.service.watch(
    (facts) => {
      if (facts.mainPid !== running.mainPid || facts.active !== 'active') died.abort(notActive(facts));
    },
    (failure) => died.abort(new Failed(failure)),
  );
  try {
    tell({ listening: await listening(host, subject, clock, signal) });
    if (subject.zone !== null)
      tell({ firewall: await letThrough(host, subject, subject.zone, clock, signal) });
    const { listen, port, asksAnswers } = subject;
    const inside = isWildcard(listen) ? subject.address : listen;
    const fromHost = { from: 'host', address: inside, port, asksAnswers } as const;
    const fromHostMs = await answers(
      fromHost,
      (dialSignal) => host.dial(inside, port, { timeoutMs: ANSWER_WITHIN_MS, signal: dialSignal }),
      clock,
      signal,
    );
    tell({ answer: { fromHostMs, fromHereMs: null } });
    if (isLoopback(listen) && host.info.kind !== 'local') return proved;
    const fromHereMs = await answers(
      { ...fromHost, from: 'here' },
      (dialSignal) => options.connector(inside, port, { timeoutMs: ANSWER_WITHIN_MS, signal: dialSignal }),
      clock,
      signal,
    );
    tell({ answer: { fromHostMs, fromHereMs } });
    signal.throwIfAborted();
    return proved;
  } finally {
    stop();
  }
}

function failed(failure: ProofFailure): DeployStopped {
  return new DeployStopped({ code: 'proof', failure });
}

function notActive({ active, sub, result }: ServiceFacts): DeployStopped {
  return failed({ proof: 'active', active, sub, result });
}

/** @returns undefined while it may still start @throws DeployStopped when it has not started */
function started(facts: ServiceFacts, notInvocation: string | null): ServiceFacts | undefined {
  if (facts.invocationId === notInvocation) return undefined;
  if (facts.active === 'active' && facts.mainPid !== 0) return facts;
  const over = facts.active === 'failed' || facts.active === 'inactive' || facts.sub === 'auto-restart';
  if (over && (notInvocation === null || facts.invocationId !== '')) throw notActive(facts);
  return undefined;
}

async function listening(
  host: Host,
  { listen, port }: ProofSubject,
  clock: Clock,
  signal: AbortSignal,
): Promise<Listener> {
  const sinceMs = clock.now();
  for (;;) {
    signal.throwIfAborted();
    const { listeners } = await host.listeners.read(port);
    const found = listeners.find(
      ({ address }) => address === listen || (isWildcard(address) && !isLoopback(listen)),
    );
    if (found) return { address: found.address, port, waiting: found.waiting };
    const waitedMs = clock.now() - sinceMs;
    if (waitedMs >= (listeners.length > 0 ? ELSEWHERE_WITHIN_MS : LISTEN_WITHIN_MS)) {
      throw failed({ proof: 'listening', address: listen, port, found: listeners, waitedMs });
    }
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
}

async function letThrough(
  host: Host,
  { port }: ProofSubject,
  zoneName: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Proved['firewall']> {
  let last = { zone: zoneName, runtime: false, permanent: false };
  try {
    return await first(
      host.firewall,
      (facts) => {
        const zone = facts.zones.find(({ name }) => name === zoneName);
        if (!zone?.runtime || !zone.permanent) return undefined;
        const entries = entriesTo(zone, facts, port);
        last = {
          zone: zoneName,
          runtime: entries.runtime?.open === true,
          permanent: entries.permanent?.open === true,
        };
        return last.runtime && last.permanent ? last : undefined;
      },
      { clock, timeoutMs: FIREWALL_WITHIN_MS, what: 'firewall', signal },
    );
  } catch (error) {
    if (error instanceof Failed && error.failure.code === 'timeout') {
      throw failed({ proof: 'firewall', ...last });
    }
    throw error;
  }
}

interface Question {
  readonly from: 'host' | 'here';
  readonly address: string;
  readonly port: number;
  readonly asksAnswers: boolean;
}

async function answers(
  { asksAnswers, ...where }: Question,
  dial: (signal: AbortSignal) => Promise<Duplex>,
  clock: AskClock,
  signal: AbortSignal,
): Promise<number> {
  const wrong = (got: Extract<ProofFailure, { proof: 'answer' }>['got']): DeployStopped =>
    failed({ proof: 'answer', ...where, got });
  const startedMs = clock.now();
  let dialled = false;
  const dialOnce = async (dialSignal: AbortSignal): Promise<Duplex> => {
    const stream = await dial(dialSignal);
    dialled = true;
    return stream;
  };
  try {
    if (!asksAnswers) {
      (await dialOnce(signal)).end().destroy();
      return clock.now() - startedMs;
    }
    const reply = await ask(dialOnce, '2+3', { clock, timeoutMs: ANSWER_WITHIN_MS, expected: '5', signal });
    if (reply.state !== 'answered') throw wrong({ state: reply.state });
    if (reply.text.trim() !== '5') throw wrong({ state: 'wrong', text: reply.text });
    return reply.ms;
  } catch (error) {
    if (error instanceof DeployStopped || dialled || signal.aborted) throw error;
    if (error instanceof Failed && error.failure.code === 'link-lost') throw error;
    throw wrong({ state: 'no-connection', detail: connectionDetail(error) });
  }
}

function connectionDetail(error: unknown): string {
  if (error instanceof Failed && 'detail' in error.failure) return error.failure.detail;
  return connectErrorCode(error) || (error instanceof Error ? error.message : String(error));
}
