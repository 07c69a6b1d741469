/**
 * The ways from the command line to the server: direct where that leads there, and through the host where
 * it does not. The host is opened when it is needed: a server that is in reach needs no SSH.
 */
import { createSpeaker, type Speaker } from '../calc/client.ts';
import type { Operation } from '../calc/grammar.ts';
import { connectErrorCode } from '../ops/connector.ts';
import { Failed } from '../ops/failure.ts';
import type { ListenerFacts } from '../ops/host.ts';
import {
  CALCULATION_TIMEOUT_MS,
  type CalculationResult,
  innerAddress,
  putOperation,
  unreachable,
  type Way,
} from '../state/put-operation.ts';
import { type Invocation, UsageError } from './invocation.ts';
import type { Io } from './io.ts';
import type { OpenedHost } from './open-host.ts';
import { speechOf } from './speech.ts';
import type { Tools } from './with-host.ts';

/** Where another way is left, the direct one gets no longer than this to connect. */
const DIRECT_TIMEOUT_MS = 2000;

export interface Ways {
  /**
   * Puts one operation, by the way that worked before.
   * @throws Failed when the host would have to be opened and cannot be; UsageError when there is neither an
   * address nor a host; the signal's reason
   */
  put(operation: Operation): Promise<CalculationResult>;
  readonly speaker: Pick<Speaker, 'dialect' | 'kept'>;
  close(): Promise<void>;
}

export function createWays(invocation: Invocation, io: Io, tools: Tools): Ways {
  const { target, via, text } = invocation;
  const { clock } = tools;
  const { signal } = io;
  const speaker = createSpeaker({ ...speechOf(invocation), keep: true });
  const { ask } = speaker;
  let opened: Promise<OpenedHost> | null = null;
  let address: Promise<string | null> | null = null;
  let way: Way = 'direct';

  const host = (): Promise<OpenedHost> => {
    opened ??= tools.open(invocation, io);
    return opened;
  };

  /** null: nothing says where the service is, or only the host itself does. */
  async function directAddress(): Promise<string | null> {
    if (target.address !== null) return target.address;
    if (via === 'demo') return (await host()).subject.address;
    if (via === 'local') return tools.servedHere(target.port);
    return target.host === null ? null : tools.hostName(target.host, signal);
  }

  const another = via !== 'ssh' || target.host !== null;

  async function putDirect(operation: Operation, to: string): Promise<CalculationResult> {
    // The embedded host's connector obeys its imagined firewall.
    const connector = via === 'demo' ? (await host()).connector : tools.connector;
    const port = via === 'demo' ? (await host()).subject.port : target.port;
    const timeoutMs = another ? DIRECT_TIMEOUT_MS : CALCULATION_TIMEOUT_MS;
    const dial = (until: AbortSignal) => connector(to, port, { timeoutMs, signal: until });
    return putOperation(operation, dial, 'direct', { ask, clock, signal });
  }

  async function putThroughHost(operation: Operation): Promise<CalculationResult> {
    const { host: live, subject } = await host();
    const listeners = await live.listeners.read(subject.port).catch((): ListenerFacts | null => null);
    const inner = innerAddress(listeners, subject.port);
    const dial = (until: AbortSignal) =>
      live.dial(inner, subject.port, { timeoutMs: CALCULATION_TIMEOUT_MS, signal: until });
    try {
      return await putOperation(operation, dial, 'host', { ask, clock, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Failed && error.failure.code === 'link-lost') throw error;
      return { state: 'failed', failure: unreachable(error) };
    }
  }

  return {
    speaker,
    async put(operation) {
      if (way === 'host') return putThroughHost(operation);
      address ??= directAddress();
      const to = await address;
      if (to === null) throw new UsageError(text.commands.calc.nowhere);
      try {
        return await putDirect(operation, to);
      } catch (error) {
        signal.throwIfAborted();
        if (!another) return { state: 'failed', failure: unreachable(error) };
        io.stderr.write(`${text.commands.calc.throughHost(to, connectErrorCode(error))}\n`);
        way = 'host';
        return putThroughHost(operation);
      }
    },
    async close() {
      speaker.close();
      if (opened === null) return;
      const settled = await opened.catch(() => null);
      await settled?.host.close();
      await settled?.close();
    },
  };
}
