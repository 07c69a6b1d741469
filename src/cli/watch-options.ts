/** What `watch` was asked for, read and refused where it makes no sense. */
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { credentialSource, type WebhookSource } from '../ops/discord/webhook-file.ts';
import { type ListenAddress, readListenAddress } from '../ops/metrics/endpoint.ts';
import { GUARD_RULES, type GuardRules } from '../ops/watch/guard.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { type Invocation, UsageError } from './invocation.ts';

/** As commander reads them. */
export interface WatchOptions {
  readonly interval?: string;
  readonly failures?: string;
  readonly successes?: string;
  readonly webhookFile?: string;
  readonly allowInsecureWebhook?: boolean;
  readonly testAlert?: boolean;
  readonly metrics?: string;
  readonly install?: boolean;
  readonly system?: boolean;
  readonly dryRun?: boolean;
}

export interface WatchWishes {
  readonly intervalMs: number;
  readonly rules: GuardRules;
  readonly webhook: WebhookSource | null;
  readonly insecureWebhook: boolean;
  readonly metrics: ListenAddress | null;
}

const DEFAULT_INTERVAL_MS = 2000;
const SHORTEST_INTERVAL_MS = 500;
/** The guard counts as stuck when it has not looked for a minute. */
const LONGEST_INTERVAL_MS = 30_000;

/** @throws UsageError */
export function readWishes(
  options: WatchOptions,
  invocation: Invocation,
  env: NodeJS.ProcessEnv,
): WatchWishes {
  const { text } = invocation;
  const { usage } = text.watch;
  const metrics = options.metrics === undefined ? null : readListenAddress(options.metrics);
  if (options.metrics !== undefined && metrics === null)
    throw new UsageError(usage.badMetrics(options.metrics));
  for (const [given, flag] of [
    [options.system, '--system'],
    [options.dryRun, '--dry-run'],
  ] as const) {
    if (given === true && options.install !== true) throw new UsageError(usage.installOnly(flag));
  }
  if (options.testAlert === true && options.install === true) throw new UsageError(usage.oneThing);
  const intervalMs = readInterval(options.interval, text);
  return {
    intervalMs,
    rules: {
      ...GUARD_RULES,
      // A look at its time may come a little early; one that was woken comes much earlier.
      apartMs: intervalMs * 0.75,
      failures: readCount('--failures', options.failures, GUARD_RULES.failures, text),
      successes: readCount('--successes', options.successes, GUARD_RULES.successes, text),
    },
    webhook: webhookSource(options.webhookFile, invocation, env),
    insecureWebhook: options.allowInsecureWebhook === true,
    metrics,
  };
}

/** The option, then what systemd hands over, then the settings. */
export function webhookSource(
  option: string | undefined,
  { settings, settingsPath }: Invocation,
  env: NodeJS.ProcessEnv,
): WebhookSource | null {
  if (option !== undefined) return { path: resolve(withHome(option)), credential: false };
  const credential = credentialSource(env);
  if (credential !== null) return credential;
  const named = settings.discord?.webhook_file;
  // A path in the settings is seen from there, whatever folder we were started in.
  return named === undefined
    ? null
    : { path: resolve(dirname(settingsPath), withHome(named)), credential: false };
}

function withHome(path: string): string {
  return path.replace(/^~(?=[/\\]|$)/, () => homedir());
}

function readInterval(given: string | undefined, text: Catalogue): number {
  if (given === undefined) return DEFAULT_INTERVAL_MS;
  const ms = /^\d+(?:[.,]\d+)?$/.test(given) ? Number(given.replace(',', '.')) * 1000 : 0;
  if (ms < SHORTEST_INTERVAL_MS || ms > LONGEST_INTERVAL_MS) {
    throw new UsageError(text.watch.usage.badInterval(given));
  }
  return ms;
}

function readCount(option: string, given: string | undefined, otherwise: number, text: Catalogue): number {
  if (given === undefined) return otherwise;
  const count = /^\d{1,3}$/.test(given) ? Number(given) : 0;
  if (count < 1 || count > 100) throw new UsageError(text.watch.usage.badCount(option, given));
  return count;
}
