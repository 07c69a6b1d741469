/**
 * What stands in contrib/, checked by the tools that read it: promtool, amtool, and a real Prometheus that scrapes
 * what we serve. Each part is left out where its tool is not installed (Debian: prometheus, prometheus-alertmanager).
 */
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { serveMetrics } from '../../src/ops/metrics/endpoint.ts';
import { createMetrics } from '../../src/ops/metrics/registry.ts';
import { eventually } from '../support/eventually.ts';
import { testFolder } from '../support/folder.ts';
import { hasPrometheus, startPrometheus } from '../support/prometheus.ts';

const contrib = fileURLToPath(new URL('../../contrib', import.meta.url));
const folder = join(contrib, 'prometheus');
const run = promisify(execFile);

function has(tool: string): boolean {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const tools = { promtool: has('promtool'), amtool: has('amtool'), prometheus: hasPrometheus() };
const missing = Object.entries(tools).flatMap(([tool, there]) => (there ? [] : [tool]));

beforeAll(() => {
  if (missing.length > 0)
    process.stderr.write(`\nNot installed, so not checked with: ${missing.join(', ')}\n`);
});

describe.skipIf(!tools.promtool)('promtool', () => {
  it.each([
    ['check', 'config', 'prometheus.yml'],
    ['check', 'rules', 'tp5-tui.rules.yml'],
    ['test', 'rules', 'tp5-tui.rules.test.yml'],
  ])('%s %s %s', async (...args) => {
    const { stdout } = await run('promtool', args, { cwd: folder });
    expect(stdout).toContain('SUCCESS');
  });

  it('finds nothing wrong with the names and the format of the metrics', async () => {
    const promtool = run('promtool', ['check', 'metrics']);
    promtool.child.stdin?.end(await served());
    expect((await promtool).stderr).toBe('');
  });
});

describe.skipIf(!tools.amtool)('amtool', () => {
  it('takes the configuration', async () => {
    const { stdout } = await run('amtool', [
      'check-config',
      join(contrib, 'alertmanager', 'alertmanager.yml'),
    ]);
    expect(stdout).toContain('SUCCESS');
  });
});

/** All metrics at work, as text. */
async function served(): Promise<string> {
  return lively().registry.metrics();
}

function lively(): ReturnType<typeof createMetrics> {
  const metrics = createMetrics('0.1.0', () => 1);
  const tp5 = { host: 'tp5', unit: 'calculatrice.service' };
  metrics.announce(tp5);
  metrics.sampled(tp5, { atMono: 0, atWall: 0, status: 'open', ms: 0.4 });
  metrics.judged(tp5, false);
  metrics.outage(tp5);
  metrics.link(tp5, true);
  metrics.unit(tp5, { active: 'failed', restarts: 2 });
  return metrics;
}

describe('rules and dashboard', () => {
  it('ask for no metric that is not served, nor the dashboard for a label that there is not', async () => {
    const text = await served();
    const known = new Set([...text.matchAll(/^(tp5_\w+)/gm)].map(([, name]) => name));
    const rules = readFileSync(join(folder, 'tp5-tui.rules.yml'), 'utf8');
    const dashboard = readFileSync(join(contrib, 'grafana', 'tp5-tui.json'), 'utf8');
    for (const [name] of `${rules}${dashboard}`.matchAll(/\btp5_[a-z_]+/g)) expect(known).toContain(name);
    const asked = [...dashboard.matchAll(/label_values\(tp5_link_up, (\w+)\)/g)].map(([, label]) => label);
    expect(asked).toEqual(expect.arrayContaining(['host', 'unit']));
  });

  it('the dashboard is JSON with panels that do not overlap and ids of their own', () => {
    const { panels } = JSON.parse(readFileSync(join(contrib, 'grafana', 'tp5-tui.json'), 'utf8')) as {
      panels: { id: number; gridPos: { x: number; y: number; w: number; h: number } }[];
    };
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
  });
});

describe.skipIf(!tools.prometheus)('a real Prometheus', () => {
  it('scrapes what we serve, and its rules fire on it', async () => {
    const { registry } = lively();
    const endpoint = await serveMetrics({
      listen: { address: '127.0.0.1', port: 0 },
      registry,
      healthy: () => true,
    });
    onTestFinished(() => endpoint.close());
    const data = testFolder();
    const config = readFileSync(join(folder, 'prometheus.yml'), 'utf8')
      .replaceAll('127.0.0.1:9113', `127.0.0.1:${endpoint.port}`)
      .replaceAll('5s', '1s');
    writeFileSync(join(data, 'prometheus.yml'), config);
    copyFileSync(join(folder, 'tp5-tui.rules.yml'), join(data, 'tp5-tui.rules.yml'));
    const { query } = await startPrometheus(data);
    await eventually(async () =>
      expect((await query('ALERTS{alertname="ServiceDown", alertstate="firing"}')).length > 0).toBe(true),
    );
    expect(await query('tp5_up{host="tp5"}')).toMatchObject([{ value: [expect.any(Number), '0'] }]);
    expect(await query('up{job="tp5-tui"}')).toMatchObject([{ value: [expect.any(Number), '1'] }]);
    expect(await query('tp5_unit_state == 1')).toMatchObject([{ metric: { state: 'failed' } }]);
  });
});
