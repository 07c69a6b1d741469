/** Ctrl+Z and `fg`: the terminal goes back to the shell before the process stops, and is taken again after. */
import type { SuspendTerminal } from 'ink';
import type { Clock } from '../ops/clock.ts';

export type { SuspendTerminal };

export interface Suspension {
  /** Gives the terminal back and stops the process group, as the terminal's own Ctrl+Z would. */
  suspend(): void;
  register(suspend: SuspendTerminal | null): void;
  stop(): void;
}

/** An orphaned process group is not stopped by SIGTSTP (POSIX): then nothing would ever wake us. */
const NOT_STOPPED_MS = 150;

export function createSuspension(clock: Clock): Suspension {
  let lend: SuspendTerminal | null = null;
  let away = false;
  const posix = process.platform !== 'win32';

  async function suspend(): Promise<void> {
    if (!posix || lend === null || away) return;
    away = true;
    try {
      await lend(async () => {
        const woken = new AbortController();
        const wake = (): void => woken.abort();
        process.once('SIGCONT', wake);
        // Ours is off for the moment: the default action is what stops a process.
        process.off('SIGTSTP', onStop);
        try {
          process.kill(0, 'SIGTSTP');
          await clock.sleep(NOT_STOPPED_MS, woken.signal).catch(() => undefined);
        } finally {
          process.off('SIGCONT', wake);
          process.on('SIGTSTP', onStop);
        }
      });
    } finally {
      away = false;
    }
  }

  function onStop(): void {
    suspend().catch(() => undefined);
  }

  /** Stopped and continued behind our back (SIGSTOP): the shell took raw mode and drew over the screen. */
  function onContinue(): void {
    if (away || lend === null) return;
    away = true;
    lend(() => undefined)
      .catch(() => undefined)
      .finally(() => {
        away = false;
      });
  }

  if (posix) {
    process.on('SIGTSTP', onStop);
    process.on('SIGCONT', onContinue);
  }
  return {
    suspend: onStop,
    register(suspendTerminal) {
      lend = suspendTerminal;
    },
    stop() {
      process.off('SIGTSTP', onStop);
      process.off('SIGCONT', onContinue);
    },
  };
}
