/** The chart by which Netdata watches our port: asked for as cheaply as its version allows. */
import { findPortChart } from './answers.ts';
import type { NetdataApi } from './api.ts';
import { chooseWatch, parseWatches, WATCHES_PATH } from './observations.ts';

/** `/api/v1/charts` of a host with many containers. */
const CHARTS_BYTES = 16 * 1024 * 1024;

/**
 * @param hosts where the service is dialled: of several checks of the port, the first of these that any names
 * @param chart the one to take if it is there
 * @throws Failed; the signal's reason
 */
export async function findWatch(
  api: NetdataApi,
  port: number,
  hosts: readonly string[],
  signal?: AbortSignal,
  chart?: string,
): Promise<string | null> {
  const options = signal ? { signal } : {};
  const { status, body } = await api.get(WATCHES_PATH, options);
  const watches = parseWatches(body);
  if (watches !== null) {
    const named = watches.find((watch) => watch.chart === chart);
    return (named ?? chooseWatch(watches, port, hosts))?.chart ?? null;
  }
  // An agent that knows the question and has no such chart: 404, and nothing said.
  if (status === 404 && body.trim() === '') return null;
  // Before 1.35 there is nothing smaller to ask for.
  const charts = await api.get('charts', { ...options, maxBytes: CHARTS_BYTES });
  return findPortChart(charts.body, port) ?? null;
}
