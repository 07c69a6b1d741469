/** After a demonstration: Netdata is given the time to see that the service is back, and to say so. */
import { createAsker } from '../checks/asker.ts';
import type { Subject } from '../checks/check.ts';
import type { Clock } from '../clock.ts';
import type { Host } from '../host.ts';

/** Longer than the window of an alarm that fires within a minute, and its next evaluation. */
const LONGEST_MS = 30_000;
const AGAIN_MS = 1000;

/**
 * Resolves once no alarm on a TCP check is raised, at once where there is none or no Netdata; else after
 * half a minute all the same.
 * @throws Failed `link-lost`; the signal's reason
 */
export async function alarmsClear(
  host: Host,
  { expected }: Subject,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  if (host.info.kind === 'demo') return;
  const ask = createAsker(host, signal);
  const until = clock.now() + LONGEST_MS;
  for (let attempt = 1; clock.now() < until; attempt += 1) {
    // Without `?all` it lists those that are raised, and no others.
    const url = `http://127.0.0.1:${expected.netdataPort}/api/v1/alarms`;
    const { stdout } = await ask(['curl', '-s', '-m', '3', url], { attempt });
    if (!/"chart":\s*"portcheck/.test(stdout)) return;
    await clock.sleep(AGAIN_MS, signal);
  }
}
