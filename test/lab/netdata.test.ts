/**
 * `deploy --netdata` on the real host, with Debian's Netdata and a stand-in for the collector that Debian leaves out:
 * its alarm, its own alarm-notify.sh, and what the console shows of it.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { hostAddress, lab, onHost, onLab, openConsole, operatorHome } from './host.ts';
import {
  discord,
  freshNetdata,
  netdataState,
  OWN_JOB,
  PLUGIN,
  removeNetdata,
  startNetdata,
  writeOwnSettings,
} from './netdata-host.ts';
import { programOnPc } from './programs.ts';

const launcher = fileURLToPath(new URL('../../bin/tp5-tui.js', import.meta.url));
const API = 'http://127.0.0.1:19999/api/v1';
const SSH_CHART = 'portcheck_ssh.port_22_status';

interface Alarms {
  readonly alarms: Readonly<Record<string, { readonly name: string; readonly chart: string }>>;
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

async function deploy(home: string, webhookFile: string, ...more: readonly string[]): Promise<Ended> {
  const words = ['deploy', '--netdata', '--host', `manon@${hostAddress}`, '--yes', '--json'];
  const webhook = ['--webhook-file', webhookFile, '--allow-insecure-webhook'];
  const program = programOnPc<Document>(home, process.execPath, [launcher, ...words, ...webhook, ...more]);
  const document = await program.until(() => true);
  // A signal to what has ended does nothing: its own exit code stands.
  const code = await program.ended;
  return { code, document, stderr: program.stderr() };
}

onLab('deploy --netdata', () => {
  beforeEach(freshNetdata);
  afterAll(removeNetdata);

  it('has Netdata tell Discord of a fall within a minute, and of its end, and the console shows it', async () => {
    const home = operatorHome();
    const { posts, webhookFile } = await discord(home);
    await writeOwnSettings();

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
    expect(JSON.stringify(document)).toContain('DISCORD_WEBHOOK_URL=\\"…\\"');

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
    await terminal.waitFor('Netdata sees it up');
    const fellAt = Date.now();
    // The administrator's own check falls with ours: what has a connection keeps it.
    await onHost('systemctl stop calculatrice ssh');
    const fall = await posts.until(({ payload }) => /is critical.*port_13337/.test(payload?.text ?? ''));
    expect(fall.path).toMatch(/^\/api\/webhooks\/112233445566\/a-secret-of-the-channel-LAST\/slack$/);
    console.info(`the alert came ${Math.round((fall.atWall - fellAt) / 100) / 10} s after the fall`);
    await terminal.waitFor('CRITICAL tp5_port_down');
    await terminal.waitFor(/Netdata sees it down since \d\d:\d\d:\d\d/);
    await onHost(`timeout 20 sh -c 'until curl -s "${API}/data?chart=${SSH_CHART}&dimensions=failed&after=-15&points=1&format=csv" \\
      | grep -q ",1"; do sleep 0.5; done'`);
    const { alarms } = JSON.parse(await onHost(`curl -s '${API}/alarms?all'`)) as Alarms;
    const on = (chart: string) =>
      Object.values(alarms).flatMap((alarm) => (alarm.chart === chart ? [alarm.name] : []));
    expect(on('portcheck_calculatrice.port_13337_status')).toContain('tp5_port_down');
    expect(on(SSH_CHART)).toContain('portcheck_connection_fails');
    expect(on(SSH_CHART)).not.toContain('tp5_port_down');
    const backAt = Date.now();
    await onHost('systemctl start calculatrice ssh');
    const end = await posts.until(({ payload }) => /recovered.*port_13337/.test(payload?.text ?? ''));
    console.info(`its end came ${Math.round((end.atWall - backAt) / 100) / 10} s after the service was back`);
  });

  it('puts everything back when alarm-notify.sh would tell nobody, and says why', async () => {
    const home = operatorHome();
    const { webhookFile } = await discord(home);
    await onHost(`cd /etc/netdata && printf 'role_recipients_discord[sysadmin]="disabled"\\n' >health_alarm_notify.conf
      systemctl start netdata`);
    const before = await netdataState();
    const { code, document } = await deploy(home, webhookFile);
    expect(document.error).toMatchObject({ code: 'netdata' });
    expect(document.error?.message).toContain('role_recipients_discord[sysadmin]=disabled');
    expect(document.rolledBack).toBe(true);
    expect(code).toBe(1);
    expect(await netdataState()).toBe(before);
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
    await startNetdata();
    const before = await netdataState();
    const { code, document } = await deploy(home, webhookFile);
    expect(document.error?.message).toContain('go.d.plugin');
    expect(document).toMatchObject({ changed: false, rolledBack: null });
    expect(code).toBe(1);
    expect(await netdataState()).toBe(before);
  });
});
