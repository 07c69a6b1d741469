/** Many hosts on the real one: its two addresses under a name each, and one that nobody has. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { control, onHost, onLab, onPc, operatorHome, tp5OnPc } from './host.ts';

const launcher = fileURLToPath(new URL('../../bin/tp5-tui.js', import.meta.url));

const VM = '[hosts.vm]\nhost = "manon@10.5.1.2"\n';
const BRIDGE = '[hosts.bridge]\nhost = "manon@10.33.64.2"\naddress = "10.5.1.2"\n';
const GONE = '[hosts.gone]\nhost = "manon@10.5.1.77"\n';

/** A home with these settings. @returns it, and the options that name them */
function settings(...tables: readonly string[]): { readonly home: string; readonly options: string[] } {
  const home = operatorHome();
  const config = join(home, 'config.toml');
  writeFileSync(config, tables.join('\n'));
  return { home, options: ['--config', config, '--lang', 'en'] };
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  args: readonly string[],
  home: string,
  interruptWhen: () => Promise<unknown> = () => new Promise(() => undefined),
): Promise<Ended> {
  const { command, args: argv } = onPc(home, process.execPath, [launcher, ...args]);
  const child = spawn(command, argv, {
    env: { ...process.env, HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  void interruptWhen().then(() => child.kill('SIGINT'));
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

onLab('many hosts', () => {
  beforeEach(async () => {
    await control('reset', '--restart-sec', '3');
    await onHost('systemctl start calculatrice');
  });

  describe('status --all', () => {
    it('exits 0 with a row for each when all are well', async () => {
      const { home, options } = settings(VM, BRIDGE);
      const { code, stdout, stderr } = await run(['status', '--all', ...options], home);
      expect(stderr).toBe('');
      const rows = stdout.split('\n');
      expect(rows[1]).toMatch(
        /^● {2}vm {6}manon@10\.5\.1\.2 {4}live {2}active \(running\) {2}open \d+(\.\d+)? ms +reachable$/,
      );
      expect(rows[2]).toMatch(
        /^● {2}bridge {2}manon@10\.33\.64\.2 {2}live {2}active \(running\) {2}open \d+(\.\d+)? ms +reachable$/,
      );
      expect(rows.slice(3)).toEqual(['', '2 hosts: 2 reachable, 0 broken, 0 not reached', '']);
      expect(code).toBe(0);
    });

    it('exits 1 when a service is down, and 3 when a host is not reached, which stops no other', async () => {
      await onHost('systemctl stop calculatrice');
      const down = settings(VM, BRIDGE);
      const broken = await run(['status', '--all', ...down.options], down.home);
      expect(broken.stdout).toMatch(/^✖ {2}vm .* unit stopped$/m);
      expect(broken.code).toBe(1);

      await onHost('systemctl start calculatrice');
      const { home, options } = settings(GONE, VM, BRIDGE);
      const some = await run(['status', '--all', '--json', ...options], home);
      expect(some.code).toBe(3);
      const { hosts, summary } = JSON.parse(some.stdout);
      expect(summary).toEqual({ reachable: 2, broken: 0, unreached: 1 });
      expect(hosts).toMatchObject([
        { name: 'gone', error: { code: 'unreachable' }, link: { state: 'lost' }, unit: { active: null } },
        { name: 'vm', error: null, wanted: null, link: { state: 'live' }, verdict: { reachable: true } },
        { name: 'bridge', error: null, link: { state: 'live' }, probe: { state: 'open' } },
      ]);
    });

    it('asks nothing, and says who wanted to be asked', async () => {
      const { home, options } = settings('[hosts.paul]\nhost = "paul@10.5.1.2"\n');
      const { stdout, stderr } = await run(['status', '--all', '--json', ...options], home);
      expect(JSON.parse(stdout).hosts[0]).toMatchObject({
        wanted: 'sudo-password',
        link: { state: 'live', privilege: 'none' },
      });
      expect(stderr).toMatch(/^paul wanted a password for sudo.*tp5-tui status paul/);
    });

    it('is over on Ctrl+C, with nothing half told', async () => {
      const { home, options } = settings(GONE, VM);
      // Logged in at the one, while the other is still waited for.
      const { code, stdout } = await run(['status', '--all', ...options], home, () =>
        eventually(() => onHost('pgrep -u manon sshd')),
      );
      expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    });
  });

  it('check --all counts on each host, and names what failed', async () => {
    const { home, options } = settings(VM, BRIDGE, GONE);
    const json = await run(['check', '--all', '--json', ...options], home);
    expect(json.code).toBe(3);
    const { hosts, summary } = JSON.parse(json.stdout);
    expect(summary).toEqual({ passed: 0, failed: 2, unreached: 1 });
    expect(hosts[0].items.length).toBeGreaterThan(30);
    expect(hosts[2]).toMatchObject({ name: 'gone', error: { code: 'unreachable' } });
    expect(hosts[2].items).toBeUndefined();
    const people = await run(['check', '--all', '--only', 'active', 'enabled', ...options], home);
    expect(people.stdout).toMatch(/^✖ {2}vm +manon@10\.5\.1\.2 +1 +1 +0 +0 {2}enabled$/m);
    expect(people.code).toBe(3);
  });

  it('H goes from one to the other and back, asking what it must before it takes the screen', async () => {
    const { home, options } = settings(VM, GONE, '[hosts.paul]\nhost = "paul@10.33.64.2"\n');
    const terminal = tp5OnPc(['vm', ...options], { home, cols: 120, rows: 40 });
    await terminal.waitFor('manon@10.5.1.2');
    await terminal.waitFor('active (running)');
    terminal.type('H');
    await terminal.waitFor(/▸ vm .* ● here/);
    terminal.type('paul');
    await terminal.waitFor('▸ paul');
    terminal.press('enter');
    await terminal.waitFor(/sudo.*paul/);
    expect(terminal.buffer()).toBe('normal');
    terminal.type('motdepasse\r');
    await terminal.waitFor(
      ({ row, buffer }) => buffer() === 'alternate' && row(0).includes('paul@10.33.64.2'),
      {},
    );
    await terminal.waitFor('active (running)');
    expect(terminal.row(0)).not.toContain('read-only');

    // One that is not there: back in the switcher, over the host that was open.
    terminal.type('H');
    await terminal.waitFor(/▸ paul .* ● here/);
    terminal.type('gone\r');
    await terminal.waitFor('gone was not opened:');
    expect(terminal.row(0)).toContain('paul@10.33.64.2');
    terminal.type('vm\r');
    await terminal.waitFor(({ row }) => row(0).includes('manon@10.5.1.2'));
    await terminal.waitFor('active (running)');
    // What was left is left: no login of paul's stays behind.
    await onHost('for i in $(seq 50); do pgrep -u paul sshd >/dev/null || exit 0; sleep 0.1; done; exit 1');
    terminal.type('q');
    expect(await terminal.exited).toEqual({ code: 0, signal: null });
    expect(terminal.buffer()).toBe('normal');
  });
});
