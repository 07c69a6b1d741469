/** `watch --test-alert`: one alert, now and by itself, and how it went. */
import { hostname } from 'node:os';
import { discordMessage } from '../ops/discord/message.ts';
import { postMessage } from '../ops/discord/post.ts';
import type { Webhook } from '../ops/discord/webhook.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { harmless } from '../text/foreign.ts';
import type { Io } from './io.ts';
import type { Tools } from './with-host.ts';

/** @returns the exit code: 0 when Discord took it */
export async function sendTestAlert(
  webhook: Webhook,
  { text, io, tools, version }: { text: Catalogue; io: Io; tools: Tools; version: string },
): Promise<number> {
  const words = text.watch.testAlert;
  const { clock } = tools;
  const { format } = text.console;
  const beganMono = clock.now();
  const message = discordMessage({
    title: words.title(harmless(hostname())),
    description: words.description,
    fields: [],
    tone: 'quiet',
    atWall: clock.wall(),
    footer: text.watch.alert.footer(version, 'test'),
  });
  const outcome = await postMessage(webhook, message, { clock, signal: io.signal });
  io.signal.throwIfAborted();
  switch (outcome.kind) {
    case 'delivered':
      io.stdout.write(`${words.sent(format.latency(clock.now() - beganMono))}\n`);
      return 0;
    case 'rate-limited':
      io.stderr.write(`${words.rateLimited(format.seconds(outcome.restMs))}\n`);
      return 1;
    case 'failed':
    case 'rejected':
      io.stderr.write(`${words.failed(outcome.detail)}\n`);
      return 1;
    case 'webhook-dead':
      io.stderr.write(`${words.dead(outcome.detail)}\n`);
      return 1;
  }
}
