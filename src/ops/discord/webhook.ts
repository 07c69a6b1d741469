/**
 * A Discord webhook's address: a secret, since whoever knows it may post. It is kept where neither a log, an
 * error nor JSON shows it, and masked in whatever text may hold it.
 */
import { inspect } from 'node:util';

/** Discord's own hosts, its client's test channels among them. */
const HOSTS = new Set(['discord.com', 'discordapp.com', 'canary.discord.com', 'ptb.discord.com']);
const PATH = /^\/api(?:\/v\d+)?\/webhooks\/(\d+)\/([\w-]+)\/?$/;

export type WebhookProblem =
  | { readonly code: 'empty' }
  | { readonly code: 'not-a-url' }
  | { readonly code: 'not-https' }
  | { readonly code: 'not-discord'; readonly host: string }
  | { readonly code: 'not-a-webhook' };

export const MASK = '•••';

/** Shorter ones are parts of other words; Discord's own have 68 characters. */
const SHORTEST_SECRET = 8;

export class Webhook {
  readonly #url: URL;
  readonly #secrets: readonly string[];

  constructor(url: URL) {
    this.#url = url;
    const { href, host, pathname, search } = url;
    const parts = [...pathname.split('/'), search.slice(1), url.username, url.password];
    const whole = [href, `${host}${pathname}${search}`, `${pathname}${search}`, pathname];
    // The longest first, so that the whole address becomes one mask.
    this.#secrets = [...whole, ...parts]
      .filter((part) => part.length >= SHORTEST_SECRET && part !== 'webhooks')
      .flatMap((part) => [part, decoded(part)])
      .sort((a, b) => b.length - a.length);
  }

  /** For who posts there, and nobody else. */
  reveal(): URL {
    return new URL(this.#url);
  }

  /** Text with the address, and each part of it that is secret, taken out. */
  mask(text: string): string {
    return this.#secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
  }

  isSame(other: Webhook): boolean {
    return this.#url.href === other.#url.href;
  }

  toString(): string {
    return `https://discord.com/api/webhooks/${MASK}`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return `Webhook(${this.toString()})`;
  }
}

/**
 * @param text what the file held
 * @param insecure a development flag: any host, and http
 */
export function readWebhook(text: string, insecure: boolean): Webhook | WebhookProblem {
  const trimmed = text.trim();
  if (trimmed === '') return { code: 'empty' };
  if (/\s/.test(trimmed) || !URL.canParse(trimmed)) return { code: 'not-a-url' };
  const url = new URL(trimmed);
  if (insecure) return /^https?:$/.test(url.protocol) ? new Webhook(url) : { code: 'not-https' };
  if (url.protocol !== 'https:') return { code: 'not-https' };
  const plain = url.port === '' && url.username === '' && url.password === '';
  if (!HOSTS.has(url.hostname) || !plain) return { code: 'not-discord', host: url.host };
  return PATH.test(url.pathname) ? new Webhook(url) : { code: 'not-a-webhook' };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
