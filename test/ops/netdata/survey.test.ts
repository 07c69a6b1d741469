/** What is planned for a Netdata as it is found: files, rights, restarts. */
import { describe, expect, it } from 'vitest';
import { type NetdataSurvey, sameNetdataPlan } from '../../../src/ops/netdata/survey.ts';
import { CHART } from '../../support/netdata.ts';
import {
  ADDRESS,
  type File,
  FRESH,
  NOTIFY,
  survey,
  told,
  webhook,
  written,
} from '../../support/netdata-scene.ts';

/** The files as this plan leaves them. */
function carriedOut({ steps }: NetdataSurvey): Record<string, File | null> {
  return Object.fromEntries(
    steps.flatMap((step): [string, File | null][] => {
      if (step.kind === 'mkdir') return [[step.path, null]];
      if (step.kind !== 'write') return [];
      const { mode = '644', owner = 'root:root' } = step;
      return [[step.path, { text: Buffer.from(step.content).toString(), mode, owner }]];
    }),
  );
}

describe('the plan for Netdata', () => {
  it('writes its three files and starts it anew', async () => {
    const found = await survey();
    expect(told(found.steps)).toEqual([
      'mkdir /etc/netdata/go.d',
      'write /etc/netdata/go.d/portcheck.conf',
      'write /etc/netdata/health.d/tp5-tui.conf',
      'write /etc/netdata/health_alarm_notify.conf',
      'restart netdata.service',
    ]);
    expect(written(found.steps, '/etc/netdata/health_alarm_notify.conf')).toMatchObject({
      mode: '640',
      owner: 'root:netdata',
    });
    expect(found).toMatchObject({ address: '10.5.1.2', job: 'calculatrice', collector: true, notes: [] });
  });

  it('is empty once it was carried out', async () => {
    const found = await survey();
    const again = await survey({ files: { ...FRESH, ...carriedOut(found) } });
    expect(again.steps).toEqual([]);
    expect(sameNetdataPlan(found, again)).toBe(false);
    expect(sameNetdataPlan(found, await survey())).toBe(true);
  });

  it('starts anew what runs by older settings, and mends rights that changed', async () => {
    const files: Record<string, File | string | null> = { ...FRESH, ...carriedOut(await survey()) };
    const path = '/etc/netdata/health_alarm_notify.conf';
    const loose = {
      ...files,
      [path]: { ...(files[path] as File), mode: '644', owner: 'netdata:netdata', modifiedSec: 1500 },
    };
    expect(told((await survey({ files: loose })).steps)).toEqual([
      `chown ${path}`,
      `chmod ${path}`,
      'restart netdata.service',
    ]);
  });

  it('starts and enables what is down', async () => {
    const { steps } = await survey({
      unit: { ActiveState: 'failed', SubState: 'failed', UnitFileState: 'disabled' },
    });
    expect(told(steps).slice(-3)).toEqual([
      'enable netdata.service',
      'reset-failed netdata.service',
      'start netdata.service',
    ]);
  });

  it('shows no secret, neither the old nor the new one, nor another service’s', async () => {
    const text =
      'SLACK_WEBHOOK_URL="https://hooks.slack.com/services/T0/B0/XXXXXXXXXXXXXX"\nDISCORD_WEBHOOK_URL="https://discord.com/api/webhooks/1/old-old-old-old"\n';
    const found = await survey({ files: { ...FRESH, '/etc/netdata/health_alarm_notify.conf': text } });
    const step = written(found.steps, '/etc/netdata/health_alarm_notify.conf');
    for (const secret of ['XXXXXX', 'old-old', 'aW4tdGhl'])
      expect(`${step.before}${step.after}`).not.toContain(secret);
    expect(step.before).toContain('••••');
    expect(Buffer.from(step.content).toString()).toContain(ADDRESS);
    expect(Buffer.from(step.content).toString()).toContain('XXXXXX');
  });

  it('keeps rights of settings that are there', async () => {
    const conf = { text: 'jobs:\n', mode: '640', owner: 'netdata:netdata' };
    const files = { ...FRESH, '/etc/netdata/go.d': null, '/etc/netdata/go.d/portcheck.conf': conf };
    const step = written((await survey({ files })).steps, '/etc/netdata/go.d/portcheck.conf');
    expect(step).toMatchObject({ mode: '640', owner: 'netdata:netdata' });
  });

  it('finds the static installation', async () => {
    const files = {
      '/opt/netdata/etc/netdata': null,
      '/opt/netdata/usr/libexec/netdata/plugins.d/go.d.plugin': 'x',
    };
    const unit = { ExecStart: '{ path=/opt/netdata/bin/netdata ; argv[]=/opt/netdata/bin/netdata -D }' };
    const found = await survey({ files, unit });
    expect(found).toMatchObject({
      folder: '/opt/netdata/etc/netdata',
      stock: '/opt/netdata/usr/lib/netdata/conf.d',
      collector: true,
    });
    expect(told(found.steps)).toContain('write /opt/netdata/etc/netdata/go.d/portcheck.conf');
  });

  it.each([
    ['where it listens', [{ address: '10.33.64.2', port: 13337, waiting: 0 }], null, '10.33.64.2'],
    [
      'the host’s, when it listens everywhere',
      [{ address: '0.0.0.0', port: 13337, waiting: 0 }],
      null,
      '10.5.1.2',
    ],
    [
      'the settings’, when it listens there too',
      [{ address: '::', port: 13337, waiting: 0 }],
      '10.33.64.2',
      '10.33.64.2',
    ],
    [
      'loopback, when it listens there alone',
      [{ address: '127.0.0.1', port: 13337, waiting: 0 }],
      null,
      '127.0.0.1',
    ],
    ['its unit’s, when it does not listen', [], null, '10.33.64.7'],
  ] as const)('has the check dial %s', async (_, listeners, address, dialled) => {
    const unitFile =
      '[Service]\nExecStart=/usr/bin/python3 /opt/calculatrice/server.py --listen 10.33.64.7\n';
    const files = { ...FRESH, '/etc/systemd/system/calculatrice.service': unitFile };
    const found = await survey({ files, listeners }, { address });
    expect(found.address).toBe(dialled);
    expect(found.notes.map(({ code }) => code)).toEqual(listeners.length === 0 ? ['not-listening'] : []);
  });

  it('leaves Discord alone without a webhook, and says so', async () => {
    const found = await survey({}, { webhook: null });
    expect(told(found.steps)).not.toContain('write /etc/netdata/health_alarm_notify.conf');
    expect(found).toMatchObject({ tells: false, notes: [{ code: 'no-webhook' }] });
    const text = `DISCORD_WEBHOOK_URL="${ADDRESS}"\n`;
    const files = { ...FRESH, '/etc/netdata/health_alarm_notify.conf': text };
    const kept = await survey({ files }, { webhook: null });
    expect(kept).toMatchObject({ tells: true, webhook: null, notes: [] });
    expect(
      Buffer.from(written(kept.steps, '/etc/netdata/health_alarm_notify.conf').content).toString(),
    ).toContain(text);
  });

  it('has no slash at the webhook’s end: Netdata puts its own', async () => {
    expect((await survey({}, { webhook: webhook(`${ADDRESS}/`) })).webhook).toBe(ADDRESS);
  });

  it('turns on what was turned off, and says so', async () => {
    const text = `SEND_DISCORD="NO"\nDISCORD_WEBHOOK_URL="${ADDRESS}"\n`;
    const found = await survey({ files: { ...FRESH, [NOTIFY]: text } }, { webhook: null });
    expect(found.notes).toEqual([{ code: 'discord-was-off', path: NOTIFY }]);
    expect(Buffer.from(written(found.steps, NOTIFY).content).toString()).toBe(
      `SEND_DISCORD="YES"\nDISCORD_WEBHOOK_URL="${ADDRESS}"\nDEFAULT_RECIPIENT_DISCORD="alarms"\n`,
    );
  });

  it('waits for one that has just started', async () => {
    const found = await survey({ unit: { Since: '1900' }, netdata: { version: null } });
    expect(told(found.steps)).toContain('restart netdata.service');
    const elsewhere = { ...FRESH, '/etc/netdata/netdata.conf': '[web]\nbind to = 10.5.1.2:8080\n' };
    await expect(
      survey({ files: elsewhere, unit: { Since: '1900' }, netdata: { version: null } }),
    ).rejects.toThrow();
  });

  it('has the alarm on the chart of our job, or on what else makes one of the port', async () => {
    const on = (found: NetdataSurvey): string =>
      Buffer.from(written(found.steps, '/etc/netdata/health.d/tp5-tui.conf').content).toString();
    const charts = {
      'portcheck_ssh.port_22_status': '127.0.0.1',
      'portcheck_far.port_13337_status': '10.0.0.9',
    };
    const ours = await survey({ netdata: { charts } });
    expect(ours.chart).toBe(CHART);
    expect(on(ours)).toContain(`on: ${CHART}\n`);
    const made = { ...charts, 'portcheck_own.port_13337_status': '10.5.1.2' };
    const theirs = await survey({ files: { '/etc/netdata': null }, netdata: { charts: made } });
    expect(theirs.chart).toBe('portcheck_own.port_13337_status');
    expect(on(theirs)).toContain('on: portcheck_own.port_13337_status\n');
  });

  it('is none for one without the collector that is down: that cannot be told, so it is tried', async () => {
    const files = { '/etc/netdata': null };
    const found = await survey({ files, unit: { ActiveState: 'inactive' } });
    expect(found.notes).toEqual([{ code: 'no-collector' }]);
  });
});
