/** One operation put to the server, by one of the two ways there, and what came of it. */
import type { Duplex } from 'node:stream';
import type { Ask } from '../calc/client.ts';
import type { Operation } from '../calc/grammar.ts';
import { isWildcard } from '../ops/address.ts';
import type { Clock } from '../ops/clock.ts';
import { connectErrorCode } from '../ops/connector.ts';
import { Failed } from '../ops/failure.ts';
import type { ListenerFacts } from '../ops/host.ts';
import type { Calculation, CalculationFailure } from './store.ts';

/** Bounds the connection, and then the silence before the answer, unless the settings say otherwise. */
export const CALCULATION_TIMEOUT_MS = 3000;

/** From this machine, or dialled by the host. */
export type Way = 'direct' | 'host';
export type Dial = (signal: AbortSignal) => Promise<Duplex>;
export type CalculationResult = Exclude<Calculation['result'], { readonly state: 'asking' }>;

/** @throws what `dial` throws, when nothing has been sent; the signal's reason */
export async function putOperation(
  operation: Operation,
  dial: Dial,
  way: Way,
  { ask, clock, signal }: { readonly ask: Ask; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<CalculationResult> {
  const expected = String(operation.value);
  const timing = { timeoutMs: CALCULATION_TIMEOUT_MS, clock };
  const reply = await ask(dial, operation.canonical, { ...timing, expected, signal });
  switch (reply.state) {
    case 'answered': {
      const { text: answer, ms, dialect } = reply;
      return answer.trim() === expected
        ? { state: 'right', answer, ms, via: way, dialect }
        : { state: 'wrong', answer, expected, ms, via: way, dialect };
    }
    case 'mute':
      return { state: 'failed', failure: { code: 'mute', waitedMs: reply.waitedMs } };
    case 'closed':
      return { state: 'failed', failure: { code: 'closed' } };
  }
}

/** Where the host itself reaches the service: where it listens, which from outside may be out of reach. */
export function innerAddress(listeners: ListenerFacts | null, port: number): string {
  const listener = listeners?.listeners.find((each) => each.port === port);
  if (listener === undefined || listener.address === '0.0.0.0') return '127.0.0.1';
  return isWildcard(listener.address) ? '::1' : listener.address;
}

/** What a dial threw, as the calculation's failure. */
export function unreachable(error: unknown): CalculationFailure {
  const code = connectErrorCode(error);
  if (code !== '') return { code: 'unreachable', detail: code };
  if (error instanceof Failed) {
    const { failure } = error;
    const detail = 'detail' in failure && failure.detail !== '' ? failure.detail : failure.code;
    return { code: 'unreachable', detail };
  }
  return { code: 'unreachable', detail: error instanceof Error ? error.message : String(error) };
}
