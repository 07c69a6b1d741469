/** The alerts of a guard: composed, queued on disk, delivered; or nobody's, where there is no webhook. */
import { postMessage } from '../ops/discord/post.ts';
import { readWebhookFile, type WebhookSource } from '../ops/discord/webhook-file.ts';
import { isJudgement } from '../ops/watch/event.ts';
import type { GuardMemory } from '../ops/watch/memory.ts';
import { openOutbox } from '../ops/watch/outbox.ts';
import type { Told } from '../state/watch/watcher.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { type Io, writeJson } from './io.ts';
import { alertOf } from './watch-alert.ts';
import { newsLine, newsWords } from './watch-news.ts';
import type { Tools } from './with-host.ts';

export interface Alerts {
  /** When an earlier guard last looked, ms since the epoch; null when that is not known. */
  readonly lastWall: number | null;
  recall(key: string): Promise<GuardMemory | null>;
  /** @returns the id of the alert that tells of it; null when none does */
  tell(told: Told, guarded: { readonly name: string; readonly key: string }): string | null;
  /** Alerts that are not delivered yet; null where none are sent. */
  waiting(): number | null;
  stop(): Promise<void>;
}

export const NO_ALERTS: Alerts = {
  lastWall: null,
  recall: async () => null,
  tell: () => null,
  waiting: () => null,
  stop: async () => undefined,
};

export interface AlertsOptions {
  readonly source: WebhookSource;
  readonly insecure: boolean;
  /** Holds the queue. */
  readonly folder: string;
  readonly version: string;
  readonly text: Catalogue;
  readonly io: Io;
  readonly tools: Pick<Tools, 'clock'>;
}

/** null: another process delivers from the same folder. */
export async function openAlerts(options: AlertsOptions): Promise<Alerts | null> {
  const { source, insecure, folder, version, text, io, tools } = options;
  const { clock } = tools;
  const say = (words: string): void => io.stderr.write(`${words}\n`);
  const outbox = await openOutbox({
    folder,
    clock,
    random: Math.random,
    webhook: () => readWebhookFile(source, insecure),
    // Not ended by the signal that ends the guard: what Discord has taken must not be sent again.
    post: (webhook, message) => postMessage(webhook, message, { clock, signal: NEVER }),
    onNews(news) {
      writeJson(io.stdout, newsLine(news, clock.wall()));
      if (news.kind !== 'delivered') say(newsWords(news, source, text));
    },
  });
  if (outbox === null) return null;
  if (outbox.left > 0) say(text.watch.leftOver(outbox.left));
  for (const file of outbox.damaged) say(text.watch.damaged(file));
  return {
    lastWall: outbox.lastWall,
    recall: outbox.recall,
    tell({ event, ...rest }, { name, key }) {
      if (!isJudgement(event)) return null;
      if (!event.alert) {
        outbox.remember(key, rest.memory);
        return null;
      }
      return outbox.alert(key, rest.memory, (id) => alertOf({ ...rest, event }, { name, text, version, id }));
    },
    waiting: outbox.waiting,
    stop: outbox.stop,
  };
}

const NEVER = new AbortController().signal;
