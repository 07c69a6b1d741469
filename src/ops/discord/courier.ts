/**
 * Delivers what is queued: one message at a time, in order for each lane, tried again until it is taken. What
 * Discord asks for (to wait, to stop) is done.
 */
import { type BackoffLimits, backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { createPacer } from '../pacer.ts';
import type { DiscordMessage } from './message.ts';
import type { PostOutcome } from './post.ts';
import type { Spool, SpooledAlert } from './spool.ts';
import type { Webhook } from './webhook.ts';
import { isWebhook, type WebhookFileProblem } from './webhook-file.ts';

export type CourierNews =
  | { readonly kind: 'delivered'; readonly alert: SpooledAlert; readonly attempts: number }
  | {
      readonly kind: 'delayed';
      readonly alert: SpooledAlert;
      readonly restMs: number;
      readonly detail: string;
      readonly rateLimited: boolean;
    }
  | {
      readonly kind: 'rejected';
      readonly alert: SpooledAlert;
      readonly status: number;
      readonly detail: string;
      readonly file: string;
    }
  /** Nothing is delivered until the webhook's file holds another address. */
  | {
      readonly kind: 'webhook-dead';
      readonly status: number;
      readonly detail: string;
      readonly waiting: number;
    }
  | { readonly kind: 'webhook-unreadable'; readonly problem: WebhookFileProblem; readonly waiting: number }
  /** The queue's disk does not do what it must. */
  | { readonly kind: 'disk'; readonly detail: string };

export interface CourierOptions {
  readonly spool: Spool;
  readonly webhook: () => Promise<Webhook | WebhookFileProblem>;
  /** Never rejects. */
  readonly post: (webhook: Webhook, message: DiscordMessage) => Promise<PostOutcome>;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly onNews: (news: CourierNews) => void;
}

export interface Courier {
  /** Alerts that are not delivered yet. */
  waiting(): number;
  /** Delivers it when its turn comes. */
  take(alert: SpooledAlert): void;
  /** What is in flight is waited for, so that it is not sent again; what is not stays on disk. */
  stop(): Promise<void>;
}

const LIMITS: BackoffLimits = { floorMs: 500, ceilingMs: 60_000 };
/** How often the file of a webhook that does not work is looked at again. */
const LOOK_AGAIN_MS = 60_000;

/** With nothing to do it is woken. */
const IDLE_MS = 3_600_000;

interface Lane {
  readonly alerts: SpooledAlert[];
  attempts: number;
  /** Attempts that failed, but for those that Discord only put off. */
  failures: number;
  /** Until then, nothing of it is tried. */
  restUntilMono: number;
}

export function startCourier(options: CourierOptions): Courier {
  const { spool, webhook, post, clock, random, onNews } = options;
  const lanes = new Map<string, Lane>();
  const pacer = createPacer(clock);
  let stopping = false;
  /** Tries that failed since the last that did not. */
  let failures = 0;
  let restUntilMono = Number.NEGATIVE_INFINITY;
  /** What did not work, so that it is neither tried nor told again. */
  let useless: Webhook | WebhookFileProblem | null = null;

  function take(alert: SpooledAlert): void {
    const lane = lanes.get(alert.lane) ?? {
      alerts: [],
      attempts: 0,
      failures: 0,
      restUntilMono: Number.NEGATIVE_INFINITY,
    };
    lane.alerts.push(alert);
    lanes.set(alert.lane, lane);
    pacer.wake();
  }

  function waiting(): number {
    return [...lanes.values()].reduce((sum, lane) => sum + lane.alerts.length, 0);
  }

  /** The lane to try now: one message that never passes must not keep the others, so the least tried, then the oldest. */
  function nextLane(nowMono: number): Lane | null {
    const due = [...lanes.values()].filter((lane) => lane.restUntilMono <= nowMono);
    const seq = ({ alerts }: Lane): number => alerts[0]?.seq ?? 0;
    return due.sort((a, b) => a.failures - b.failures || seq(a) - seq(b))[0] ?? null;
  }

  /** Milliseconds until something may be tried; null: until there is something. */
  function restMs(nowMono: number): number | null {
    if (lanes.size === 0) return null;
    const soonest = Math.min(...[...lanes.values()].map((lane) => lane.restUntilMono));
    return Math.max(0, Math.max(soonest, restUntilMono) - nowMono);
  }

  async function usableWebhook(): Promise<Webhook | null> {
    const found = await webhook();
    if (!isWebhook(found)) {
      const news = JSON.stringify(found) !== JSON.stringify(useless);
      useless = found;
      if (news) onNews({ kind: 'webhook-unreadable', problem: found, waiting: waiting() });
      return null;
    }
    if (useless !== null && isWebhook(useless) && found.isSame(useless)) return null;
    useless = null;
    return found;
  }

  async function deliver(lane: Lane, alert: SpooledAlert, to: Webhook): Promise<void> {
    lane.attempts += 1;
    const outcome = await post(to, alert.message);
    switch (outcome.kind) {
      case 'delivered':
        return delivered(lane, alert, outcome.restMs);
      case 'rate-limited':
        restUntilMono = clock.now() + outcome.restMs;
        return onNews({ kind: 'delayed', alert, restMs: outcome.restMs, detail: '', rateLimited: true });
      case 'failed':
        return failed(lane, alert, outcome.detail);
      case 'webhook-dead': {
        useless = to;
        const { status, detail } = outcome;
        return onNews({ kind: 'webhook-dead', status, detail, waiting: waiting() });
      }
      case 'rejected': {
        const { status, detail } = outcome;
        const file = await onDisk(() => spool.setAside(alert));
        leave(lane, alert);
        return onNews({ kind: 'rejected', alert, status, detail, file: file ?? '' });
      }
    }
  }

  async function delivered(lane: Lane, alert: SpooledAlert, rest: number): Promise<void> {
    const { attempts } = lane;
    failures = 0;
    restUntilMono = clock.now() + rest;
    await onDisk(() => spool.remove(alert));
    leave(lane, alert);
    onNews({ kind: 'delivered', alert, attempts });
  }

  /** Both rest: the lane, longer with each of its failures; and all, lest Discord is knocked at by each in turn. */
  function failed(lane: Lane, alert: SpooledAlert, detail: string): void {
    const nowMono = clock.now();
    const rest = backoffMs(failures, random(), LIMITS);
    lane.restUntilMono = nowMono + backoffMs(lane.failures, random(), LIMITS);
    restUntilMono = nowMono + rest;
    lane.failures += 1;
    failures += 1;
    onNews({ kind: 'delayed', alert, restMs: rest, detail, rateLimited: false });
  }

  function leave(lane: Lane, alert: SpooledAlert): void {
    lane.alerts.shift();
    lane.attempts = 0;
    lane.failures = 0;
    lane.restUntilMono = Number.NEGATIVE_INFINITY;
    if (lane.alerts.length === 0) lanes.delete(alert.lane);
  }

  /** An alert that was delivered counts as such, though the disk would not forget it. */
  async function onDisk<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      onNews({ kind: 'disk', detail: error instanceof Error ? error.message : String(error) });
      return null;
    }
  }

  async function run(): Promise<void> {
    while (!stopping) {
      const rest = restMs(clock.now());
      if (rest === null || rest > 0) {
        await pacer.rest(rest ?? IDLE_MS);
        continue;
      }
      const to = await usableWebhook();
      const lane = nextLane(clock.now());
      const [alert] = lane?.alerts ?? [];
      if (stopping) return;
      if (to === null || lane === null || alert === undefined) await pacer.rest(LOOK_AGAIN_MS);
      else await deliver(lane, alert, to);
    }
  }

  for (const alert of spool.left) take(alert);
  // Not before whoever starts it holds it.
  const running = Promise.resolve().then(run);

  return {
    waiting,
    take,
    stop() {
      stopping = true;
      pacer.wake();
      return running;
    },
  };
}
