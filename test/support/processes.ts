/** The processes that a program under test has started and not ended. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Process ids in the process group `group`, still running; children stay in it after their parent's end. */
export function groupMembers(group: number): readonly number[] {
  if (process.platform === 'win32') return [];
  const members = process.platform === 'linux' ? linuxProcesses() : otherProcesses();
  return members.filter((entry) => entry.group === group).map((entry) => entry.pid);
}

interface Entry {
  readonly pid: number;
  readonly group: number;
}

/** From /proc, since a small machine may have no `ps`. Fields as in proc_pid_stat(5). */
function linuxProcesses(): Entry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = readStat(name);
      // The name in parentheses may hold anything; state, parent and group follow the last of them.
      const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return state === undefined || state === 'Z' ? [] : [{ pid: Number(name), group: Number(group) }];
    });
}

function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return ') Z'; // it ended while we were looking
  }
}

function otherProcesses(): Entry[] {
  const listing = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,stat='], { encoding: 'utf8' });
  return listing
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state]) => !state?.startsWith('Z'))
    .map(([pid, group]) => ({ pid: Number(pid), group: Number(group) }));
}
