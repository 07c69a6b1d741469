/** How Netdata is set up on a host, how it should be to guard our port, and the plan between the two. Changes nothing. */
import { isLoopback, isWildcard } from '../address.ts';
import type { Clock } from '../clock.ts';
import type { FoundFile, Look } from '../deploy/look.ts';
import { look } from '../deploy/look.ts';
import type { Step } from '../deploy/plan.ts';
import { complaint } from '../deploy/root-command.ts';
import { readUnit } from '../deploy/unit-file.ts';
import type { Webhook } from '../discord/webhook.ts';
import { Failed } from '../failure.ts';
import type { Host, InterfaceAddress } from '../host.ts';
import { AGENT_FILE, alarmSettings, apiSettings, type Setting } from './agent-conf.ts';
import { ALARM_FILE, withAlarm } from './alarm.ts';
import { discordIn, NOTIFY_FILE, NOTIFY_MODE, withDiscord } from './notify-conf.ts';
import {
  collectors,
  configFolders,
  LOCATE,
  type Located,
  NETDATA_UNIT,
  parseLocated,
  stockFolder,
} from './place.ts';
import { fileSteps, textIn, unitSteps } from './plan.ts';
import { chartOf, PORTCHECK_FILE, withPortcheckJob } from './portcheck-conf.ts';
import { chartNow } from './running.ts';
import { netdataStopped } from './stopped.ts';

export interface NetdataWish {
  /** The service's unit, which names the job. */
  readonly unit: string;
  readonly port: number;
  /** The address that the settings name for the service; null: none. */
  readonly address: string | null;
  /** Where alerts go; null: what is on the host stays. */
  readonly webhook: Webhook | null;
  /** The folder of the transactions. @default `STATE` */
  readonly state?: string;
}

export type NetdataNote =
  /** The settings of Discord hold no webhook: alarms are raised and nobody hears of them. */
  | { readonly code: 'no-webhook'; readonly path: string }
  /** Debian's package has no TCP check; something else must make its charts. */
  | { readonly code: 'no-collector' }
  /** The settings turned Discord off; they are to turn it on. */
  | { readonly code: 'discord-was-off'; readonly path: string }
  /** The service does not listen now: the check was given the address that it should listen on. */
  | { readonly code: 'not-listening'; readonly address: string; readonly port: number };

export interface NetdataSurvey {
  readonly wish: NetdataWish;
  readonly state: string;
  readonly located: Located;
  /** Where its settings are, e.g. `/etc/netdata`. */
  readonly folder: string;
  readonly stock: string;
  /** Where the check dials. */
  readonly address: string;
  readonly job: string;
  /** The id of the chart of its check. */
  readonly chart: string;
  readonly collector: boolean;
  /** What its own netdata.conf, at `path`, says of its API and of its alarms. */
  readonly agent: {
    readonly path: string;
    readonly api: readonly Setting[];
    readonly alarms: readonly Setting[];
  };
  /** Whether anybody is to be told: there is a webhook, given now or there already. */
  readonly tells: boolean;
  /** The one that was given; null: what is on the host stays. */
  readonly webhook: string | null;
  readonly steps: readonly Step[];
  readonly notes: readonly NetdataNote[];
  readonly nowSec: number;
}

/** Apart from the service's own deployments: what one of those replaced is kept when Netdata is set up. */
export const STATE = '/var/lib/tp5-tui/netdata';
/** Discord ignores it, the webhook decides on the channel; Netdata wants one. */
const RECIPIENT = 'alarms';

export interface SurveyOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** @default 19999 */
  readonly apiPort?: number;
}

/** @throws DeployStopped when it cannot be set up as wished; Failed */
export async function surveyNetdata(
  host: Host,
  wish: NetdataWish,
  options: SurveyOptions,
): Promise<NetdataSurvey> {
  const state = wish.state ?? STATE;
  const located = await locate(host, options);
  if (located.load === 'masked') throw netdataStopped({ problem: 'masked' });
  if (located.load !== 'loaded') {
    throw netdataStopped({ problem: 'absent', family: located.family, system: located.system });
  }
  const folders = configFolders(located.prefix);
  const programs = collectors(located.prefix);
  const unitFile = `/etc/systemd/system/${wish.unit}`;
  const settings = [PORTCHECK_FILE, ALARM_FILE, NOTIFY_FILE];
  const read = [...settings, AGENT_FILE];
  const [seen, listening, interfaces] = await Promise.all([
    look(
      host,
      { state, unit: NETDATA_UNIT },
      [unitFile, ...programs, ...folders.flatMap((folder) => [folder, ...pathsIn(folder, read)])],
      options.signal,
    ),
    host.listeners.read(wish.port),
    host.listeners.interfaces(),
  ]);
  const file = (path: string): FoundFile => found(seen, path);
  const folder = folders.find((path) => file(path).kind === 'folder' || file(path).kind === 'link');
  if (folder === undefined) throw netdataStopped({ problem: 'no-config-folder', looked: folders });

  const bound = listening.listeners.map(({ address }) => address);
  const address = addressOf(bound, wish, file(unitFile), host.info.address);
  const portcheckPath = `${folder}/${PORTCHECK_FILE}`;
  const portcheck = withPortcheckJob(textIn(file(portcheckPath)), {
    unit: wish.unit,
    host: address,
    port: wish.port,
    isThisHost: (named) => isThisHost(named, interfaces),
  });
  if (!portcheck.ok) {
    const { line, text, why } = portcheck;
    throw netdataStopped({ problem: 'cannot-edit', path: portcheckPath, line, text, why });
  }
  const notify = file(`${folder}/${NOTIFY_FILE}`);
  const notifyBefore = textIn(notify);
  const webhook = wish.webhook === null ? null : withoutSlash(wish.webhook.reveal().href);
  const discord = discordIn(notifyBefore ?? '');
  const nowhere = webhook === null && discord.webhook === '';
  if (!nowhere) refuseUnreadable(notify.path, notifyBefore ?? '', webhook);
  const collector = programs.some((path) => file(path).kind === 'file' || file(path).kind === 'link');
  const agent = agentSettings(file(`${folder}/${AGENT_FILE}`));

  const running = { located, agent, nowSec: seen.nowSec, collector };
  const theirs = await chartNow(host, { ...running, port: wish.port, address }, options);
  const chart = theirs ?? chartOf(portcheck.job, wish.port);
  const alarm = file(`${folder}/${ALARM_FILE}`);
  const files = [
    ...fileSteps(file(`${folder}/go.d`), file(portcheckPath), portcheck.text, {}),
    ...fileSteps(file(`${folder}/health.d`), alarm, withAlarm(textIn(alarm), { unit: wish.unit, chart }), {}),
    ...(nowhere
      ? []
      : fileSteps(file(folder), notify, withDiscord(notifyBefore, { webhook, recipient: RECIPIENT }), {
          mode: NOTIFY_MODE,
          owner: `root:${located.group}`,
          secret: true,
        })),
  ];
  return {
    wish,
    state,
    located,
    folder,
    stock: stockFolder(located.prefix),
    address,
    job: portcheck.job,
    chart,
    collector,
    agent,
    tells: !nowhere,
    webhook,
    steps: [
      ...files,
      ...unitSteps(
        located,
        files,
        settings.map((path) => file(`${folder}/${path}`)),
      ),
    ],
    notes: [
      ...(nowhere ? [{ code: 'no-webhook' as const, path: `${folder}/${NOTIFY_FILE}` }] : []),
      ...(nowhere || discord.send !== false ? [] : [{ code: 'discord-was-off' as const, path: notify.path }]),
      ...(collector ? [] : [{ code: 'no-collector' as const }]),
      ...(bound.length > 0 ? [] : [{ code: 'not-listening' as const, address, port: wish.port }]),
    ],
    nowSec: seen.nowSec,
  };
}

async function locate(host: Host, { signal }: SurveyOptions): Promise<Located> {
  const result = await host.run(['sh', '-c', LOCATE], signal ? { signal } : {});
  if (result.code !== 0) {
    throw new Failed({ code: 'host-error', name: NETDATA_UNIT, detail: complaint(result) });
  }
  return parseLocated(result.stdout);
}

/** Shell settings that alarm-notify.sh would not read as they look. @throws DeployStopped */
function refuseUnreadable(path: string, text: string, webhook: string | null): void {
  if (text.includes('\r\n')) throw netdataStopped({ problem: 'carriage-returns', path });
  const several = /https?:\/\/[^\s,]+[\s,]+https?:/.test(discordIn(text).webhook);
  if (webhook === null && several) throw netdataStopped({ problem: 'several-webhooks', path });
}

function agentSettings(file: FoundFile): NetdataSurvey['agent'] {
  const text = file.content === null ? '' : new TextDecoder().decode(file.content);
  return { path: file.path, api: apiSettings(text), alarms: alarmSettings(text) };
}

/** The files, each with the folder that it is in. */
function pathsIn(folder: string, files: readonly string[]): string[] {
  return files.flatMap((file) => {
    const path = `${folder}/${file}`;
    const inside = path.slice(0, path.lastIndexOf('/'));
    return inside === folder ? [path] : [inside, path];
  });
}

function found(seen: Look, path: string): FoundFile {
  const file = seen.files.find((one) => one.path === path);
  if (file === undefined) throw new Error(`look.sh left out ${path}`);
  return file;
}

/**
 * Where the service listens, else where it should: from its settings, its unit's line, its host. An address of the
 * network rather than a loopback one: what answers there answers others.
 */
function addressOf(
  bound: readonly string[],
  wish: NetdataWish,
  unitFile: FoundFile,
  otherwise: string,
): string {
  const unit = readUnit(unitFile.content === null ? '' : new TextDecoder().decode(unitFile.content));
  const outside = wish.address ?? otherwise;
  const named = bound.length > 0 ? bound : [unit.listen ?? outside];
  if (named.some(isWildcard) || named.includes(outside)) return outside;
  return named.find((address) => !isLoopback(address)) ?? named[0] ?? outside;
}

function isThisHost(named: string, interfaces: readonly InterfaceAddress[]): boolean {
  const host = named.replace(/^\[(.*)\]$/, '$1');
  if (host === '' || host === 'localhost' || isLoopback(host) || isWildcard(host)) return true;
  return interfaces.some(({ address }) => address === host);
}

/** Netdata puts `/slack` behind it. */
function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '');
}

/** Whether two surveys of a host would do the same: nothing was changed there in between. */
export function sameNetdataPlan(one: NetdataSurvey, other: NetdataSurvey): boolean {
  const told = ({ steps }: NetdataSurvey): string =>
    JSON.stringify(
      steps.map((step) => [
        step.kind,
        step.path,
        step.before,
        step.kind === 'write' ? Buffer.from(step.content).toString('base64') : step.after,
      ]),
    );
  return told(one) === told(other);
}
