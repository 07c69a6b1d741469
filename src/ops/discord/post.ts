/** One try at handing a message to Discord, and what became of it. */
import type { Clock } from '../clock.ts';
import type { DiscordMessage } from './message.ts';
import type { Webhook } from './webhook.ts';

export type PostOutcome =
  | {
      readonly kind: 'delivered';
      /** Discord wants to hear nothing more for so long, ms; 0 when it does not mind. */
      readonly restMs: number;
    }
  | { readonly kind: 'rate-limited'; readonly restMs: number }
  /** Worth another try: 5xx, the network, no answer in time. */
  | { readonly kind: 'failed'; readonly detail: string }
  /** The webhook is gone, or never was: no message will pass. */
  | { readonly kind: 'webhook-dead'; readonly status: number; readonly detail: string }
  /** This message will never pass. */
  | { readonly kind: 'rejected'; readonly status: number; readonly detail: string };

export interface PostOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** @default 10 000 */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/** Of an answer, no more is read. */
const MOST_BYTES = 16_384;
/** A 429 that does not say how long. */
const UNTOLD_REST_MS = 5_000;
/** However long it says: an hour is what Cloudflare's own bans last. */
const LONGEST_REST_MS = 3_600_000;

/** Never rejects; what it says never holds the webhook's address. */
export async function postMessage(
  webhook: Webhook,
  message: DiscordMessage,
  { clock, signal, timeoutMs = TIMEOUT_MS }: PostOptions,
): Promise<PostOutcome> {
  const over = new AbortController();
  const giveUp = (): void => over.abort(new Error(`no answer within ${timeoutMs} ms`));
  const timer = new AbortController();
  clock.sleep(timeoutMs, timer.signal).then(giveUp, () => undefined);
  try {
    const response = await fetch(webhook.reveal(), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'tp5-tui' },
      body: JSON.stringify(message),
      // The address is a secret: it goes to who was named, and not on to another.
      redirect: 'manual',
      signal: AbortSignal.any([signal, over.signal]),
    });
    return outcomeOf(response, webhook.mask(await beginning(response)));
  } catch (error) {
    return { kind: 'failed', detail: webhook.mask(reasonOf(error)) };
  } finally {
    timer.abort();
  }
}

async function beginning(response: Response): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= MOST_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, MOST_BYTES);
}

function outcomeOf(response: Response, body: string): PostOutcome {
  const { status, headers } = response;
  if (response.ok) return { kind: 'delivered', restMs: spentRestMs(headers) };
  if (status === 429) return { kind: 'rate-limited', restMs: restMs(headers, body) };
  const detail = detailOf(status, body);
  if (status >= 500 || status === 408) return { kind: 'failed', detail };
  // 3xx: Discord's webhooks do not move.
  const dead = status < 400 || status === 401 || status === 403 || status === 404 || status === 405;
  return dead ? { kind: 'webhook-dead', status, detail } : { kind: 'rejected', status, detail };
}

/** https://discord.com/developers/docs/topics/rate-limits: seconds, in the body and in a header. */
function restMs(headers: Headers, body: string): number {
  const told = [retryAfter(body), numberOf(headers.get('retry-after'))].filter((value) => value !== null);
  if (told.length === 0) return UNTOLD_REST_MS;
  return Math.min(LONGEST_REST_MS, Math.ceil(Math.max(...told) * 1000));
}

/** The last request that this window allowed has just been made. */
function spentRestMs(headers: Headers): number {
  if (headers.get('x-ratelimit-remaining') !== '0') return 0;
  const seconds = numberOf(headers.get('x-ratelimit-reset-after')) ?? 0;
  return Math.min(LONGEST_REST_MS, Math.ceil(seconds * 1000));
}

function retryAfter(body: string): number | null {
  const data = asJson(body);
  return data !== null && 'retry_after' in data ? numberOf(String(data.retry_after)) : null;
}

function numberOf(text: string | null): number | null {
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : null;
}

function detailOf(status: number, body: string): string {
  const data = asJson(body);
  const message = data !== null && 'message' in data && typeof data.message === 'string' ? data.message : '';
  return message === '' ? `HTTP ${status}` : `HTTP ${status}: ${message.slice(0, 200)}`;
}

function asJson(body: string): object | null {
  try {
    const data: unknown = JSON.parse(body);
    return typeof data === 'object' ? data : null;
  } catch {
    return null;
  }
}

/** fetch says "fetch failed" and keeps the reason in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  return cause instanceof Error ? cause.message : error.message;
}
