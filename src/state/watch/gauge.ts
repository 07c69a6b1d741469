/** What a session shows, as metrics: each sample once, the unit only as long as it can be seen. */
import type { Metrics, Watched } from '../../ops/metrics/registry.ts';
import type { WatchEvent } from '../../ops/watch/event.ts';
import type { ConsoleState, ConsoleStore } from '../store.ts';

/** @returns the function that ends it */
export function gauge(store: ConsoleStore, metrics: Metrics, watched: Watched): () => void {
  function show(state: ConsoleState, before: ConsoleState | null): void {
    const { link, service, probe } = state;
    const sample = probe.samples.at(-1);
    if (sample !== undefined && sample !== before?.probe.samples.at(-1)) metrics.sampled(watched, sample);
    const live = link.state === 'live';
    if (live !== (before?.link.state === 'live')) metrics.link(watched, live);
    if (link.state !== before?.link.state || service !== before.service) {
      metrics.unit(watched, live && service !== null ? service.value : null);
    }
  }
  metrics.announce(watched);
  show(store.getState(), null);
  return store.subscribe(show);
}

/** What the guard judged, as metrics. */
export function gaugeJudgement(metrics: Metrics, watched: Watched, event: WatchEvent): void {
  switch (event.kind) {
    case 'up':
    case 'recovered':
      return metrics.judged(watched, true);
    case 'down':
      metrics.judged(watched, false);
      // The end of a crash loop is told as a fall of its own, and is none.
      if (!event.forGood) metrics.outage(watched);
  }
}
