/** What is planned for a Netdata as it is found: files, rights, restarts, and what keeps it from being done. */
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/ops/clock.ts';
import type { Step } from '../../../src/ops/deploy/plan.ts';
import { DeployStopped } from '../../../src/ops/deploy/problem.ts';
import { readWebhook, Webhook } from '../../../src/ops/discord/webhook.ts';
import type { Host, ListenerFacts } from '../../../src/ops/host.ts';
import { ALARM_TEMPLATE } from '../../../src/ops/netdata/alarm-template.ts';
import { parsePortAlarms } from '../../../src/ops/netdata/answers.ts';
import {
  type NetdataSurvey,
  type NetdataWish,
  sameNetdataPlan,
  surveyNetdata,
} from '../../../src/ops/netdata/survey.ts';
import { createFakeHost, LISTENING } from '../../support/fake-host.ts';

const ADDRESS = 'https://discord.com/api/webhooks/112233445566778899/aW4tdGhlLWxhYi1ub2JvZHktbGlzdGVucw';
const GO_D = '/usr/libexec/netdata/plugins.d/go.d.plugin';

function webhook(address = ADDRESS): Webhook {
  const read = readWebhook(address, false);
  if (!(read instanceof Webhook)) throw new Error(read.code);
  return read;
}

interface File {
  readonly text?: string;
  readonly mode?: string;
  readonly owner?: string;
  readonly modifiedSec?: number;
}

interface Scene {
  /** Path to its text, or more; null: a folder. */
  readonly files?: Readonly<Record<string, File | string | null>>;
  readonly unit?: Readonly<Record<string, string>>;
  readonly listeners?: ListenerFacts['listeners'];
}

const UNIT = {
  LoadState: 'loaded',
  ActiveState: 'active',
  SubState: 'running',
  UnitFileState: 'enabled',
  ExecStart: '{ path=/usr/sbin/netdata ; argv[]=/usr/sbin/netdata -D }',
  Since: '1000',
  Group: 'netdata',
  ID: 'rocky',
  ID_LIKE: '"rhel centos fedora"',
  PRETTY_NAME: '"Rocky Linux 9.4"',
};
const FRESH = { '/etc/netdata': null, '/etc/netdata/health.d': null, [GO_D]: 'x' };

function hostWith({ files = FRESH, unit = {}, listeners = LISTENING.listeners }: Scene): Host {
  const fake = createFakeHost();
  fake.answers.listeners = async () => ({ listeners, clients: [] });
  const entry = (path: string): string => {
    const found = files[path];
    if (found === undefined) return 'entry absent';
    if (found === null) return 'entry 41ed root:root 500';
    const {
      text = '',
      mode = '644',
      owner = 'root:root',
      modifiedSec = 500,
    } = typeof found === 'string' ? { text: found } : found;
    const bits = (0o100000 | Number.parseInt(mode, 8)).toString(16);
    return `entry ${bits} ${owner} ${modifiedSec}\ncontent ${Buffer.from(text).toString('base64')}`;
  };
  return {
    ...fake.host,
    async run(argv) {
      const properties = Object.entries({ ...UNIT, ...unit }).map(([key, value]) => `${key}=${value}`);
      const stdout =
        argv[1] === '-c' ? properties.join('\n') : ['now 2000', ...argv.slice(4).map(entry)].join('\n');
      return { code: 0, signal: null, stdout, stderr: '', truncated: false };
    },
  };
}

const WISH: NetdataWish = {
  unit: 'calculatrice.service',
  port: 13337,
  address: null,
  webhook: webhook(),
};

function survey(scene: Scene = {}, wish: Partial<NetdataWish> = {}): Promise<NetdataSurvey> {
  return surveyNetdata(hostWith(scene), { ...WISH, ...wish }, { clock: systemClock });
}

async function problem(scene: Scene): Promise<unknown> {
  try {
    await survey(scene);
  } catch (error) {
    if (error instanceof DeployStopped) return error.problem;
    throw error;
  }
  throw new Error('it was planned');
}

const told = (steps: readonly Step[]): string[] => steps.map(({ kind, path }) => `${kind} ${path}`);

function written(steps: readonly Step[], path: string): Extract<Step, { kind: 'write' }> {
  const step = steps.find((one) => one.kind === 'write' && one.path === path);
  if (step?.kind !== 'write') throw new Error(`${path} is not written`);
  return step;
}

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

  it.each([
    [
      'absent',
      { unit: { LoadState: 'not-found' } },
      { problem: 'absent', family: 'dnf', system: 'Rocky Linux 9.4' },
    ],
    ['masked', { unit: { LoadState: 'masked' } }, { problem: 'masked' }],
    ['somewhere else', { files: {} }, { problem: 'no-config-folder' }],
    [
      'with jobs that are not read',
      { files: { ...FRESH, '/etc/netdata/go.d': null, '/etc/netdata/go.d/portcheck.conf': 'jobs: {}\n' } },
      { problem: 'cannot-edit', path: '/etc/netdata/go.d/portcheck.conf', line: 1 },
    ],
  ])('is none for a Netdata that is %s', async (_, scene: Scene, failure) => {
    expect(await problem(scene)).toMatchObject({ code: 'netdata', failure });
  });

  it('is none for one without the collector that is down: that cannot be told, so it is tried', async () => {
    const files = { '/etc/netdata': null };
    const found = await survey({ files, unit: { ActiveState: 'inactive' } });
    expect(found.notes).toEqual([{ code: 'no-collector' }]);
  });
});

describe('our alarm', () => {
  it('is raised within a minute, and tells somebody, as the checks judge it', () => {
    const value = (name: string): string =>
      new RegExp(`^ *${name}: (.*)$`, 'm').exec(ALARM_TEMPLATE)?.[1] ?? '';
    const [, window = '', , options, , dimension] = value('lookup').split(' ');
    const alarm = {
      name: value('template'),
      chart: 'c',
      status: 'CLEAR',
      recipient: value('to'),
      lookup_after: Number.parseInt(window, 10),
      lookup_options: options,
      lookup_dimensions: dimension,
      update_every: Number.parseInt(value('every'), 10),
      units: value('units'),
      crit: value('crit'),
    };
    expect(alarm).toMatchObject({ lookup_after: -15, lookup_dimensions: 'success', update_every: 5 });
    const [judged] = parsePortAlarms(JSON.stringify({ alarms: { a: alarm } }), 'c');
    expect(judged).toMatchObject({ name: 'tp5_port_down', silent: false, withinMs: 12_500 });
  });
});
