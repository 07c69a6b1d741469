/** A webhook's address: what counts as one, and that it shows nowhere. */
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWebhook, Webhook } from '../../../src/ops/discord/webhook.ts';

const ID = '112233445566778899';
const TOKEN = 'abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789abcd';
const GOOD = `https://discord.com/api/webhooks/${ID}/${TOKEN}`;

function webhook(address: string, insecure = false): Webhook {
  const found = readWebhook(address, insecure);
  if (found instanceof Webhook) return found;
  throw new Error(found.code);
}

describe('an address', () => {
  it.each([
    GOOD,
    `${GOOD}\n`,
    `https://discordapp.com/api/webhooks/${ID}/${TOKEN}`,
    `https://canary.discord.com/api/webhooks/${ID}/${TOKEN}`,
    `https://ptb.discord.com/api/v10/webhooks/${ID}/${TOKEN}`,
    `${GOOD}?thread_id=123`,
  ])('is taken: %s', (address) => {
    expect(webhook(address).reveal().href).toBe(address.trim());
  });

  it.each([
    ['', 'empty'],
    ['  \n', 'empty'],
    ['discord.com/api/webhooks/1/x', 'not-a-url'],
    [`${GOOD} ${GOOD}`, 'not-a-url'],
    [GOOD.replace('https', 'http'), 'not-https'],
    [`file:///etc/passwd`, 'not-https'],
    [GOOD.replace('discord.com', 'discord.com.evil.example'), 'not-discord'],
    [GOOD.replace('discord.com', 'evil.example'), 'not-discord'],
    [GOOD.replace('discord.com', 'discord.com:8443'), 'not-discord'],
    [GOOD.replace('https://', 'https://evil.example@'), 'not-discord'],
    [GOOD.replace('https://discord.com', 'https://discord.com@evil.example'), 'not-discord'],
    [`https://discord.com/channels/${ID}`, 'not-a-webhook'],
    [`https://discord.com/api/webhooks/${ID}`, 'not-a-webhook'],
    [`https://discord.com/api/webhooks/${ID}/${TOKEN}/slack/../..`, 'not-a-webhook'],
  ])('is refused: %j (%s)', (address, code) => {
    expect(readWebhook(address, false)).toMatchObject({ code });
  });

  it('may be any host’s with the development flag, but not any protocol', () => {
    expect(webhook('http://127.0.0.1:8099/hook', true).reveal().host).toBe('127.0.0.1:8099');
    expect(readWebhook('file:///etc/passwd', true)).toEqual({ code: 'not-https' });
  });

  it('says whether two are the same', () => {
    expect(webhook(GOOD).isSame(webhook(`${GOOD}\n`))).toBe(true);
    expect(webhook(GOOD).isSame(webhook(`${GOOD}x`))).toBe(false);
  });
});

describe('the secret', () => {
  const token = fc.stringMatching(/^[A-Za-z0-9_-]{20,80}$/);
  const id = fc.stringMatching(/^[1-9]\d{16,19}$/);
  const text = fc.string({ maxLength: 40 });
  const made = fc.tuple(id, token).map(([one, two]) => {
    const address = `https://discord.com/api/webhooks/${one}/${two}`;
    return { hook: webhook(address), address, secret: two };
  });

  it('is in no way of showing the webhook', () => {
    fc.assert(
      fc.property(made, ({ hook, secret }) => {
        const shown = [
          String(hook),
          `${hook}`,
          JSON.stringify({ hook }),
          inspect(hook, { depth: 9, showHidden: true }),
          inspect({ nested: [hook] }, { depth: 9 }),
          Object.values(hook).join(),
        ];
        for (const way of shown) expect(way).not.toContain(secret);
      }),
    );
  });

  it('is masked wherever a text holds it: whole, its path, or the token alone', () => {
    fc.assert(
      fc.property(made, text, text, ({ hook, address, secret }, before, after) => {
        const path = new URL(address).pathname;
        for (const held of [address, path, secret, encodeURI(address), address.slice('https://'.length)]) {
          const masked = hook.mask(`${before}${held}${after}`);
          expect(masked).not.toContain(secret);
        }
      }),
    );
  });

  it('leaves a text that does not hold it as it is', () => {
    expect(webhook(GOOD).mask('the webhooks of discord.com at /api')).toBe(
      'the webhooks of discord.com at /api',
    );
  });

  it('is masked of an error’s message and of its causes’', () => {
    const hook = webhook(GOOD);
    const error = new Error(`cannot fetch ${GOOD}`, { cause: new Error(`getaddrinfo ${GOOD}`) });
    const said = hook.mask(inspect(error));
    expect(said).not.toContain(TOKEN);
    expect(said).not.toContain(ID);
  });
});
