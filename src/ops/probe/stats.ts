/** What the probe's samples add up to: percentiles, loss, outages. Pure. */
import { UNRESTRAINED } from '../caution/restraint.ts';
import type { Outage, ProbeFacts, ProbeSample } from './facts.ts';

/** Ten minutes at one sample every two seconds. */
export const WINDOW = 300;
export const OUTAGES_KEPT = 50;

export interface ProbeHistory {
  readonly samples: readonly ProbeSample[];
  readonly outages: readonly Outage[];
}

export const NO_HISTORY: ProbeHistory = { samples: [], outages: [] };

/** The history with one sample more. An outage runs from its first failed sample to the next open one. */
export function record(history: ProbeHistory, sample: ProbeSample): ProbeHistory {
  return {
    samples: [...history.samples, sample].slice(-WINDOW),
    outages: outagesAfter(history.outages, sample),
  };
}

function outagesAfter(outages: readonly Outage[], sample: ProbeSample): readonly Outage[] {
  const last = outages.at(-1);
  const lasting = last !== undefined && last.lengthMs === null;
  if (sample.status === 'open') {
    return lasting
      ? [...outages.slice(0, -1), { ...last, lengthMs: sample.atMono - last.fromMono }]
      : outages;
  }
  if (lasting) return outages;
  const { atMono: fromMono, atWall: fromWall, status } = sample;
  return [...outages, { fromMono, fromWall, status, lengthMs: null }].slice(-OUTAGES_KEPT);
}

export interface ProbeSummary {
  /** Milliseconds, of the open samples; null without any. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
  /** 0–1; null without samples. */
  readonly loss: number | null;
}

export function summarize(samples: readonly ProbeSample[]): ProbeSummary {
  const latencies = samples.flatMap(({ status, ms }) => (status === 'open' && ms !== null ? [ms] : []));
  latencies.sort((a, b) => a - b);
  const open = samples.filter(({ status }) => status === 'open').length;
  return {
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    max: latencies.at(-1) ?? null,
    loss: samples.length === 0 ? null : (samples.length - open) / samples.length,
  };
}

/** The smallest value that at least `share` of the sorted ones do not exceed (nearest rank). */
export function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

/** A probe that has seen nothing yet. */
export function noProbeFacts(address: string, port: number): ProbeFacts {
  return {
    address,
    port,
    ...NO_HISTORY,
    ...summarize([]),
    answer: null,
    paused: null,
    restraints: UNRESTRAINED,
    effect: null,
    looked: null,
  };
}

/** What one sample more makes of the probe's facts. */
export function withSample(facts: ProbeFacts, sample: ProbeSample): ProbeFacts {
  const history = record(facts, sample);
  return { ...facts, ...history, ...summarize(history.samples) };
}
