/** Memory and CPU time of a process of this machine, where the system tells them in /proc. */
import { readFile } from 'node:fs/promises';

export interface ProcessUsage {
  /** Resident memory in bytes. */
  readonly memoryBytes: number | null;
  /** User and system time, ns. */
  readonly cpuNs: number | null;
}

/** USER_HZ: fixed at 100 in the interface of every architecture that Node runs on, see proc(5). */
const TICKS_PER_SECOND = 100;

/** Both null where there is no such /proc, or no such process. */
export async function processUsage(pid: number): Promise<ProcessUsage> {
  try {
    const [status, stat] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    // The name before it may hold anything, a parenthesis too: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return {
      memoryBytes: kib === undefined ? null : Number(kib) * 1024,
      cpuNs: Number.isFinite(ticks) ? (ticks / TICKS_PER_SECOND) * 1e9 : null,
    };
  } catch {
    return { memoryBytes: null, cpuNs: null };
  }
}
