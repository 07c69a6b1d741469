/** A real Prometheus (Debian's package) on loopback, asked over its own API. */
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { testFolder } from './folder.ts';

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Of an instant: seconds since the epoch, and the value as text. */
  readonly value?: readonly [number, string];
  /** Of a range. */
  readonly values?: readonly (readonly [number, string])[];
}

export interface Prometheus {
  query(expression: string): Promise<readonly Series[]>;
  /** The last so many seconds, second by second. */
  queryRange(expression: string, seconds: number): Promise<readonly Series[]>;
  /** The values of a label over the series that match. */
  labelValues(label: string, match: string): Promise<readonly string[]>;
}

export function hasPrometheus(): boolean {
  try {
    execFileSync('prometheus', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Scrapes `127.0.0.1:port` twice a second, as the job `tp5-tui`; ends with the test. */
export async function scrape(port: number): Promise<Prometheus> {
  const data = testFolder();
  const config = {
    global: { scrape_interval: '500ms', scrape_timeout: '500ms' },
    scrape_configs: [{ job_name: 'tp5-tui', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
  };
  // JSON is YAML.
  writeFileSync(join(data, 'prometheus.yml'), JSON.stringify(config));
  return startPrometheus(data);
}

/** By the `prometheus.yml` in that folder, where it keeps its data, too; ends with the test. */
export async function startPrometheus(data: string): Promise<Prometheus> {
  const place = await start(data);
  async function ask(path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    const response = await fetch(`${place}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const answer = (await response.json()) as { status: string; error?: string; data?: unknown };
    if (answer.status !== 'success') throw new Error(`${JSON.stringify(parameters)}: ${answer.error}`);
    return answer.data;
  }
  const seriesOf = async (path: string, parameters: Readonly<Record<string, string>>) =>
    ((await ask(path, parameters)) as { readonly result: readonly Series[] }).result;
  return {
    query: (query) => seriesOf('query', { query }),
    queryRange(query, seconds) {
      const end = Date.now() / 1000;
      return seriesOf('query_range', { query, start: `${end - seconds}`, end: `${end}`, step: '1' });
    },
    labelValues: async (label, match) =>
      (await ask(`label/${label}/values`, { 'match[]': match })) as readonly string[],
  };
}

/** @returns its address, once it is ready */
function start(data: string): Promise<string> {
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(data, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(data, 'tsdb')}`,
      '--web.listen-address=127.0.0.1:0',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let log = '';
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`prometheus ended with ${code}: ${log}`)));
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      const address = /Listening on" address=(\S+)/.exec(log)?.[1];
      if (address !== undefined && log.includes('Server is ready')) resolve(`http://${address}`);
    });
  });
}
