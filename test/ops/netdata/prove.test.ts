/** That Netdata guards the port, proved through its API: what is waited for and how long, and each way in which it is not so. */
import { describe, expect, it } from 'vitest';
import { DeployStopped } from '../../../src/ops/deploy/problem.ts';
import type { Host } from '../../../src/ops/host.ts';
import type { NetdataProved } from '../../../src/ops/netdata/prove.ts';
import { proveNetdata } from '../../../src/ops/netdata/prove.ts';
import type { NetdataSurvey } from '../../../src/ops/netdata/survey.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeHost } from '../../support/fake-host.ts';
import { alarmOn, CHART, createFakeNetdata, type NetdataAnswers } from '../../support/netdata.ts';

const WISH = { unit: 'calculatrice.service', port: 13337, address: null, webhook: null };
const AGENT = {
  path: '/etc/netdata/netdata.conf',
  api: ['[web] bind to = *'],
  alarms: ['[health] enabled = no'],
};

function surveyed(more: Partial<NetdataSurvey> = {}): NetdataSurvey {
  return {
    wish: WISH,
    state: '/var/lib/tp5-tui/netdata',
    located: {
      load: 'loaded',
      active: 'active',
      sub: 'running',
      enabled: 'enabled',
      activeSinceSec: 1000,
      prefix: '',
      group: 'netdata',
      family: 'dnf',
      system: 'Rocky Linux 9.4',
    },
    folder: '/etc/netdata',
    stock: '/usr/lib/netdata/conf.d',
    address: '10.5.1.2',
    job: 'calculatrice',
    chart: CHART,
    collector: true,
    agent: AGENT,
    tells: false,
    webhook: null,
    steps: [],
    notes: [],
    nowSec: 2000,
    ...more,
  };
}

interface Ended {
  readonly proved: NetdataProved | null;
  readonly failure: unknown;
  /** How long it took by the clock, ms. */
  readonly ms: number;
}

/** @param later what Netdata says from then on, ms after the beginning */
async function prove(
  answers: Partial<NetdataAnswers>,
  later: readonly (readonly [ms: number, more: Partial<NetdataAnswers>])[] = [],
  notify: { readonly code: number; readonly stderr: string } = { code: 0, stderr: '' },
): Promise<Ended> {
  const clock = createFakeClock();
  const netdata = createFakeNetdata(answers);
  const fake = createFakeHost();
  const host: Host = {
    ...fake.host,
    dial: netdata.dial,
    run: async () => ({ ...notify, signal: null, stdout: '', truncated: false }),
  };
  const began = clock.now();
  let ended: Ended | null = null;
  const survey = surveyed({ tells: notify.stderr !== '' || notify.code !== 0 });
  proveNetdata(host, survey, { clock, signal: new AbortController().signal }).then(
    (proved) => {
      ended = { proved, failure: null, ms: clock.now() - began };
    },
    (error: unknown) => {
      const failure =
        error instanceof DeployStopped && error.problem.code === 'netdata' ? error.problem.failure : error;
      ended = { proved: null, failure, ms: clock.now() - began };
    },
  );
  for (let step = 0; step < 3000 && ended === null; step += 1) {
    for (const [ms, more] of later) if (clock.now() - began >= ms) Object.assign(netdata.answers, more);
    await clock.advance(100);
  }
  if (ended === null) throw new Error('it did not end in five minutes');
  return ended;
}

describe('the proof of Netdata', () => {
  it('is what its API says', async () => {
    const { proved, failure } = await prove({});
    expect(failure).toBeNull();
    expect(proved).toEqual({
      version: 'v1.37.1',
      chart: CHART,
      sees: 'up',
      alarm: { name: 'tp5_port_down', status: 'CLEAR', withinMs: 12_500 },
      discord: 'not-asked',
    });
  });

  it('waits a minute for one that is slow to start, and for its chart', async () => {
    const { proved, ms } = await prove({ version: null, charts: {}, alarms: {} }, [
      [60_000, { version: 'v2.1.0' }],
      [80_000, { charts: { [CHART]: '10.5.1.2' }, alarms: { ours: alarmOn(CHART) } }],
    ]);
    expect(proved).toMatchObject({ version: 'v2.1.0', chart: CHART });
    expect(ms).toBeGreaterThanOrEqual(80_000);
  });

  it('gives up on one that does not answer, with what its settings say', async () => {
    const { failure, ms } = await prove({ version: null });
    expect(failure).toEqual({
      problem: 'silent',
      port: 19999,
      detail: 'Connection refused',
      path: AGENT.path,
      settings: AGENT.api,
    });
    expect(ms).toBeGreaterThanOrEqual(75_000);
    expect(ms).toBeLessThan(90_000);
  });

  it('takes no other check of the same port for ours', async () => {
    const { failure } = await prove({ charts: { 'portcheck_far.port_13337_status': '10.0.0.9' } });
    expect(failure).toEqual({ problem: 'no-chart', job: 'calculatrice', port: 13337, collector: true });
  });

  it('wants the check to say what the host’s own sockets say', async () => {
    expect((await prove({ sees: false })).failure).toEqual({
      problem: 'sees-otherwise',
      chart: CHART,
      listening: true,
    });
    expect((await prove({ sees: null })).failure).toEqual({ problem: 'no-values', chart: CHART });
  });

  it.each([
    ['none', {}],
    ['on another chart', { ssh: alarmOn('portcheck_ssh.port_22_status') }],
    ['not evaluated', { ours: alarmOn(CHART, { status: 'UNINITIALIZED' }) }],
  ])('wants our alarm on our chart: %s', async (_, alarms) => {
    expect((await prove({ alarms })).failure).toEqual({
      problem: 'alarm-not-loaded',
      alarm: 'tp5_port_down',
      chart: CHART,
      path: AGENT.path,
      settings: AGENT.alarms,
    });
  });

  it('wants it to tell somebody', async () => {
    const silenced = { ours: alarmOn(CHART, { silenced: true }) };
    expect((await prove({ alarms: silenced })).failure).toMatchObject({ problem: 'alarm-silent' });
    const refused = await prove({}, [], { code: 1, stderr: 'SEND_DISCORD=NO' });
    expect(refused.failure).toMatchObject({ problem: 'discord-unread', detail: 'SEND_DISCORD=NO' });
  });
});
