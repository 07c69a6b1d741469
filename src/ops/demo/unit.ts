/** The demo's unit file: what the exercise has students write, as data and as text. */
import type { CalculatorMode } from '../../calc/server.ts';

export type RestartPolicy = 'no' | 'on-success' | 'on-failure' | 'on-abnormal' | 'on-abort' | 'always';

/** A `firewall-cmd` line of ExecStartPre= or ExecStopPost=. */
export type FirewallCommand = 'add-port' | 'remove-port' | 'reload';

export interface UnitFile {
  readonly name: string;
  readonly description: string;
  readonly listen: string;
  readonly port: number;
  readonly restart: RestartPolicy;
  readonly restartSecMs: number;
  readonly startPre: readonly FirewallCommand[];
  readonly stopPost: readonly FirewallCommand[];
  /** Fault of the server itself, which no unit file shows. */
  readonly mode: CalculatorMode;
}

/** How the main process ended, as waitid(2) tells it. */
export type Exit =
  | { readonly how: 'exited'; readonly status: number }
  | { readonly how: 'killed'; readonly status: number; readonly signal: string };

/** Exits that are no failure, see systemd.service(5), SuccessExitStatus=. */
const CLEAN_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE'];

/** The Result= of a main process's end. */
export function resultOf(exit: Exit): 'success' | 'exit-code' | 'signal' {
  if (exit.how === 'exited') return exit.status === 0 ? 'success' : 'exit-code';
  return CLEAN_SIGNALS.includes(exit.signal) ? 'success' : 'signal';
}

/** Whether Restart= brings it back after that result: the table in systemd.service(5). */
export function restartsAfter(policy: RestartPolicy, result: string): boolean {
  switch (policy) {
    case 'no':
      return false;
    case 'always':
      return true;
    case 'on-success':
      return result === 'success';
    case 'on-failure':
      return result !== 'success';
    case 'on-abnormal':
      return result === 'signal' || result === 'timeout';
    case 'on-abort':
      return result === 'signal';
  }
}

export function fragmentPath(unit: UnitFile): string {
  return `/etc/systemd/system/${unit.name}`;
}

/** A firewall line as it stands in the unit file. */
export function commandLine(command: FirewallCommand, unit: UnitFile): string {
  if (command === 'reload') return '/usr/bin/firewall-cmd --reload';
  return `/usr/bin/firewall-cmd --${command}=${unit.port}/tcp --permanent`;
}

/** The unit as it would be written to its file; the fault of `mode` is not in it. */
export function renderUnit(unit: UnitFile): string {
  return [
    '[Unit]',
    `Description=${unit.description}`,
    '',
    '[Service]',
    ...unit.startPre.map((command) => `ExecStartPre=${commandLine(command, unit)}`),
    `ExecStart=/usr/bin/python /opt/calculatrice/bs_server.py --listen ${unit.listen} --port ${unit.port}`,
    `RestartSec=${formatSeconds(unit.restartSecMs)}`,
    `Restart=${unit.restart}`,
    ...unit.stopPost.map((command) => `ExecStopPost=${commandLine(command, unit)}`),
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
}

function formatSeconds(ms: number): string {
  return ms % 1000 === 0 ? String(ms / 1000) : `${ms}ms`;
}
