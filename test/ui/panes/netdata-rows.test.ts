/** Netdata's rows of the Probe pane, in words. */
import { describe, expect, it } from 'vitest';
import type { RaisedAlarm } from '../../../src/ops/netdata/observations.ts';
import type { NetdataFacts } from '../../../src/ops/netdata/observe.ts';
import { catalogue } from '../../../src/text/catalogue.ts';
import type { Language } from '../../../src/text/language.ts';
import { netdataRows } from '../../../src/ui/panes/netdata-rows.ts';

const NOW = new Date(2026, 10, 20, 14, 3, 22).getTime();
const CHART = 'portcheck_calculatrice.port_13337_status';

type Watching = Extract<NetdataFacts, { state: 'watching' }>;
const watching = (more: Partial<Watching> = {}): Watching => ({
  state: 'watching',
  chart: CHART,
  sees: 'up',
  sinceWall: NOW - 60_000,
  raised: [],
  ...more,
});
const alarm = (name: string, chart: string, status: RaisedAlarm['status'] = 'CRITICAL'): RaisedAlarm => ({
  name,
  chart,
  status,
  sinceWall: NOW - 10_000,
});

function shown(facts: NetdataFacts, { stale = false, language = 'en' as Language } = {}) {
  const made = netdataRows({ facts, port: 13337, stale, nowWall: NOW }, catalogue(language));
  if (made === null) return null;
  const lines = made.rows.map((row) => row.map(({ text }) => text).join(''));
  return { lines, tones: made.rows.flat().map(({ tone }) => tone), urgent: made.urgent };
}

describe("Netdata's rows", () => {
  it('are none where there is no Netdata', () => {
    expect(shown({ state: 'absent', detail: 'Connection refused' })).toBeNull();
  });

  it('say what it sees and since when', () => {
    expect(shown(watching())).toMatchObject({
      lines: ['● Netdata sees it up since 14:02:22'],
      urgent: false,
    });
    expect(shown(watching({ sinceWall: null }))?.lines).toEqual(['● Netdata sees it up for over an hour']);
    expect(shown(watching({ sinceWall: NOW - 86_400_000 }))?.lines).toEqual([
      '● Netdata sees it up since 2026-11-19 14:03:22',
    ]);
    expect(shown(watching({ sees: 'nothing' }))?.lines).toEqual(['· Netdata’s check says nothing']);
    expect(shown({ state: 'unwatched', raised: [] })?.lines).toEqual(['· Netdata does not watch port 13337']);
  });

  it('have the worst alarm of the port, and how many there are beside', () => {
    const raised = [
      alarm('slow', CHART, 'WARNING'),
      alarm('tp5_port_down', CHART),
      alarm('disk', 'disk_space._'),
    ];
    expect(shown(watching({ sees: 'down', raised }))).toMatchObject({
      lines: ['✖ Netdata sees it down since 14:02:22', '▲ CRITICAL tp5_port_down +1 since 14:03:12'],
      urgent: true,
    });
    expect(shown(watching({ raised: raised.slice(2) }))).toMatchObject({
      lines: ['● Netdata sees it up since 14:02:22  1 other alarm'],
      urgent: false,
    });
  });

  it('are of before once the link is lost, and alarm nobody', () => {
    const raised = [alarm('tp5_port_down', CHART)];
    const old = shown(watching({ sees: 'down', raised }), { stale: true });
    expect(old?.lines[0]).toBe('✖ Netdata sees it down since 14:02:22  (before the link was lost)');
    expect(old?.urgent).toBe(false);
    expect(new Set(old?.tones)).toEqual(new Set(['quiet']));
  });

  it('are French', () => {
    expect(shown(watching({ sees: 'down' }), { language: 'fr' })?.lines).toEqual([
      '✖ Netdata le voit fermé depuis 14:02:22',
    ]);
  });
});
