/**
 * A guard on the real host, killed with SIGKILL at each step of a delivery and started anew: nothing is lost, and
 * nothing is told twice but what Discord had said yes to, unheard.
 *
 * strace ends the process as it enters a system call of the delivery for the nth time, so that the call itself is not
 * made any more. It counts by thread: the program has one for its files.
 */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { StandInAnswer } from '../support/discord.ts';
import {
  type Discord,
  discordOnPc,
  type GuardOptions,
  judged,
  type Line,
  linesOf,
  onDuty,
  queueOf,
  seesHost,
  startGuard,
  startRoomyService,
  times,
} from './guards.ts';
import { onHost, onLab, operatorHome } from './host.ts';
import type { Program } from './programs.ts';

/** What a guard has synced and renamed before its first alert: what it read of the program, and that the service is up. */
const BEFORE = { fsync: 3, rename: 2, unlink: 0 } as const;

type Step = {
  /** What the queue holds then: nothing that was promised, an alert, or nothing more. */
  readonly left: 'partial' | 'alert' | 'nothing';
  /** How often the channel shows the alert in the end. */
  readonly shown: 1 | 2;
} & (
  | { readonly entering: keyof typeof BEFORE; readonly nth: number }
  /** While its request was answered so. */
  | { readonly during: StandInAnswer }
);

/** In the order in which a delivery takes them. */
const STEPS: Readonly<Record<string, Step>> = {
  'written, not synced': { entering: 'fsync', nth: 1, left: 'partial', shown: 1 },
  'synced, not renamed': { entering: 'rename', nth: 1, left: 'partial', shown: 1 },
  'renamed, its folder not synced': { entering: 'fsync', nth: 2, left: 'alert', shown: 1 },
  'in the queue, the memory not synced': { entering: 'fsync', nth: 3, left: 'alert', shown: 1 },
  'in the queue, the memory not renamed': { entering: 'rename', nth: 2, left: 'alert', shown: 1 },
  'in the queue, the memory’s folder not synced': {
    entering: 'fsync',
    nth: 4,
    left: 'alert',
    shown: 1,
  },
  'sent, not taken yet': { during: 'hang', left: 'alert', shown: 1 },
  'taken, its yes not heard': { during: 'swallow', left: 'alert', shown: 2 },
  'its yes heard, not removed': { entering: 'unlink', nth: 1, left: 'alert', shown: 2 },
  'removed, the folder not synced': { entering: 'fsync', nth: 5, left: 'nothing', shown: 1 },
};

interface Life {
  readonly name: string;
  readonly step: Step;
  readonly home: string;
  readonly discord: Discord;
  readonly first: Program<Line>;
}

async function begin([name, step]: readonly [string, Step]): Promise<Life> {
  const home = operatorHome();
  const discord = await discordOnPc(home);
  if ('during' in step) await discord.answer([step.during]);
  const first = startGuard(home, { discord, ...('entering' in step && killedEntering(step, home)) });
  await seesHost(first);
  return { name, step, home, discord, first };
}

function killedEntering(
  { entering, nth }: Extract<Step, { readonly entering: string }>,
  home: string,
): Pick<GuardOptions, 'under' | 'env'> {
  // With -D the tracer is not the guard's parent: its end is seen as its own. With --seccomp-bpf, which would be quicker,
  // strace 6.1 injects no signal.
  const quietly = ['-D', '-f', '-qq', '-o', join(home, 'strace')];
  const kill = [
    '-e',
    `trace=${entering}`,
    '-e',
    `inject=${entering}:signal=KILL:when=${BEFORE[entering] + nth}`,
  ];
  return { under: ['strace', ...quietly, ...kill], env: { UV_THREADPOOL_SIZE: '1' } };
}

async function dies({ name, step, discord, first }: Life): Promise<void> {
  if ('during' in step) {
    await discord.program.until(({ message }) => message !== undefined);
    await first.end('SIGKILL');
  }
  expect(await first.ended, name).toBe('SIGKILL');
}

const left = (home: string): Step['left'] => {
  const [file, ...others] = queueOf(home);
  if (others.length > 0) throw new Error(`more than one in the queue: ${file}, ${others}`);
  if (file === undefined) return 'nothing';
  return file.endsWith('.partial') ? 'partial' : 'alert';
};

onLab('a guard that is killed while it delivers', () => {
  it('has lost nothing when it is back, whatever the step', async () => {
    await startRoomyService();
    const lives: Life[] = [];
    for (const step of Object.entries(STEPS)) lives.push(await begin(step));
    await Promise.all(lives.map(({ first }) => onDuty(first)));
    const cutWall = Date.now();
    await onHost('systemctl stop calculatrice');
    await Promise.all(lives.map(dies));
    for (const { name, step, home } of lives) expect(left(home), name).toBe(step.left);

    const seconds: Program<Line>[] = [];
    for (const { home, discord } of lives) {
      const second = startGuard(home, { discord });
      seconds.push(second);
      await seesHost(second);
    }
    // Down still, and told: by what was in the queue, or by a judgement of its own.
    await Promise.all(
      lives.map(({ discord, step }) => discord.program.until(() => discord.shown().length >= step.shown)),
    );
    const mendWall = Date.now();
    await onHost('systemctl start calculatrice');
    await Promise.all(seconds.map((guard) => times(guard, 'recovered', 1)));

    for (const [index, { name, step, home, discord, first }] of lives.entries()) {
      const second = seconds[index] ?? first;
      // What was promised by nobody is judged anew; all else is told under the id that it had.
      const fell = step.left === 'partial' ? linesOf(second, 'down') : linesOf(first, 'down');
      expect(linesOf(second, 'down'), name).toHaveLength(step.left === 'partial' ? 1 : 0);
      const [down] = fell.map(({ alert }) => String(alert));
      const [back] = judged(second).slice(-1);
      await second.until(({ event, alert }) => event === 'alert-delivered' && alert === back);
      expect(discord.shown(), name).toEqual(step.shown === 2 ? [down, down, back] : [down, back]);
      const titles = discord.sent().map(({ message }) => message.embeds[0].title);
      expect(titles[0], name).toMatch(/is down$/);
      expect(titles.at(-1), name).toMatch(/is back$/);
      expect(queueOf(home), name).toEqual([]);
      if (step.left !== 'partial') {
        // Its length is from the first guard's first look at it.
        const sinceWall = Date.parse(String(fell[0]?.since));
        expect(sinceWall, name).toBeGreaterThanOrEqual(cutWall - 100);
        const { lengthSeconds } = await second.until(({ event }) => event === 'recovered');
        expect(Number(lengthSeconds) * 1000, name).toBeGreaterThanOrEqual(mendWall - sinceWall);
      }
      expect(await second.end(), name).toBe(0);
    }
  });
});
