/** Hosts with Netdata as a test puts it there, files and all, and the plan that is made for them. */
import { systemClock } from '../../src/ops/clock.ts';
import type { Step } from '../../src/ops/deploy/plan.ts';
import { DeployStopped } from '../../src/ops/deploy/problem.ts';
import { readWebhook, Webhook } from '../../src/ops/discord/webhook.ts';
import type { Host, ListenerFacts } from '../../src/ops/host.ts';
import { type NetdataSurvey, type NetdataWish, surveyNetdata } from '../../src/ops/netdata/survey.ts';
import { createFakeHost, LISTENING } from './fake-host.ts';
import { createFakeNetdata, type NetdataAnswers } from './netdata.ts';

export const ADDRESS =
  'https://discord.com/api/webhooks/112233445566778899/aW4tdGhlLWxhYi1ub2JvZHktbGlzdGVucw';
const GO_D = '/usr/libexec/netdata/plugins.d/go.d.plugin';

export function webhook(address = ADDRESS): Webhook {
  const read = readWebhook(address, false);
  if (!(read instanceof Webhook)) throw new Error(read.code);
  return read;
}

export interface File {
  readonly text?: string;
  readonly mode?: string;
  readonly owner?: string;
  readonly modifiedSec?: number;
}

export interface Scene {
  /** Path to its text, or more; null: a folder; `-> target`: a link. */
  readonly files?: Readonly<Record<string, File | string | null>>;
  readonly unit?: Readonly<Record<string, string>>;
  readonly listeners?: ListenerFacts['listeners'];
  /** What the API of one that runs says. */
  readonly netdata?: Partial<NetdataAnswers>;
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
export const NOTIFY = '/etc/netdata/health_alarm_notify.conf';
export const FRESH = { '/etc/netdata': null, '/etc/netdata/health.d': null, [GO_D]: 'x' };

function hostWith({ files = FRESH, unit = {}, listeners = LISTENING.listeners, netdata }: Scene): Host {
  const fake = createFakeHost();
  fake.answers.listeners = async () => ({ listeners, clients: [] });
  const entry = (path: string): string => {
    const found = files[path];
    if (found === undefined) return 'entry absent';
    if (found === null) return 'entry 41ed root:root 500';
    if (typeof found === 'string' && found.startsWith('-> '))
      return `entry a1ff root:root 500\ntarget ${found.slice(3)}`;
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
    dial: createFakeNetdata(netdata).dial,
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

export function survey(scene: Scene = {}, wish: Partial<NetdataWish> = {}): Promise<NetdataSurvey> {
  return surveyNetdata(hostWith(scene), { ...WISH, ...wish }, { clock: systemClock });
}

export async function problem(scene: Scene): Promise<unknown> {
  try {
    await survey(scene);
  } catch (error) {
    if (error instanceof DeployStopped) return error.problem;
    throw error;
  }
  throw new Error('it was planned');
}

export const told = (steps: readonly Step[]): string[] => steps.map(({ kind, path }) => `${kind} ${path}`);

export function written(steps: readonly Step[], path: string): Extract<Step, { kind: 'write' }> {
  const step = steps.find((one) => one.kind === 'write' && one.path === path);
  if (step?.kind !== 'write') throw new Error(`${path} is not written`);
  return step;
}
