/** The commands of the shell on the real host: what they tell of it, do to it, and end with. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { StatusDocument } from '../../src/cli/status-document.ts';
import { control, hostAddress, type LabUser, onHost, onLab, onPc, operatorHome } from './host.ts';

const launcher = fileURLToPath(new URL('../../bin/tp5-tui.js', import.meta.url));
const UNIT = '/etc/systemd/system/calculatrice.service';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

interface Running {
  readonly ended: Promise<Ended>;
  readonly stdout: () => string;
  readonly interrupt: () => void;
}

/** Runs a command on the operator's PC. */
function start(args: readonly string[], home = operatorHome(), stdin = ''): Running {
  const { command, args: argv } = onPc(home, process.execPath, [launcher, ...args, '--lang', 'en']);
  const began = performance.now();
  const child = spawn(command, argv, { env: { ...process.env, HOME: home } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  child.stdin.end(stdin);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr, ms: performance.now() - began }));
  });
  return { ended, stdout: () => stdout, interrupt: () => child.kill('SIGINT') };
}

function run(args: readonly string[], home?: string, stdin?: string): Promise<Ended> {
  return start(args, home, stdin).ended;
}

const at = (user: LabUser): string => `${user}@${hostAddress}`;
const documents = ({ stdout }: Ended): unknown[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));

async function status(
  user: LabUser = 'manon',
): Promise<{ code: number | null; told: StatusDocument; ms: number }> {
  const ended = await run(['status', at(user), '--json', '--no-input']);
  expect(documents(ended)).toHaveLength(1);
  return { code: ended.code, told: JSON.parse(ended.stdout), ms: ended.ms };
}

onLab('the commands on the real host', () => {
  beforeEach(async () => {
    await control('reset', '--restart-sec', '2');
  });

  describe('status', () => {
    it('tells a service that is well, whole', async () => {
      await onHost('systemctl start calculatrice');
      const first = await status();
      const pid = Number(await onHost('systemctl show -P MainPID calculatrice'));
      expect(first.code).toBe(0);
      expect(first.told).toEqual({
        host: at('manon'),
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        link: { state: 'live', via: 'ssh', user: 'manon', privilege: 'sudo' },
        unit: {
          name: 'calculatrice.service',
          load: 'loaded',
          active: 'active',
          sub: 'running',
          result: 'success',
          mainPid: pid,
          since: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
          restarts: 0,
          restart: 'on-failure',
          restartSec: 2,
          enabled: 'disabled',
          needsReload: false,
        },
        // Our own connection may stand in the accept queue at that instant.
        listeners: [{ address: hostAddress, port: 13337, waiting: expect.any(Number), clients: 0 }],
        firewall: {
          running: true,
          zones: [
            {
              name: 'public',
              interfaces: ['enp0s8', 'enp0s9'],
              services: expect.arrayContaining(['ssh']),
              ports: { runtime: ['13337/tcp'], permanent: ['13337/tcp'] },
            },
          ],
        },
        probe: { address: hostAddress, port: 13337, state: 'open', ms: expect.any(Number) },
        verdict: { reachable: true, broken: null, evidence: 'reachable from here', mend: null },
      });
    });

    it.each<[string, string, string | null, RegExp, RegExp | null]>([
      ['stopped', 'true', 'unit', /^stopped$/, /^sudo systemctl start calculatrice$/],
      [
        'whose port is closed',
        'systemctl start calculatrice; firewall-cmd -q --remove-port=13337/tcp',
        'firewall',
        /open permanently but not now/,
        /--add-port=13337\/tcp/,
      ],
      [
        'on 127.0.0.1 alone',
        `sed -i 's/--listen .*/--listen 127.0.0.1/' ${UNIT}; systemctl daemon-reload; systemctl start calculatrice`,
        'listener',
        /127\.0\.0\.1 only/,
        /start it with the address 10\.5\.1\.2/,
      ],
      [
        'edited without a daemon-reload',
        `systemctl start calculatrice; sed -i 's/RestartSec=.*/RestartSec=9/' ${UNIT}`,
        null,
        /^reachable, but: .*its file changed on disk/,
        /daemon-reload/,
      ],
    ])('tells one %s', async (_what, script, broken, evidence, mend) => {
      await onHost(script);
      const { code, told } = await status();
      expect(told.verdict.broken).toBe(broken);
      expect(told.verdict.evidence).toMatch(evidence);
      if (mend !== null) expect(told.verdict.mend).toMatch(mend);
      expect(code).toBe(told.verdict.reachable ? 0 : 1);
    });

    it('tells an ordinary user what may be seen', async () => {
      await onHost('systemctl start calculatrice');
      const { code, told } = await status('zoe');
      expect(code).toBe(0);
      expect(told.link.privilege).toBe('none');
      expect(told.unit.active).toBe('active');
      expect(told.firewall.zones[0]?.ports).toEqual({ runtime: null, permanent: null });
    });

    it('tells a host that is out of reach, and exits 3', async () => {
      await onHost('systemctl start calculatrice');
      await control('cut');
      const { code, told } = await status();
      expect(code).toBe(3);
      expect(told).toMatchObject({
        link: { state: 'lost' },
        probe: { address: hostAddress, ms: null },
        verdict: { reachable: false, broken: 'link' },
      });
    });
  });

  describe('drill', () => {
    it('times every step, the firewall’s among them', async () => {
      await onHost('systemctl start calculatrice');
      const ended = await run(['drill', at('manon'), '--yes', '--json']);
      expect(ended.code).toBe(0);
      const [told] = documents(ended) as [{ steps: { name: string; ms: number | null }[] }];
      expect(told).toMatchObject({ unit: 'calculatrice.service', restartSec: 2, passed: true, reason: null });
      const times = Object.fromEntries(told.steps.map(({ name, ms }) => [name, ms]));
      expect(Object.values(times)).not.toContain(null);
      expect(Number(times.started) - Number(times.restarting)).toBeGreaterThan(1900);
      expect(Number(times.started) - Number(times.restarting)).toBeLessThan(5000);
    });

    it('does not kill what nothing would restart, and says why', async () => {
      await onHost(`sed -i '/^Restart=/d' ${UNIT}; systemctl daemon-reload; systemctl start calculatrice`);
      const before = await onHost('systemctl show -P MainPID calculatrice');
      const ended = await run(['drill', at('manon'), '--yes', '--json']);
      expect(ended.code).toBe(1);
      expect(documents(ended)).toMatchObject([
        { passed: false, reason: expect.stringContaining('Restart=no') },
      ]);
      expect(await onHost('systemctl show -P MainPID calculatrice')).toBe(before);
    });

    it('sees that it crashes in a loop', async () => {
      await onHost('systemctl start calculatrice');
      // Once it listens, Python has read the file.
      expect((await status()).code).toBe(0);
      await onHost('echo "raise SystemExit(1)" > /opt/calculatrice/bs_server.py');
      const ended = await run(['drill', at('manon'), '--yes', '--json']);
      expect(ended.code).toBe(1);
      expect(documents(ended)).toMatchObject([
        { passed: false, reason: expect.stringMatching(/^it did not start: /) },
      ]);
      expect(Number(await onHost('systemctl show -P NRestarts calculatrice'))).toBeGreaterThan(0);
    });

    it.each<[LabUser]>([['zoe'], ['paul']])('is not permitted to %s without sudo: 4', async (user) => {
      await onHost('systemctl start calculatrice');
      const ended = await run(['drill', at(user), '--yes', '--json', '--no-input']);
      expect(ended.code).toBe(4);
      expect(documents(ended)).toMatchObject([{ passed: false }]);
      expect(await onHost('systemctl show -P NRestarts calculatrice')).toBe('0');
    });
  });

  describe('calc', () => {
    it('asks directly, with no need of SSH', async () => {
      await onHost('systemctl start calculatrice');
      const home = operatorHome({ key: null });
      const ended = await run(['calc', '--address', hostAddress, '--json', '40+2'], home);
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(documents(ended)).toMatchObject([{ answer: '42', via: 'direct' }]);
    });

    it('asks through the host where the server is out of reach, and never sends what would kill it', async () => {
      await control('reset', '--listen', '127.0.0.1');
      await onHost('systemctl start calculatrice');
      const ended = await run(['calc', '--host', at('manon'), '--json'], undefined, '2+3\nexit()\n6*7\n');
      expect(ended.code).toBe(1);
      expect(documents(ended)).toMatchObject([
        { answer: '5', via: 'host' },
        { state: 'refused' },
        { answer: '42', via: 'host' },
      ]);
      expect(await onHost('systemctl is-active calculatrice')).toBe('active');
    });
  });

  describe('logs', () => {
    it('prints the newest lines, as journalctl has them', async () => {
      await onHost('systemctl start calculatrice');
      const ended = await run(['logs', at('manon'), '-n', '3', '--json']);
      const own = await onHost('journalctl -u calculatrice -n 3 -o cat');
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(
        documents(ended)
          .map((line) => (line as { message: string }).message)
          .join('\n'),
      ).toBe(own);
    });

    it('loses no line over a lost link, and has none twice', async () => {
      await onHost('systemctl start calculatrice');
      const running = start(['logs', '-f', at('manon'), '--json', '-n', '1']);
      await expect.poll(running.stdout, { timeout: 5000 }).toContain('Le serveur tourne');
      await control('cut');
      await onHost('for n in 1 2 3; do systemctl restart calculatrice; done');
      // Until the keepalive has noticed: two of two seconds.
      await new Promise((resolve) => setTimeout(resolve, 6500));
      await onHost('systemctl restart calculatrice');
      await control('mend');
      await onHost('systemctl stop calculatrice');
      const last = await onHost('journalctl -u calculatrice -n 1 -o json');
      const cursor = (JSON.parse(last) as { __CURSOR: string }).__CURSOR;
      await expect.poll(running.stdout, { timeout: 40_000 }).toContain(JSON.stringify(cursor));
      running.interrupt();
      const ended = await running.ended;
      expect(ended.code).toBe(130);
      expect(ended.stderr).toMatch(/^link lost .*; reconnecting…\nlink back\n$/);

      const printed = documents(ended).map((line) => (line as { cursor: string }).cursor);
      const own = await onHost(`journalctl -u calculatrice -o json --cursor '${printed[0]}'`);
      const cursors = own.split('\n').map((line) => (JSON.parse(line) as { __CURSOR: string }).__CURSOR);
      expect(printed).toEqual(cursors);
    });

    it('is not permitted to who may not read the journal: 4', async () => {
      for (const more of [[], ['-f']]) {
        const ended = await run(['logs', at('zoe'), '--json', ...more]);
        expect(ended.code).toBe(4);
        expect(documents(ended)).toMatchObject([{ error: { code: 'not-permitted', action: 'journal' } }]);
      }
    });
  });

  describe('a host', () => {
    it('has a name in the settings, for every command', async () => {
      await onHost('systemctl start calculatrice');
      const home = operatorHome();
      const config = join(home, 'config.toml');
      writeFileSync(config, `[hosts.tp5]\nhost = "${at('manon')}"\naddress = "10.33.64.2"\n`);
      // Not where the server listens: what is named is what is used.
      const told = await run(['status', 'tp5', '--json', '--config', config], home);
      expect(documents(told)).toMatchObject([
        { link: { user: 'manon' }, probe: { address: '10.33.64.2' }, verdict: { broken: 'listener' } },
      ]);
      const probed = await run(['probe', 'tp5', '-c', '1', '--config', config], home);
      expect(probed.stdout).toContain('10.33.64.2:13337: 1 ');
      const logged = await run(['logs', 'tp5', '-n', '1', '--config', config], home);
      expect(logged.code).toBe(0);
    });

    it.each([
      ['that is not known, with nobody to ask', { knownHosts: '' }, 'host-key-unknown'],
      ['that takes none of our keys', { key: null }, 'auth'],
    ] as const)('%s exits 3', async (_what, wish, code) => {
      const ended = await run(['logs', at('manon'), '--json', '--no-input'], operatorHome(wish));
      expect(ended.code).toBe(3);
      expect(documents(ended)).toMatchObject([{ error: { code } }]);
    });
  });
});
