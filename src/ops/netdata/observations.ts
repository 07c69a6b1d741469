/** What is read from Netdata again and again: its charts of the TCP check, their values, what is raised. Pure. */
import { isObject, parseObject, seconds, word } from './json.ts';

/** A chart of the TCP check. */
export interface PortWatch {
  readonly chart: string;
  /** As its job names it; `''` where Netdata does not say. */
  readonly host: string;
  readonly port: number;
}

/** One result of the check. */
export interface PortSample {
  /** The host's wall clock, seconds since the epoch. */
  readonly atSec: number;
  readonly up: boolean;
}

export interface RaisedAlarm {
  readonly name: string;
  readonly chart: string;
  readonly status: 'WARNING' | 'CRITICAL';
  /** The host's wall clock, ms since the epoch. */
  readonly sinceWall: number;
}

/** Asks for the charts of the TCP check alone: some hundred bytes, where `charts` has some hundred thousand. */
export const WATCHES_PATH = 'context?context=portcheck.status&options=charts,labels';

/** The answer to `WATCHES_PATH` (Netdata 1.35 and newer); null for no such answer. */
export function parseWatches(text: string): readonly PortWatch[] | null {
  const charts = parseObject(text)?.charts;
  if (!isObject(charts)) return null;
  return Object.entries(charts).flatMap(([chart, about]): PortWatch[] => {
    const labels = isObject(about) && isObject(about.labels) ? about.labels : {};
    const port = Number(word(labels.port) || (/port_(?:.*_)?(\d+)_status$/.exec(chart)?.[1] ?? ''));
    return Number.isInteger(port) && port > 0 ? [{ chart, host: word(labels.host), port }] : [];
  });
}

/** The one that watches `port`, at the first of `hosts` that any of them names; undefined when none does. */
export function chooseWatch(
  watches: readonly PortWatch[],
  port: number,
  hosts: readonly string[],
): PortWatch | undefined {
  const ours = watches.filter((watch) => watch.port === port);
  const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');
  return hosts.flatMap((host) => ours.find((watch) => bare(watch.host) === bare(host)) ?? [])[0] ?? ours[0];
}

/** Rows of `/api/v1/data` in JSON, the oldest first, read by position; those without a value are left out. */
export function parseSamples(text: string): readonly PortSample[] {
  const answer = parseObject(text);
  const column = Array.isArray(answer?.labels) ? answer.labels.indexOf('success') : -1;
  const rows: readonly unknown[] = Array.isArray(answer?.data) ? answer.data : [];
  if (column < 0) return [];
  return rows
    .flatMap((row): PortSample[] => {
      if (!Array.isArray(row)) return [];
      const [atSec, value]: readonly [number | null, unknown] = [seconds(row[0]), row[column]];
      return atSec !== null && typeof value === 'number' ? [{ atSec, up: value > 0 }] : [];
    })
    .sort((a, b) => a.atSec - b.atSec);
}

/** The alarms of `/api/v1/alarms?active`; null for no such answer. */
export function parseRaised(text: string): readonly RaisedAlarm[] | null {
  const alarms = parseObject(text)?.alarms;
  if (!isObject(alarms)) return null;
  return Object.values(alarms).flatMap((alarm): RaisedAlarm[] => {
    if (!isObject(alarm)) return [];
    const status = word(alarm.status);
    if (status !== 'WARNING' && status !== 'CRITICAL') return [];
    const sinceWall = (seconds(alarm.last_status_change) ?? 0) * 1000;
    return [{ name: word(alarm.name), chart: word(alarm.chart), status, sinceWall }];
  });
}
