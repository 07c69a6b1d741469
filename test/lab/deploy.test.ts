/** `deploy` on the real host: an empty one, twice, a server that does not start, the sandbox, the link cut at each step. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openTerminal } from '../support/terminal.ts';
import type { Request } from './deploy-once.ts';
import {
  control,
  hostAddress,
  type LabUser,
  lab,
  onHost,
  onLab,
  onPc,
  operatorHome,
  tp5OnPc,
} from './host.ts';

const once = fileURLToPath(new URL('deploy-once.ts', import.meta.url));

const LOOPBACK = `import socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 13337))
s.listen(5)
while True:
    c, _ = s.accept()
    c.sendall(b'5')
`;

const WRONG = `import socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('10.5.1.2', 13337))
s.listen(5)
while True:
    c, _ = s.accept()
    c.recv(99)
    c.sendall(b'23')
`;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function request(user: LabUser, options: Partial<Request['options']>, more: Partial<Request> = {}): string {
  const whole: Request = { user, host: hostAddress, options: { files: [], ...options }, ...more };
  return JSON.stringify(whole);
}

/** Runs `deploy` on the operator's PC to its end. */
function deploy(
  user: LabUser,
  options: Partial<Request['options']>,
  more?: Partial<Request>,
): Promise<Ended> {
  const home = operatorHome();
  const { command, args } = onPc(home, process.execPath, [once, request(user, options, more)]);
  return new Promise((resolve) => {
    execFile(command, args, { env: { ...process.env, HOME: home } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

/** Nothing of ours on it, as after the exercise's set-up. */
async function emptyHost(): Promise<void> {
  await control('reset');
  await onHost(
    'systemctl stop "deploy-*.timer"; rm -rf /opt/calculatrice /etc/systemd/system/calculatrice.service* /var/lib/tp5-tui; systemctl daemon-reload',
  );
}

/** The exercise's server and unit, enabled and running. */
async function theirs(): Promise<void> {
  await emptyHost();
  await control('reset');
  await onHost('systemctl enable --quiet --now calculatrice');
}

/** All that a deployment may touch: files with owner and mode, the unit's state, the firewall. */
function state(): Promise<string> {
  return onHost(`
    cd /
    find opt etc/systemd/system -printf '%p %y %m %u:%g %l\\n' | sort
    find opt etc/systemd/system -type f -exec sha256sum {} + | sort
    systemctl is-active calculatrice; systemctl is-enabled calculatrice
    firewall-cmd --list-ports; firewall-cmd --permanent --list-ports
    exit 0`);
}

/** Waits until no deployment is half done: seen twice, since one look may fall between the two names of a stage. */
function settled(): Promise<string> {
  return onHost(
    `timeout 120 sh -c 'none=0; while [ $none -lt 2 ]; do
      if ls /var/lib/tp5-tui/deploy-*/armed /var/lib/tp5-tui/deploy-*/restoring 2>/dev/null | grep -q .; then none=0; else none=$((none + 1)); fi
      sleep 0.1
    done'`,
  );
}

function temporary(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tp5-app-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

onLab('deploy', () => {
  describe('on an empty host', () => {
    beforeEach(emptyHost);

    it('puts our server in place and proves it; twice changes nothing', async () => {
      const first = await deploy('manon', { yes: true, json: true });
      expect(first).toMatchObject({ code: 0 });
      expect(JSON.parse(first.stdout)).toMatchObject({
        host: `manon@${hostAddress}`,
        changed: true,
        proved: {
          active: { sub: 'running' },
          listening: { address: hostAddress, port: 13337 },
          firewall: { zone: 'public', runtime: true, permanent: true },
          answer: { fromHostMs: expect.any(Number), fromHereMs: expect.any(Number) },
        },
        rolledBack: null,
        error: null,
      });
      expect(await onHost('stat -c "%a %U:%G" /etc/systemd/system/calculatrice.service')).toBe(
        '644 root:root',
      );
      expect(await onHost('systemctl is-enabled calculatrice')).toBe('enabled');
      const before = `${await state()}${await onHost('systemctl show -p MainPID calculatrice')}`;
      const second = await deploy('manon', { yes: true, json: true });
      expect(second.code).toBe(0);
      expect(JSON.parse(second.stdout)).toMatchObject({ changed: false, steps: [], error: null });
      expect(`${await state()}${await onHost('systemctl show -p MainPID calculatrice')}`).toBe(before);
    });

    it('asks first, with the plan on the screen, and takes Enter for No', async () => {
      const before = await state();
      for (const [answer, code] of [
        ['\r', 1],
        ['y\r', 0],
      ] as const) {
        const home = operatorHome();
        const run = onPc(home, process.execPath, [once, request('manon', {})]);
        const terminal = openTerminal({ ...run, home, rows: 100 });
        onTestFinished(async () => {
          await terminal.close();
        });
        await terminal.waitFor(/Apply this to calculatrice\.service on manon@10\.5\.1\.2\? \[y\/N\]/);
        expect(terminal.screen()).toContain('+RestartSec=30');
        expect(await state()).toBe(before);
        terminal.type(answer);
        expect((await terminal.exited).code).toBe(code);
      }
      expect(await onHost('systemctl is-active calculatrice')).toBe('active');
    });

    it('opens and closes the port with the service, also when the process is killed', async () => {
      await deploy('manon', { yes: true });
      const ports = 'firewall-cmd --list-ports; firewall-cmd --permanent --list-ports';
      expect(await onHost(ports)).toBe('13337/tcp\n13337/tcp');
      await onHost('systemctl kill -s KILL --kill-who=main calculatrice');
      await onHost(
        `timeout 10 sh -c 'until [ "$(systemctl show -P SubState calculatrice)" = auto-restart ]; do sleep 0.05; done'`,
      );
      expect(await onHost(ports)).toBe('\n');
      // `start` would wait for RestartSec.
      await onHost('systemctl restart calculatrice');
      expect(await onHost(ports)).toBe('13337/tcp\n13337/tcp');
    });

    it('hardens it to under 2.0, as a user of its own, its firewall lines still working', async () => {
      const { code } = await deploy('manon', { yes: true, hardened: true });
      expect(code).toBe(0);
      // Exits with 1 above the threshold, which is in tenths.
      const score = await onHost('systemd-analyze security --no-pager --threshold=20 calculatrice | tail -1');
      expect(score).toMatch(/: [01]\.\d OK/);
      expect(await onHost('ps -o user= -p "$(systemctl show -P MainPID calculatrice)"')).not.toContain(
        'root',
      );
      expect(await onHost('systemctl stop calculatrice; firewall-cmd --list-ports')).toBe('');
      const again = await deploy('manon', { yes: true, hardened: true, json: true });
      expect(JSON.parse(again.stdout)).toMatchObject({
        changed: true,
        steps: [{ kind: 'start' }],
        error: null,
      });
    });

    it('tells an ordinary user why not, with exit 4, and shows them the plan', async () => {
      const before = await state();
      expect(await deploy('zoe', { yes: true })).toMatchObject({ code: 4 });
      const plan = await deploy('zoe', { dryRun: true });
      expect(plan).toMatchObject({ code: 0 });
      expect(plan.stdout).toContain('start calculatrice.service');
      expect(await state()).toBe(before);
    });

    it('asks for the sudo password once', async () => {
      const terminal = tp5OnPc(['deploy', '--host', `paul@${hostAddress}`, '--yes'], { rows: 100 });
      await terminal.waitFor(/sudo password of paul@/);
      terminal.type('motdepasse\r');
      expect((await terminal.exited).code).toBe(0);
      expect(terminal.screen()).toContain('2+3 → 5 from here');
      expect(terminal.output().match(/sudo password/g)).toHaveLength(1);
    });

    it('puts back at Ctrl+C, and exits 130', async () => {
      await onHost('systemctl stop calculatrice 2>/dev/null; true');
      const before = await state();
      const terminal = tp5OnPc(['deploy', '--host', `manon@${hostAddress}`, '--yes'], { rows: 100 });
      await terminal.waitFor('· start calculatrice.service');
      terminal.press('ctrl+c');
      expect((await terminal.exited).code).toBe(130);
      expect(terminal.screen()).toContain('What was there before is back.');
      expect(await state()).toBe(before);
    });

    it('puts back though the app has written into its folder, and loses nothing of that', async () => {
      const before = await state();
      const writes = `import os\nos.makedirs('/opt/calculatrice/__pycache__')\nopen('/opt/calculatrice/a.log', 'w').write('hello')\n`;
      const file = temporary('server.py', `${writes}${WRONG}`);
      const { code, stdout, stderr } = await deploy('manon', { yes: true, json: true, files: [file] });
      expect([code, stderr]).toEqual([1, expect.stringContaining('What was there before is back.')]);
      expect(stderr).toContain('/opt/calculatrice was not of that deployment and in the way: it is now');
      const [aside] = JSON.parse(stdout).movedAside;
      expect(await onHost(`ls ${aside.to}; cat ${aside.to}/a.log`)).toBe('__pycache__\na.log\nhello');
      expect(await state()).toBe(before);
      expect(await deploy('manon', { yes: true })).toMatchObject({ code: 0 });
    });

    it('goes to the zone of the address', async () => {
      onTestFinished(async () => {
        await onHost(
          'firewall-cmd -q --zone=public --change-interface=enp0s9; firewall-cmd -q --permanent --zone=public --change-interface=enp0s9',
        );
      });
      await onHost(
        'firewall-cmd -q --zone=work --change-interface=enp0s9; firewall-cmd -q --permanent --zone=work --change-interface=enp0s9',
      );
      const { code, stdout } = await deploy('manon', { yes: true, json: true, listen: '10.33.64.2' });
      expect([code, JSON.parse(stdout).proved.firewall]).toEqual([
        0,
        { zone: 'work', runtime: true, permanent: true },
      ]);
      await onHost('systemctl stop calculatrice');
    });
  });

  describe('on somebody’s own', () => {
    beforeEach(theirs);

    it('deploys their own server, with the options it has', async () => {
      const file = fileURLToPath(new URL('host/bs_server.py', import.meta.url));
      const { code, stderr } = await deploy('manon', { yes: true, files: [file], listen: '10.33.64.2' });
      expect([code, stderr]).toEqual([0, expect.stringContaining('2+3 → 5 from here')]);
      expect(await onHost('systemctl show -P ExecStart calculatrice')).toContain(
        'bs_server.py --listen 10.33.64.2',
      );
    });

    it.each([
      ['dies at once', 'raise SystemExit("no")', 'did not stay up'],
      ['listens on loopback', LOOPBACK, 'but on 127.0.0.1:13337'],
      ['answers wrongly', WRONG, 'was answered “23”'],
      ['is no Python', '}{', 'did not stay up'],
    ])('puts back what was there when the server %s', async (_name, text, words) => {
      const before = await state();
      const { code, stderr } = await deploy('manon', { yes: true, files: [temporary('server.py', text)] });
      expect(stderr).toContain(words);
      expect(stderr).toContain('What was there before is back.');
      expect(code).toBe(1);
      expect(await state()).toBe(before);
    });

    it('is put back by the host itself when the link was cut at any step, and says so', async () => {
      const before = await state();
      // The upload, begin, stop, two files, daemon-reload, start and commit.
      for (let command = 0; command < 8; command += 1) {
        const at = `command ${command}`;
        const cut = { lab: lab().name, command };
        const { code, stderr } = await deploy('manon', { yes: true }, { cut });
        await control('mend');
        expect([at, code]).toEqual([at, 3]);
        expect(stderr, at).toMatch(/The host puts back what was there by itself, within 120 s/);

        const told = await deploy('manon', { dryRun: true });
        const begun = command >= 2;
        if (begun)
          expect(told.stderr, at).toMatch(/is not over.* The host puts back what was there in \d+ s/);
        // What its timer would do in two minutes.
        if (begun)
          await onHost(
            `systemctl start "$(systemctl list-timers --all --no-legend 'deploy-*' | grep -o 'deploy-[^ ]*\\.service')"`,
          );
        await settled();
        expect(await state(), at).toBe(before);
        const later = await deploy('manon', { dryRun: true });
        if (begun) expect(later.stderr, at).toContain('was cut off; the host has put back');
        await onHost('rm -rf /var/lib/tp5-tui/deploy-*');
      }
    });

    it('is put back by its timer when the link was cut while the service was starting', async () => {
      const before = await state();
      const whileRunning = { root: lab().root, step: 'systemctl start' };
      const cut = { lab: lab().name, command: 6, whileRunning };
      const { code } = await deploy('manon', { yes: true }, { restoreAfterMs: 30_000, cut });
      await control('mend');
      expect(code).toBe(3);
      await settled();
      expect(await state()).toBe(before);
      const next = await deploy('manon', { yes: true });
      expect(next.stderr).toContain('was cut off; the host has put back');
      expect(next.code).toBe(0);
    });

    it('is put back by its timer when the wire was cut inside an upload', async () => {
      const before = await state();
      const cut = { lab: lab().name, command: 4, insideUpload: { root: lab().root } };
      const { code } = await deploy('manon', { yes: true }, { restoreAfterMs: 30_000, cut });
      // The wire stays cut: sshd has not noticed, and holds the upload open.
      await onHost(
        `timeout 120 sh -c 'until ls /var/lib/tp5-tui/deploy-*/restored >/dev/null 2>&1; do sleep 0.1; done'`,
      );
      expect(await state()).toBe(before);
      await control('mend');
      expect(code).not.toBe(0);
      const next = await deploy('manon', { yes: true });
      expect(next.stderr).toContain('was cut off; the host has put back');
      expect(next.code).toBe(0);
    });

    it('puts back first what an earlier one left, when told to go ahead', async () => {
      const cut = { lab: lab().name, command: 5 };
      await deploy('manon', { yes: true }, { cut });
      await control('mend');
      const { code, stderr } = await deploy('manon', { yes: true });
      expect(stderr).toContain('Putting back what was there before the earlier deployment');
      expect(code).toBe(0);
      expect(await onHost('ls /var/lib/tp5-tui | grep -c deploy-')).toBe('1');
      expect(await onHost(`systemctl list-timers --all --no-legend 'deploy-*' | wc -l`)).toBe('0');
    });
  });
});
