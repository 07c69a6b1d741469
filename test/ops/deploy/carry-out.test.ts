/** How long a deployment may take, on a clock that the test moves. */
import { describe, expect, it } from 'vitest';
import { carryOut } from '../../../src/ops/deploy/carry-out.ts';
import { DeployStopped } from '../../../src/ops/deploy/problem.ts';
import type { Host } from '../../../src/ops/host.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeHost } from '../../support/fake-host.ts';

/** A deployment that changes nothing, and whose proof takes until it is told to end. */
function proving(restoreAfterMs?: number) {
  const clock = createFakeClock();
  const asked: string[] = [];
  const run: Host['run'] = async (argv) => {
    asked.push(argv.join(' '));
    return { code: 0, signal: null, stdout: 'Started.\npassword=secret\n\n', stderr: '', truncated: false };
  };
  const interrupt = new AbortController();
  let over = false;
  let prove = (_proved: string): void => undefined;
  const outcome = carryOut(
    { ...createFakeHost().host, run },
    {
      place: { state: '/var/lib/tp5-tui', owner: 'root:root' },
      unit: 'calculatrice.service',
      port: 13337,
      zone: null,
      steps: [],
      nowSec: 1_790_000_000,
      nothingProved: 'nothing',
      prove: (signal, onProof) =>
        new Promise((resolve, reject) => {
          onProof('half of it');
          prove = resolve;
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    },
    { clock, signal: interrupt.signal, ...(restoreAfterMs === undefined ? {} : { restoreAfterMs }) },
  ).finally(() => {
    over = true;
  });
  return { clock, asked, interrupt, outcome, isOver: () => over, prove: (so: string) => prove(so) };
}

describe('a deployment', () => {
  it.each<[string, number | undefined, number]>([
    ['of two minutes, if nothing is said', undefined, 100_000],
    ['that is long', 600_000, 580_000],
    ['that is just longer than the margin', 41_000, 21_000],
    ['that has no room for the margin: half of it', 30_000, 15_000],
    ['that is short', 12_000, 6_000],
  ])('gives up well before the host’s own timer %s', async (_name, restoreAfterMs, limitMs) => {
    const { clock, outcome, isOver } = proving(restoreAfterMs);
    await clock.advance(limitMs - 1);
    expect(isOver()).toBe(false);
    await clock.advance(1);
    expect(await outcome).toMatchObject({
      changed: false,
      proved: 'half of it',
      problem: { code: 'too-long', ms: limitMs },
      rolledBack: { how: 'no-need' },
    });
    expect(clock.sleepers).toBe(0);
  });

  it('asks the journal why it took so long, and shows no secret of it', async () => {
    const { clock, asked, outcome } = proving();
    await clock.advance(100_000);
    expect((await outcome).journal).toEqual(['Started.', 'password=…']);
    expect(asked).toEqual([
      expect.stringMatching(/^journalctl -u calculatrice\.service --since @1790000000 /),
    ]);
  });

  it('is interrupted by its caller, whatever else there was', async () => {
    const { clock, interrupt, outcome, asked } = proving();
    await clock.advance(99_999);
    interrupt.abort(new DeployStopped({ code: 'superseded' }));
    expect(await outcome).toMatchObject({ problem: { code: 'interrupted' }, journal: [] });
    expect(asked).toEqual([]);
    expect(clock.sleepers).toBe(0);
  });

  it('has no limit left once it is proved', async () => {
    const { clock, outcome, prove } = proving();
    await clock.advance(99_999);
    prove('all of it');
    expect(await outcome).toMatchObject({ proved: 'all of it', problem: null, changed: false, kept: null });
    expect(clock.sleepers).toBe(0);
  });
});
