/** The wait for what tells nobody that it has come: looked at again and again, within the one bound of all waits. */
import { vi } from 'vitest';
import { BOUND_MS } from './bound.ts';

/**
 * Asks again until `look` does not throw, and resolves to what it gave then:
 * `await eventually(() => expect(events).toEqual(wanted))`.
 * @throws what it threw last, after the bound
 */
export function eventually<T>(look: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(look, { timeout: BOUND_MS, interval: 1 });
}
