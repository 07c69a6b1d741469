/** A Netdata that runs already, asked before anything is changed on its host. */
import type { Clock } from '../clock.ts';
import { Failed } from '../failure.ts';
import type { Host } from '../host.ts';
import { mayListenOnLoopback } from './agent-conf.ts';
import { parseInfo } from './answers.ts';
import { NETDATA_PORT, type NetdataApi, openNetdataApi } from './api.ts';
import { findWatch } from './find-watch.ts';
import { netdataStopped } from './stopped.ts';
import type { NetdataSurvey } from './survey.ts';

export interface Running
  extends Pick<NetdataSurvey, 'located' | 'agent' | 'nowSec' | 'collector' | 'address'> {
  /** The service's. */
  readonly port: number;
}

interface AskingOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly apiPort?: number;
}

/** For so long after its start it may not answer yet, with a large database: it is then the proof that waits for it. */
const SLOW_START_S = 120;

/**
 * @returns the chart that something else than the collector makes of the port; null: it is ours to come, or cannot be told
 * @throws DeployStopped `silent` when it would not answer us later either; `no-collector` when there is neither; Failed
 */
export async function chartNow(
  host: Host,
  { located, agent, nowSec, collector, address, port }: Running,
  { clock, signal, apiPort = NETDATA_PORT }: AskingOptions,
): Promise<string | null> {
  if (located.active !== 'active') return null;
  const api = openNetdataApi(host, { clock, port: apiPort });
  try {
    const { version, detail } = await askVersion(api, signal);
    if (version === null) {
      const forSec = nowSec - (located.activeSinceSec ?? nowSec);
      const { path, api: settings } = agent;
      if (forSec < SLOW_START_S && mayListenOnLoopback(settings, apiPort)) return null;
      throw netdataStopped({ problem: 'silent', port: apiPort, detail, path, settings });
    }
    if (collector) return null;
    const chart = await findWatch(api, port, [address], signal);
    if (chart === null) throw netdataStopped({ problem: 'no-collector', family: located.family });
    return chart;
  } finally {
    api.close();
  }
}

/**
 * @returns its version, or null and what came in its place
 * @throws Failed `link-lost`; the signal's reason
 */
export async function askVersion(
  api: NetdataApi,
  signal?: AbortSignal,
): Promise<{ readonly version: string | null; readonly detail: string }> {
  try {
    const { status, body } = await api.get('info', signal ? { signal } : {});
    return { version: parseInfo(body), detail: `HTTP ${status}` };
  } catch (error) {
    if (!(error instanceof Failed) || error.failure.code === 'link-lost') throw error;
    const { failure } = error;
    return { version: null, detail: 'detail' in failure ? failure.detail : failure.code };
  }
}
