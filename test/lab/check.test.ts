/** `check` on the real host: as it comes, prepared well, and broken in one way after the other; `--fix` on each. */
import { execFile } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckDocument } from '../../src/cli/check-report.ts';
import type { CheckId } from '../../src/ops/checks/check.ts';
import { control, hostAddress, type LabUser, lab, onHost, onLab, onPc, operatorHome } from './host.ts';

const launcher = fileURLToPath(new URL('../../bin/tp5-tui.js', import.meta.url));
const fixtures = fileURLToPath(new URL('../fixtures/checks/prepared', import.meta.url));
const ownServer = fileURLToPath(new URL('../../src/ops/deploy/assets/server.py', import.meta.url));

const UNIT = '/etc/systemd/system/calculatrice.service';
const RELOAD = 'systemctl daemon-reload';

interface Checked {
  readonly code: number;
  readonly document: CheckDocument;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `check --json` on the operator's PC to its end. */
function check(user: LabUser, ...args: readonly string[]): Promise<Checked> {
  const home = operatorHome();
  const words = [launcher, 'check', `${user}@${hostAddress}`, '--json', '--lang', 'en', ...args];
  const { command, args: argv } = onPc(home, process.execPath, words);
  return new Promise((resolve) => {
    execFile(command, argv, { env: { ...process.env, HOME: home } }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0;
      const document = JSON.parse(stdout || 'null') as CheckDocument;
      resolve({ code, document, stdout, stderr });
    });
  });
}

function inState({ document }: Checked, state: CheckDocument['items'][number]['state']): readonly string[] {
  return document.items.filter((item) => item.state === state).map((item) => item.id);
}

function item({ document }: Checked, id: CheckId) {
  const found = document.items.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no item ${id}`);
  return found;
}

async function prepare(): Promise<void> {
  const folder = join(lab().root, 'root', 'prepared');
  rmSync(folder, { recursive: true, force: true });
  cpSync(fixtures, folder, { recursive: true });
  cpSync(ownServer, join(folder, 'server.py'));
  await onHost('sh /root/prepared/prepare.sh /root/prepared');
}

async function unprepare(): Promise<void> {
  await onHost('[ ! -e /root/prepared ] || sh /root/prepared/unprepare.sh; rm -rf /root/prepared');
  await control('reset');
}

onLab('check on the host as it comes', () => {
  beforeAll(unprepare);

  it('tells what is there, what is not, and what the lab cannot have', async () => {
    const seen = await check('manon', '--no-input');
    expect(seen.code).toBe(1);
    expect(inState(seen, 'fail')).toEqual([
      'route-out',
      'password-login-off',
      'enabled',
      'active',
      'netdata-active',
      'discord',
      'sshd-host-only',
      'firewall-nothing-needless',
    ]);
    expect(inState(seen, 'warn')).toEqual(['eval-on-input', 'runs-as-root', 'last-client-thread']);
    expect(item(seen, 'selinux').finding).toBe('this system has no SELinux');
    expect(item(seen, 'netdata-portcheck').state).toBe('skip');
    expect(item(seen, 'key-login').evidence[0]?.output).toContain('Accepted publickey for manon');
    expect(seen.document.summary).toEqual({ pass: 20, fail: 8, warn: 3, skip: 9 });
  });

  it('shows an ordinary user what he may see, and calls nothing broken that he may not', async () => {
    const seen = await check('zoe', '--no-input');
    for (const id of ['password-login-off', 'firewall-follows', 'firewall-nothing-needless'] as const) {
      expect(item(seen, id)).toMatchObject({
        state: 'skip',
        finding: expect.stringContaining('not permitted'),
      });
    }
    expect(item(seen, 'unit-owner-mode').state).toBe('pass');
    expect(item(seen, 'restart-policy').state).toBe('pass');
    expect(seen.document.items.some(({ mend }) => mend?.fixable)).toBe(false);
  });

  it('mends nothing for a user who may not, and says so', async () => {
    const seen = await check('zoe', '--fix', '--yes');
    expect(seen.code).toBe(4);
    expect(seen.stderr).toContain('zoe may not change this host');
  });

  it('refuses to mend without a word of consent', async () => {
    const seen = await check('manon', '--fix', '--no-input');
    expect(seen.code).toBe(2);
    expect(seen.document).toMatchObject({ error: { code: 'usage' } });
  });
});

/** One fault each; `restore` where `--fix` does not offer to mend it. */
const BREAKS: readonly {
  readonly name: string;
  readonly breaks: string;
  readonly fails: CheckId;
  readonly restore?: string;
}[] = [
  { name: 'the unit made 0755', breaks: `chmod 755 ${UNIT}`, fails: 'unit-owner-mode' },
  {
    name: 'firewall-cmd without its path',
    breaks: `sed -i 's|^ExecStopPost=+/usr/bin/|ExecStopPost=+|' ${UNIT}; ${RELOAD}`,
    fails: 'absolute-paths',
  },
  {
    name: 'Restart=on-always',
    breaks: `sed -i 's/^Restart=.*/Restart=on-always/' ${UNIT}; ${RELOAD}`,
    fails: 'restart-policy',
  },
  {
    name: 'RestartSec=5',
    breaks: `sed -i 's/^RestartSec=.*/RestartSec=5/' ${UNIT}; ${RELOAD}`,
    fails: 'restart-sec',
  },
  {
    name: 'no ExecStopPost=',
    breaks: `sed -i '/^ExecStopPost=/d' ${UNIT}; ${RELOAD}`,
    fails: 'firewall-close-on-stop',
  },
  {
    name: 'no ExecStartPre=',
    breaks: `sed -i '/^ExecStartPre=/d' ${UNIT}; ${RELOAD}`,
    fails: 'firewall-open-on-start',
  },
  {
    name: 'the port closed by hand while the service runs',
    breaks: 'for s in "" --permanent; do firewall-cmd -q $s --remove-port=13337/tcp; done',
    fails: 'firewall-follows',
  },
  {
    name: 'the port closed in the permanent settings alone',
    breaks: 'firewall-cmd -q --permanent --remove-port=13337/tcp',
    fails: 'firewall-follows',
  },
  {
    name: 'sshd on all addresses',
    breaks: 'rm /etc/ssh/sshd_config.d/*listen.conf; systemctl reload ssh',
    fails: 'sshd-host-only',
  },
  {
    name: 'password logins on',
    breaks: 'rm /etc/ssh/sshd_config.d/10-keys.conf; systemctl reload ssh',
    fails: 'password-login-off',
  },
  {
    name: 'the service on all addresses',
    breaks: `sed -i 's/--listen .*/--listen 0.0.0.0/' ${UNIT}; ${RELOAD}; systemctl restart calculatrice`,
    fails: 'service-bridge-only',
    restore: `sed -i 's/--listen .*/--listen 10.33.64.2/' ${UNIT}; ${RELOAD}; systemctl restart calculatrice`,
  },
  {
    name: 'the service on the loopback alone',
    breaks: `sed -i 's/--listen .*/--listen 127.0.0.1/' ${UNIT}; ${RELOAD}; systemctl restart calculatrice`,
    fails: 'service-bridge-only',
    restore: `sed -i 's/--listen .*/--listen 10.33.64.2/' ${UNIT}; ${RELOAD}; systemctl restart calculatrice`,
  },
  {
    name: 'the unit edited without a daemon-reload',
    breaks: `sed -i 's/^Description=.*/Description=Calculatrice/' ${UNIT}`,
    fails: 'reload-pending',
  },
  { name: 'the unit disabled', breaks: 'systemctl disable -q calculatrice', fails: 'enabled' },
  { name: 'firewalld stopped', breaks: 'systemctl stop firewalld', fails: 'firewalld-running' },
  { name: 'the service stopped', breaks: 'systemctl stop calculatrice', fails: 'active' },
  {
    name: 'a service open that nobody needs',
    breaks: 'for s in "" --permanent; do firewall-cmd -q $s --add-service=cockpit; done',
    fails: 'firewall-nothing-needless',
  },
];

onLab('check on a host prepared well', () => {
  beforeAll(async () => {
    await unprepare();
    await prepare();
  });
  afterAll(unprepare);

  it('passes everything, and stops the service for its proof only when it may', async () => {
    const pid = await onHost('systemctl show calculatrice -p MainPID --value');
    const quiet = await check('manon', '--no-input');
    expect(quiet.stderr).toBe('');
    expect(inState(quiet, 'skip')).toEqual(['firewall-follows']);
    expect(quiet.document.summary).toEqual({ pass: 39, fail: 0, warn: 0, skip: 1 });
    expect(quiet.code).toBe(0);
    expect(await onHost('systemctl show calculatrice -p MainPID --value')).toBe(pid);

    const proved = await check('manon', '--yes');
    expect(proved.document.summary).toEqual({ pass: 40, fail: 0, warn: 0, skip: 0 });
    const outputs = item(proved, 'firewall-follows').evidence.map(({ output }) => output);
    expect(outputs.map((output) => /^\s*ports: ?(.*)$/m.exec(output)?.[1] ?? output)).toEqual([
      '',
      '',
      '',
      '',
      '13337/tcp',
      '13337/tcp',
    ]);
    expect(await onHost('systemctl is-active calculatrice')).toBe('active');
  });

  it('shows the webhook to nobody', async () => {
    const { stdout } = await check('manon', '--no-input', '--only', 'discord');
    expect(stdout).toContain('https://discord.com/api/webhooks/…');
    expect(stdout).not.toMatch(/112233445566778899|aW4tdGhlLWxhYi/);
  });

  it('looks at what it is asked for alone', async () => {
    const { document } = await check('manon', '--no-input', '--only', 'hostname', 'unit-owner-mode');
    expect(document.items.map(({ id }) => id)).toEqual(['hostname', 'unit-owner-mode']);
  });

  describe.each(BREAKS)('$name', ({ breaks, fails, restore }) => {
    it(`fails ${fails} and nothing else; ${restore ? 'left to the reader' : '--fix mends it'}`, async () => {
      await onHost(breaks);
      const broken = await check('manon', '--no-input');
      expect(inState(broken, 'fail')).toEqual([fails]);
      expect(inState(broken, 'warn')).toEqual([]);
      expect(broken.code).toBe(1);
      expect(item(broken, fails).evidence.length).toBeGreaterThan(0);
      expect(item(broken, fails).mend?.fixable).toBe(restore === undefined);
      if (restore !== undefined) await onHost(restore);

      const mended = await check('manon', '--fix', '--yes');
      expect(inState(mended, 'fail')).toEqual([]);
      expect(mended.document.summary.skip).toBe(restore === undefined ? 0 : 1);
      expect(mended.code).toBe(0);
    });
  });
});
