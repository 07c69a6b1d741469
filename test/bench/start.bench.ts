/** How soon the program is there, as a multiple of what the machine needs for something known, in the same run. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { launcher } from '../e2e/demo.ts';
import { control, hostAddress, onHost, onLab, onPc, openConsole, operatorHome } from '../lab/host.ts';
import { openTerminal } from '../support/terminal.ts';

const ROUNDS = 7;

/** The median of what each round took: one that was disturbed does not count. */
async function median(round: () => unknown): Promise<number> {
  const took: number[] = [];
  for (let count = 0; count < ROUNDS; count += 1) {
    const began = performance.now();
    await round();
    took.push(performance.now() - began);
  }
  return took.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}

function tell(what: string, ms: number, base: string, baseMs: number): number {
  const times = ms / baseMs;
  process.stdout.write(
    `${what}: ${ms.toFixed(0)} ms, ${times.toFixed(2)} times ${base} (${baseMs.toFixed(0)} ms)\n`,
  );
  return times;
}

const node = (...args: readonly string[]): void => {
  expect(spawnSync(process.execPath, args, { stdio: 'ignore' }).status).toBe(0);
};

describe('the start', () => {
  it.each(['--version', '--help'])('of %s costs little more than Node’s own', async (flag) => {
    const bare = await median(() => node('-e', '0'));
    const ours = await median(() => node(launcher, flag));
    expect(tell(flag, ours, 'an empty Node', bare)).toBeLessThan(3);
  });

  it('of the console on the demo host is told', async () => {
    const bare = await median(() => node('-e', '0'));
    const ours = await median(async () => {
      const terminal = openTerminal({
        command: process.execPath,
        args: [launcher, 'demo'],
        cols: 120,
        rows: 40,
      });
      await terminal.waitFor('5 Calculator');
      await terminal.close();
    });
    tell('the first frame of the demo', ours, 'an empty Node', bare);
  });
});

onLab('on the real host', () => {
  it('the console is live before ssh would have run a command', async () => {
    await control('reset', '--restart-sec', '2');
    await onHost('systemctl start calculatrice');
    const home = operatorHome();
    const ssh = onPc(home, 'ssh', [`manon@${hostAddress}`, 'true']);
    const base = await median(() =>
      expect(spawnSync(ssh.command, ssh.args, { stdio: 'ignore' }).status).toBe(0),
    );
    const ours = await median(async () => {
      const terminal = openConsole('manon', [], { cols: 120, rows: 40, home });
      await terminal.waitFor(/active \(running\)(.|\n)*13337\/tcp +runtime ✓ permanent ✓/);
      await terminal.close();
    });
    tell('from the start to live', ours, 'ssh host true', base);
  });
});
