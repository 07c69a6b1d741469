/** Says what is waited for, once the wait is long enough to be wondered at. */
import type { Clock } from '../ops/clock.ts';

const WONDER_MS = 800;

/** Asks the user something. Nothing is said until they answered: it would stand in their line, and the wait is theirs. */
export type Asking = <A>(ask: () => Promise<A>) => Promise<A>;

/** @returns what came of `work`, and whether anything was said */
export async function announced<T>(
  work: (asking: Asking) => Promise<T>,
  clock: Pick<Clock, 'sleep'>,
  say: () => void,
): Promise<{ readonly result: T; readonly said: boolean }> {
  let said = false;
  let over = wonder();

  function wonder(): AbortController {
    const waiting = new AbortController();
    clock.sleep(WONDER_MS, waiting.signal).then(
      () => {
        said = true;
        say();
      },
      () => undefined,
    );
    return waiting;
  }

  try {
    const result = await work(async (ask) => {
      over.abort();
      try {
        return await ask();
      } finally {
        if (!said) over = wonder();
      }
    });
    return { result, said };
  } finally {
    over.abort();
  }
}
