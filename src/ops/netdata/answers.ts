/** What Netdata's API and its notification settings say about the watch on one port. Pure. */
import { maskSecrets } from '../mask.ts';
import { isObject, type Json, number, parseObject, word } from './json.ts';

/** A chart of the TCP check (go.d/portcheck): success, failed or timeout, one of them 1. */
export interface PortChart {
  readonly id: string;
  /** Whether it saw the port lately; null when that cannot be told, or not yet. */
  readonly success: boolean | null;
}

/** An alarm on a chart of the TCP check. */
export interface PortAlarm {
  readonly name: string;
  readonly chart: string;
  readonly status: string;
  /** Notifies nobody: `to: silent`, or silenced or disabled by hand. */
  readonly silent: boolean;
  /** From a dead port to the alarm, ms, by its own settings; Infinity: no threshold that it could cross. */
  readonly withinMs: number;
}

/** `health_alarm_notify.conf`, as far as Discord goes. */
export interface DiscordSettings {
  readonly file: string;
  readonly send: boolean;
  readonly webhook: 'none' | 'malformed' | 'set';
  /** Masked; `''` for none. */
  readonly shown: string;
  readonly recipient: string;
}

/** `version` of `/api/v1/info`; null when it is no such answer. */
export function parseInfo(text: string): string | null {
  return word(parseObject(text)?.version) || null;
}

/**
 * The chart that watches `port`, of `/api/v1/charts`; null when none does, undefined for no such answer. Its id ends in
 * `port_<port>_status` (go.d's portcheck, with words of its own in between since 2024).
 */
export function findPortChart(text: string, port: number): string | null | undefined {
  const charts = parseObject(text)?.charts;
  if (!isObject(charts)) return undefined;
  for (const chart of Object.values(charts)) {
    if (!isObject(chart) || word(chart.context) !== 'portcheck.status') continue;
    const labels = isObject(chart.chart_labels) ? chart.chart_labels : {};
    const id = word(chart.id);
    if (word(labels.port) === String(port) || new RegExp(`port_(?:.*_)?${port}_status$`).test(id)) return id;
  }
  return null;
}

/** Whether any row of `/api/v1/data` says success; null without rows. Read by position, see its labels. */
export function parsePortSuccess(text: string): boolean | null {
  const answer = parseObject(text);
  const column = Array.isArray(answer?.labels) ? answer.labels.indexOf('success') : -1;
  const rows: readonly unknown[] = Array.isArray(answer?.data) ? answer.data : [];
  if (column < 0) return null;
  const values = rows.flatMap((row) => {
    const value: unknown = Array.isArray(row) ? row[column] : null;
    return typeof value === 'number' ? [value] : [];
  });
  return values.length === 0 ? null : values.some((value) => value > 0);
}

/** The alarms of `/api/v1/alarms?all` on one chart. */
export function parsePortAlarms(text: string, chart: string): readonly PortAlarm[] {
  const alarms = parseObject(text)?.alarms;
  if (!isObject(alarms)) return [];
  return Object.values(alarms).flatMap((alarm): PortAlarm[] => {
    if (!isObject(alarm) || word(alarm.chart) !== chart) return [];
    return [
      {
        name: word(alarm.name),
        chart,
        status: word(alarm.status),
        silent: word(alarm.recipient) === 'silent' || alarm.silenced === true || alarm.disabled === true,
        withinMs: timeToAlarm(alarm),
      },
    ];
  });
}

/**
 * How long the port must have been dead before the alarm is raised: until the share of failed checks in
 * its window crosses the threshold, seen at its next evaluation, and its own delay.
 */
function timeToAlarm(alarm: Json): number {
  const windowS = Math.abs(number(alarm.lookup_after));
  const dimensions = word(alarm.lookup_dimensions)
    .split(/[,|]/)
    .filter((name) => name !== '');
  const shares = [alarm.warn, alarm.crit].flatMap((expression) => {
    const share = shareToCross(word(expression), word(alarm.lookup_options), word(alarm.units), dimensions);
    return share === null ? [] : [share];
  });
  if (shares.length === 0) return Number.POSITIVE_INFINITY;
  return (
    (Math.min(...shares) * windowS + number(alarm.update_every) + number(alarm.delay_up_duration)) * 1000
  );
}

/**
 * The share of dead seconds, 0–1, that makes `$this < 50` or `$this > (($status >= $WARNING) ? (5) : (10))`
 * true: of the two thresholds of a hysteresis the one from the clear state, which comes last. Of two
 * conditions (`$this >= 10 AND $this < 40`) the first is the one to cross.
 */
function shareToCross(
  expression: string,
  options: string,
  units: string,
  dimensions: readonly string[],
): number | null {
  const [plain = ''] = expression
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .split(/\bAND\b|&&/);
  const operator = /\$this\s*([<>=!]=?)/.exec(plain)?.[1];
  const threshold = [...plain.matchAll(/\d+(?:\.\d+)?/g)].at(-1)?.[0];
  if (operator === undefined || threshold === undefined) return null;
  const falls = operator.startsWith('<');
  // A stopped service refuses: neither its success nor its timeouts rise.
  const moves = falls ? ['success'] : ['failed', 'no_connection'];
  if (dimensions.length > 0 && !dimensions.some((name) => moves.includes(name))) return null;
  const percent = options.includes('percentage') || units === '%' || Number(threshold) > 1;
  const share = Number(threshold) / (percent ? 100 : 1);
  // `==` and `!=` need a whole window.
  if (falls) return clamp(1 - share);
  return operator.startsWith('>') ? clamp(share) : 1;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

/** `https://discord.com/api/webhooks/<id>/<token>`: whoever knows it can post (Discord's webhook API). */
const WEBHOOK = /^https:\/\/(?:[a-z]+\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d+\/[\w-]+$/;

/** Reads the assignments of the shell file; the last one of a name counts. */
export function parseDiscord(text: string, file: string): DiscordSettings {
  const value = (name: string): string => {
    const all = [...text.matchAll(new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}=(.*)$`, 'gm'))];
    const raw = (all.at(-1)?.[1] ?? '').trim();
    return (
      /^"([^"]*)"|^'([^']*)'|^([^\s#;]*)/
        .exec(raw)
        ?.slice(1)
        .find((part) => part !== undefined) ?? ''
    );
  };
  const webhook = value('DISCORD_WEBHOOK_URL');
  return {
    file,
    send: value('SEND_DISCORD') === 'YES',
    webhook: webhook === '' ? 'none' : WEBHOOK.test(webhook) ? 'set' : 'malformed',
    shown: shownWebhook(webhook),
    recipient: value('DEFAULT_RECIPIENT_DISCORD'),
  };
}

/** Where it leads, if it is an address at all: what stands there is meant to be a secret, whatever its shape. */
function shownWebhook(webhook: string): string {
  if (webhook === '') return '';
  return WEBHOOK.test(webhook)
    ? maskSecrets(webhook)
    : `${/^https?:\/\/[\w.-]+\//.exec(webhook)?.[0] ?? ''}…`;
}

/** The alarms on one chart as `jq -c` prints what they were judged by. */
export function printAlarms(text: string, chart: string): string {
  const alarms = parseObject(text)?.alarms;
  if (!isObject(alarms)) return '';
  const lines = Object.values(alarms).flatMap((alarm): string[] => {
    if (!isObject(alarm) || word(alarm.chart) !== chart) return [];
    const { name, recipient, lookup_after = null, update_every, warn = null, crit = null } = alarm;
    return [JSON.stringify({ name, recipient, lookup_after, update_every, warn, crit })];
  });
  return lines.join('\n');
}
