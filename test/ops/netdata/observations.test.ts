/** Netdata's answers as Netdata 1.37 gave them in the lab, and as they should not be. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  chooseWatch,
  type PortWatch,
  parseRaised,
  parseSamples,
  parseWatches,
} from '../../../src/ops/netdata/observations.ts';
import { parseLocated } from '../../../src/ops/netdata/place.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/netdata/${name}`, import.meta.url), 'utf8');
const CHART = 'portcheck_calculatrice.port_13337_status';
const ODD = [
  '',
  'null',
  '[]',
  '{}',
  '"x"',
  'Chart is not found: nope',
  '{"charts":[],"alarms":7,"labels":{},"data":3}',
];

describe('the charts of the TCP check', () => {
  it('are found with host and port', () => {
    expect(parseWatches(fixture('context.json'))).toEqual([{ chart: CHART, host: '10.5.1.2', port: 13337 }]);
  });

  it('have their port from their name where there are no labels', () => {
    const charts = { [CHART]: {}, 'portcheck_a.tcp_port_80_status': { labels: {} }, 'system.cpu': {} };
    expect(parseWatches(JSON.stringify({ charts }))).toEqual([
      { chart: CHART, host: '', port: 13337 },
      { chart: 'portcheck_a.tcp_port_80_status', host: '', port: 80 },
    ]);
  });

  it('are none of an answer that is another', () => {
    for (const text of ODD) expect(parseWatches(text)).toBeNull();
  });

  it('are chosen by where the service is dialled, else the first of its port', () => {
    const watch = (host: string, port = 13337): PortWatch => ({ chart: `${host} ${port}`, host, port });
    const all = [watch('10.5.1.2', 22), watch('127.0.0.1'), watch('[2001:db8::2]'), watch('10.5.1.2')];
    expect(chooseWatch(all, 13337, ['10.5.1.2'])).toBe(all[3]);
    expect(chooseWatch(all, 13337, ['2001:db8::2'])).toBe(all[2]);
    expect(chooseWatch(all, 13337, ['10.9.9.9'])).toBe(all[1]);
    expect(chooseWatch(all, 80, ['10.5.1.2'])).toBeUndefined();
  });
});

describe('the values of a chart', () => {
  it('come the oldest first', () => {
    expect(parseSamples(fixture('data.json')).map(({ up }) => up)).toEqual([true, false, false, false]);
  });

  it('are read by position, and left out where there is none', () => {
    const labels = ['time', 'failed', 'success'];
    const data = [[30, 0, 1], [20, 9, null], [10, 1, 0], ['x', 1, 1], [5], null];
    expect(parseSamples(JSON.stringify({ labels, data }))).toEqual([
      { atSec: 10, up: false },
      { atSec: 30, up: true },
    ]);
    expect(parseSamples(JSON.stringify({ labels: ['time', 'failed'], data }))).toEqual([]);
    for (const text of ODD) expect(parseSamples(text)).toEqual([]);
  });
});

describe('a time that no calendar has', () => {
  it.each([1e300, -1e15, Number.MAX_SAFE_INTEGER])('%d: nothing that is told breaks on it', (when) => {
    const data = { labels: ['time', 'success'], data: [[when, 1]] };
    expect(parseSamples(JSON.stringify(data))).toEqual([]);
    const alarms = { a: { name: 'a', chart: CHART, status: 'WARNING', last_status_change: when } };
    expect(parseRaised(JSON.stringify({ alarms }))).toMatchObject([{ sinceWall: 0 }]);
  });
});

describe('raised alarms', () => {
  it('are those that warn or are critical, with since when', () => {
    const [alarm, ...others] = parseRaised(fixture('alarms-raised.json')) ?? [];
    expect(alarm).toMatchObject({ name: 'tp5_port_down', chart: CHART, status: 'CRITICAL' });
    expect(new Date(alarm?.sinceWall ?? 0).getUTCFullYear()).toBe(2026);
    expect(others).toEqual([]);
    const clear = fixture('alarms-raised.json').replace('"CRITICAL"', '"CLEAR"');
    expect(parseRaised(clear)).toEqual([]);
  });

  it('are none of an answer that is another', () => {
    for (const text of ODD) expect(parseRaised(text)).toBeNull();
  });
});

describe('where Netdata is', () => {
  it('is told by its unit: a package of Debian’s', () => {
    expect(parseLocated(fixture('locate-debian12.txt'))).toEqual({
      load: 'loaded',
      active: 'active',
      sub: 'running',
      enabled: 'enabled',
      activeSinceSec: 1795417239,
      prefix: '',
      group: 'netdata',
      family: 'apt',
      system: 'Debian GNU/Linux 12 (bookworm)',
    });
  });

  it.each([
    ['/usr/sbin/netdata', ''],
    ['/opt/netdata/usr/sbin/netdata', '/opt/netdata'],
    ['/opt/netdata/bin/netdata', '/opt/netdata'],
    ['/opt/netdata/bin/srv/netdata', '/opt/netdata'],
    ['/usr/local/netdata/usr/sbin/netdata', '/usr/local/netdata'],
    ['/etc/init.d/netdata', ''],
  ])('%s is below %j', (program, prefix) => {
    const text = `LoadState=loaded\nExecStart={ path=${program} ; argv[]=${program} -D ; pid=0 }\n`;
    expect(parseLocated(text).prefix).toBe(prefix);
  });

  it('is nowhere where there is no unit, and the system says how to install it', () => {
    const rocky =
      'LoadState=not-found\nActiveState=inactive\nGroup=root\nID="rocky"\nID_LIKE="rhel centos fedora"\nPRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"\n';
    expect(parseLocated(rocky)).toMatchObject({
      load: 'not-found',
      activeSinceSec: null,
      family: 'dnf',
      system: 'Rocky Linux 9.4 (Blue Onyx)',
    });
    expect(parseLocated('ID=ubuntu\nID_LIKE=debian\n').family).toBe('apt');
    expect(parseLocated('ID=arch\n').family).toBe('other');
  });
});
