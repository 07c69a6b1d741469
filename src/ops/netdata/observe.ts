/** Netdata's own view of the service's port, read again and again at as little cost as its API allows. */
import { Failed } from '../failure.ts';
import type { NetdataApi } from './api.ts';
import { findWatch } from './find-watch.ts';
import { type PortSample, parseRaised, parseSamples, type RaisedAlarm } from './observations.ts';

export type NetdataFacts =
  /** Nobody answers where it should, or not as Netdata does. */
  | { readonly state: 'absent'; readonly detail: string }
  /** It runs, and watches our port with no chart. */
  | { readonly state: 'unwatched'; readonly raised: readonly RaisedAlarm[] }
  | {
      readonly state: 'watching';
      readonly chart: string;
      /** `nothing`: its check has not said anything lately. */
      readonly sees: 'up' | 'down' | 'nothing';
      /** The host's wall clock, ms; null when it is so for longer than was looked back, see `LOOK_BACK_S`. */
      readonly sinceWall: number | null;
      /** Of every chart, the port's own first. */
      readonly raised: readonly RaisedAlarm[];
    };

export interface NetdataView {
  /** @throws Failed `link-lost`; the signal's reason */
  read(signal?: AbortSignal): Promise<NetdataFacts>;
}

export interface ViewSubject {
  readonly port: number;
  /** Where the service is dialled: of several checks of the port, the one of this address counts. */
  readonly hosts: readonly string[];
}

/** How far back it is looked, once, for since when it is so. */
export const LOOK_BACK_S = 3600;
const STEP_S = 30;
const LOOK_BACK_POINTS = LOOK_BACK_S / STEP_S;
/** Four rounds of a check that comes every 5 s. */
const LATEST_S = 20;
/** Charts come when their job starts: looked for again after so many reads without one. */
const LOOK_AGAIN_READS = 2;

export function createNetdataView(api: NetdataApi, { port, hosts }: ViewSubject): NetdataView {
  let chart: string | null = null;
  let readsWithout = 0;
  let lookedBack = false;
  let newest: PortSample | null = null;
  let sinceSec: number | null = null;

  async function read(signal?: AbortSignal): Promise<NetdataFacts> {
    const options = signal ? { signal } : {};
    try {
      if (chart === null && readsWithout % LOOK_AGAIN_READS === 0) {
        chart = await findWatch(api, port, hosts, signal);
      }
      readsWithout = chart === null ? readsWithout + 1 : 0;
      const { body } = await api.get('alarms?active', options);
      const all = parseRaised(body);
      if (all === null) return { state: 'absent', detail: body.slice(0, 200) };
      if (chart === null) return { state: 'unwatched', raised: all };
      const sees = await look(chart, options);
      const own = all.filter((alarm) => alarm.chart === chart);
      const raised = [...own, ...all.filter((alarm) => alarm.chart !== chart)];
      const sinceWall = sees === 'nothing' || sinceSec === null ? null : sinceSec * 1000;
      if (sees === 'gone') return { state: 'unwatched', raised };
      return { state: 'watching', chart, sees, sinceWall, raised };
    } catch (error) {
      if (!(error instanceof Failed) || error.failure.code === 'link-lost') throw error;
      forget();
      const { failure } = error;
      return { state: 'absent', detail: 'detail' in failure ? failure.detail : failure.code };
    }
  }

  function forget(): void {
    chart = null;
    readsWithout = 0;
    lookedBack = false;
    newest = null;
    sinceSec = null;
  }

  async function samples(
    of: string,
    query: string,
    options: { readonly signal?: AbortSignal },
  ): Promise<readonly PortSample[] | null> {
    const path = `data?chart=${encodeURIComponent(of)}&dimensions=success&format=json&${query}`;
    const { status, body } = await api.get(path, options);
    return status === 404 ? null : parseSamples(body);
  }

  async function look(
    of: string,
    options: { readonly signal?: AbortSignal },
  ): Promise<'up' | 'down' | 'nothing' | 'gone'> {
    const latest = await samples(of, `after=-${LATEST_S}`, options);
    if (latest === null) {
      forget();
      return 'gone';
    }
    const last = latest.at(-1);
    if (last === undefined) {
      // What was known before is not what follows the silence.
      newest = null;
      return 'nothing';
    }
    if (!lookedBack) {
      sinceSec = await lookBack(of, last.up, options);
      lookedBack = true;
      newest = last;
    }
    for (const sample of latest) {
      if (newest !== null && sample.atSec <= newest.atSec) continue;
      if (sample.up !== newest?.up) sinceSec = sample.atSec;
      newest = sample;
    }
    return last.up ? 'up' : 'down';
  }

  /** Since when it is as it is: to the half-minute, then to the check's own round. null: for longer. */
  async function lookBack(
    of: string,
    up: boolean,
    options: { readonly signal?: AbortSignal },
  ): Promise<number | null> {
    // The half-minute that is not over is in no other answer.
    const recent = (await samples(of, `after=-${2 * STEP_S}`, options)) ?? [];
    const turned = recent.findLastIndex((sample) => sample.up !== up);
    if (turned >= 0) return recent[turned + 1]?.atSec ?? null;
    // One result of the other kind is enough to make a half-minute of that kind.
    const query = `after=-${LOOK_BACK_S}&points=${LOOK_BACK_POINTS}&group=${up ? 'min' : 'max'}`;
    const coarse = (await samples(of, query, options)) ?? [];
    const turn = coarse.findLastIndex((sample) => sample.up !== up);
    const [from, to] = [coarse[turn] ?? coarse[0], coarse.at(-1)];
    if (from === undefined || to === undefined) return recent[0]?.atSec ?? null;
    if (turn < 0 && to.atSec - from.atSec >= LOOK_BACK_S - 2 * STEP_S) return null;
    const around = `after=${from.atSec - 2 * STEP_S}&before=${from.atSec + 2 * STEP_S}`;
    const fine = [...((await samples(of, around, options)) ?? []), ...recent];
    const other = fine.findLastIndex((sample) => sample.up !== up);
    return fine[other + 1]?.atSec ?? from.atSec;
  }

  return { read };
}
