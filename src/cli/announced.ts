/** Says what is waited for, once the wait is long enough to be wondered at. */
import type { Clock } from '../ops/clock.ts';

const WONDER_MS = 800;

/** @returns what came of `work`, and whether anything was said */
export async function announced<T>(
  work: Promise<T>,
  clock: Pick<Clock, 'sleep'>,
  say: () => void,
): Promise<{ readonly result: T; readonly said: boolean }> {
  const over = new AbortController();
  let said = false;
  clock.sleep(WONDER_MS, over.signal).then(
    () => {
      said = true;
      say();
    },
    () => undefined,
  );
  try {
    const result = await work;
    return { result, said };
  } finally {
    over.abort();
  }
}
