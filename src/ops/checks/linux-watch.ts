/** Facts about Netdata's watch, from its API and its files on the host. */
import { maskSecrets } from '../mask.ts';
import {
  findPortChart,
  type PortChart,
  parseDiscord,
  parseInfo,
  parsePortAlarms,
  parsePortSuccess,
  printAlarms,
} from '../netdata/answers.ts';
import type { Asking } from './answers.ts';
import type { Asker } from './asker.ts';
import type { Evidence } from './check.ts';
import { type Fact, seen, unseen } from './facts.ts';
import { firstOf } from './feed.ts';
import type { Get, Sources } from './gather.ts';
import { failed, unitState } from './linux-machine.ts';
import { shellWord } from './shell-word.ts';

/** `/api/v1/charts` of a host with many containers and disks. */
const API_BYTES = 32 * 1024 * 1024;

/** Packaged, and the static installation of Netdata's own script (learn.netdata.cloud, "Install"). */
const COLLECTORS = [
  '/usr/libexec/netdata/plugins.d/go.d.plugin',
  '/usr/lib/netdata/plugins.d/go.d.plugin',
  '/opt/netdata/usr/libexec/netdata/plugins.d/go.d.plugin',
];

/** Stock settings first: alarm-notify.sh reads them, then the administrator's, and the last one counts. */
const NOTIFY_FILES = [
  '/usr/lib/netdata/conf.d/health_alarm_notify.conf',
  '/opt/netdata/usr/lib/netdata/conf.d/health_alarm_notify.conf',
  '/opt/netdata/etc/netdata/health_alarm_notify.conf',
  '/etc/netdata/health_alarm_notify.conf',
];

/** Three rounds of go.d's portcheck, which looks every 5 s. */
const WINDOW_S = 15;

const NOTIFY_NAMES = 'SEND_DISCORD|DISCORD_WEBHOOK_URL|DEFAULT_RECIPIENT_DISCORD';

export function watchSources(ask: Asker, { host, clock, signal, subject }: Asking): Sources {
  const { port, expected } = subject;
  const api = (path: string): string => `http://127.0.0.1:${expected.netdataPort}/api/v1/${path}`;
  const fetch = (path: string) => ask(['curl', '-s', '-m', '3', api(path)], { maxBytes: API_BYTES });
  /** Its answers are long: what is shown is the part that was looked at, by the command that shows just that. */
  const shown = (path: string, filter: string, output: string): Evidence => ({
    command: `curl -s '${api(path)}' | jq ${filter}`,
    output,
  });

  async function answering(get: Get): Promise<Fact<null>> {
    const answer = await get('netdataApi');
    if (!answer.seen) return answer;
    if (answer.value.version === null)
      return unseen({ code: 'after', id: 'netdata-api' }, ...answer.evidence);
    return seen(null);
  }

  return {
    netdata: () => unitState(ask, 'netdata.service'),
    async netdataApi() {
      const said = await fetch('info');
      if (said.unseen !== null) return failed(said);
      const version = parseInfo(said.stdout);
      if (version === null) return seen({ version }, { command: said.command, output: said.evidence.output });
      return seen({ version }, shown('info', '-r .version', version));
    },
    async portChart(get): Promise<Fact<PortChart | null>> {
      const api = await answering(get);
      if (!api.seen) return api;
      const said = await fetch('charts');
      const id = findPortChart(said.stdout, port);
      if (id === undefined) return failed(said);
      const evidence = shown('charts', `-r '.charts[].id' | grep portcheck`, id ?? '');
      if (id === null) {
        const collectors = await ask(['ls', ...COLLECTORS]);
        if (collectors.stdout.trim() === '') {
          return unseen({ code: 'no-collector' }, evidence, collectors.evidence);
        }
        return seen(null, evidence);
      }
      const data = await fetch(`data?chart=${encodeURIComponent(id)}&after=-${WINDOW_S}&format=json`);
      const success = parsePortSuccess(data.stdout);
      // A service that has only just started may not have been checked since.
      const { sinceMono } = await firstOf(host.service, signal);
      const young = sinceMono !== null && clock.now() - sinceMono < WINDOW_S * 1000;
      return seen({ id, success: success === false && young ? null : success }, evidence, data.evidence);
    },
    async portAlarms(get) {
      const chart = await get('portChart');
      if (!chart.seen) return unseen(chart.why);
      if (chart.value === null) return unseen({ code: 'after', id: 'netdata-portcheck' });
      const said = await fetch('alarms?all');
      if (said.code !== 0) return failed(said);
      const { id } = chart.value;
      const filter = `.alarms[] | select(.chart == ${JSON.stringify(id)}) | {name, recipient, lookup_after, update_every, warn, crit}`;
      return seen(
        parsePortAlarms(said.stdout, id),
        shown('alarms?all', `-c ${shellWord(filter)}`, printAlarms(said.stdout, id)),
      );
    },
    async discord(get) {
      const netdata = await get('netdata');
      if (netdata.seen && netdata.value.load === 'not-found') {
        return unseen({ code: 'after', id: 'netdata-active' }, ...netdata.evidence);
      }
      const said = await ask(['grep', '-E', `^(${NOTIFY_NAMES})=`, ...NOTIFY_FILES], { root: true });
      if (said.unseen !== null) return failed(said);
      // `grep` names the file before each line, and those that are not there on stderr.
      const lines = said.stdout.split('\n').filter((line) => line !== '');
      const text = lines.map((line) => line.replace(/^[^:]*:/, '')).join('\n');
      const file =
        NOTIFY_FILES.find((path) => lines.at(-1)?.startsWith(`${path}:`)) ?? NOTIFY_FILES.at(-1) ?? '';
      const evidence = { command: said.command, output: maskSecrets(said.stdout.trimEnd()) };
      return seen(parseDiscord(text, file), evidence);
    },
  };
}
