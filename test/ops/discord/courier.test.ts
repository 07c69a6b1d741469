/** The courier on a fake clock: what Discord answers decides what is tried next, and when. */
import { describe, expect, it } from 'vitest';
import { type Courier, type CourierNews, startCourier } from '../../../src/ops/discord/courier.ts';
import { type DiscordMessage, discordMessage } from '../../../src/ops/discord/message.ts';
import type { PostOutcome } from '../../../src/ops/discord/post.ts';
import type { Spool, SpooledAlert } from '../../../src/ops/discord/spool.ts';
import { readWebhook, Webhook } from '../../../src/ops/discord/webhook.ts';
import type { WebhookFileProblem } from '../../../src/ops/discord/webhook-file.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';

function webhook(token: string): Webhook {
  const found = readWebhook(`https://discord.com/api/webhooks/112233445566778899/${token}`, false);
  if (found instanceof Webhook) return found;
  throw new Error(found.code);
}

const FIRST = webhook('first-token-of-the-channel');

interface Scene {
  readonly courier: Courier;
  readonly clock: FakeClock;
  /** When each was tried, ms since the start, and which. */
  readonly tried: readonly (readonly [number, string])[];
  readonly delivered: readonly string[];
  readonly news: readonly CourierNews[];
  /** What Discord says to a title. */
  outcome: (title: string) => PostOutcome;
  webhook: Webhook | WebhookFileProblem;
  readonly onDisk: ReadonlySet<string>;
  readonly aside: readonly string[];
  put(lane: string, ...titles: readonly string[]): void;
}

interface SceneOptions {
  readonly random?: () => number;
  readonly left?: readonly string[];
}

const DELIVERED: PostOutcome = { kind: 'delivered', restMs: 0 };
const FAILED: PostOutcome = { kind: 'failed', detail: 'HTTP 500' };

function scene({ random = () => 0.5, left = [] }: SceneOptions = {}): Scene {
  const clock = createFakeClock();
  const startMono = clock.now();
  const tried: [number, string][] = [];
  const delivered: string[] = [];
  const news: CourierNews[] = [];
  const onDisk = new Set<string>();
  const aside: string[] = [];
  let seq = 0;

  function alert(lane: string, title: string): SpooledAlert {
    seq += 1;
    onDisk.add(title);
    const message = discordMessage({
      title,
      description: '',
      fields: [],
      tone: 'bad',
      atWall: 0,
      footer: 'x',
    });
    return { id: title, seq, lane, message, attached: null };
  }

  const spool: Spool = {
    left: left.map((title) => alert('left', title)),
    damaged: [],
    newId: () => 'unused',
    add: () => Promise.reject(new Error('unused')),
    remove: async ({ id }) => {
      onDisk.delete(id);
    },
    setAside: async ({ id }) => {
      onDisk.delete(id);
      aside.push(id);
      return `/aside/${id}`;
    },
  };
  const made: Scene = {
    clock,
    tried,
    delivered,
    news,
    onDisk,
    aside,
    outcome: () => DELIVERED,
    webhook: FIRST,
    put: (lane, ...titles) => {
      for (const title of titles) made.courier.take(alert(lane, title));
    },
    courier: startCourier({
      spool,
      clock,
      random,
      webhook: async () => made.webhook,
      post: async (_, message: DiscordMessage) => {
        const { title } = message.embeds[0];
        tried.push([clock.now() - startMono, title]);
        const outcome = made.outcome(title);
        if (outcome.kind === 'delivered') delivered.push(title);
        return outcome;
      },
      onNews: (each) => news.push(each),
    }),
  };
  return made;
}

describe('the courier', () => {
  it('delivers what an earlier process left, then what comes, each once', async () => {
    const it = scene({ left: ['old 1', 'old 2'] });
    it.put('a', 'new');
    await it.clock.settle();
    await it.clock.advance(1000);
    expect(it.delivered).toEqual(['old 1', 'old 2', 'new']);
    expect([...it.onDisk]).toEqual([]);
    expect(it.courier.waiting()).toBe(0);
  });

  it('tries again with growing rests, and keeps the order of a lane', async () => {
    const it = scene();
    it.outcome = () => FAILED;
    it.put('a', 'one', 'two');
    await it.clock.advance(20_000);
    expect(it.tried.map(([, title]) => title)).toEqual(Array(6).fill('one'));
    const at = it.tried.map(([ms]) => ms);
    const rests = at.slice(1).map((ms, index) => ms - (at[index] ?? 0));
    // Half-way between the floor and 2^n times it, as the draw of 0.5 has it.
    expect(rests).toEqual([750, 1250, 2250, 4250, 8250]);
    it.outcome = () => DELIVERED;
    await it.clock.advance(60_000);
    expect(it.delivered).toEqual(['one', 'two']);
  });

  it('never rests longer than a minute, however long Discord is down', async () => {
    const it = scene({ random: () => 0.999 });
    it.outcome = () => FAILED;
    it.put('a', 'one');
    await it.clock.advance(3_600_000);
    const at = it.tried.map(([ms]) => ms);
    const longest = Math.max(...at.slice(1).map((ms, index) => ms - (at[index] ?? 0)));
    expect(longest).toBeLessThanOrEqual(60_000);
    it.outcome = () => DELIVERED;
    await it.clock.advance(60_000);
    expect(it.delivered).toEqual(['one']);
  });

  it('draws its rests from the whole span, so that many do not knock together', async () => {
    const draws = [0, 0.999, 0.25, 0.75, 0, 0.5, 0.1, 0.9];
    const it = scene({ random: () => draws.shift() ?? 0.5 });
    it.outcome = () => FAILED;
    it.put('a', 'one');
    await it.clock.advance(10_000);
    const at = it.tried.map(([ms]) => ms);
    expect(new Set(at.slice(1).map((ms, index) => ms - (at[index] ?? 0))).size).toBeGreaterThan(2);
  });

  it('waits as long as a 429 says, and tries nothing else meanwhile', async () => {
    const it = scene();
    let once = true;
    it.outcome = () => {
      if (!once) return DELIVERED;
      once = false;
      return { kind: 'rate-limited', restMs: 7000 };
    };
    it.put('a', 'one');
    it.put('b', 'two');
    await it.clock.advance(6999);
    expect(it.tried).toHaveLength(1);
    await it.clock.advance(1);
    expect(it.delivered).toEqual(['one', 'two']);
  });

  it('rests when Discord’s allowance is used up', async () => {
    const it = scene();
    it.outcome = () => ({ kind: 'delivered', restMs: 2000 });
    it.put('a', 'one', 'two');
    await it.clock.advance(1999);
    expect(it.delivered).toEqual(['one']);
    await it.clock.advance(1);
    expect(it.delivered).toEqual(['one', 'two']);
  });

  it('does not let one message that always fails keep the other lanes', async () => {
    const it = scene();
    it.outcome = (title) => (title === 'poison' ? FAILED : DELIVERED);
    it.put('a', 'poison', 'behind it');
    it.put('b', 'b1', 'b2');
    await it.clock.advance(10_000);
    expect(it.delivered).toEqual(['b1', 'b2']);
    it.outcome = () => DELIVERED;
    await it.clock.advance(60_000);
    expect(it.delivered).toEqual(['b1', 'b2', 'poison', 'behind it']);
  });

  it('sets aside what is refused for itself, says so, and goes on', async () => {
    const it = scene();
    it.outcome = (title) =>
      title === 'bad' ? { kind: 'rejected', status: 400, detail: 'HTTP 400' } : DELIVERED;
    it.put('a', 'bad', 'good');
    await it.clock.advance(1000);
    expect(it.delivered).toEqual(['good']);
    expect(it.aside).toEqual(['bad']);
    expect(it.news.map(({ kind }) => kind)).toEqual(['rejected', 'delivered']);
  });

  it('stops at a dead webhook: said once, all kept, nothing tried until another address is there', async () => {
    const it = scene();
    it.outcome = () => ({ kind: 'webhook-dead', status: 404, detail: 'HTTP 404: Unknown Webhook' });
    it.put('a', 'one');
    await it.clock.advance(600_000);
    it.put('a', 'two');
    await it.clock.advance(600_000);
    expect(it.tried).toHaveLength(1);
    expect(it.news).toEqual([
      { kind: 'webhook-dead', status: 404, detail: 'HTTP 404: Unknown Webhook', waiting: 1 },
    ]);
    expect([...it.onDisk]).toEqual(['one', 'two']);
    it.webhook = webhook('second-token-of-the-channel');
    it.outcome = () => DELIVERED;
    await it.clock.advance(60_000);
    expect(it.delivered).toEqual(['one', 'two']);
  });

  it('waits for a webhook’s file that cannot be read, and says so once', async () => {
    const it = scene();
    it.webhook = { code: 'too-open', mode: 0o644 };
    it.put('a', 'one');
    await it.clock.advance(600_000);
    expect(it.news).toEqual([
      { kind: 'webhook-unreadable', problem: { code: 'too-open', mode: 0o644 }, waiting: 1 },
    ]);
    it.webhook = FIRST;
    await it.clock.advance(60_000);
    expect(it.delivered).toEqual(['one']);
  });

  it('leaves on disk what it has not begun when it is stopped', async () => {
    const it = scene();
    it.outcome = () => FAILED;
    it.put('a', 'one');
    await it.clock.advance(100);
    await it.courier.stop();
    it.outcome = () => DELIVERED;
    await it.clock.advance(600_000);
    expect(it.delivered).toEqual([]);
    expect([...it.onDisk]).toEqual(['one']);
  });
});
