/** The lab's host with Debian's Netdata and a stand-in for the collector that Debian leaves out; Discord's on the operator's PC. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { control, lab, onHost } from './host.ts';
import { type Program, programOnPc } from './programs.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const slackForm = fileURLToPath(new URL('slack-form.ts', import.meta.url));
/** The operator's PC as the host sees it. */
const PC = '10.5.1.1';
export const PLUGIN = '/usr/lib/netdata/plugins.d/go.d.plugin';

export interface Posted {
  readonly address?: string;
  readonly atWall: number;
  readonly path: string;
  readonly payload: { readonly text: string; readonly attachments: readonly { readonly title: string }[] };
}

export async function discord(home: string): Promise<{ posts: Program<Posted>; webhookFile: string }> {
  const posts = programOnPc<Posted>(home, process.execPath, [slackForm, PC]);
  const { address = '' } = await posts.until((line) => line.address !== undefined);
  const webhookFile = join(home, 'webhook');
  writeFileSync(webhookFile, `${address}\n`, { mode: 0o600 });
  return { posts, webhookFile };
}

/** A check of the administrator's that is none of ours: kept as it is. */
export const OWN_JOB = `# ours since 2019
jobs:
  - name: ssh
    host: 127.0.0.1
    ports: [22]   # for the pager
`;

/** The administrator's check, and Netdata's notifications but for Slack. */
export async function writeOwnSettings(): Promise<void> {
  writeFileSync(join(lab().root, 'etc/netdata/own-job'), OWN_JOB);
  await onHost(`cd /etc/netdata && mkdir go.d && mv own-job go.d/portcheck.conf
    sed 's/^SEND_SLACK=.*/SEND_SLACK="NO"/' /usr/lib/netdata/conf.d/health_alarm_notify.conf >health_alarm_notify.conf`);
}

/** All that the deployment may touch. */
export function netdataState(): Promise<string> {
  return onHost(`
    cd /etc/netdata
    find go.d health.d health_alarm_notify.conf -printf '%p %y %m %u:%g %l\\n' 2>/dev/null | sort
    find go.d health.d health_alarm_notify.conf -type f -exec sha256sum {} + 2>/dev/null | sort
    systemctl is-active netdata; systemctl is-enabled netdata
    exit 0`);
}

const REMOVE = `systemctl stop "deploy-*.timer" netdata; systemctl disable --quiet netdata
  rm -rf /etc/netdata/go.d /etc/netdata/health.d/tp5-tui.conf /etc/netdata/health_alarm_notify.conf ${PLUGIN} \\
    /var/lib/tp5-tui /var/cache/netdata/* /var/lib/netdata/*.db`;

/** Netdata as it is packaged, stopped, with the collector; the service runs. */
export async function freshNetdata(): Promise<void> {
  await removeNetdata();
  copyFileSync(path('host/go.d.plugin'), join(lab().root, PLUGIN));
  await onHost(`chmod 755 ${PLUGIN}; systemctl start calculatrice`);
}

export async function removeNetdata(): Promise<void> {
  await control('reset');
  await onHost(REMOVE);
}

/** Starts it, and waits until its API answers. */
export async function startNetdata(): Promise<void> {
  await onHost(`systemctl start netdata
    timeout 20 sh -c 'until curl -sf -o /dev/null http://127.0.0.1:19999/api/v1/info; do sleep 0.2; done'`);
}
