/** What changes in a unit's life, and how systemd words the end of a process. */
import type { ServiceFacts } from '../host.ts';
import type { Exit } from './unit.ts';

export type UnitState = Pick<
  ServiceFacts,
  | 'active'
  | 'sub'
  | 'result'
  | 'mainPid'
  | 'sinceMono'
  | 'sinceWall'
  | 'restarts'
  | 'restartAtMono'
  | 'memoryBytes'
  | 'cpuNs'
  | 'exit'
  | 'invocationId'
>;

/** Loaded and never started. */
export const initialState: UnitState = {
  active: 'inactive',
  sub: 'dead',
  result: 'success',
  mainPid: 0,
  sinceMono: null,
  sinceWall: null,
  restarts: 0,
  restartAtMono: null,
  memoryBytes: null,
  cpuNs: null,
  exit: null,
  invocationId: '',
};

/** `code=killed, status=9/KILL` or `code=exited, status=1/FAILURE`, as unit_log_process_exit() has it. */
export function describeExit(exit: Exit): string {
  if (exit.how === 'killed') {
    return `code=killed, status=${exit.status}/${exit.signal.replace(/^SIG/, '')}`;
  }
  return `code=exited, status=${exit.status}/${exitName(exit.status)}`;
}

/** exit_status_to_string(): libc's and LSB's names, and the one of systemd's own that can happen here. */
function exitName(status: number): string {
  const names: Readonly<Record<number, string>> = {
    0: 'SUCCESS',
    1: 'FAILURE',
    2: 'INVALIDARGUMENT',
    203: 'EXEC',
  };
  return names[status] ?? 'n/a';
}
