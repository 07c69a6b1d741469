/**
 * The guard on the real host while Discord misbehaves, a guard for each way: the same three outages reach each
 * channel, nothing lost, nothing twice, in their order.
 */
import { expect, it } from 'vitest';
import { type StandInAnswer, TAKEN } from '../support/discord.ts';
import {
  type Discord,
  discordOnPc,
  judged,
  type Line,
  linesOf,
  onDuty,
  queueOf,
  type Sent,
  seesHost,
  startGuard,
  startRoomyService,
  times,
} from './guards.ts';
import { onHost, onLab, operatorHome } from './host.ts';
import type { Program } from './programs.ts';

const MINUTE_MS = 60_000;

function patience(seconds: number): StandInAnswer {
  const body = { message: 'You are being rate limited.', retry_after: seconds, global: false };
  return { status: 429, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
const broken = (status: number): StandInAnswer => ({ status, body: '<html>upstream</html>' });

/** One way of Discord's: what it does to the requests one after the other; later ones are taken. */
const WAYS = {
  well: [],
  impatient: [patience(2.5), TAKEN, patience(1.2), patience(4), TAKEN],
  broken: [broken(500), broken(502), TAKEN, broken(503), TAKEN],
  mute: [TAKEN, 'hang', TAKEN],
  torn: ['reset', TAKEN, 'reset', 'reset'],
  swallowing: ['swallow'],
  gone: [],
} satisfies Record<string, readonly StandInAnswer[]>;
type Way = keyof typeof WAYS;

interface Scene {
  readonly home: string;
  readonly guard: Program<Line>;
  discord: Discord;
}

async function open(way: Way): Promise<Scene> {
  const home = operatorHome();
  const discord = await discordOnPc(home);
  await discord.answer(WAYS[way]);
  const guard = startGuard(home, { discord });
  await seesHost(guard);
  return { home, guard, discord };
}

/** Falls that have nothing to do with each other, and what mends each. */
const OUTAGES = [
  ['systemctl stop calculatrice', 'systemctl start calculatrice'],
  ['systemctl kill -s KILL calculatrice', 'systemctl restart calculatrice'],
  ['firewall-cmd -q --remove-port=13337/tcp', 'firewall-cmd -q --add-port=13337/tcp'],
] as const;

const kinds = ({ lines }: Program<Line>): readonly string[] =>
  lines.flatMap(({ event, alert }) => (typeof alert === 'string' && !/^alert-/.test(event) ? [event] : []));

/** Milliseconds from each request that was answered so to the next. */
function restsAfter(sent: readonly Sent[], answer: (answer: StandInAnswer) => boolean): readonly number[] {
  return sent.flatMap((each, index) => {
    const next = sent[index + 1];
    return next !== undefined && answer(each.answer) ? [next.atWall - each.atWall] : [];
  });
}

const status = (answer: StandInAnswer): number => (typeof answer === 'object' ? answer.status : 0);

onLab('a guard’s alerts', () => {
  it('outlive whatever Discord does, a minute without it among that', async () => {
    await startRoomyService();
    const ways = Object.keys(WAYS) as Way[];
    const opened: [Way, Scene][] = [];
    for (const way of ways) opened.push([way, await open(way)]);
    const scenes = Object.fromEntries(opened) as Record<Way, Scene>;
    const all = Object.values(scenes);
    await Promise.all(all.map(({ guard }) => onDuty(guard)));

    const { gone } = scenes;
    const goneWall = Date.now();
    await gone.discord.program.end('SIGKILL');
    for (const [index, [fall, mend]] of OUTAGES.entries()) {
      await onHost(fall);
      await Promise.all(all.map(({ guard }) => times(guard, 'down', index + 1)));
      await onHost(mend);
      await Promise.all(all.map(({ guard }) => times(guard, 'recovered', index + 1)));
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, goneWall + MINUTE_MS - Date.now());
    await promise;
    expect(gone.discord.sent()).toEqual([]);
    const backWall = Date.now();
    gone.discord = await discordOnPc(gone.home, Number(new URL(gone.discord.address).port));

    // The longest rest between two tries is a minute.
    await Promise.all(all.map(({ guard }) => times(guard, 'alert-delivered', 6)));
    const drainedWall = Date.now();
    for (const [way, { guard, discord, home }] of Object.entries(scenes)) {
      const told = judged(guard);
      expect(kinds(guard), way).toEqual(['down', 'recovered', 'down', 'recovered', 'down', 'recovered']);
      expect(new Set(told).size, way).toBe(6);
      // Whatever else happens, one message's answer that never comes is the only reason for a second one.
      const [first = ''] = told;
      expect(discord.shown(), way).toEqual(way === 'swallowing' ? [first, ...told] : told);
      expect(
        linesOf(guard, 'alert-delivered').map(({ alert }) => alert),
        way,
      ).toEqual(told);
      expect(queueOf(home), way).toEqual([]);
      expect(await guard.end(), way).toBe(0);
    }

    const { well, impatient, broken, mute, torn, swallowing } = scenes;
    expect(well.discord.sent()).toHaveLength(6);
    expect(linesOf(well.guard, 'alert-delayed')).toEqual([]);

    const rests = restsAfter(impatient.discord.sent(), (answer) => status(answer) === 429);
    for (const [index, seconds] of [2.5, 1.2, 4].entries()) {
      expect(rests[index]).toBeGreaterThanOrEqual(seconds * 1000);
    }
    expect(linesOf(impatient.guard, 'alert-delayed')).toMatchObject([
      { rateLimited: true, restMs: 2500 },
      { rateLimited: true, restMs: 1200 },
      { rateLimited: true, restMs: 4000 },
    ]);

    expect(linesOf(broken.guard, 'alert-delayed').map(({ detail }) => detail)).toEqual([
      'HTTP 500',
      'HTTP 502',
      'HTTP 503',
    ]);
    for (const rest of restsAfter(broken.discord.sent(), (answer) => status(answer) >= 500)) {
      expect(rest).toBeGreaterThanOrEqual(500);
    }
    for (const { guard, discord } of [mute, swallowing]) {
      expect(linesOf(guard, 'alert-delayed').map(({ detail }) => detail)).toEqual([
        'no answer within 10000 ms',
      ]);
      const silent = restsAfter(discord.sent(), (answer) => typeof answer === 'string');
      expect(silent).toEqual([expect.any(Number)]);
      expect(silent[0]).toBeGreaterThanOrEqual(10_000);
    }
    expect(linesOf(torn.guard, 'alert-delayed')).toHaveLength(3);

    // It knocked all the while, at ever greater rests, and wrote each down.
    const knocks = linesOf(gone.guard, 'alert-delayed');
    expect(knocks.length).toBeGreaterThanOrEqual(4);
    expect(knocks.map(({ detail }) => detail)).toEqual(
      knocks.map(() => expect.stringContaining('ECONNREFUSED')),
    );
    expect(knocks.every(({ restMs }) => Number(restMs) >= 500 && Number(restMs) <= MINUTE_MS)).toBe(true);
    console.info(
      `Discord away for ${backWall - goneWall} ms: ${knocks.length} tries; all six told ${drainedWall - backWall} ms after its return`,
    );
  });
});
