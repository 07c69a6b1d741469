/** `tp5-tui watch`: guards hosts until a signal ends it. */
import packageJson from '../../package.json' with { type: 'json' };
import type { Webhook } from '../ops/discord/webhook.ts';
import { isWebhook, readWebhookFile, type WebhookSource } from '../ops/discord/webhook-file.ts';
import type { HostMaker } from '../ops/host.ts';
import type { Endpoint } from '../ops/metrics/endpoint.ts';
import type { Metrics } from '../ops/metrics/registry.ts';
import { type Notifier, systemdNotifier } from '../ops/sd-notify.ts';
import { createTurnstile } from '../ops/turnstile.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { placeOf } from '../text/pieces.ts';
import { type CommonOptions, type Invocation, UsageError } from './invocation.ts';
import { type Io, writeJson } from './io.ts';
import { type Alerts, NO_ALERTS, openAlerts } from './watch-alerts.ts';
import { reportDuty } from './watch-duty.ts';
import { type Fleet, startFleet } from './watch-fleet.ts';
import { hostsToWatch } from './watch-hosts.ts';
import { installUnit, unitWords } from './watch-install.ts';
import { changeLine, heartbeatLine } from './watch-lines.ts';
import { readWishes, type WatchOptions, type WatchWishes } from './watch-options.ts';
import { sendTestAlert } from './watch-test-alert.ts';
import { realTools, type Tools } from './with-host.ts';

const { version } = packageJson;

/** A login is a CPU's work of some tens of milliseconds: a hundred hosts are not all asked at once. */
const LOGINS_AT_ONCE = 16;

export interface WatchCall {
  /** Of the first word, or of none. */
  readonly invocation: Invocation;
  readonly words: readonly string[];
  readonly options: CommonOptions & WatchOptions;
  readonly io: Io;
  readonly env: NodeJS.ProcessEnv;
}

export interface WatchTools extends Tools {
  /** The way over SSH that asks nothing. @throws UsageError when no host is named */
  readonly hostMaker: (invocation: Invocation) => Promise<HostMaker>;
  /** Calls at each SIGUSR1, where there is one. Returns the function that ends it. */
  readonly onHeartbeat: (beat: () => void) => () => void;
  readonly notifier: (env: NodeJS.ProcessEnv) => Notifier | null;
}

const realWatchTools: WatchTools = {
  ...realTools,
  async hostMaker(invocation) {
    const { hostMaker } = await import('./open-host.ts');
    return hostMaker(invocation);
  },
  onHeartbeat(beat) {
    if (process.platform === 'win32') return () => undefined;
    process.on('SIGUSR1', beat);
    return () => process.off('SIGUSR1', beat);
  },
  notifier: (env) => systemdNotifier(env, { pid: process.pid }),
};

/**
 * @returns the exit code: 0 when a signal has ended it, which is how a guard ends
 * @throws UsageError; Failed when this machine, or the embedded host, cannot be opened
 */
export async function runWatch(call: WatchCall, tools: WatchTools = realWatchTools): Promise<number> {
  const { invocation, words, options, io, env } = call;
  const { text } = invocation;
  const wishes = readWishes(options, invocation, env);
  if (options.install === true) return install(call, wishes);
  const webhook = await openWebhook(wishes, text);
  if (options.testAlert === true) {
    if (webhook === null) throw new UsageError(text.watch.usage.noWebhook);
    return sendTestAlert(webhook, { text, io, tools, version });
  }
  const hosts = await hostsToWatch(invocation, words, options, env);
  const say = (sentence: string): void => io.stderr.write(`${sentence}\n`);

  // Before anything is told: the first fall must find the way open.
  const alerts = await alertsFor(wishes, call, tools);
  if (alerts === null) return 1;
  const ends: (() => Promise<void> | void)[] = [alerts.stop];
  try {
    const served = wishes.metrics === null ? null : await serve(wishes.metrics, alerts, text);
    if (served !== null) {
      ends.unshift(served.endpoint.close);
      say(text.watch.metricsAt(placeOf(served.endpoint)));
    }
    const fleet = await startFleet({
      hosts,
      io,
      tools,
      turnstile: createTurnstile(LOGINS_AT_ONCE),
      hostMaker: tools.hostMaker,
      rules: wishes.rules,
      intervalMs: wishes.intervalMs,
      metrics: served?.metrics ?? null,
      recall: alerts.recall,
      lastWall: alerts.lastWall,
      tell(told, guarded) {
        const alertId = alerts.tell(told, guarded);
        writeJson(io.stdout, changeLine(told, { name: guarded.name, alertId, text }));
      },
      unreached: (name, failure) => say(text.watch.unreached(name, text.failures.describe(failure))),
    });
    ends.unshift(fleet.stop);
    served?.watch(fleet);
    say(text.watch.started(hosts.length));
    ends.unshift(tools.onHeartbeat(heart(fleet, alerts, io, tools)));
    await duty(fleet, call, tools);
  } catch (error) {
    if (!io.signal.aborted) throw error;
  } finally {
    for (const end of ends) await end();
  }
  return 0;
}

/** Until the signal: with a service manager, by telling it how things are. */
async function duty(fleet: Fleet, { io, invocation, env }: WatchCall, tools: WatchTools): Promise<void> {
  const notifier = tools.notifier(env);
  const { clock } = tools;
  const { signal } = io;
  if (notifier !== null) return reportDuty({ notifier, fleet, clock, text: invocation.text, signal });
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  if (!signal.aborted) await promise;
}

function heart(fleet: Fleet, alerts: Alerts, io: Io, { clock }: Tools): () => void {
  const beganMono = clock.now();
  return () => {
    const hosts = fleet.guarded.map(({ name, watcher }) => ({
      name,
      state: watcher.state(),
      memory: watcher.memory(),
    }));
    const now = { wall: clock.wall(), upMs: clock.now() - beganMono, alertsQueued: alerts.waiting() };
    writeJson(io.stdout, heartbeatLine(hosts, now));
  };
}

/** null: no webhook was named. @throws UsageError when the one that was cannot be used */
async function openWebhook(
  { webhook: source, insecureWebhook }: WatchWishes,
  text: Catalogue,
): Promise<Webhook | null> {
  if (source === null) return null;
  const found = await readWebhookFile(source, insecureWebhook);
  if (isWebhook(found)) return found;
  throw new UsageError(text.watch.says('watch', text.watch.webhookProblem(source.path, found)));
}

/** null when another guard delivers from the same queue, which was said. */
async function alertsFor(
  { webhook, insecureWebhook: insecure }: WatchWishes,
  { invocation, io }: WatchCall,
  tools: WatchTools,
): Promise<Alerts | null> {
  const { text, folders } = invocation;
  if (webhook === null) {
    io.stderr.write(`${text.watch.noAlerts}\n`);
    return NO_ALERTS;
  }
  if (insecure) io.stderr.write(`${text.watch.insecureWebhook}\n`);
  const folder = folders.state;
  const alerts = await openAlerts({ source: webhook, insecure, folder, version, text, io, tools });
  if (alerts === null) io.stderr.write(`${text.watch.says('watch', text.watch.busyQueue(folder))}\n`);
  return alerts;
}

interface Served {
  readonly metrics: Metrics;
  readonly endpoint: Endpoint;
  /** From here on the health of the fleet is what is served. */
  watch(fleet: Fleet): void;
}

/** @throws UsageError when it cannot listen there */
async function serve(
  listen: NonNullable<WatchWishes['metrics']>,
  alerts: Alerts,
  text: Catalogue,
): Promise<Served> {
  const [{ createMetrics }, { serveMetrics }] = await Promise.all([
    import('../ops/metrics/registry.ts'),
    import('../ops/metrics/endpoint.ts'),
  ]);
  const metrics = createMetrics(version, alerts.waiting() === null ? null : () => alerts.waiting() ?? 0);
  let fleet: Fleet | null = null;
  const healthy = (): boolean => fleet?.healthy() ?? true;
  try {
    const endpoint = await serveMetrics({ listen, registry: metrics.registry, healthy });
    return {
      metrics,
      endpoint,
      watch(started) {
        fleet = started;
      },
    };
  } catch (error) {
    const { code = '', message: detail } = error as NodeJS.ErrnoException;
    throw new UsageError(text.watch.noMetrics(placeOf(listen), listen.port, { code, detail }));
  }
}

async function install(
  { invocation, words, options, io, env }: WatchCall,
  { webhook, insecureWebhook }: WatchWishes,
): Promise<number> {
  const { text } = invocation;
  const hosts = await hostsToWatch(invocation, words, options, env);
  if (webhook === null) io.stderr.write(`${text.watch.noAlerts}\n`);
  else await checkForUnit(webhook, options.system === true, insecureWebhook, text);
  return installUnit({
    system: options.system === true,
    dryRun: options.dryRun === true,
    words: unitWords(words, options, invocation.language),
    names: hosts.map(({ name }) => name),
    webhookFile: sourceFile(webhook),
    text,
    io,
    env,
    program: [process.execPath, process.argv[1] ?? 'tp5-tui'],
    platform: process.platform,
  });
}

/**
 * A unit whose credential is not there does not start, and says little about why. root's manager reads also what
 * this user may not.
 * @throws UsageError
 */
async function checkForUnit(
  source: WebhookSource,
  system: boolean,
  insecure: boolean,
  text: Catalogue,
): Promise<void> {
  const found = await readWebhookFile(source, insecure);
  if (isWebhook(found)) return;
  const roots = found.code === 'not-ours' || (found.code === 'unreadable' && found.detail === 'EACCES');
  if (system && roots) return;
  throw new UsageError(text.watch.says('watch', text.watch.webhookProblem(source.path, found)));
}

/** What systemd hands over as a credential is read from a file of the user's own, never from another's credential. */
function sourceFile(source: WebhookSource | null): string | null {
  return source === null || source.credential ? null : source.path;
}
