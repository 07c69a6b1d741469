/** Netdata's API in memory: a real HTTP server at the far end of every dial, without a socket. */
import { createServer, type ServerResponse } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { onTestFinished } from 'vitest';
import { Failed } from '../../src/ops/failure.ts';

/** What it says now; a test changes it as it goes. */
export interface NetdataAnswers {
  /** null: nobody listens. */
  version: string | null;
  /** The charts of the TCP check, by id, each with the host that its job names. */
  charts: Record<string, string>;
  /** Whether the latest check saw the port; null: it has not run. */
  sees: boolean | null;
  /** `/api/v1/alarms?all`, by any key. */
  alarms: Record<string, object>;
}

export interface FakeNetdata {
  readonly answers: NetdataAnswers;
  /** What was asked, e.g. `info`. */
  readonly asked: string[];
  dial(address: string, port: number): Promise<Duplex>;
}

export const CHART = 'portcheck_calculatrice.port_13337_status';

/** One that guards `CHART` as it should. */
export function createFakeNetdata(answers: Partial<NetdataAnswers> = {}): FakeNetdata {
  const now: NetdataAnswers = {
    version: 'v1.37.1',
    charts: { [CHART]: '10.5.1.2' },
    sees: true,
    alarms: { ours: alarmOn(CHART) },
    ...answers,
  };
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/api/v1/', '');
    asked.push(path);
    answer(path, response);
  });
  onTestFinished(() => server.closeAllConnections());

  function answer(path: string, response: ServerResponse): void {
    const known = documentAt(path);
    if (known === null) response.writeHead(404).end();
    else response.end(JSON.stringify(known));
  }

  function documentAt(path: string): object | null {
    if (path === 'info') return { version: now.version };
    if (path.startsWith('alarms?')) return { alarms: now.alarms };
    if (path.startsWith('context?')) {
      const charts = Object.entries(now.charts).map(([chart, host]) => [chart, { labels: { host } }]);
      return charts.length === 0 ? null : { charts: Object.fromEntries(charts) };
    }
    if (path.startsWith('data?')) {
      return { labels: ['time', 'success'], data: now.sees === null ? [] : [[1, Number(now.sees)]] };
    }
    return null;
  }

  return {
    answers: now,
    asked,
    async dial(address, port) {
      const what = `${address}:${port}`;
      if (what !== '127.0.0.1:19999' || now.version === null) {
        throw new Failed({ code: 'unavailable', what, detail: 'Connection refused' });
      }
      const [ours, theirs] = duplexPair();
      server.emit('connection', theirs);
      return ours;
    },
  };
}

/** Our alarm as Netdata tells of it. */
export function alarmOn(chart: string, more: object = {}): object {
  return {
    name: 'tp5_port_down',
    chart,
    status: 'CLEAR',
    recipient: 'sysadmin',
    lookup_after: -15,
    lookup_dimensions: 'success',
    lookup_options: 'percentage',
    units: '%',
    update_every: 5,
    crit: '$this < (($status == $CRITICAL) ? (100) : (50))',
    ...more,
  };
}
