/**
 * `deploy --netdata` on the real host, with Debian's Netdata and a stand-in for the collector that Debian leaves out:
 * its alarm, its own alarm-notify.sh, and what the console shows of it.
 */
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { control, hostAddress, lab, onHost, onLab, openConsole, operatorHome } from './host.ts';
import { type Program, programOnPc } from './programs.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const launcher = path('../../bin/tp5-tui.js');
const slackForm = fileURLToPath(new URL('slack-form.ts', import.meta.url));
/** The operator's PC as the host sees it. */
const PC = '10.5.1.1';
const PLUGIN = '/usr/lib/netdata/plugins.d/go.d.plugin';

interface Posted {
  readonly address?: string;
  readonly atWall: number;
  readonly path: string;
  readonly payload: { readonly text: string; readonly attachments: readonly { readonly title: string }[] };
}

interface Document {
  readonly changed: boolean;
  readonly steps: readonly { readonly kind: string; readonly path: string; readonly after: string }[];
  readonly proved: Readonly<Record<string, unknown>>;
  readonly rolledBack: boolean | string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

interface Ended {
  readonly code: number | string;
  readonly document: Document;
  readonly stderr: string;
}

async function discord(home: string): Promise<{ posts: Program<Posted>; webhookFile: string }> {
  const posts = programOnPc<Posted>(home, process.execPath, [slackForm, PC]);
  const { address = '' } = await posts.until((line) => line.address !== undefined);
  const webhookFile = join(home, 'webhook');
  writeFileSync(webhookFile, `${address}\n`, { mode: 0o600 });
  return { posts, webhookFile };
}

async function deploy(home: string, webhookFile: string, ...more: readonly string[]): Promise<Ended> {
  const words = ['deploy', '--netdata', '--host', `manon@${hostAddress}`, '--yes', '--json'];
  const webhook = ['--webhook-file', webhookFile, '--allow-insecure-webhook'];
  const program = programOnPc<Document>(home, process.execPath, [launcher, ...words, ...webhook, ...more]);
  const document = await program.until(() => true, 60_000);
  // A signal to what has ended does nothing: its own exit code stands.
  const code = await program.ended;
  return { code, document, stderr: program.stderr() };
}

/** Settings of the administrator's that are none of ours: kept as they are. */
const OWN_JOB = `# ours since 2019
jobs:
  - name: ssh
    host: 127.0.0.1
    ports: [22]   # for the pager
`;

/** All that the deployment may touch. */
function state(): Promise<string> {
  return onHost(`
    cd /etc/netdata
    find go.d health.d health_alarm_notify.conf -printf '%p %y %m %u:%g\\n' 2>/dev/null | sort
    find go.d health.d health_alarm_notify.conf -type f -exec sha256sum {} + 2>/dev/null | sort
    systemctl is-active netdata; systemctl is-enabled netdata
    exit 0`);
}

const REMOVE = `systemctl stop netdata; systemctl disable --quiet netdata
  rm -rf /etc/netdata/go.d /etc/netdata/health.d/tp5-tui.conf /etc/netdata/health_alarm_notify.conf ${PLUGIN} \\
    /var/lib/tp5-tui /var/cache/netdata/* /var/lib/netdata/*.db`;

onLab('deploy --netdata', () => {
  beforeEach(async () => {
    await control('reset');
    await onHost(REMOVE);
    copyFileSync(path('host/go.d.plugin'), join(lab().root, PLUGIN));
    await onHost(`chmod 755 ${PLUGIN}; systemctl start calculatrice`);
  });
  afterAll(async () => {
    await onHost(REMOVE);
    await control('reset');
  });

  it('has Netdata tell Discord of a fall within a minute, and of its end, and the console shows it', {
    timeout: 90_000,
  }, async () => {
    const home = operatorHome();
    const { posts, webhookFile } = await discord(home);
    writeFileSync(join(lab().root, 'etc/netdata/own-job'), OWN_JOB);
    await onHost(`cd /etc/netdata && mkdir go.d && mv own-job go.d/portcheck.conf
      sed 's/^SEND_SLACK=.*/SEND_SLACK="NO"/' /usr/lib/netdata/conf.d/health_alarm_notify.conf >health_alarm_notify.conf`);

    const { code, document, stderr } = await deploy(home, webhookFile, '--test-alert');
    expect(document.error, stderr).toBeNull();
    expect(document.proved).toMatchObject({
      version: 'v1.37.1',
      chart: 'portcheck_calculatrice.port_13337_status',
      sees: 'up',
      alarm: { name: 'tp5_port_down', status: 'CLEAR' },
      discord: 'ready',
    });
    expect(code).toBe(0);
    expect(posts.lines.filter(({ payload }) => payload?.text.includes('test.chart'))).toHaveLength(3);
    expect(JSON.stringify(document) + stderr).not.toContain('a-secret');
    expect(JSON.stringify(document)).toContain('••••LAST');

    // All else is kept: the job before ours, each line but the three.
    const jobs = await onHost('cat /etc/netdata/go.d/portcheck.conf');
    expect(jobs).toContain(OWN_JOB.slice(OWN_JOB.indexOf('  - name')).trimEnd());
    expect(jobs).toMatch(/- name: calculatrice\n {4}host: 10\.5\.1\.2\n/);
    const changed = await onHost(
      'diff /usr/lib/netdata/conf.d/health_alarm_notify.conf /etc/netdata/health_alarm_notify.conf | grep -c "^>"; exit 0',
    );
    expect(Number(changed)).toBe(3);
    expect(await onHost('stat -c "%a %U:%G" /etc/netdata/health_alarm_notify.conf')).toBe('640 root:netdata');

    const again = await deploy(home, webhookFile);
    expect(again).toMatchObject({ code: 0, document: { changed: false, steps: [], error: null } });

    const terminal = openConsole('manon', [], { cols: 120, rows: 40 });
    await terminal.waitFor('Netdata sees it up', { timeoutMs: 15_000 });
    const fellAt = Date.now();
    await onHost('systemctl stop calculatrice');
    const fall = await posts.until(
      ({ payload }) => /is critical.*port_13337/.test(payload?.text ?? ''),
      45_000,
    );
    expect(fall.path).toMatch(/^\/api\/webhooks\/112233445566\/a-secret-of-the-channel-LAST\/slack$/);
    console.info(`the alert came ${Math.round((fall.atWall - fellAt) / 100) / 10} s after the fall`);
    await terminal.waitFor('CRITICAL tp5_port_down', { timeoutMs: 15_000 });
    await terminal.waitFor(/Netdata sees it down since \d\d:\d\d:\d\d/);
    const backAt = Date.now();
    await onHost('systemctl start calculatrice');
    const end = await posts.until(({ payload }) => /recovered.*port_13337/.test(payload?.text ?? ''), 45_000);
    console.info(`its end came ${Math.round((end.atWall - backAt) / 100) / 10} s after the service was back`);
  });

  it('puts everything back when alarm-notify.sh would tell nobody, and says why', async () => {
    const home = operatorHome();
    const { webhookFile } = await discord(home);
    await onHost(`cd /etc/netdata && printf 'role_recipients_discord[sysadmin]="disabled"\\n' >health_alarm_notify.conf
      systemctl start netdata`);
    const before = await state();
    const { code, document } = await deploy(home, webhookFile);
    expect(document.error).toMatchObject({ code: 'netdata' });
    expect(document.error?.message).toContain('role_recipients_discord[sysadmin]=disabled');
    expect(document.rolledBack).toBe(true);
    expect(code).toBe(1);
    expect(await state()).toBe(before);
  });

  it('says how to install it where it is not, and changes nothing', async () => {
    const home = operatorHome();
    const { webhookFile } = await discord(home);
    // Its unit, and the script of SysV's that systemd would take in its place.
    await onHost(
      'mv /lib/systemd/system/netdata.service /etc/init.d/netdata /root/ && systemctl daemon-reload',
    );
    try {
      const { code, document } = await deploy(home, webhookFile);
      expect(document).toMatchObject({ changed: false, error: { code: 'netdata' } });
      expect(document.error?.message).toMatch(
        /not installed on this host \(Debian GNU\/Linux 12 \(bookworm\)\)/,
      );
      expect(document.error?.message).toContain('kickstart.sh');
      expect(code).toBe(1);
    } finally {
      await onHost(
        'mv /root/netdata.service /lib/systemd/system/; mv /root/netdata /etc/init.d/; systemctl daemon-reload',
      );
    }
  });

  it('refuses a Netdata without the collector before it changes anything', async () => {
    const home = operatorHome();
    const { webhookFile } = await discord(home);
    rmSync(join(lab().root, PLUGIN));
    await onHost(`systemctl start netdata
      timeout 20 sh -c 'until curl -sf -o /dev/null http://127.0.0.1:19999/api/v1/info; do sleep 0.2; done'`);
    const before = await state();
    const { code, document } = await deploy(home, webhookFile);
    expect(document.error?.message).toContain('go.d.plugin');
    expect(document).toMatchObject({ changed: false, rolledBack: null });
    expect(code).toBe(1);
    expect(await state()).toBe(before);
  });
});
