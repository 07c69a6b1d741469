/**
 * The guard on the real host, scraped by Debian's Prometheus with contrib's own job and rules, and its alerts handed on
 * by Debian's Alertmanager with contrib's configuration: all on the operator's PC, as they are meant to stand.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type Discord, discordOnPc, onDuty, startGuard } from './guards.ts';
import { control, hostAddress, onHost, onLab, onPc, operatorHome } from './host.ts';
import { programOnPc } from './programs.ts';

const contrib = fileURLToPath(new URL('../../contrib', import.meta.url));
// The PC is a network of its own: these ports are as contrib has them.
const GUARD = 9113;
const PROMETHEUS = 'http://127.0.0.1:9090';
const ALERTMANAGER = 'http://127.0.0.1:9093';
const watched = { host: `manon@${hostAddress}`, unit: 'calculatrice.service' };
const SERVICE = `${watched.unit} on ${watched.host}`;

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly name: string; readonly health: string }[];
  }[];
}

/** A file of contrib's with what would make a test slow made quicker. @throws when there is nothing of the kind in it */
function quicker(path: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`no “${from}” in ${path}`);
      return text.replaceAll(from, to);
    },
    readFileSync(join(contrib, path), 'utf8'),
  );
}

/** Prometheus as it is asked; each wait is bounded. */
interface Monitoring {
  /** The answer's `data`. */
  api<Data>(path: string): Promise<Data>;
  query(expression: string): Promise<readonly Sample[]>;
  /** Names of the alerts that fire now. */
  firing(): Promise<readonly string[]>;
  /** Resolves when the metric has this one value; null: when there is none. */
  shows(metric: string, wanted: number | null): Promise<void>;
  fires(name: string): Promise<Alert>;
  resolves(name: string): Promise<void>;
}

/** A Prometheus and an Alertmanager that are ready, and end with the test. */
async function monitor(home: string, discord: Discord): Promise<Monitoring> {
  const file = (name: string): string => join(home, name);
  writeFileSync(file('prometheus.yml'), quicker('prometheus/prometheus.yml', { '5s': '1s' }));
  writeFileSync(
    file('tp5-tui.rules.yml'),
    quicker('prometheus/tp5-tui.rules.yml', { 'for: 30s': 'for: 3s', 'for: 1m': 'for: 3s' }),
  );
  writeFileSync(
    file('alertmanager.yml'),
    quicker('alertmanager/alertmanager.yml', {
      'https://discord.com/api/webhooks/ID/TOKEN': discord.address,
      'group_wait: 5s': 'group_wait: 1s',
      'group_interval: 1m': 'group_interval: 1s',
    }),
  );
  const prometheus = programOnPc(home, 'prometheus', [
    `--config.file=${file('prometheus.yml')}`,
    `--storage.tsdb.path=${file('prometheus')}`,
    '--web.listen-address=127.0.0.1:9090',
  ]);
  const alertmanager = programOnPc(home, 'prometheus-alertmanager', [
    `--config.file=${file('alertmanager.yml')}`,
    `--storage.path=${file('alertmanager')}`,
    '--web.listen-address=127.0.0.1:9093',
    '--cluster.listen-address=',
  ]);
  async function get(url: string): Promise<string> {
    const script =
      'fetch(process.argv[1]).then(async (r) => console.log(r.ok ? await r.text() : ""), () => {})';
    const { command, args } = onPc(home, process.execPath, ['-e', script, url]);
    return (await promisify(execFile)(command, args)).stdout;
  }
  await until(
    async () => (await get(`${PROMETHEUS}/-/ready`)) !== '' && (await get(`${ALERTMANAGER}/-/ready`)) !== '',
    () => `ready\n${prometheus.stderr()}${alertmanager.stderr()}`,
  );
  async function api<Data>(path: string): Promise<Data> {
    const text = await get(`${PROMETHEUS}/api/v1/${path}`);
    if (text === '') throw new Error(`refused: ${path}`);
    return (JSON.parse(text) as { readonly data: Data }).data;
  }
  async function query(expression: string): Promise<readonly Sample[]> {
    return (await api<{ result: readonly Sample[] }>(`query?query=${encodeURIComponent(expression)}`)).result;
  }
  const alerts = async (): Promise<readonly Alert[]> =>
    (await api<{ alerts: readonly Alert[] }>('alerts')).alerts.filter(({ state }) => state === 'firing');
  const find = async (name: string): Promise<Alert | undefined> =>
    (await alerts()).find(({ labels }) => labels.alertname === name);
  return {
    api,
    query,
    firing: async () => (await alerts()).map(({ labels }) => labels.alertname ?? ''),
    async shows(metric, wanted) {
      await until(
        async () => {
          const values = (await query(metric)).map(({ value }) => Number(value[1]));
          return isDeepStrictEqual(values, wanted === null ? [] : [wanted]);
        },
        () => `${metric} ${wanted}`,
      );
    },
    fires: (name) =>
      until(
        () => find(name),
        () => `${name} fires`,
      ),
    async resolves(name) {
      await until(
        async () => (await find(name)) === undefined,
        () => `${name} resolves`,
      );
    },
  };
}

/** Asks until there is something. */
async function until<Found>(
  look: () => Promise<Found | undefined | false>,
  what: () => string,
): Promise<Found> {
  return eventually(async () => {
    const found = await look();
    if (found === undefined || found === false) throw new Error(`not there: ${what()}`);
    return found;
  });
}

onLab('a guard that Prometheus scrapes', () => {
  it('has the rules fire on what befalls the host, and no longer when it is over', async () => {
    await control('reset', '--restart-sec', '1');
    await onHost('systemctl start calculatrice');
    const home = operatorHome();
    const discord = await discordOnPc(home);
    const guard = startGuard(home, { options: ['--metrics', String(GUARD)] });
    await onDuty(guard);
    const { api, query, firing, shows, fires, resolves } = await monitor(home, discord);
    const titles = (): readonly string[] => discord.sent().map(({ message }) => message.embeds[0].title);

    await shows('tp5_up', 1);
    expect(await query('up{job="tp5-tui"}')).toMatchObject([
      { metric: { instance: `127.0.0.1:${GUARD}` }, value: [expect.any(Number), '1'] },
    ]);
    expect(await query('tp5_unit_state == 1')).toMatchObject([{ metric: { ...watched, state: 'active' } }]);
    await shows('tp5_link_up', 1);
    // Prometheus takes five seconds to find its first target, longer than the guard may be gone here.
    await resolves('GuardGone');
    expect(await firing()).toEqual([]);

    // Stopped by somebody: told to Discord by Alertmanager, and its end as well.
    await onHost('systemctl stop calculatrice');
    expect(await fires('ServiceDown')).toMatchObject({
      labels: { ...watched, severity: 'critical' },
      annotations: { summary: `${SERVICE} is down` },
    });
    await shows('tp5_unit_state{state="inactive"}', 1);
    await shows('tp5_outages_total', 1);
    await discord.program.until(() => titles().length === 1);
    await onHost('systemctl start calculatrice');
    await resolves('ServiceDown');
    await discord.program.until(() => titles().length === 2);
    expect(titles()).toEqual([`${SERVICE} is down`, `Over: ${SERVICE} is down`]);

    // Killed, and brought back by systemd a second later, three times over.
    for (const restarts of [1, 2, 3]) {
      await onHost('systemctl kill -s KILL calculatrice');
      await shows('tp5_unit_restarts', restarts);
      await shows('tp5_unit_state{state="active"}', 1);
    }
    expect(await fires('ServiceCrashLoops')).toMatchObject({ labels: watched });

    // The cable: the host is gone with all that was known of it, and is down rather than out of sight.
    await control('cut');
    await shows('tp5_link_up', 0);
    await shows('tp5_unit_restarts', null);
    expect(await query('tp5_unit_state')).toEqual([]);
    await fires('ServiceDown');
    expect(await firing()).not.toContain('HostOutOfSight');
    await control('mend');
    await shows('tp5_link_up', 1);
    await resolves('ServiceDown');

    // SSH alone: the service goes on, unseen.
    await onHost('systemctl stop ssh; pkill -KILL -x sshd');
    expect(await fires('HostOutOfSight')).toMatchObject({ labels: { ...watched, severity: 'warning' } });
    expect(await firing()).not.toContain('ServiceDown');
    // One message for a host; the loop of a minute ago is in it still.
    await discord.program.until(() => titles().includes(`2 alerts on ${watched.host}`));
    await onHost('systemctl start ssh');
    await resolves('HostOutOfSight');

    expect(await guard.end('SIGKILL')).toBe('SIGKILL');
    await fires('GuardGone');
    await discord.program.until(() =>
      titles().some((title) => title.startsWith('tp5-tui watch is not there')),
    );
    expect(titles().every((title) => title !== '')).toBe(true);
    const { groups } = await api<Rules>('rules');
    const unhealthy = groups.flatMap(({ rules }) => rules.filter(({ health }) => health !== 'ok'));
    expect(unhealthy).toEqual([]);
  });
});
