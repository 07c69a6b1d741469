/**
 * The dashboard of contrib/grafana as Grafana reads it: its JSON by Grafana's own schema (the npm package
 * @grafana/schema, raw/dashboard and panelcfg), and every query of it answered by a real Prometheus that scrapes what
 * we serve, with the labels that its legends and tables name.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serveMetrics } from '../../src/ops/metrics/endpoint.ts';
import { createMetrics } from '../../src/ops/metrics/registry.ts';
import { eventually } from '../support/eventually.ts';
import { hasPrometheus, type Prometheus, type Series, scrape } from '../support/prometheus.ts';

interface DataSource {
  readonly type: string;
  readonly uid: string;
}

interface Target {
  readonly refId: string;
  readonly datasource?: DataSource;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
}

interface Step {
  readonly color: string;
  readonly value: number | null;
}

interface Mapping {
  readonly type: string;
  readonly options: Readonly<Record<string, { readonly text: string; readonly index: number }>>;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource: DataSource;
  readonly targets: readonly Target[];
  readonly fieldConfig: {
    readonly defaults: {
      readonly thresholds?: { readonly mode: string; readonly steps: readonly Step[] };
      readonly mappings?: readonly Mapping[];
    };
    readonly overrides: readonly {
      readonly matcher: { readonly id: string; readonly options: string };
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
  readonly transformations?: readonly {
    readonly id: string;
    readonly options: Readonly<Record<'excludeByName' | 'indexByName', Record<string, unknown>>>;
  }[];
}

interface Variable {
  readonly type: string;
  readonly name: string;
  readonly definition?: string;
  readonly query: string | { readonly query: string; readonly refId: string };
}

interface Dashboard {
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: {
    readonly list: readonly {
      readonly datasource: DataSource;
      readonly expr: string;
      readonly titleFormat: string;
      readonly target: Target;
    }[];
  };
  readonly panels: readonly Panel[];
}

const dashboard = JSON.parse(
  readFileSync(new URL('../../contrib/grafana/tp5-tui.json', import.meta.url), 'utf8'),
) as Dashboard;
const { panels, templating, annotations } = dashboard;
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's, not ours.
const SOURCE = { type: 'prometheus', uid: '${datasource}' };
/** `{{label}}` of a legend. */
const labelsOf = (format: string): string[] =>
  [...format.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = '']) => label);

/** Three services on guard: one up, one that falls, one out of sight; an alert waits. */
function guarded(): { readonly metrics: ReturnType<typeof createMetrics>; probe(): void; fall(): void } {
  const metrics = createMetrics('0.1.0', () => 1);
  const [up, falls, unseen] = [
    { host: 'tp5', unit: 'calculatrice.service' },
    { host: 'tp6', unit: 'calculatrice.service' },
    { host: 'a.b', unit: 'web@1.service' },
  ] as const;
  for (const watched of [up, falls, unseen]) {
    metrics.announce(watched);
    metrics.judged(watched, true);
  }
  for (const watched of [up, falls]) {
    metrics.link(watched, true);
    metrics.unit(watched, { active: 'active', restarts: 0 });
  }
  let fallen = false;
  return {
    metrics,
    probe() {
      const sample = { atMono: 0, atWall: 0 };
      metrics.sampled(up, { ...sample, status: 'open', ms: 0.4 });
      metrics.sampled(unseen, { ...sample, status: 'open', ms: 12 });
      metrics.sampled(
        falls,
        fallen ? { ...sample, status: 'refused', ms: null } : { ...sample, status: 'open', ms: 3 },
      );
    },
    fall() {
      fallen = true;
      metrics.judged(falls, false);
      metrics.outage(falls);
      metrics.unit(falls, { active: 'failed', restarts: 2 });
    },
  };
}

describe('the dashboard by Grafana’s schema', () => {
  it('has panels of Grafana’s own kinds alone, each asking the data source that is chosen', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    for (const { type, title, datasource, targets } of panels) {
      expect(['stat', 'state-timeline', 'timeseries', 'table'], title).toContain(type);
      for (const target of targets) expect(target.datasource ?? datasource, title).toEqual(SOURCE);
      expect(datasource, title).toEqual(SOURCE);
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
    }
    expect(templating.list[0]).toMatchObject({ type: 'datasource', name: 'datasource', query: 'prometheus' });
  });

  it('uses no variable that there is not', () => {
    const known = new Set([...templating.list.map(({ name }) => name), '__rate_interval', '__all']);
    for (const [, name = ''] of JSON.stringify(dashboard).matchAll(/\$\{?(\w+)\}?/g)) {
      expect(known).toContain(name);
    }
  });

  it('begins each scale without a value and lets it rise', () => {
    const scales = panels.flatMap(({ fieldConfig: { defaults } }) => defaults.thresholds ?? []);
    expect(scales.length).toBeGreaterThan(0);
    for (const { mode, steps } of scales) {
      expect(mode).toBe('absolute');
      const [first, ...rest] = steps.map(({ value }) => value);
      expect(first).toBeNull();
      expect(rest.every((value) => typeof value === 'number')).toBe(true);
      expect(rest).toEqual([...rest].sort((a, b) => Number(a) - Number(b)));
    }
  });

  it('has a word and a colour for every state of a unit', async () => {
    const text = await guarded().metrics.registry.metrics();
    const states = new Set(
      [...text.matchAll(/^tp5_unit_state\{.*state="(\w+)"/gm)].map(([, state]) => state),
    );
    const mapped = panels
      .flatMap(({ fieldConfig }) => fieldConfig.overrides)
      .filter(({ matcher }) => matcher.id === 'byName' && matcher.options === 'state')
      .flatMap(({ properties }) => properties.filter(({ id }) => id === 'mappings'))
      .flatMap(({ value }) => (value as readonly Mapping[]).flatMap(({ options }) => Object.keys(options)));
    expect(new Set(mapped)).toEqual(states);
  });

  it('asks for the falls in the form of old versions of Grafana and of new ones', () => {
    for (const { expr, target, datasource } of annotations.list) {
      expect(datasource).toEqual(SOURCE);
      expect(target.expr).toBe(expr);
    }
  });
});

if (!hasPrometheus()) process.stderr.write('\nPrometheus is not installed: the dashboard was not asked.\n');

describe.skipIf(!hasPrometheus())('the dashboard on a real Prometheus', () => {
  let prometheus: Prometheus;
  let values: Readonly<Record<string, readonly string[]>>;

  /** As Grafana puts in what was chosen, here All: a pattern of every value, escaped for it and for its string. */
  function filledIn(expression: string): string {
    const escaped = (value: string): string =>
      value.replace(/[\\^$*+?.()|[\]{}]/g, (character) => `\\\\${character}`);
    return expression
      .replaceAll('$__rate_interval', '2s')
      .replace(/\$(\w+)/g, (_, name: string) => `(${(values[name] ?? []).map(escaped).join('|')})`);
  }

  function ask({ expr, instant }: Pick<Target, 'expr' | 'instant'>): Promise<readonly Series[]> {
    return instant ? prometheus.query(filledIn(expr)) : prometheus.queryRange(filledIn(expr), 60);
  }

  it('fills every panel, with the labels that it shows', async () => {
    const { metrics, probe, fall } = guarded();
    const { registry } = metrics;
    const endpoint = await serveMetrics({
      listen: { address: '127.0.0.1', port: 0 },
      registry,
      healthy: () => true,
    });
    onTestFinished(() => endpoint.close());
    prometheus = await scrape(endpoint.port);

    const variables = templating.list.filter(({ type }) => type === 'query');
    const found: [string, readonly string[]][] = [];
    await eventually(async () => expect((await prometheus.query('tp5_link_up')).length === 3).toBe(true));
    for (const { name, query, definition } of variables) {
      const asked = typeof query === 'string' ? query : query.query;
      expect(definition).toBe(asked);
      const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(asked) ?? [];
      found.push([name, await prometheus.labelValues(label, metric)]);
    }
    values = Object.fromEntries(found);
    expect(values).toEqual({
      host: ['a.b', 'tp5', 'tp6'],
      unit: ['calculatrice.service', 'web@1.service'],
    });

    // Some rounds of probes, then the fall, then some more: what asks for rates needs both.
    await rounds(4, probe);
    fall();
    await rounds(4, probe);

    for (const { title, targets, type, transformations = [], fieldConfig } of panels) {
      const legends: string[] = [];
      for (const target of targets) {
        const at = `${title} ${target.refId}`;
        // What is a rate is there only when two scrapes were on time.
        const series = await eventually(async () => {
          const found = await ask(target);
          expect(found.length, at).toBeGreaterThan(0);
          return found;
        });
        const numbers = series.flatMap(({ value, values: all }) => (value ? [value] : (all ?? [])));
        expect(
          numbers.some(([, value]) => Number.isFinite(Number(value))),
          at,
        ).toBe(true);
        for (const { metric } of series) {
          const wanted = labelsOf(target.legendFormat ?? '');
          for (const label of wanted) expect(metric, at).toHaveProperty(label, expect.stringMatching(/./));
          legends.push(
            (target.legendFormat ?? '').replace(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? ''),
          );
        }
        if (type === 'table') {
          const columns = new Set(series.flatMap(({ metric }) => Object.keys(metric)));
          for (const { options } of transformations) {
            for (const column of Object.keys(options.indexByName)) expect(columns, at).toContain(column);
            // What is left is what is shown.
            const shown = [...columns].filter((column) => !(column in options.excludeByName));
            expect(shown.sort(), at).toEqual(Object.keys(options.indexByName).sort());
          }
          for (const { matcher } of fieldConfig.overrides) expect(columns, at).toContain(matcher.options);
        }
      }
      if (type !== 'table') expect(new Set(legends).size, `${title}: ${legends}`).toBe(legends.length);
    }

    const shown = async (title: string): Promise<string | undefined> => {
      const target = panels.find((panel) => panel.title === title)?.targets[0];
      return target && (await ask(target))[0]?.value?.[1];
    };
    expect(await shown('Down now')).toBe('1');
    expect(await shown('Out of sight')).toBe('1');
    expect(await shown('Watched')).toBe('3');
    expect(await shown('Alerts waiting')).toBe('1');
    for (const { target, titleFormat } of annotations.list) {
      const fell = await ask(target);
      expect(fell.map(({ metric }) => metric.host)).toEqual(['tp6']);
      for (const label of labelsOf(titleFormat)) expect(fell[0]?.metric).toHaveProperty(label);
    }
  });

  /** So many scrapes, with a probe before each. */
  async function rounds(count: number, probe: () => void): Promise<void> {
    const scrapes = async (): Promise<number> =>
      Number((await prometheus.query('count_over_time(up[1h])'))[0]?.value?.[1] ?? 0);
    for (let round = 0; round < count; round += 1) {
      probe();
      const before = await scrapes();
      await eventually(async () => expect((await scrapes()) > before).toBe(true));
    }
  }
});
