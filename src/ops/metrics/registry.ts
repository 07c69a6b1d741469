/** The guard's metrics for Prometheus: per host and unit, true or not there at all. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ActiveState } from '../host.ts';
import type { ProbeSample, ProbeStatus } from '../probe/facts.ts';

export interface Watched {
  readonly host: string;
  readonly unit: string;
}

export interface Metrics {
  readonly registry: Registry;
  /** Counters of it start at 0, so that the first outage is an increase. */
  announce(watched: Watched): void;
  sampled(watched: Watched, sample: ProbeSample): void;
  judged(watched: Watched, up: boolean): void;
  outage(watched: Watched): void;
  /** null: the link is lost, and nothing is known of the unit; what was known is not served as if it were. */
  unit(watched: Watched, facts: { readonly active: ActiveState; readonly restarts: number } | null): void;
  link(watched: Watched, live: boolean): void;
}

const PROBE_STATES: readonly ProbeStatus[] = ['open', 'refused', 'rejected', 'filtered', 'unreachable'];

const UNIT_STATES: readonly ActiveState[] = [
  'active',
  'reloading',
  'inactive',
  'failed',
  'activating',
  'deactivating',
  'maintenance',
  'refreshing',
];

/** Seconds; a TCP handshake takes a fraction of a millisecond on a wire, a quarter of a second around the world. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** @param queued how many alerts are not delivered yet, asked at each scrape; null when none are sent */
export function createMetrics(version: string, queued: (() => number) | null): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const labelNames = ['host', 'unit'] as const;
  const up = new Gauge({
    name: 'tp5_up',
    help: 'Whether the service is judged up (1) or down (0), after so many looks in a row; not there before.',
    labelNames,
    registers,
  });
  const seconds = new Histogram({
    name: 'tp5_probe_seconds',
    help: 'Time of the TCP handshake with the service, of the probes that connected.',
    labelNames,
    buckets: BUCKETS,
    registers,
  });
  const probes = new Counter({
    name: 'tp5_probes_total',
    help: 'Probes by what came of them.',
    labelNames: [...labelNames, 'state'] as const,
    registers,
  });
  const outages = new Counter({
    name: 'tp5_outages_total',
    help: 'How often the service was judged down.',
    labelNames,
    registers,
  });
  const unitState = new Gauge({
    name: 'tp5_unit_state',
    help: "1 for systemd's ActiveState of the unit, 0 for the others; not there while the link is lost.",
    labelNames: [...labelNames, 'state'] as const,
    registers,
  });
  const restarts = new Gauge({
    name: 'tp5_unit_restarts',
    help: "systemd's NRestarts: restarts on failure since the unit was last started by hand.",
    labelNames,
    registers,
  });
  const link = new Gauge({
    name: 'tp5_link_up',
    help: 'Whether the host can be seen over SSH (1) or not (0).',
    labelNames,
    registers,
  });
  new Gauge({
    name: 'tp5_build_info',
    help: 'The version that watches, as a label.',
    labelNames: ['version'] as const,
    registers,
  }).set({ version }, 1);
  if (queued !== null) {
    new Gauge({
      name: 'tp5_alerts_queued',
      help: 'Alerts that were not delivered yet.',
      registers,
      collect() {
        this.set(queued());
      },
    });
  }

  return {
    registry,
    announce({ host, unit }) {
      outages.inc({ host, unit }, 0);
      seconds.zero({ host, unit });
      for (const state of PROBE_STATES) probes.inc({ host, unit, state }, 0);
      link.set({ host, unit }, 0);
    },
    sampled({ host, unit }, { status: state, ms }) {
      probes.inc({ host, unit, state });
      if (ms !== null) seconds.observe({ host, unit }, ms / 1000);
    },
    judged: ({ host, unit }, isUp) => up.set({ host, unit }, isUp ? 1 : 0),
    outage: ({ host, unit }) => outages.inc({ host, unit }),
    unit({ host, unit }, facts) {
      for (const state of UNIT_STATES) {
        if (facts === null) unitState.remove({ host, unit, state });
        else unitState.set({ host, unit, state }, facts.active === state ? 1 : 0);
      }
      if (facts === null) restarts.remove({ host, unit });
      else restarts.set({ host, unit }, facts.restarts);
    },
    link: ({ host, unit }, live) => link.set({ host, unit }, live ? 1 : 0),
  };
}
