/** From a judgement to Discord, with the process killed at every step of the way. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/ops/clock.ts';
import type { CourierNews } from '../../../src/ops/discord/courier.ts';
import { postMessage } from '../../../src/ops/discord/post.ts';
import { NOTHING_KNOWN } from '../../../src/ops/watch/memory.ts';
import { type Outbox, type OutboxStep, openOutbox } from '../../../src/ops/watch/outbox.ts';
import { type DiscordStandIn, startDiscord, TAKEN } from '../../support/discord.ts';
import { eventually } from '../../support/eventually.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { testFolder } from '../../support/folder.ts';

const child = fileURLToPath(new URL('../../support/outbox-child.ts', import.meta.url));

async function discord(): Promise<DiscordStandIn> {
  const standIn = await startDiscord();
  onTestFinished(() => standIn.close());
  return standIn;
}

/** @returns whether it was killed on the way */
async function run(folder: string, to: DiscordStandIn, step = 'none', time = 1): Promise<boolean> {
  const process_ = spawn(process.execPath, [child, folder, to.address, '3', step, String(time)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code, signal] = await once(process_, 'exit');
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`it ended with ${code ?? signal}`);
  return signal === 'SIGKILL';
}

const STEPS: readonly OutboxStep[] = ['begun', 'written', 'renamed', 'remembered', 'posted', 'removed'];
const killed = STEPS.flatMap((step) => [1, 2, 3].map((time) => [step, time] as const));

describe.skipIf(process.platform === 'win32')('kill -9', () => {
  it.each(killed)(
    'at “%s”, the %i. time: nothing lost, nothing in disorder, a double only with its id',
    async (step, time) => {
      const standIn = await discord();
      const folder = testFolder();
      expect(await run(folder, standIn, step, time)).toBe(true);
      expect(await run(folder, standIn)).toBe(false);
      const sent = standIn.received.map(({ message }) => {
        const [{ title, footer }] = message.embeds;
        return { title, id: footer.text };
      });
      const once_ = sent.filter(({ id }, index) => sent.findIndex((other) => other.id === id) === index);
      expect(once_.map(({ title }) => title)).toEqual(['judgement 1', 'judgement 2', 'judgement 3']);
      // The one between Discord's yes and writing that down; at the other steps another may just be there.
      const doubles = sent.length - once_.length;
      if (step === 'posted') expect(doubles).toBe(1);
      else expect(doubles).toBeLessThanOrEqual(1);
      expect(readdirSync(join(folder, 'alerts'))).toEqual(['rejected']);
    },
  );
});

interface Scene {
  readonly outbox: Outbox;
  readonly clock: FakeClock;
  readonly news: readonly CourierNews[];
  say(key: string, ...titles: readonly string[]): Promise<void>;
}

/** @param patience by which clock a try is given up; on the fake one, a slow machine may be taken for a mute Discord */
async function scene(
  standIn: DiscordStandIn,
  folder = testFolder(),
  patience: 'real' | 'fake' = 'real',
): Promise<Scene> {
  const clock = createFakeClock();
  const waiting = patience === 'real' ? systemClock : clock;
  const news: CourierNews[] = [];
  const outbox = await openOutbox({
    folder,
    webhook: async () => standIn.webhook,
    post: (to, message) => postMessage(to, message, { clock: waiting, signal: new AbortController().signal }),
    clock,
    random: () => 0.5,
    onNews: (each) => news.push(each),
  });
  if (outbox === null) throw new Error('taken');
  onTestFinished(() => outbox.stop());
  return {
    outbox,
    clock,
    news,
    async say(key, ...titles) {
      for (const title of titles) {
        outbox.alert(key, NOTHING_KNOWN, (id) => ({
          title,
          description: '',
          fields: [],
          tone: 'bad',
          atWall: 0,
          footer: id,
        }));
      }
      await outbox.settled();
    },
  };
}

/** Moves the fake time on, in small steps, while real sockets do their work, until `done`. */
async function advanceUntil(clock: FakeClock, done: () => boolean, stepMs = 100): Promise<number> {
  const from = clock.now();
  await eventually(async () => {
    if (!done()) await clock.advance(stepMs);
    expect(done()).toBe(true);
  });
  return clock.now() - from;
}

describe('Discord', () => {
  it('down for a minute: nothing lost, nothing doubled, in order', async () => {
    const standIn = await discord();
    const { outbox, clock, say } = await scene(standIn);
    standIn.answer = () => 'reset';
    await say('a', 'a1', 'a2');
    await say('b', 'b1');
    await advanceUntil(clock, () => clock.now() > 61_000);
    expect(standIn.titles()).toEqual([]);
    await say('a', 'a3');
    standIn.answer = () => TAKEN;
    await advanceUntil(clock, () => outbox.waiting() === 0);
    const titles = standIn.titles();
    expect(titles.toSorted()).toEqual(['a1', 'a2', 'a3', 'b1']);
    expect(titles.filter((title) => title.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
  });

  it('answering 500, 429 and not at all by turns: the same', async () => {
    const standIn = await discord();
    const { outbox, clock, say } = await scene(standIn, testFolder(), 'fake');
    const turns: DiscordStandIn['answer'][] = [
      () => ({ status: 500 }),
      () => ({ status: 429, body: JSON.stringify({ retry_after: 3 }) }),
      () => 'hang',
      () => ({ status: 502, body: '<html>bad gateway</html>' }),
    ];
    standIn.answer = (message) => (turns.shift() ?? (() => TAKEN))(message);
    await say('a', 'a1', 'a2');
    // The one that hangs is given up after ten seconds.
    expect(await advanceUntil(clock, () => outbox.waiting() === 0, 20)).toBeGreaterThan(13_000);
    expect(standIn.titles()).toEqual(['a1', 'a2']);
    expect(standIn.received).toHaveLength(6);
  });

  it('gone for good: said, kept on disk, delivered by a later process with a webhook that works', async () => {
    const standIn = await discord();
    const folder = testFolder();
    standIn.answer = () => ({ status: 404, body: JSON.stringify({ message: 'Unknown Webhook' }) });
    const first = await scene(standIn, folder);
    await first.say('a', 'a1', 'a2');
    await advanceUntil(first.clock, () => first.news.length > 0);
    expect(first.news).toMatchObject([{ kind: 'webhook-dead', status: 404 }]);
    await first.outbox.stop();
    standIn.answer = () => TAKEN;
    const second = await scene(standIn, folder);
    expect(second.outbox.left).toBe(2);
    await advanceUntil(second.clock, () => second.outbox.waiting() === 0);
    expect(standIn.titles()).toEqual(['a1', 'a2']);
  });
});

describe('the folder', () => {
  it('is one process’s', async () => {
    const standIn = await discord();
    const folder = testFolder();
    await scene(standIn, folder);
    await expect(scene(standIn, folder)).rejects.toThrow('taken');
  });

  it('holds the webhook’s address nowhere', async () => {
    const standIn = await discord();
    standIn.answer = () => ({ status: 500 });
    const folder = testFolder();
    const { say, clock } = await scene(standIn, folder);
    await say('a', 'a1');
    await advanceUntil(clock, () => standIn.received.length > 1);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(0);
    for (const { parentPath, name } of files) {
      expect(readFileSync(join(parentPath, name), 'utf8')).not.toContain('secret-of-the-channel');
    }
  });

  it('that has gone is said, and the alert is delivered all the same', async () => {
    const standIn = await discord();
    const folder = testFolder();
    const { say, clock, news, outbox } = await scene(standIn, folder);
    renameSync(join(folder, 'alerts'), join(folder, 'elsewhere'));
    await say('a', 'a1');
    await advanceUntil(clock, () => outbox.waiting() === 0);
    expect(standIn.titles()).toEqual(['a1']);
    expect(news).toContainEqual(expect.objectContaining({ kind: 'disk' }));
  });
});
