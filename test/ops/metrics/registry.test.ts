/** The metrics as Prometheus reads them. */
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../../src/ops/metrics/registry.ts';

const TP5 = { host: 'tp5', unit: 'calculatrice.service' };
const sample = (status: 'open' | 'refused', ms: number | null) => ({ atMono: 0, atWall: 0, status, ms });

/** The lines with values, without the histogram's buckets. */
async function lines(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  const text = await metrics.registry.metrics();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#') && !line.includes('_bucket'));
}

describe('the metrics', () => {
  it('begin at nothing, and say nothing that is not known', async () => {
    const metrics = createMetrics('1.2.3', null);
    metrics.announce(TP5);
    expect(await lines(metrics)).toEqual([
      'tp5_probe_seconds_sum{host="tp5",unit="calculatrice.service"} 0',
      'tp5_probe_seconds_count{host="tp5",unit="calculatrice.service"} 0',
      ...['open', 'refused', 'rejected', 'filtered', 'unreachable'].map(
        (state) => `tp5_probes_total{host="tp5",unit="calculatrice.service",state="${state}"} 0`,
      ),
      'tp5_outages_total{host="tp5",unit="calculatrice.service"} 0',
      'tp5_link_up{host="tp5",unit="calculatrice.service"} 0',
      'tp5_build_info{version="1.2.3"} 1',
    ]);
  });

  it('count, time, and hold the newest', async () => {
    let queued = 3;
    const metrics = createMetrics('1.2.3', () => queued);
    metrics.announce(TP5);
    metrics.sampled(TP5, sample('open', 0.42));
    metrics.sampled(TP5, sample('open', 12));
    metrics.sampled(TP5, sample('refused', null));
    metrics.judged(TP5, false);
    metrics.outage(TP5);
    metrics.link(TP5, true);
    metrics.unit(TP5, { active: 'activating', restarts: 4 });
    const text = await metrics.registry.metrics();
    for (const line of [
      'tp5_up{host="tp5",unit="calculatrice.service"} 0',
      'tp5_probe_seconds_bucket{le="0.0005",host="tp5",unit="calculatrice.service"} 1',
      'tp5_probe_seconds_bucket{le="0.025",host="tp5",unit="calculatrice.service"} 2',
      'tp5_probe_seconds_count{host="tp5",unit="calculatrice.service"} 2',
      'tp5_probes_total{host="tp5",unit="calculatrice.service",state="refused"} 1',
      'tp5_outages_total{host="tp5",unit="calculatrice.service"} 1',
      'tp5_unit_state{host="tp5",unit="calculatrice.service",state="activating"} 1',
      'tp5_unit_state{host="tp5",unit="calculatrice.service",state="active"} 0',
      'tp5_unit_restarts{host="tp5",unit="calculatrice.service"} 4',
      'tp5_link_up{host="tp5",unit="calculatrice.service"} 1',
      'tp5_alerts_queued 3',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    queued = 0;
    expect(await lines(metrics)).toContain('tp5_alerts_queued 0');
  });

  it('serve nothing old of a unit that cannot be seen', async () => {
    const metrics = createMetrics('1.2.3', null);
    metrics.unit(TP5, { active: 'active', restarts: 0 });
    metrics.unit(TP5, null);
    const text = (await lines(metrics)).join('\n');
    expect(text).not.toMatch(/tp5_unit_(state|restarts)\{/);
  });

  it('keep one registry from another', async () => {
    createMetrics('1', null).judged(TP5, true);
    expect((await lines(createMetrics('2', null))).join()).not.toContain('tp5_up{');
  });
});
