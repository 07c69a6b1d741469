/** What becomes of alerts, told: on stderr for people, as a line of JSON for programs. */
import type { CourierNews } from '../ops/discord/courier.ts';
import type { WebhookSource } from '../ops/discord/webhook-file.ts';
import type { Catalogue } from '../text/catalogue.ts';

/** @param source where the webhook's address comes from */
export function newsWords(news: CourierNews, source: WebhookSource, text: Catalogue): string {
  const words = text.watch;
  const { format } = text.console;
  switch (news.kind) {
    case 'delivered':
      return words.delivered(news.alert.id, news.attempts);
    case 'delayed':
      return news.rateLimited
        ? words.rateLimited(format.seconds(news.restMs))
        : words.delayed(news.alert.id, news.detail, format.seconds(news.restMs));
    case 'rejected':
      return words.rejected(news.alert.id, news.detail, news.file);
    case 'webhook-dead':
      return words.webhookDead(news.detail, news.waiting, source.credential);
    case 'webhook-unreadable':
      return words.webhookUnusable(words.webhookProblem(source.path, news.problem), news.waiting);
    case 'disk':
      return words.disk(news.detail);
  }
}

export function newsLine(news: CourierNews, wall: number): object {
  const at = new Date(wall).toISOString();
  switch (news.kind) {
    case 'delivered':
      return { at, host: null, event: 'alert-delivered', alert: news.alert.id, attempts: news.attempts };
    case 'delayed': {
      const { alert, detail, restMs, rateLimited } = news;
      return {
        at,
        host: null,
        event: 'alert-delayed',
        alert: alert.id,
        detail,
        restMs: Math.round(restMs),
        rateLimited,
      };
    }
    case 'rejected': {
      const { alert, status, detail, file } = news;
      return { at, host: null, event: 'alert-rejected', alert: alert.id, status, detail, file };
    }
    case 'webhook-dead': {
      const { status, detail, waiting } = news;
      return { at, host: null, event: 'webhook-dead', status, detail, waiting };
    }
    case 'webhook-unreadable':
      return {
        at,
        host: null,
        event: 'webhook-unreadable',
        problem: news.problem.code,
        waiting: news.waiting,
      };
    case 'disk':
      return { at, host: null, event: 'disk', detail: news.detail };
  }
}
