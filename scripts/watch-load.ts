/**
 * What it costs to guard many hosts: `node scripts/watch-load.ts [HOSTS] [SECONDS]` (100 and 300).
 *
 * Starts that many SSH hosts in other processes, guards them with the built program, takes ten services down in
 * the middle and up again, and prints the guard's CPU time and memory. Linux: it reads /proc.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startDiscord } from '../test/support/discord.ts';
import { openPark } from '../test/support/park.ts';

const launcher = fileURLToPath(new URL('../bin/tp5-tui.js', import.meta.url));
const count = Number(process.argv[2] ?? '100');
const seconds = Number(process.argv[3] ?? '300');
const TICKS_PER_SECOND = 100;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** proc_pid_stat(5): CPU time so far, seconds; proc_pid_status(5): resident memory now and at most, MiB. */
function usage(pid: number): { cpuS: number; rssMiB: number; peakMiB: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  const cpuS = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  return { cpuS, rssMiB: mib('VmRSS'), peakMiB: mib('VmHWM') };
}

const folder = mkdtempSync(join(tmpdir(), 'tp5-load-'));
const discord = await startDiscord();
writeFileSync(join(folder, 'webhook'), discord.address, { mode: 0o600 });
const park = await openPark(folder, count);
const options = [
  '--config',
  park.settings,
  '--webhook-file',
  join(folder, 'webhook'),
  '--allow-insecure-webhook',
];
const child = spawn(process.execPath, [launcher, 'watch', ...options, '--metrics', '0'], {
  env: { ...park.env, XDG_STATE_HOME: join(folder, 'state') },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const pid = child.pid ?? 0;
const events = new Map<string, number>();
const downAt: number[] = [];
createInterface({ input: child.stdout }).on('line', (line) => {
  const { event, state } = JSON.parse(line) as { event: string; state?: string };
  const name = event === 'link' ? `link ${state}` : event;
  events.set(name, (events.get(name) ?? 0) + 1);
  if (event === 'down') downAt.push(performance.now());
});

async function reached(event: string, wanted: number): Promise<void> {
  while ((events.get(event) ?? 0) < wanted) await pause(20);
}

const beganMs = performance.now();
await Promise.all([reached('link live', count), reached('up', count)]);
const readyS = (performance.now() - beganMs) / 1000;
const ready = usage(pid);
console.log(`${count} hosts on ${cpus().length} CPUs, Node ${process.versions.node}`);
console.log(`all judged and seen after ${readyS.toFixed(1)} s; CPU so far ${ready.cpuS.toFixed(1)} s`);

const fallMs = (seconds / 2) * 1000;
const startMs = performance.now();
let last = usage(pid);
let fell = false;
while (performance.now() - startMs < seconds * 1000) {
  await pause(10_000);
  const now = usage(pid);
  const passed = (performance.now() - startMs) / 1000;
  console.log(
    `${passed.toFixed(0).padStart(4)} s  CPU ${((now.cpuS - last.cpuS) * 10).toFixed(1)} %  RSS ${now.rssMiB.toFixed(0)} MiB`,
  );
  last = now;
  if (fell || performance.now() - startMs < fallMs) continue;
  fell = true;
  const cutMs = performance.now();
  const many = Math.min(10, count);
  for (let n = 0; n < many; n++) park.set(n * Math.floor(count / many), false);
  await reached('down', many);
  console.log(
    `${many} services fell at once; the last was judged down after ${(Math.max(...downAt) - cutMs).toFixed(0)} ms`,
  );
  for (let n = 0; n < many; n++) park.set(n * Math.floor(count / many), true);
  await reached('alert-delivered', 2 * many);
}
const end = usage(pid);
const share = ((end.cpuS - ready.cpuS) / seconds) * 100;
console.log(
  `over ${seconds} s: CPU ${(end.cpuS - ready.cpuS).toFixed(1)} s = ${share.toFixed(1)} % of one core, ` +
    `${(((end.cpuS - ready.cpuS) / seconds / count) * 1000).toFixed(2)} ms a host and second; ` +
    `RSS ${end.rssMiB.toFixed(0)} MiB (at most ${end.peakMiB.toFixed(0)})`,
);
console.log(`events: ${[...events].map(([name, number]) => `${name} ${number}`).join(', ')}`);
child.kill('SIGTERM');
await new Promise((resolve) => child.once('exit', resolve));
park.close();
await discord.close();
rmSync(folder, { recursive: true, force: true });
