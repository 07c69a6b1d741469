/** Netdata's view over time: up and down, since when, and what became of it in between. */
import { describe, expect, it } from 'vitest';
import { Failed } from '../../../src/ops/failure.ts';
import type { NetdataApi } from '../../../src/ops/netdata/api.ts';
import { createNetdataView } from '../../../src/ops/netdata/observe.ts';

const CHART = 'portcheck_calculatrice.port_13337_status';
const T0 = 1_795_000_000;

/** A Netdata that has checked the port every 5 s since `fromSec`; `down` are the times at which it failed. */
function fakeNetdata(fromSec: number) {
  const world = {
    nowSec: T0,
    down: (_atSec: number): boolean => false,
    untilSec: Number.POSITIVE_INFINITY,
    chart: CHART as string | null,
    raised: {} as object,
    failure: null as Failed | null,
    context: true,
    asked: [] as string[],
  };
  const rows = (query: URLSearchParams): (number | null)[][] => {
    const relative = Number(query.get('after'));
    const before = Number(query.get('before') ?? world.nowSec);
    const after = relative < 0 ? before + relative : relative;
    const points = Number(query.get('points') ?? 0);
    const step = points > 0 ? (before - after) / points : 5;
    const found: (number | null)[][] = [];
    for (let end = Math.floor(before / step) * step; end > after; end -= step) {
      const values: number[] = [];
      for (let at = end - step + 5; at <= end; at += 5) {
        if (at >= fromSec && at <= world.untilSec && at <= world.nowSec) values.push(world.down(at) ? 0 : 1);
      }
      const pick = query.get('group') === 'max' ? Math.max(...values) : Math.min(...values);
      found.push([end, values.length === 0 ? null : pick]);
    }
    return found;
  };
  const api: NetdataApi = {
    async get(path) {
      world.asked.push(path);
      if (world.failure !== null) throw world.failure;
      const [what, query = ''] = path.split('?');
      const labels = { port: '13337', host: '10.5.1.2' };
      switch (what) {
        case 'context':
          if (!world.context) return { status: 404, body: 'Unsupported API command: context' };
          if (world.chart === null) return { status: 404, body: '' };
          return { status: 200, body: JSON.stringify({ charts: { [world.chart]: { labels } } }) };
        case 'charts':
          return {
            status: 200,
            body: JSON.stringify({
              charts: { x: { id: CHART, context: 'portcheck.status', chart_labels: labels } },
            }),
          };
        case 'alarms':
          return { status: 200, body: JSON.stringify({ alarms: world.raised }) };
        case 'data':
          if (world.chart === null) return { status: 404, body: 'Chart is not found' };
          return {
            status: 200,
            body: JSON.stringify({ labels: ['time', 'success'], data: rows(new URLSearchParams(query)) }),
          };
        default:
          throw new Error(`${path} is not asked of Netdata`);
      }
    },
    close: () => undefined,
  };
  const view = createNetdataView(api, { port: 13337, hosts: ['10.5.1.2'] });
  /** What is seen of it `seconds` later. */
  const later = (seconds: number) => {
    world.nowSec += seconds;
    return view.read();
  };
  return { world, later };
}

const seen = (sees: 'up' | 'down' | 'nothing', sinceSec: number | null) => ({
  state: 'watching',
  chart: CHART,
  sees,
  sinceWall: sinceSec === null ? null : sinceSec * 1000,
  raised: [],
});

describe("Netdata's view of the port", () => {
  it('is up for longer than was looked back', async () => {
    const { later } = fakeNetdata(T0 - 9000);
    expect(await later(0)).toEqual(seen('up', null));
    expect(await later(10)).toEqual(seen('up', null));
  });

  it('is up since its database begins, where that is younger', async () => {
    const { later } = fakeNetdata(T0 - 200);
    expect(await later(0)).toEqual(seen('up', T0 - 200));
  });

  it.each([
    ['a long outage that lasts', (at: number) => at > T0 - 600, 'down', T0 - 595],
    ['one that has just begun', (at: number) => at > T0 - 5, 'down', T0],
    ['one failure that is over', (at: number) => at === T0 - 1115, 'up', T0 - 1110],
    ['one failure just before', (at: number) => at === T0 - 5, 'up', T0],
    ['a success in the midst of an outage', (at: number) => at !== T0 - 700, 'down', T0 - 695],
  ] as const)('is known to the round since when it is so: %s', async (_, down, sees, since) => {
    const { world, later } = fakeNetdata(T0 - 9000);
    world.down = down;
    expect(await later(0)).toEqual(seen(sees, since));
  });

  it('follows what comes, an outage between two reads too', async () => {
    const { world, later } = fakeNetdata(T0 - 9000);
    await later(0);
    world.down = (at) => at === T0 + 5;
    expect(await later(10)).toEqual(seen('up', T0 + 10));
    world.down = (at) => at >= T0 + 15;
    expect(await later(10)).toEqual(seen('down', T0 + 15));
    expect(await later(10)).toEqual(seen('down', T0 + 15));
  });

  it('says that the check says nothing, and counts anew when it does again', async () => {
    const { world, later } = fakeNetdata(T0 - 9000);
    await later(0);
    world.untilSec = T0;
    expect(await later(40)).toEqual(seen('nothing', null));
    world.untilSec = Number.POSITIVE_INFINITY;
    world.down = (at) => at < T0 + 50;
    expect(await later(10)).toMatchObject({ sees: 'up', sinceWall: (T0 + 50) * 1000 });
  });

  it('has the raised alarms, the port’s own first', async () => {
    const { world, later } = fakeNetdata(T0 - 9000);
    const alarm = (name: string, chart: string) => ({
      name,
      chart,
      status: 'WARNING',
      last_status_change: T0,
    });
    world.raised = { a: alarm('disk_full', 'disk_space._'), b: alarm('tp5_port_down', CHART) };
    const facts = await later(0);
    expect(facts).toMatchObject({ raised: [{ name: 'tp5_port_down' }, { name: 'disk_full' }] });
  });

  it('is none where no chart is of the port, and is looked for again now and then', async () => {
    const { world, later } = fakeNetdata(T0 - 9000);
    world.chart = null;
    for (let count = 0; count < 2; count += 1)
      expect(await later(10)).toEqual({ state: 'unwatched', raised: [] });
    expect(world.asked.filter((path) => path.startsWith('context'))).toHaveLength(1);
    world.chart = CHART;
    expect(await later(10)).toMatchObject({ state: 'watching' });
    world.chart = null;
    expect(await later(10)).toMatchObject({ state: 'unwatched' });
  });

  it('finds the chart of an agent that knows no contexts', async () => {
    const { world, later } = fakeNetdata(T0 - 9000);
    world.context = false;
    expect(await later(0)).toMatchObject({ state: 'watching', chart: CHART });
    await later(10);
    expect(world.asked.filter((path) => path === 'charts')).toHaveLength(1);
  });

  it('is absent when nobody answers, and found anew', async () => {
    const { world, later } = fakeNetdata(T0 - 9000);
    await later(0);
    world.failure = new Failed({
      code: 'unavailable',
      what: '127.0.0.1:19999',
      detail: 'Connection refused',
    });
    expect(await later(10)).toEqual({ state: 'absent', detail: 'Connection refused' });
    world.failure = null;
    expect(await later(60)).toEqual(seen('up', null));
    world.failure = new Failed({ code: 'link-lost', detail: 'gone' });
    await expect(later(10)).rejects.toBe(world.failure);
  });

  it('asks two small questions a read, once it knows', async () => {
    const { world, later } = fakeNetdata(T0 - 9000);
    await later(0);
    world.asked.length = 0;
    await later(10);
    expect(world.asked).toEqual([
      'alarms?active',
      `data?chart=${CHART}&dimensions=success&format=json&after=-20`,
    ]);
  });
});
