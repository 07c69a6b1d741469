/** Our alarm in health.d: on the chart of our check alone, one for each unit, judged by the checks as it is meant. */
import { describe, expect, it } from 'vitest';
import { withAlarm } from '../../../src/ops/netdata/alarm.ts';
import { parsePortAlarms } from '../../../src/ops/netdata/answers.ts';

const CALC = { unit: 'calculatrice.service', chart: 'portcheck_calculatrice.port_13337_status' };
const WEB = { unit: 'web.service', chart: 'portcheck_web.port_8080_status' };

/** The values of each alarm of the file, by key. */
function alarms(text: string): Record<string, string>[] {
  const found: Record<string, string>[] = [];
  for (const line of text.split('\n')) {
    const [, key = '', value = ''] = /^ *([a-z]+): (.*)$/.exec(line) ?? [];
    if (key === 'alarm' || key === 'template') found.push({});
    const last = found.at(-1);
    if (last !== undefined && key !== '') last[key] = value;
  }
  return found;
}

describe('our alarm', () => {
  it('is raised within a minute, and tells somebody, as the checks judge it', () => {
    const [value = {}] = alarms(withAlarm(null, CALC));
    const [, window = '', , options, , dimension] = (value.lookup ?? '').split(' ');
    const alarm = {
      name: value.alarm,
      chart: value.on,
      status: 'CLEAR',
      recipient: value.to,
      lookup_after: Number.parseInt(window, 10),
      lookup_options: options,
      lookup_dimensions: dimension,
      update_every: Number.parseInt(value.every ?? '', 10),
      units: value.units,
      crit: value.crit,
    };
    expect(alarm).toMatchObject({ lookup_after: -15, lookup_dimensions: 'success', update_every: 5 });
    const [judged] = parsePortAlarms(JSON.stringify({ alarms: { a: alarm } }), CALC.chart);
    expect(judged).toMatchObject({ name: 'tp5_port_down', silent: false, withinMs: 12_500 });
  });

  it('is on our chart alone, by the one line that every version of Netdata reads so', () => {
    const text = withAlarm(null, CALC);
    expect(alarms(text).map(({ on }) => on)).toEqual([CALC.chart]);
    expect(text).not.toMatch(/^ *(?:template|families|charts|chart labels):/m);
  });

  it('is one for each unit, and follows its own to another chart', () => {
    const both = withAlarm(withAlarm(null, CALC), WEB);
    expect(alarms(both).map(({ on }) => on)).toEqual([CALC.chart, WEB.chart]);
    const moved = withAlarm(both, { ...CALC, chart: 'portcheck_calculatrice.port_1_status' });
    expect(alarms(moved).map(({ on }) => on)).toEqual([WEB.chart, 'portcheck_calculatrice.port_1_status']);
  });

  it('is the same written twice, whatever else stands in the file', () => {
    const own = '# mine\n template: other\n       on: system.cpu\n';
    const text = withAlarm(own, CALC);
    expect(text.startsWith(own)).toBe(true);
    expect(withAlarm(text, CALC)).toBe(text);
  });

  it('takes the place of the first versions’ template, which was on every check of the host', () => {
    const first =
      '# Written by `tp5-tui deploy --netdata`\n\n template: tp5_port_down\n       on: portcheck.status\n';
    expect(withAlarm(first, CALC)).toBe(withAlarm(null, CALC));
  });
});
