/** One try at Discord: each answer it may give, on the wire. */
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/ops/clock.ts';
import { discordMessage } from '../../../src/ops/discord/message.ts';
import { type PostOutcome, postMessage } from '../../../src/ops/discord/post.ts';
import { readWebhook, Webhook } from '../../../src/ops/discord/webhook.ts';
import { type DiscordStandIn, type StandInAnswer, startDiscord, TAKEN } from '../../support/discord.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const MESSAGE = discordMessage({
  title: 'a',
  description: 'b',
  fields: [],
  tone: 'bad',
  atWall: 0,
  footer: 'c',
});
const signal = new AbortController().signal;

async function discord(answer: StandInAnswer = TAKEN): Promise<DiscordStandIn> {
  const standIn = await startDiscord();
  standIn.answer = () => answer;
  onTestFinished(() => standIn.close());
  return standIn;
}

async function post(answer: StandInAnswer): Promise<PostOutcome> {
  const { webhook } = await discord(answer);
  return postMessage(webhook, MESSAGE, { clock: systemClock, signal });
}

const json = (value: unknown): string => JSON.stringify(value);

describe('posting', () => {
  it('sends the message as JSON, and is done with 204 or 200', async () => {
    const standIn = await discord();
    expect(await postMessage(standIn.webhook, MESSAGE, { clock: systemClock, signal })).toEqual({
      kind: 'delivered',
      restMs: 0,
    });
    expect(standIn.received[0]?.message).toEqual(MESSAGE);
    expect(await post({ status: 200, body: '{}' })).toMatchObject({ kind: 'delivered' });
  });

  it('rests when it has used up what Discord allows in a while', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '1.25' };
    expect(await post({ status: 204, headers })).toEqual({ kind: 'delivered', restMs: 1250 });
  });

  it.each<[string, Record<string, string>, number]>([
    ['there is some left', { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset-after': '1.25' }, 0],
    ['nothing says how much is left', { 'x-ratelimit-reset-after': '1.25' }, 0],
    ['nothing says for how long', { 'x-ratelimit-remaining': '0' }, 0],
    [
      'it would be absurdly long',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '1e9' },
      3_600_000,
    ],
    ['it is part of a millisecond', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '0.0001' }, 1],
  ])('rests after a delivery as long as it must: %s', async (_, headers, restMs) => {
    expect(await post({ status: 204, headers })).toEqual({ kind: 'delivered', restMs });
  });

  it.each<[string, StandInAnswer, number]>([
    ['in the body, seconds with a fraction', { status: 429, body: json({ retry_after: 0.65 }) }, 650],
    ['in the header', { status: 429, headers: { 'retry-after': '3' } }, 3000],
    [
      'in both: the longer',
      { status: 429, headers: { 'retry-after': '1' }, body: json({ retry_after: 1.2 }) },
      1200,
    ],
    ['nowhere', { status: 429 }, 5000],
    [
      'in HTML, from who stands before it',
      { status: 429, headers: { 'retry-after': '7' }, body: '<html>' },
      7000,
    ],
    ['absurdly', { status: 429, body: json({ retry_after: 1e12 }) }, 3_600_000],
    ['below zero', { status: 429, body: json({ retry_after: -1 }) }, 5000],
    [
      'as no number',
      { status: 429, headers: { 'retry-after': 'Wed, 21 Oct' }, body: json({ retry_after: 'soon' }) },
      5000,
    ],
  ])('waits as long as a 429 says, %s', async (_, answer, restMs) => {
    expect(await post(answer)).toEqual({ kind: 'rate-limited', restMs });
  });

  it.each<[StandInAnswer, Partial<PostOutcome>]>([
    [{ status: 500 }, { kind: 'failed', detail: 'HTTP 500' }],
    [
      { status: 503, body: 'x'.repeat(100_000) },
      { kind: 'failed', detail: 'HTTP 503' },
    ],
    [{ status: 408 }, { kind: 'failed' }],
    ['reset', { kind: 'failed' }],
    [
      { status: 404, body: json({ message: 'Unknown Webhook', code: 10015 }) },
      { kind: 'webhook-dead', detail: 'HTTP 404: Unknown Webhook' },
    ],
    [
      { status: 401, body: json({ message: 'Invalid Webhook Token' }) },
      { kind: 'webhook-dead', status: 401 },
    ],
    [{ status: 403 }, { kind: 'webhook-dead' }],
    [
      { status: 400, body: json({ embeds: ['0'] }) },
      { kind: 'rejected', status: 400, detail: 'HTTP 400' },
    ],
    [{ status: 413 }, { kind: 'rejected' }],
  ])('takes %j for %j', async (answer, outcome) => {
    expect(await post(answer)).toMatchObject(outcome);
  });

  it('follows no redirect: the address is a secret', async () => {
    const other = await discord();
    const outcome = await post({ status: 307, headers: { location: other.address } });
    expect(outcome).toMatchObject({ kind: 'webhook-dead', status: 307 });
    expect(other.received).toEqual([]);
  });

  it('gives up after ten seconds without an answer', async () => {
    const standIn = await discord('hang');
    const clock = createFakeClock();
    const outcome = postMessage(standIn.webhook, MESSAGE, { clock, signal });
    await standIn.until(1);
    await clock.advance(9_999);
    expect(clock.sleepers).toBe(1);
    await clock.advance(1);
    expect(await outcome).toEqual({ kind: 'failed', detail: 'no answer within 10000 ms' });
  });

  it('never says the address: refused, not HTTP at all', async () => {
    const garbage = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    await new Promise<void>((resolve) => garbage.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      garbage.close();
    });
    const bound = garbage.address();
    const token = 'the-secret-token-of-this-webhook_0123456789';
    for (const base of [
      'http://127.0.0.1:9',
      `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`,
    ]) {
      const webhook = readWebhook(`${base}/api/webhooks/112233445566778899/${token}`, true);
      if (!(webhook instanceof Webhook)) throw new Error(webhook.code);
      const outcome = await postMessage(webhook, MESSAGE, { clock: systemClock, signal });
      expect(outcome.kind).toBe('failed');
      expect(JSON.stringify(outcome)).not.toContain(token);
    }
  });

  it('does not repeat an address that the answer holds', async () => {
    const standIn = await discord();
    standIn.answer = () => ({ status: 400, body: json({ message: `bad ${standIn.address}` }) });
    const outcome = await postMessage(standIn.webhook, MESSAGE, { clock: systemClock, signal });
    expect(outcome).toEqual({ kind: 'rejected', status: 400, detail: 'HTTP 400: bad •••' });
  });
});
