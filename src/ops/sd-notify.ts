/**
 * Telling systemd how we are (sd_notify(3)): ready, alive, and a line of status.
 *
 * The protocol is a datagram to a Unix socket, which Node cannot send. `systemd-notify`, a part of systemd
 * itself, is started for each message: a process of a few milliseconds, some three a minute. It waits until
 * the manager has read the message, so that the manager still finds it among the unit's processes; since it
 * is not the main one, the unit needs `NotifyAccess=all`. A native add-on would have spared the process and
 * cost a compiler on every platform; a helper that stays would have to be watched itself.
 */
import { execFile } from 'node:child_process';

export interface Notifier {
  /** Milliseconds within which systemd wants to hear from us; null when it does not watch. */
  readonly watchdogMs: number | null;
  ready(status: string): void;
  status(status: string): void;
  alive(): void;
  stopping(): void;
}

/** Starts a program, and does not wait for it. */
export type Start = (program: string, args: readonly string[], env: NodeJS.ProcessEnv) => void;

const startProgram: Start = (program, args, env) => {
  // A manager that does not answer must not leave processes behind.
  execFile(program, args, { env, timeout: 5_000 }, () => undefined);
};

/** null when nobody wants to be told. */
export function systemdNotifier(
  env: NodeJS.ProcessEnv,
  { pid, start = startProgram }: { readonly pid: number; readonly start?: Start },
): Notifier | null {
  if (!env.NOTIFY_SOCKET) return null;
  const send = (...assignments: readonly string[]): void =>
    start('systemd-notify', assignments, { PATH: env.PATH, NOTIFY_SOCKET: env.NOTIFY_SOCKET });
  const oneLine = (status: string): string => `STATUS=${status.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')}`;
  return {
    watchdogMs: watchdogMs(env, pid),
    ready: (status) => send('READY=1', oneLine(status)),
    status: (status) => send(oneLine(status)),
    alive: () => send('WATCHDOG=1'),
    stopping: () => send('STOPPING=1'),
  };
}

/** WATCHDOG_USEC, unless WATCHDOG_PID says that it is meant for another process (sd_watchdog_enabled(3)). */
function watchdogMs({ WATCHDOG_USEC, WATCHDOG_PID }: NodeJS.ProcessEnv, pid: number): number | null {
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== '' && WATCHDOG_PID !== String(pid)) return null;
  const micros = Number(WATCHDOG_USEC ?? '');
  return Number.isFinite(micros) && micros > 0 ? micros / 1000 : null;
}
