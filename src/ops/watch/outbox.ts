/**
 * From a judgement to Discord, so that a crash at any point loses nothing and tells nothing anew: the alert is
 * on disk with what the guard remembers after it, then that is remembered by itself, and only then is the alert
 * on its way. A guard that comes back takes the newer of the two, and goes on from there.
 */
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { type CourierNews, startCourier } from '../discord/courier.ts';
import { type Alert, type DiscordMessage, discordMessage } from '../discord/message.ts';
import { claimFolder } from '../discord/owner.ts';
import type { PostOutcome } from '../discord/post.ts';
import { openSpool, type SpooledAlert, type SpoolStep } from '../discord/spool.ts';
import type { Webhook } from '../discord/webhook.ts';
import type { WebhookFileProblem } from '../discord/webhook-file.ts';
import type { GuardMemory } from './memory.ts';
import { asRecord, newest, readAlive, readRecord, writeAlive, writeRecord } from './record.ts';

export interface OutboxOptions {
  /** Holds `alerts` and `watch`; this process alone works in it. */
  readonly folder: string;
  readonly webhook: () => Promise<Webhook | WebhookFileProblem>;
  /** Never rejects. */
  readonly post: (webhook: Webhook, message: DiscordMessage) => Promise<PostOutcome>;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly onNews: (news: CourierNews) => void;
  /** Told of each point at which a crash would be survived, before going on. */
  readonly onStep?: (step: OutboxStep) => void;
}

export type OutboxStep = SpoolStep | 'remembered';

export interface Outbox {
  /** Alerts that an earlier process left. */
  readonly left: number;
  /** Files of the queue that were no alerts any more. */
  readonly damaged: readonly string[];
  /** When an earlier guard last looked, ms since the epoch; null when that is not known. */
  readonly lastWall: number | null;
  /** What an earlier guard of `key` remembered last. */
  recall(key: string): Promise<GuardMemory | null>;
  remember(key: string, memory: GuardMemory): void;
  /** @returns the event's id, which the alert shows */
  alert(key: string, memory: GuardMemory, compose: (id: string) => Alert): string;
  /** Alerts that are not delivered yet. */
  waiting(): number;
  /** Resolves when all that was handed in is on disk. */
  settled(): Promise<void>;
  /** What is in flight is waited for. */
  stop(): Promise<void>;
}

/** null: another process works in the folder. @throws the file system's errors */
export async function openOutbox(options: OutboxOptions): Promise<Outbox | null> {
  const { folder, clock, onNews, onStep = () => undefined } = options;
  const queue = join(folder, 'alerts');
  const records = join(folder, 'watch');
  const claim = await claimFolder(queue);
  if (claim === null) return null;
  const spool = await openSpool(queue, onStep);
  const lastWall = await readAlive(records);
  const courier = startCourier({ ...options, spool });
  const stopping = new AbortController();
  const revisions = new Map<string, number>();
  /** Everything that is written is written in the order in which it happened. */
  let writing: Promise<void> = Promise.resolve();

  function next(work: () => Promise<void>): void {
    writing = writing.then(work);
  }

  function revise(key: string): number {
    const revision = (revisions.get(key) ?? 0) + 1;
    revisions.set(key, revision);
    return revision;
  }

  async function orTell<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      onNews({ kind: 'disk', detail: error instanceof Error ? error.message : String(error) });
      return null;
    }
  }

  async function keep(key: string, revision: number, memory: GuardMemory): Promise<void> {
    await orTell(() => writeRecord(records, key, { revision, memory }));
    onStep('remembered');
  }

  async function stayAlive(): Promise<void> {
    for (;;) {
      await orTell(() => writeAlive(records, clock.wall()));
      await clock.sleep(ALIVE_EVERY_MS, stopping.signal);
    }
  }
  const living = stayAlive().catch(() => undefined);

  return {
    lastWall,
    left: spool.left.length,
    damaged: spool.damaged,
    async recall(key) {
      const waiting = spool.left.filter(({ lane }) => lane === key).map(({ attached }) => asRecord(attached));
      const record = newest([await readRecord(records, key), ...waiting]);
      revisions.set(key, record?.revision ?? 0);
      return record?.memory ?? null;
    },
    remember(key, memory) {
      const revision = revise(key);
      next(() => keep(key, revision, memory));
    },
    alert(key, memory, compose) {
      const id = spool.newId();
      const revision = revise(key);
      const draft = { lane: key, message: discordMessage(compose(id)), attached: { revision, memory } };
      next(async () => {
        const alert = await orTell(() => spool.add(id, draft));
        await keep(key, revision, memory);
        // A full disk is no reason to keep silent.
        courier.take(alert ?? unspooled(id, draft));
      });
      return id;
    },
    waiting: courier.waiting,
    settled: () => writing,
    async stop() {
      stopping.abort();
      await Promise.all([writing, living]);
      await courier.stop();
      await claim.release();
    },
  };
}

const ALIVE_EVERY_MS = 30_000;

function unspooled(id: string, draft: Omit<SpooledAlert, 'id' | 'seq'>): SpooledAlert {
  return { ...draft, id, seq: Number.MAX_SAFE_INTEGER };
}
