/** A local HTTP stand-in for Discord's webhooks: keeps what it was sent, and answers as a test tells it to. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { DiscordMessage } from '../../src/ops/discord/message.ts';
import { readWebhook, Webhook } from '../../src/ops/discord/webhook.ts';
import { createWaiters } from './waiters.ts';

/**
 * How a request is answered; `hang`: not at all; `reset`: the connection is torn down; `swallow`: the message is taken,
 * and its sender never hears of it.
 */
export type StandInAnswer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | 'hang'
  | 'reset'
  | 'swallow';

export const TAKEN: StandInAnswer = { status: 204 };

/** Whether the channel shows the message then. */
export function isTaken(answer: StandInAnswer): boolean {
  return typeof answer === 'object' ? answer.status >= 200 && answer.status < 300 : answer === 'swallow';
}

export interface Received {
  readonly atMs: number;
  readonly path: string;
  readonly message: DiscordMessage;
  /** Whether the channel shows it. */
  readonly taken: boolean;
}

export interface DiscordStandIn {
  readonly address: string;
  readonly webhook: Webhook;
  readonly received: readonly Received[];
  /** Titles of the messages that were taken, in order. */
  titles(): readonly string[];
  /** What the next requests get. @default all are taken */
  answer: (message: DiscordMessage) => StandInAnswer;
  /** Resolves when so many have come; rejects after the bound of all waits. */
  until(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Discord's own have 68 characters here. */
const TOKEN = 'Zq3-secret-of-the-channel_0123456789abcdefghijklmnopqrstuvwxyzABCDEF';

/** @param port 0 for any */
export async function startDiscord(port = 0): Promise<DiscordStandIn> {
  const received: Received[] = [];
  const waiters = createWaiters();
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    open.add(response);
    response.on('close', () => open.delete(response));
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const message = JSON.parse(body) as DiscordMessage;
      const answer = standIn.answer(message);
      received.push({
        atMs: performance.now(),
        path: request.url ?? '',
        message,
        taken: isTaken(answer),
      });
      if (answer === 'reset') request.socket.destroy();
      else if (typeof answer === 'object') response.writeHead(answer.status, answer.headers).end(answer.body);
      waiters.look();
    });
    request.on('error', () => undefined);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  const address = `http://127.0.0.1:${bound.port}/api/webhooks/112233445566778899/${TOKEN}`;
  const webhook = readWebhook(address, true);
  if (!(webhook instanceof Webhook)) throw new Error(webhook.code);
  const standIn: DiscordStandIn = {
    address,
    webhook,
    received,
    titles: () => received.filter(({ taken }) => taken).map(({ message }) => message.embeds[0].title),
    answer: () => TAKEN,
    until: async (count) => {
      await waiters.until(
        () => received.length >= count || undefined,
        () => `${received.length} of ${count} messages`,
      );
    },
    async close() {
      for (const response of open) response.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return standIn;
}
