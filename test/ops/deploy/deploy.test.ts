/** Deployments on a host of files, with the real scripts: done, put back, cut off at every step. */
import { describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/ops/connector.ts';
import { asset } from '../../../src/ops/deploy/assets.ts';
import { type DeployOptions, type DeployOutcome, deploy } from '../../../src/ops/deploy/deploy.ts';
import { look } from '../../../src/ops/deploy/look.ts';
import { type DeployWish, type Survey, survey } from '../../../src/ops/deploy/survey.ts';
import { openTransaction } from '../../../src/ops/deploy/transaction.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import {
  commandsOver,
  createSandbox,
  lostLink,
  SANDBOX_RUNS,
  type Sandbox,
  type SandboxState,
} from './sandbox.ts';

/** Passes only while no command runs: however long a busy machine takes for one, the deployment sees none of it. */
const clock = createFakeClock();

const UNIT = 'etc/systemd/system/calculatrice.service';
const SERVER = 'opt/calculatrice/server.py';
/** A host as somebody has left it: their own server and unit, running, its port open. */
const THEIRS: SandboxState = { active: 'active', enabled: true, port: true };

function withTheirs(): Sandbox {
  const sandbox = createSandbox(THEIRS);
  sandbox.write(SERVER, 'print("theirs")\n', 0o755);
  sandbox.write('opt/calculatrice/notes.txt', 'keep me\n');
  sandbox.write(UNIT, '[Unit]\nDescription=Mine\n[Service]\nExecStart=/usr/bin/python server.py\n', 0o755);
  return sandbox;
}

function wish(sandbox: Sandbox, more: Partial<DeployWish> = {}): DeployWish {
  return {
    unit: 'calculatrice.service',
    port: 13337,
    address: null,
    listen: null,
    files: null,
    hardened: false,
    asksAnswers: true,
    place: sandbox.place,
    ...more,
  };
}

const surveyed = (sandbox: Sandbox, more?: Partial<DeployWish>): Promise<Survey> =>
  clock.until(survey(sandbox.host, wish(sandbox, more), { clock }), commandsOver);

async function deployed(
  sandbox: Sandbox,
  found: Survey,
  more: Partial<DeployOptions> = {},
): Promise<DeployOutcome> {
  const deployment = deploy(sandbox.host, found, {
    // The sandbox's stream has what the client uses of a socket.
    connector: (() => sandbox.dial()) as unknown as Connector,
    clock,
    signal: new AbortController().signal,
    // Not over before the test is, on a clock that runs so fast.
    restoreAfterMs: 3_600_000,
    ...more,
  });
  return clock.until(deployment, commandsOver);
}

/** How many commands a whole deployment takes, from the first that changes anything to the last. */
async function commandsOf(make: () => Sandbox): Promise<string[]> {
  const sandbox = make();
  const found = await surveyed(sandbox);
  const commands: string[] = [];
  sandbox.interfere = (argv) => {
    commands.push(argv.slice(2, 5).join(' '));
    return undefined;
  };
  const { problem } = await deployed(sandbox, found);
  if (problem !== null) throw new Error(JSON.stringify(problem));
  return commands;
}

describe.skipIf(!SANDBOX_RUNS)('deploy', () => {
  it('puts our server on an empty host, then finds nothing to change', async () => {
    const sandbox = createSandbox();
    const found = await surveyed(sandbox);
    expect(found.steps.map((step) => step.kind)).toEqual([
      'mkdir',
      'write',
      'write',
      'daemon-reload',
      'enable',
      'start',
    ]);
    const outcome = await deployed(sandbox, found);
    expect(outcome).toMatchObject({ changed: true, problem: null, rolledBack: { how: 'no-need' } });
    expect(outcome.proved).toMatchObject({
      active: { sub: 'running' },
      listening: { address: '10.5.1.2', port: 13337 },
      firewall: { zone: 'public', runtime: true, permanent: true },
    });
    expect(sandbox.read(SERVER)).toBe(asset('server.py'));
    expect(sandbox.read(UNIT)).toContain('server.py --listen 10.5.1.2\n');
    expect(sandbox.exists('systemd/timer')).toBe(false);

    const before = sandbox.snapshot();
    const again = await surveyed(sandbox);
    expect(again.steps).toEqual([]);
    expect(await deployed(sandbox, again)).toMatchObject({ changed: false, problem: null });
    expect(sandbox.snapshot()).toEqual(before);
  });

  it('stops a running service by its old lines before its unit changes', async () => {
    const sandbox = withTheirs();
    await deployed(sandbox, await surveyed(sandbox));
    const calls = sandbox.calls().filter((call) => /stop|start|daemon-reload/.test(call));
    expect(calls).toEqual([
      'systemctl stop calculatrice.service',
      'systemctl daemon-reload',
      'systemctl start calculatrice.service',
      expect.stringMatching(/^systemctl stop deploy-.*\.timer$/),
    ]);
    expect(sandbox.read('opt/calculatrice/notes.txt')).toBe('keep me\n');
  });

  it('keeps what was replaced, of the last deployment alone', async () => {
    const sandbox = withTheirs();
    const first = await deployed(sandbox, await surveyed(sandbox));
    const kept = first.kept?.slice(sandbox.root.length + 1) ?? '';
    expect(sandbox.read(`${kept}/kept/1-server.py`)).toBe('print("theirs")\n');
    const second = await deployed(sandbox, await surveyed(sandbox, { hardened: true }));
    expect(second.problem).toBeNull();
    expect(sandbox.exists(kept)).toBe(false);
  });

  it.each([
    ['an empty host', createSandbox],
    ['somebody’s own', withTheirs],
  ])('puts back %s when the service does not start', async (_name, make) => {
    const sandbox = make();
    const before = sandbox.snapshot();
    const found = await surveyed(sandbox);
    // Ours, not theirs, which is to be started again.
    sandbox.write('systemd/start-fails', 'server.py --listen');
    const outcome = await deployed(sandbox, found);
    expect(outcome).toMatchObject({
      problem: { code: 'step', step: { kind: 'start' }, detail: expect.stringMatching(/Job/) },
      rolledBack: { how: 'done' },
    });
    expect(sandbox.snapshot()).toEqual(before);
  });

  it('says so when what was there cannot be put back, and the host tries again', async () => {
    const sandbox = withTheirs();
    const before = sandbox.snapshot();
    const found = await surveyed(sandbox);
    sandbox.write('systemd/start-fails', 'ExecStart');
    expect(await deployed(sandbox, found)).toMatchObject({
      rolledBack: {
        how: 'failed',
        wrong: [{ what: 'start', name: 'calculatrice.service', reason: expect.stringContaining('Job') }],
      },
    });
    const [one] = (await look(sandbox.host, where(sandbox), [])).unfinished;
    expect(one?.stage).toBe('restoring');
    sandbox.write('systemd/start-fails', 'no such line');
    expect(await sandbox.fireTimer()).toBe(true);
    expect(sandbox.snapshot()).toEqual(before);
  });

  it('puts back when it does not answer, and says what came', async () => {
    const sandbox = withTheirs();
    const before = sandbox.snapshot();
    sandbox.answer = '6';
    const outcome = await deployed(sandbox, await surveyed(sandbox));
    expect(outcome).toMatchObject({
      changed: false,
      problem: {
        code: 'proof',
        failure: { proof: 'answer', from: 'host', got: { state: 'wrong', text: '6' } },
      },
      rolledBack: { how: 'done' },
    });
    expect(sandbox.snapshot()).toEqual(before);
    expect(sandbox.exists('var/lib/tp5-tui')).toBe(true);
    expect((await look(sandbox.host, where(sandbox), [])).unfinished).toEqual([]);
  });

  it('puts back when nothing listens where it should', async () => {
    const sandbox = createSandbox();
    const before = sandbox.snapshot();
    const found = await surveyed(sandbox);
    sandbox.answer = null;
    const outcome = await deployed(sandbox, found);
    expect(outcome.problem).toMatchObject({ code: 'proof', failure: { proof: 'listening', found: [] } });
    expect(sandbox.snapshot()).toEqual(before);
  });

  it('waits for a server that takes its time before it listens', async () => {
    const sandbox = createSandbox();
    const found = await surveyed(sandbox);
    let firstLookMs: number | null = null;
    sandbox.isListening = () => {
      firstLookMs ??= clock.now();
      return clock.now() - firstLookMs >= 20_000;
    };
    const outcome = await deployed(sandbox, found);
    expect(outcome).toMatchObject({ changed: true, problem: null });
  });

  it('puts back when interrupted, between any two commands', async () => {
    const commands = await commandsOf(withTheirs);
    for (let cut = 2; cut < commands.length - 1; cut += 1) {
      const sandbox = withTheirs();
      const before = sandbox.snapshot();
      const found = await surveyed(sandbox);
      const stop = new AbortController();
      let count = 0;
      sandbox.interfere = () => {
        if (count === cut) stop.abort(new Error('Ctrl+C'));
        count += 1;
        return undefined;
      };
      const outcome = await deployed(sandbox, found, { signal: stop.signal });
      expect([commands[cut], outcome.problem?.code, outcome.rolledBack.how]).toEqual([
        commands[cut],
        'interrupted',
        'done',
      ]);
      expect(sandbox.snapshot(), commands[cut]).toEqual(before);
    }
  });

  it('stays out when its timer cannot be armed', async () => {
    const sandbox = withTheirs();
    const before = sandbox.snapshot();
    sandbox.write('systemd/no-timers', '');
    const outcome = await deployed(sandbox, await surveyed(sandbox));
    expect(outcome).toMatchObject({ problem: { code: 'no-timer' }, rolledBack: { how: 'no-need' } });
    expect(sandbox.snapshot()).toEqual(before);
  });

  it('does not begin while another deployment is under way', async () => {
    const sandbox = createSandbox();
    const found = await surveyed(sandbox);
    sandbox.interfere = (argv) => (argv.includes('start') ? lostLink() : undefined);
    expect((await deployed(sandbox, found)).problem).toMatchObject({ failure: { code: 'link-lost' } });
    sandbox.interfere = () => undefined;
    const second = await deployed(sandbox, await surveyed(sandbox, { hardened: true }));
    expect(second).toMatchObject({ problem: { code: 'another-deployment' }, rolledBack: { how: 'no-need' } });
  });

  it('puts nothing half in place: content that was cut short is not written', async () => {
    const sandbox = withTheirs();
    const found = await surveyed(sandbox);
    const { host } = sandbox;
    const outcome = await deployed(
      {
        ...sandbox,
        host: {
          ...host,
          run: (argv, options = {}) =>
            host.run(argv, argv.includes('write') ? { ...options, input: 'import so' } : options),
        },
      },
      found,
    );
    expect(outcome.problem).toMatchObject({ code: 'step', step: { kind: 'write' } });
    expect(sandbox.read(SERVER)).toBe('print("theirs")\n');
  });
});

const where = (sandbox: Sandbox) => ({ state: sandbox.place.state, unit: 'calculatrice.service' });

describe.skipIf(!SANDBOX_RUNS)('a link that is lost', () => {
  it.each([
    ['before the command', (): (() => void) | undefined => lostLink()],
    ['after it', (): (() => void) | undefined => lostLink],
  ])('leaves the host as it was or as it was to be, wherever it is lost: %s', async (_when, lose) => {
    for (const make of [createSandbox, withTheirs]) {
      const commands = await commandsOf(make);
      expect(commands.length).toBeGreaterThan(8);
      const done = make();
      await deployed(done, await surveyed(done));
      const wanted = withoutTimes(done.snapshot());
      for (const [cut, command] of commands.entries()) {
        const sandbox = make();
        const before = sandbox.snapshot();
        const found = await surveyed(sandbox);
        let count = 0;
        sandbox.interfere = () => {
          const result = count >= cut ? (count === cut ? lose() : lostLink()) : undefined;
          count += 1;
          return result;
        };
        const outcome = await deployed(sandbox, found).catch((error: unknown) => error);
        expect(outcome, command).toMatchObject({ rolledBack: { how: 'by-host' } });
        sandbox.interfere = () => undefined;

        // Who looks before the time has come is told that it is not over.
        const { unfinished } = await look(sandbox.host, where(sandbox), []);
        const armed = await sandbox.fireTimer();
        expect(
          unfinished.map(({ stage }) => stage),
          command,
        ).toEqual(armed ? ['armed'] : []);
        // Who looks after is told that it was put back.
        const after = await look(sandbox.host, where(sandbox), []);
        expect(
          after.unfinished.map(({ stage }) => stage),
          command,
        ).toEqual(armed ? ['restored'] : []);
        if (withoutTimes(sandbox.snapshot()).join('\n') !== wanted.join('\n')) {
          expect(sandbox.snapshot(), command).toEqual(before);
        } else {
          // Done, and only the word of it was lost.
          expect(cut, command).toBe(commands.length - 1);
        }
      }
    }
  });

  it('is made good by the next deployment, before the timer', async () => {
    const sandbox = withTheirs();
    const before = sandbox.snapshot();
    const found = await surveyed(sandbox);
    sandbox.interfere = (argv) => (argv.includes('daemon-reload') ? lostLink() : undefined);
    await deployed(sandbox, found);
    sandbox.interfere = () => undefined;
    expect(sandbox.snapshot()).not.toEqual(before);

    const [one] = (await look(sandbox.host, where(sandbox), [])).unfinished;
    expect(one).toMatchObject({ stage: 'armed', by: expect.stringContaining('@') });
    expect(one?.dueInSec).toBeGreaterThan(100);
    const transaction = openTransaction(sandbox.host, one?.folder ?? '', sandbox.place);
    expect(await transaction.restore()).toEqual({ aside: [], wrong: [] });
    expect(sandbox.snapshot()).toEqual(before);
    expect(await sandbox.fireTimer()).toBe(false);
    expect((await deployed(sandbox, await surveyed(sandbox))).problem).toBeNull();
  });

  it('ends a deployment that the host has put back meanwhile', async () => {
    const sandbox = withTheirs();
    const before = sandbox.snapshot();
    const found = await surveyed(sandbox);
    const { host } = sandbox;
    const outcome = await deployed(
      {
        ...sandbox,
        host: {
          ...host,
          run: async (argv, options) => {
            if (argv.includes('daemon-reload')) await sandbox.fireTimer();
            return host.run(argv, options);
          },
        },
      },
      found,
    );
    expect(outcome).toMatchObject({ problem: { code: 'superseded' }, changed: false });
    expect(sandbox.snapshot()).toEqual(before);
  });
});

/** Without modification times: two deployments are never at the same one. */
function withoutTimes(snapshot: readonly string[]): string[] {
  return snapshot.map((line) => line.replace(/^(\S+ \d+) [\d.]+/, '$1'));
}
