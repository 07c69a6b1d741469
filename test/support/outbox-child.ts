/**
 * A guard's delivery in a process of its own, which kills itself with SIGKILL when it has reached a step for the
 * nth time: `outbox-child FOLDER WEBHOOK COUNT STEP N`. It judges COUNT times, going on from what it remembers,
 * and ends when all is delivered.
 */
import { systemClock } from '../../src/ops/clock.ts';
import { postMessage } from '../../src/ops/discord/post.ts';
import { readWebhook, Webhook } from '../../src/ops/discord/webhook.ts';
import { type GuardMemory, NOTHING_KNOWN } from '../../src/ops/watch/memory.ts';
import { type OutboxStep, openOutbox } from '../../src/ops/watch/outbox.ts';

const [folder = '', address = '', count = '0', fatalStep = 'none', fatalTime = '1'] = process.argv.slice(2);
const webhook = readWebhook(address, true);
if (!(webhook instanceof Webhook)) throw new Error(webhook.code);

let times = 0;
function die(step: OutboxStep): void {
  if (step !== fatalStep) return;
  times += 1;
  if (times === Number(fatalTime)) process.kill(process.pid, 'SIGKILL');
}

const signal = new AbortController().signal;
const outbox = await openOutbox({
  folder,
  webhook: async () => webhook,
  post: (to, message) => postMessage(to, message, { clock: systemClock, signal }),
  clock: systemClock,
  random: () => 0,
  onNews: () => undefined,
  onStep: die,
});
if (outbox === null) throw new Error('somebody else works here');

/** The nth judgement is remembered as its number, in the place of a time. */
const memoryOf = (n: number): GuardMemory => ({ ...NOTHING_KNOWN, since: { mono: 0, wall: n } });

const key = 'tp5 calculatrice.service';
const done = (await outbox.recall(key))?.since?.wall ?? 0;
for (let n = done + 1; n <= Number(count); n++) {
  outbox.alert(key, memoryOf(n), (id) => ({
    title: `judgement ${n}`,
    description: '',
    fields: [],
    tone: 'bad',
    atWall: 0,
    footer: id,
  }));
}
await outbox.settled();
while (outbox.waiting() > 0) await systemClock.sleep(5);
await outbox.stop();
