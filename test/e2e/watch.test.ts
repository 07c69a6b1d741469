/** The guard as a process: several hosts over real SSH, its heartbeat, its metrics, and how it ends. */
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDiscord } from '../support/discord.ts';
import { testFolder } from '../support/folder.ts';
import { openPark } from '../support/park.ts';
import { createWaiters } from '../support/waiters.ts';

const launcher = fileURLToPath(new URL('../../bin/tp5-tui.js', import.meta.url));

interface Line {
  readonly host: string | null;
  readonly event: string;
  readonly state?: string;
  readonly hosts?: readonly { readonly judged: string; readonly link: string; readonly active: string }[];
}

interface Guard {
  readonly lines: readonly Line[];
  stderr(): string;
  until(done: (lines: readonly Line[]) => boolean): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<number | string>;
}

function guard(words: readonly string[], env: NodeJS.ProcessEnv): Guard {
  const child = spawn(process.execPath, [launcher, 'watch', ...words], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'gone'));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const lines: Line[] = [];
  const waiters = createWaiters();
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line) as Line);
    waiters.look();
  });
  return {
    lines,
    stderr: () => errors,
    kill: (signal) => child.kill(signal),
    ended,
    until: async (done) => {
      await waiters.until(
        () => done(lines) || undefined,
        () => `${JSON.stringify(lines.slice(-8))}\n${errors}`,
      );
    },
  };
}

const count = (lines: readonly Line[], event: string, state?: string): number =>
  lines.filter((line) => line.event === event && (state === undefined || line.state === state)).length;

const hasSsh = ((): boolean => {
  try {
    execFileSync('ssh', ['-V'], { stdio: 'ignore' });
    return process.platform !== 'win32';
  } catch {
    return false;
  }
})();

describe.skipIf(!hasSsh)('a guard of many hosts', () => {
  it('sees all of them, alerts of those that fall and of no other, and serves it all as metrics', async () => {
    const folder = testFolder();
    const hosts = 6;
    const discord = await startDiscord();
    onTestFinished(() => discord.close());
    const park = await openPark(folder, hosts, 3);
    onTestFinished(() => park.close());
    writeFileSync(join(folder, 'webhook'), discord.address, { mode: 0o600 });
    const { until, lines, kill, ended, stderr } = guard(
      [
        ...['--config', park.settings, '--webhook-file', join(folder, 'webhook'), '--allow-insecure-webhook'],
        ...['--metrics', '0', '--interval', '0.5', '--lang', 'en'],
      ],
      { ...park.env, XDG_STATE_HOME: join(folder, 'state') },
    );
    await until((all) => count(all, 'link', 'live') === hosts && count(all, 'up') === hosts);
    kill('SIGUSR1');
    await until((all) => count(all, 'heartbeat') === 1);
    const beat = lines.find(({ event }) => event === 'heartbeat');
    expect(beat?.hosts).toHaveLength(hosts);
    for (const host of beat?.hosts ?? [])
      expect(host).toMatchObject({ judged: 'up', link: 'live', active: 'active' });

    park.set(1, false);
    park.set(4, false);
    await until((all) => count(all, 'alert-delivered') === 2);
    park.set(1, true);
    park.set(4, true);
    await until((all) => count(all, 'alert-delivered') === 4);
    expect([...discord.titles()].sort()).toEqual(
      ['vm002', 'vm005'].flatMap((name) => [
        `calculatrice.service on ${name} is back`,
        `calculatrice.service on ${name} is down`,
      ]),
    );
    const place = /http:\/\/\S+\/metrics/.exec(stderr())?.[0] ?? '';
    const metrics = await (await fetch(place)).text();
    expect(metrics.match(/^tp5_up\{.*\} 1$/gm)).toHaveLength(hosts);
    expect(metrics.match(/^tp5_outages_total\{.*\} 1$/gm)).toHaveLength(2);
    kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});

describe('a guard of the embedded host', () => {
  it.each(process.platform === 'win32' ? ([] as const) : (['SIGTERM', 'SIGINT', 'SIGHUP'] as const))(
    'sees it up, and ends with 0 at %s',
    async (signal) => {
      const env = { ...process.env, XDG_STATE_HOME: testFolder() };
      const { until, kill, ended, lines } = guard(['--demo'], env);
      await until((all) => count(all, 'up') === 1);
      expect(lines[0]).toMatchObject({ host: 'demo' });
      kill(signal);
      expect(await ended).toBe(0);
    },
  );
});
