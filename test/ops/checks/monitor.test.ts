import { describe, expect, it } from 'vitest';
import { maskSecrets } from '../../../src/ops/mask.ts';
import {
  findPortChart,
  parseDiscord,
  parseInfo,
  parsePortAlarms,
  parsePortSuccess,
} from '../../../src/ops/netdata/answers.ts';
import { fixture, RUNNING, verdictOn } from './judging.ts';

const CHART = 'portcheck_calculatrice.port_13337_status';

describe("Netdata's API", () => {
  it('has a version', () => {
    expect(parseInfo(fixture('lab/info.json'))).toBe('v1.37.1');
    expect(parseInfo('<html>')).toBeNull();
    expect(parseInfo('[]')).toBeNull();
  });

  it('has the chart of one port', () => {
    const charts = fixture('lab/charts.json');
    expect(findPortChart(charts, 13337)).toBe(CHART);
    expect(findPortChart(charts, 1333)).toBeNull();
    expect(findPortChart(charts, 3337)).toBeNull();
    expect(findPortChart('', 13337)).toBeUndefined();
  });

  it('knows the chart by its label too, whatever its id', () => {
    const labelled = {
      id: 'portcheck_x.whatever',
      context: 'portcheck.status',
      chart_labels: { port: '13337' },
    };
    expect(findPortChart(JSON.stringify({ charts: { a: labelled } }), 13337)).toBe('portcheck_x.whatever');
    const other = { ...labelled, context: 'portcheck.latency' };
    expect(findPortChart(JSON.stringify({ charts: { a: other } }), 13337)).toBeNull();
  });

  it('tells whether the port was seen lately', () => {
    expect(parsePortSuccess(fixture('lab/data.json'))).toBe(true);
    const rows = (...values: (number | null)[]) =>
      JSON.stringify({ labels: ['time', 'failed', 'success'], data: values.map((value) => [1, 0, value]) });
    expect(parsePortSuccess(rows(0, 0))).toBe(false);
    expect(parsePortSuccess(rows(0, null, 1))).toBe(true);
    expect(parsePortSuccess(rows(null))).toBeNull();
    expect(parsePortSuccess('No metrics')).toBeNull();
  });
});

describe('an alarm on the port', () => {
  it('of our own fires within its window', () => {
    expect(parsePortAlarms(fixture('lab/alarms.json'), CHART)).toEqual([
      {
        name: 'calculatrice_port_down',
        chart: CHART,
        status: expect.any(String),
        silent: false,
        withinMs: 10_000,
      },
    ]);
  });

  it("of Netdata's own: one tells nobody, one looks at timeouts alone, one warns after 10 % of five minutes", () => {
    const stock = parsePortAlarms(fixture('lab/alarms-stock.json'), CHART);
    expect(stock.map(({ name, silent, withinMs }) => [name, silent, withinMs])).toEqual([
      ['portcheck_service_reachable', true, Number.POSITIVE_INFINITY],
      ['portcheck_connection_timeouts', false, Number.POSITIVE_INFINITY],
      ['portcheck_connection_fails', false, 40_000],
    ]);
  });

  it.each([
    [
      { warn: '$this &gt; (($status &gt;= $WARNING) ? (5) : (10))', lookup_after: -300, update_every: 10 },
      40_000,
    ],
    [{ crit: '$this &lt; 75', lookup_after: -60, update_every: 5 }, 20_000],
    [
      { crit: '$this < 0.5', lookup_after: -60, update_every: 5, units: 'boolean', lookup_options: '' },
      35_000,
    ],
    [{ crit: '$this == 0', lookup_after: -60, update_every: 5 }, 65_000],
    [{ crit: '$this > 40', lookup_after: -300, update_every: 10, delay_up_duration: 30 }, 160_000],
    [{ calc: '$success', update_every: 10 }, Number.POSITIVE_INFINITY],
  ])('%j takes %d ms', (settings, ms) => {
    const alarm = { name: 'a', chart: 'c', units: '%', lookup_options: 'percentage unaligned', ...settings };
    expect(parsePortAlarms(JSON.stringify({ alarms: { x: alarm } }), 'c')[0]?.withinMs).toBe(ms);
  });

  it.each([
    [[], 'fail alarm-missing'],
    [[{ silent: true, withinMs: 10_000 }], 'fail alarm-silent'],
    [[{ silent: false, withinMs: 120_000 }], 'fail alarm-slow'],
    [[{ silent: false, withinMs: 60_000 }], 'pass alarm-fires'],
    [
      [
        { silent: true, withinMs: 1000 },
        { silent: false, withinMs: 130_000 },
        { silent: false, withinMs: 40_000 },
      ],
      'pass alarm-fires',
    ],
  ])('%j: %s', (alarms, verdict) => {
    const portAlarms = alarms.map((alarm) => ({ name: 'a', chart: CHART, status: 'CLEAR', ...alarm }));
    expect(verdictOn('netdata-alarm', { portAlarms, portChart: { id: CHART, success: true } })).toBe(verdict);
  });
});

describe('the watch', () => {
  const netdata = {
    unit: 'netdata.service',
    load: 'loaded',
    active: 'active',
    sub: 'running',
    enabled: 'enabled',
  };

  it('runs and answers; an API that is silent because Netdata is not there is no fault of its own', () => {
    expect(verdictOn('netdata-active', { netdata })).toBe('pass unit-runs');
    expect(verdictOn('netdata-api', { netdata, netdataApi: { version: 'v1.37.1' } })).toBe(
      'pass api-answers',
    );
    expect(verdictOn('netdata-api', { netdata, netdataApi: { version: null } })).toBe('fail api-silent');
    const stopped = { ...netdata, active: 'inactive' };
    expect(verdictOn('netdata-api', { netdata: stopped, netdataApi: { version: null } })).toBe('skip after');
  });

  it('cries wolf when it checks an address where the running service is not', () => {
    const chart = (success: boolean | null) => ({ portChart: { id: CHART, success }, service: RUNNING });
    expect(verdictOn('netdata-portcheck', chart(true))).toBe('pass port-watched');
    expect(verdictOn('netdata-portcheck', chart(null))).toBe('pass port-watched');
    expect(verdictOn('netdata-portcheck', chart(false))).toBe('fail port-watched-down');
    const stopped = { ...chart(false), service: { ...RUNNING, active: 'inactive' } };
    expect(verdictOn('netdata-portcheck', stopped)).toBe('pass port-watched');
    expect(verdictOn('netdata-portcheck', { portChart: null })).toBe('fail port-not-watched');
  });
});

describe('Discord', () => {
  const file = '/etc/netdata/health_alarm_notify.conf';
  const settings = (...lines: string[]) => parseDiscord(lines.join('\n'), file);
  const SEND = 'SEND_DISCORD="YES"';
  const TO = 'DEFAULT_RECIPIENT_DISCORD="alarms"';
  const URL = 'https://discord.com/api/webhooks/123456789012345678/Ab-c_D9';

  it.each([
    [[SEND, `DISCORD_WEBHOOK_URL="${URL}"`, TO], 'pass discord-on'],
    [[SEND, `DISCORD_WEBHOOK_URL='${URL}'`, TO], 'pass discord-on'],
    [[SEND, `DISCORD_WEBHOOK_URL=${URL} # mine`, TO], 'pass discord-on'],
    [[SEND, 'DISCORD_WEBHOOK_URL=""', `DISCORD_WEBHOOK_URL="${URL}"`, TO], 'pass discord-on'],
    [[SEND, `DISCORD_WEBHOOK_URL="${URL}"`, 'DISCORD_WEBHOOK_URL=""', TO], 'fail discord-no-webhook'],
    [['SEND_DISCORD="NO"', `DISCORD_WEBHOOK_URL="${URL}"`, TO], 'fail discord-off'],
    [[`#${SEND}`, `DISCORD_WEBHOOK_URL="${URL}"`, TO], 'fail discord-off'],
    [[SEND, TO], 'fail discord-no-webhook'],
    [[SEND, `DISCORD_WEBHOOK_URL="${URL.replace('https', 'http')}"`, TO], 'fail discord-bad-webhook'],
    [
      [SEND, `DISCORD_WEBHOOK_URL="${URL.replace('discord.com', 'discord.example')}"`, TO],
      'fail discord-bad-webhook',
    ],
    [[SEND, `DISCORD_WEBHOOK_URL="${URL}"`, 'DEFAULT_RECIPIENT_DISCORD=""'], 'fail discord-no-recipient'],
  ])('%j: %s', (lines, verdict) => {
    expect(verdictOn('discord', { discord: settings(...lines) })).toBe(verdict);
  });

  it('masks the webhook wherever it stands', () => {
    expect(maskSecrets(`a "${URL}" b`)).toBe('a "https://discord.com/api/webhooks/…" b');
    expect(JSON.stringify(settings(SEND, `DISCORD_WEBHOOK_URL="${URL}"`))).not.toContain('Ab-c_D9');
  });
});
