/** What a run of probes adds up to, however long it was. */
import type { ProbeSample } from '../ops/probe/facts.ts';
import { percentile } from '../ops/probe/stats.ts';

export interface ProbeTotals {
  readonly sent: number;
  readonly open: number;
  /** 0–1; null without a probe. */
  readonly loss: number | null;
  /** Milliseconds of the open ones; null without any. */
  readonly min: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
  readonly outages: number;
  /** From the first failed probe to the next open one, or to the last one; null without an outage. */
  readonly longestOutageMs: number | null;
}

export interface Tally {
  readonly sent: number;
  readonly open: number;
  add(sample: ProbeSample): void;
  summary(): ProbeTotals;
}

export function createTally(): Tally {
  const latencies: number[] = [];
  let sent = 0;
  let outages = 0;
  let longest = 0;
  let downSinceMono: number | null = null;

  return {
    get sent() {
      return sent;
    },
    get open() {
      return latencies.length;
    },
    add({ ms, atMono }) {
      sent += 1;
      if (ms === null && downSinceMono === null) {
        outages += 1;
        downSinceMono = atMono;
      }
      if (downSinceMono !== null) longest = Math.max(longest, atMono - downSinceMono);
      if (ms === null) return;
      downSinceMono = null;
      latencies.push(ms);
    },
    summary() {
      const sorted = latencies.toSorted((a, b) => a - b);
      return {
        sent,
        open: latencies.length,
        loss: sent === 0 ? null : (sent - latencies.length) / sent,
        min: rounded(sorted[0]),
        p50: rounded(percentile(sorted, 0.5)),
        p95: rounded(percentile(sorted, 0.95)),
        max: rounded(sorted.at(-1)),
        outages,
        longestOutageMs: outages === 0 ? null : Math.round(longest),
      };
    },
  };
}

/** To the microsecond. */
function rounded(ms: number | null | undefined): number | null {
  return ms == null ? null : Math.round(ms * 1000) / 1000;
}
