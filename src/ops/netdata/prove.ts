/** That Netdata guards the port: it answers, sees what is, has our alarm, and would tell Discord. */
import { isWildcard } from '../address.ts';
import type { Clock } from '../clock.ts';
import { asRoot, complaint } from '../deploy/root-command.ts';
import type { Host } from '../host.ts';
import { ALARM } from './alarm.ts';
import { type PortAlarm, parsePortAlarms } from './answers.ts';
import { NETDATA_PORT, type NetdataApi, openNetdataApi } from './api.ts';
import { findWatch } from './find-watch.ts';
import { NOTIFY_FILE, withoutSecret } from './notify-conf.ts';
import { parseSamples } from './observations.ts';
import { RUNS_AS } from './place.ts';
import { askVersion } from './running.ts';
import { netdataStopped } from './stopped.ts';
import type { NetdataSurvey } from './survey.ts';

/** What was seen; null where it was not, or could not be, looked at. */
export interface NetdataProved {
  readonly version: string | null;
  readonly chart: string | null;
  /** What its latest check saw; the same as is. */
  readonly sees: 'up' | 'down' | null;
  readonly alarm: { readonly name: string; readonly status: string; readonly withinMs: number } | null;
  /** Whether alarm-notify.sh, read as it reads, has the webhook and somebody to tell. */
  readonly discord: 'ready' | 'not-asked' | null;
}

export const NOTHING_PROVED: NetdataProved = {
  version: null,
  chart: null,
  sees: null,
  alarm: null,
  discord: null,
};

export interface NetdataProofOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProof?: (proved: NetdataProved) => void;
  /** @default 19999 */
  readonly apiPort?: number;
}

/** A large database that is opened anew, on a small VM. */
const ANSWER_WITHIN_MS = 75_000;
/** go.d starts its jobs some seconds after Netdata, and a check comes every 5 s. */
const CHART_WITHIN_MS = 30_000;
const VALUE_WITHIN_MS = 20_000;
/** Three results fill the alarm's window. */
const ALARM_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 500;
const LATEST_S = 11;
const ALARMS_BYTES = 16 * 1024 * 1024;

/** @throws DeployStopped `netdata`; Failed; the signal's reason */
export async function proveNetdata(
  host: Host,
  survey: NetdataSurvey,
  { clock, signal, onProof, apiPort = NETDATA_PORT }: NetdataProofOptions,
): Promise<NetdataProved> {
  let proved = NOTHING_PROVED;
  const tell = (more: Partial<NetdataProved>): void => {
    proved = { ...proved, ...more };
    onProof?.(proved);
  };
  const api = openNetdataApi(host, { clock, port: apiPort });
  const within = <T>(ms: number, look: () => Promise<T | undefined>): Promise<T | undefined> =>
    untilSeen(look, { ms, clock, signal });
  try {
    const { chart, job, wish, collector, agent } = survey;
    const { path } = agent;
    let detail = '';
    const version = await within(ANSWER_WITHIN_MS, async () => {
      const said = await askVersion(api, signal);
      detail = said.detail;
      return said.version ?? undefined;
    });
    if (version === undefined) {
      throw netdataStopped({ problem: 'silent', port: apiPort, detail, path, settings: agent.api });
    }
    tell({ version });

    // That very one: another check of the same port, of another host, is not what our alarm is on.
    const made = await within(CHART_WITHIN_MS, async () =>
      (await findWatch(api, wish.port, [survey.address], signal, chart)) === chart ? true : undefined,
    );
    if (made === undefined) throw netdataStopped({ problem: 'no-chart', job, port: wish.port, collector });
    tell({ chart });

    tell({ sees: await seesWhatIs(host, api, { chart, survey, signal, within }) });

    const alarm = await within(ALARM_WITHIN_MS, () => findAlarm(api, chart, signal));
    if (alarm === undefined) {
      const settings = agent.alarms;
      throw netdataStopped({ problem: 'alarm-not-loaded', chart, alarm: ALARM, path, settings });
    }
    if (alarm.silent) throw netdataStopped({ problem: 'alarm-silent', alarm: ALARM });
    const { name, status, withinMs } = alarm;
    tell({ alarm: { name, status, withinMs } });

    if (survey.tells) await readsDiscord(host, survey, signal);
    tell({ discord: survey.tells ? 'ready' : 'not-asked' });
    return proved;
  } finally {
    api.close();
  }
}

async function untilSeen<T>(
  look: () => Promise<T | undefined>,
  { ms, clock, signal }: { readonly ms: number; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<T | undefined> {
  const until = clock.now() + ms;
  for (;;) {
    signal.throwIfAborted();
    const seen = await look();
    if (seen !== undefined || clock.now() >= until) return seen;
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
}

interface Seeing {
  readonly chart: string;
  readonly survey: NetdataSurvey;
  readonly signal: AbortSignal;
  readonly within: <T>(ms: number, look: () => Promise<T | undefined>) => Promise<T | undefined>;
}

/** The check must say what the host's own sockets say: a check of a wrong address would cry wolf for ever. */
async function seesWhatIs(
  host: Host,
  api: NetdataApi,
  { chart, survey, signal, within }: Seeing,
): Promise<'up' | 'down'> {
  let last: { readonly sees: 'up' | 'down'; readonly listening: boolean } | null = null;
  const path = `data?chart=${encodeURIComponent(chart)}&dimensions=success&format=json&after=-${LATEST_S}`;
  const agreed = await within(VALUE_WITHIN_MS, async () => {
    const { body } = await api.get(path, { signal });
    const sample = parseSamples(body).at(-1);
    if (sample === undefined) return undefined;
    const { listeners } = await host.listeners.read(survey.wish.port);
    const listening = listeners.some(({ address }) => address === survey.address || isWildcard(address));
    last = { sees: sample.up ? 'up' : 'down', listening };
    return sample.up === listening ? last.sees : undefined;
  });
  if (agreed !== undefined) return agreed;
  const seen = last as { readonly listening: boolean } | null;
  throw netdataStopped(
    seen === null
      ? { problem: 'no-values', chart }
      : { problem: 'sees-otherwise', chart, listening: seen.listening },
  );
}

/** Loaded, and evaluated at least once. */
async function findAlarm(
  api: NetdataApi,
  chart: string,
  signal: AbortSignal,
): Promise<PortAlarm | undefined> {
  const { body } = await api.get('alarms?all', { signal, maxBytes: ALARMS_BYTES });
  const alarm = parsePortAlarms(body, chart).find(({ name }) => name === ALARM);
  return alarm?.status === 'UNINITIALIZED' || alarm?.status === 'UNDEFINED' ? undefined : alarm;
}

/**
 * Reads the settings as alarm-notify.sh does, as the user that it runs as: the stock file, then the
 * administrator's; a role without recipients has the default ones. The webhook comes on stdin, and neither goes
 * into an argument nor comes back.
 */
const READ_AS_NETDATA = `${RUNS_AS}
exec timeout 10 runuser -u "$user" -- bash -c '
  IFS= read -r wanted
  declare -A role_recipients_discord
  [ ! -f "$1" ] || . "$1" || exit 1
  . "$2" || exit 1
  to=\${role_recipients_discord[sysadmin]:-$DEFAULT_RECIPIENT_DISCORD}
  [ "$SEND_DISCORD" = YES ] || { echo "SEND_DISCORD=$SEND_DISCORD" >&2; exit 1; }
  [ -n "$DISCORD_WEBHOOK_URL" ] || { echo "DISCORD_WEBHOOK_URL is empty" >&2; exit 1; }
  [ "\${wanted:-$DISCORD_WEBHOOK_URL}" = "$DISCORD_WEBHOOK_URL" ] || { echo "DISCORD_WEBHOOK_URL is another" >&2; exit 1; }
  case $to in "" | disabled) echo "role_recipients_discord[sysadmin]=$to" >&2; exit 1 ;; esac
' bash "$1" "$2"`;

async function readsDiscord(
  host: Host,
  { stock, folder, webhook }: NetdataSurvey,
  signal: AbortSignal,
): Promise<void> {
  const path = `${folder}/${NOTIFY_FILE}`;
  const argv = ['sh', '-c', READ_AS_NETDATA, 'sh', `${stock}/${NOTIFY_FILE}`, path];
  const result = await asRoot(host, argv, { input: `${webhook ?? ''}\n`, signal });
  if (result.code === 0) return;
  // A shell that cannot read a line says the line.
  const detail = withoutSecret(complaint(result), webhook);
  throw netdataStopped({ problem: 'discord-unread', path, detail });
}
