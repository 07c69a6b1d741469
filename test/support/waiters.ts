/** Waits for what is told: looked at each time something was, and given up after the one bound of all waits. */
import { BOUND_MS } from './bound.ts';

export interface Waiters {
  /** To be called when something has happened that may be waited for. */
  look(): void;
  /**
   * What `find` finds, now or after the next `look`.
   * @param soFar what there is instead, for the error
   * @throws what `find` throws, or after the bound
   */
  until<T>(find: () => T | undefined, soFar: () => string): Promise<T>;
}

export function createWaiters(): Waiters {
  const checks = new Set<() => void>();
  return {
    look() {
      for (const check of [...checks]) check();
    },
    until: (find, soFar) =>
      new Promise((resolve, reject) => {
        const settle = (): void => {
          clearTimeout(timer);
          checks.delete(check);
        };
        const timer = setTimeout(() => {
          settle();
          reject(new Error(`not seen in ${BOUND_MS} ms; so far:\n${soFar()}`));
        }, BOUND_MS);
        function check(): void {
          try {
            const found = find();
            if (found === undefined) return;
            settle();
            resolve(found);
          } catch (error) {
            settle();
            reject(error);
          }
        }
        checks.add(check);
        check();
      }),
  };
}
