/** `tp5-tui deploy` as it is typed: what it prints where, what it asks, its JSON and its exit codes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PromptTerminal } from '../../src/cli/ask.ts';
import { type DeployCommandOptions, deployOn, readWish, runDeploy } from '../../src/cli/deploy.ts';
import { stopped } from '../../src/cli/deploy-report.ts';
import { runDeployment } from '../../src/cli/deployment.ts';
import { type CommonOptions, readInvocation, UsageError } from '../../src/cli/invocation.ts';
import { Interrupted, type Io } from '../../src/cli/io.ts';
import { systemClock } from '../../src/ops/clock.ts';
import type { Connector } from '../../src/ops/connector.ts';
import type { Step } from '../../src/ops/deploy/plan.ts';
import { createSandbox, lostLink, SANDBOX_RUNS, type Sandbox } from '../ops/deploy/sandbox.ts';

const ENV = { LANG: 'C', XDG_CONFIG_HOME: '/nonexistent', XDG_STATE_HOME: '/dev/null/nowhere' };

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function createIo() {
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTTY: false,
    columns: undefined,
  });
  const ending = new AbortController();
  const io: Io = {
    stdin: process.stdin,
    stdout: output('stdout'),
    stderr: output('stderr'),
    signal: ending.signal,
    colour: false,
  };
  return { io, ending, written };
}

/** A terminal at which these lines are typed, one for each question. */
function typing(...lines: readonly string[]): () => PromptTerminal {
  const rest = [...lines];
  return () => {
    const input = Object.assign(new PassThrough(), { setRawMode: (): void => undefined });
    input.write(`${rest.shift() ?? ''}\r`);
    return { input, output: { write: () => undefined }, close: () => undefined };
  };
}

async function run(
  sandbox: Sandbox,
  options: Partial<DeployCommandOptions>,
  more: {
    readonly common?: CommonOptions;
    readonly openTerminal?: () => PromptTerminal | null;
    readonly interrupt?: (ending: AbortController) => void;
  } = {},
): Promise<Ran> {
  const { io, ending, written } = createIo();
  more.interrupt?.(ending);
  const invocation = await readInvocation('manon@hosting.tp5.b1', more.common ?? {}, ENV);
  const whole: DeployCommandOptions = { files: [], ...options };
  const tools = {
    host: sandbox.host,
    // The sandbox's stream has what the client uses of a socket.
    connector: (() => sandbox.dial()) as unknown as Connector,
    clock: systemClock,
    place: sandbox.place,
    openTerminal: more.openTerminal ?? (() => null),
  };
  const code = await deployOn(tools, await readWish(invocation, whole), invocation, whole, io);
  return { code, ...written };
}

describe.skipIf(!SANDBOX_RUNS)('tp5-tui deploy', () => {
  it('shows the plan on stdout and nothing else there, and changes nothing, with --dry-run', async () => {
    const sandbox = createSandbox();
    const before = sandbox.snapshot();
    const { code, stdout, stderr } = await run(sandbox, { dryRun: true });
    expect(code).toBe(0);
    expect(stdout).toContain('+RestartSec=30\n');
    expect(stdout).toMatch(
      /^calculatrice\.service on manon@hosting\.tp5\.b1, listening on 10\.5\.1\.2:13337:\n/,
    );
    expect(stderr).toBe('Nothing was changed (--dry-run).\n');
    expect(sandbox.snapshot()).toEqual(before);
  });

  it('says so when there is nothing to change, and proves it all the same', async () => {
    const sandbox = createSandbox();
    expect((await run(sandbox, { yes: true })).code).toBe(0);
    const again = await run(sandbox, { yes: true });
    expect(again).toMatchObject({ code: 0, stdout: 'Nothing to change.\n' });
    expect(again.stderr).toContain('✓ 2+3 → 5 from here');
    sandbox.answer = '6';
    expect(await run(sandbox, { yes: true })).toMatchObject({ code: 1 });
  });

  it.each([
    ['', 1, false],
    ['n', 1, false],
    ['y', 0, true],
  ])('takes %j for an answer', async (answer, code, changed) => {
    const sandbox = createSandbox();
    expect(await run(sandbox, {}, { openTerminal: typing(answer) })).toMatchObject({ code });
    expect(sandbox.exists('opt/calculatrice/server.py')).toBe(changed);
  });

  it('does not apply another plan than the one that was shown', async () => {
    const sandbox = createSandbox();
    const openTerminal = typing('y');
    const { code, stderr } = await run(
      sandbox,
      {},
      {
        openTerminal: (): PromptTerminal => {
          sandbox.write('etc/systemd/system/calculatrice.service', '[Service]\n');
          return openTerminal();
        },
      },
    );
    expect([code, stderr]).toEqual([1, expect.stringContaining('has changed since the plan was shown')]);
    expect(sandbox.read('etc/systemd/system/calculatrice.service')).toBe('[Service]\n');
  });

  it.each<[string, CommonOptions, () => PromptTerminal | null]>([
    ['without a terminal', {}, () => null],
    ['with --no-input', { input: false }, typing('y')],
  ])('names --yes when it may not ask: %s', async (_name, common, openTerminal) => {
    const invocation = await readInvocation('manon@h', common, ENV);
    const asked = runDeploy(invocation, { files: [] }, createIo().io, { openTerminal });
    await expect(asked).rejects.toThrow(UsageError);
    await expect(asked).rejects.toThrow('--yes');
  });

  it.each([
    [{ listen: 'enp0s8' }, {}, '--listen takes an IP address'],
    [{ files: ['/nonexistent/server.py'] }, {}, '/nonexistent/server.py: no such file or directory'],
    [{ files: ['/tmp/my server.py'] }, {}, 'letters, digits'],
    [{ yes: true }, { readOnly: true }, '--read-only'],
  ])('refuses %j as wrong usage', async (options, common, words) => {
    const invocation = await readInvocation('manon@h', common, ENV);
    await expect(readWish(invocation, { files: [], ...options })).rejects.toThrow(words);
  });

  it('prints one JSON document and nothing else on stdout: done, put back, refused', async () => {
    const sandbox = createSandbox();
    const done = await run(sandbox, { yes: true, json: true });
    expect(JSON.parse(done.stdout)).toMatchObject({
      host: 'manon@hosting.tp5.b1',
      changed: true,
      steps: expect.arrayContaining([
        { kind: 'start', path: 'calculatrice.service', before: 'inactive (dead)', after: 'active' },
      ]),
      proved: { active: { sub: 'running' }, answer: { fromHostMs: expect.any(Number) } },
      rolledBack: null,
      error: null,
    });
    sandbox.answer = '6';
    const failed = await run(sandbox, { yes: true, json: true, hardened: true });
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      changed: false,
      rolledBack: true,
      error: { code: 'proof', message: expect.stringContaining('2+3 was answered “6”') },
    });
    const { host } = sandbox;
    const privilege = { kind: 'none', reason: 'no-sudo', detail: 'not in sudoers' } as const;
    const refused = await run(
      { ...sandbox, host: { ...host, info: { ...host.info, privilege } } },
      { yes: true, json: true },
    );
    expect(refused.code).toBe(4);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'not-permitted' } });
  });

  it('exits 4 when sudo allows some commands and not these', async () => {
    const sandbox = createSandbox();
    const { host } = sandbox;
    const stderr = 'Sorry, user manon is not allowed to execute /usr/bin/sh as root on hosting.';
    const run1 = async () => ({ code: 1, signal: null, stdout: '', stderr, truncated: false });
    const ran = await run({ ...sandbox, host: { ...host, run: run1 } }, { yes: true });
    expect(ran).toMatchObject({ code: 4, stderr: expect.stringContaining('not allowed to execute') });
  });

  it.each([
    ['no-sudo', /this user may not use sudo \(sudo: no\)\.\nLog in as root/],
    ['needs-terminal', /sudo wants a terminal of this user.*\(sudo: no\)\.\nHave root exempt.*!requiretty/],
    ['password-not-given', /no sudo password was given.*\.\nRun it in a terminal/],
    ['password-refused', /none of the passwords.*\.\nRun it again/],
  ] as const)('exits 4 for who may change nothing, and says why and what then: %s', async (reason, said) => {
    const sandbox = createSandbox();
    const { host } = sandbox;
    const info = { ...host.info, privilege: { kind: 'none', reason, detail: 'sudo: no' } } as const;
    const ran = await run({ ...sandbox, host: { ...host, info } }, { yes: true });
    expect(ran).toMatchObject({ code: 4, stderr: expect.stringMatching(said) });
  });

  it('says what is waited for, once the last step is begun', async () => {
    const { host, place } = createSandbox();
    const { io, written } = createIo();
    const steps: Step[] = [
      { kind: 'daemon-reload', path: 'systemd', before: '', after: '' },
      { kind: 'start', path: 'netdata.service', before: '', after: '' },
    ];
    const words = {
      heading: () => '',
      notes: () => [],
      ask: '',
      waiting: 'waiting for Netdata',
      proved: (proved: readonly string[]) => proved,
      done: () => 'done',
      command: 'tp5-tui deploy --netdata',
    };
    const code = await runDeployment(
      { host, clock: systemClock, openTerminal: () => null },
      {
        unit: 'netdata.service',
        place,
        nothingProved: [],
        words,
        survey: async () => ({ steps, notes: [] }),
        same: () => true,
        carryOut: async (found, { onStep, onProof }) => {
          for (const step of found.steps) onStep?.(step);
          onProof?.(['it answers']);
          return { ...stopped(null, ['it answers']), changed: true };
        },
        listenGiven: false,
      },
      { invocation: await readInvocation('h', {}, ENV), options: { yes: true }, io },
    );
    expect(code).toBe(0);
    expect(written.stderr).toMatch(/start netdata\.service\nwaiting for Netdata\n✓ it answers\n/);
  });

  it('exits 2 for an address that the host does not have, and names those it has', async () => {
    const ran = await run(createSandbox(), { yes: true, listen: '10.5.1.3' });
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('10.5.1.2, 10.33.64.2') });
  });

  it('puts back at Ctrl+C and exits 130', async () => {
    const sandbox = createSandbox();
    const before = sandbox.snapshot();
    let end = (): void => undefined;
    sandbox.interfere = (argv) => {
      if (argv.includes('start')) end();
      return undefined;
    };
    const ran = await run(
      sandbox,
      { yes: true },
      {
        interrupt: (ending) => {
          end = () => ending.abort(new Interrupted(130));
        },
      },
    );
    expect(ran).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('What was there before is back.'),
    });
    expect(sandbox.snapshot()).toEqual(before);
  });

  it('says what the host does when the link is lost, and tells of it the next time', async () => {
    const sandbox = createSandbox();
    sandbox.interfere = (argv) => (argv.includes('daemon-reload') ? lostLink() : undefined);
    const lost = await run(sandbox, { yes: true, json: true });
    expect(lost).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('The host puts back what was there by itself'),
    });
    expect(JSON.parse(lost.stdout)).toMatchObject({ rolledBack: 'pending', error: { code: 'link-lost' } });
    sandbox.interfere = () => undefined;

    expect((await run(sandbox, { dryRun: true })).stderr).toMatch(
      /is not over: the host is half done\. The host puts back/,
    );
    await sandbox.fireTimer();
    expect((await run(sandbox, { dryRun: true })).stderr).toContain(
      'the host has put back what was there before',
    );
    expect((await run(sandbox, { yes: true })).code).toBe(0);
    expect((await run(sandbox, { dryRun: true })).stderr).toBe('');
  });

  it.each([
    ['', 'Putting back what was there before', true],
    ['n', 'is kept as it is', false],
  ])('asks what to do with one that was cut off; %j', async (answer, words, restored) => {
    const sandbox = createSandbox();
    sandbox.interfere = (argv) => (argv.includes('daemon-reload') ? lostLink() : undefined);
    await run(sandbox, { yes: true });
    sandbox.interfere = () => undefined;
    const { code, stderr } = await run(sandbox, {}, { openTerminal: typing(answer, 'n') });
    expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
    expect(sandbox.exists('opt/calculatrice/server.py')).toBe(!restored);
    expect(await sandbox.fireTimer()).toBe(false);
  });

  /** One that was cut off on a host whose firewall has stopped since, the app's own files in its folder. */
  async function cutOffForGood(): Promise<Sandbox> {
    const sandbox = createSandbox({ port: true });
    sandbox.interfere = (argv) => (argv.includes('commit') ? lostLink() : undefined);
    await run(sandbox, { yes: true });
    sandbox.interfere = () => undefined;
    sandbox.write('opt/calculatrice/__pycache__/x.pyc', 'compiled');
    sandbox.write('systemd/no-firewall', '');
    return sandbox;
  }

  it('goes on after telling what an earlier one could not put back, and what it moved aside', async () => {
    const sandbox = await cutOffForGood();
    const { code, stdout, stderr } = await run(sandbox, { yes: true, json: true });
    expect(stderr).toMatch(
      /port 13337\/tcp could not be put back in the firewall: FirewallD is not running\n/,
    );
    expect(stderr).toMatch(
      /opt\/calculatrice was not of that deployment and in the way: it is now .*\/aside-/,
    );
    expect(stderr).toMatch(/Going on without\. What was there before .* stays in .*\/deploy-.*\/kept\./);
    expect(code).toBe(0);
    const firewall = { what: 'firewall', name: '13337/tcp', reason: 'FirewallD is not running' };
    expect(JSON.parse(stdout)).toMatchObject({
      changed: true,
      earlier: [
        {
          became: 'abandoned',
          by: expect.stringContaining('@'),
          movedAside: [{ from: sandbox.place.app, to: expect.stringContaining('aside-') }],
          notPutBack: [firewall, firewall],
        },
      ],
      movedAside: [],
      notPutBack: [],
    });
    expect((await run(sandbox, { dryRun: true })).stderr).toBe('');
  });

  it('asks before it goes on past what could not be put back, and takes Enter for No', async () => {
    const sandbox = await cutOffForGood();
    const { code, stderr } = await run(sandbox, {}, { openTerminal: typing('', '') });
    expect([code, stderr]).toEqual([1, expect.stringContaining('could not be put back in the firewall')]);
    const told = await run(sandbox, { dryRun: true });
    expect(told.stderr).toMatch(/could not all be put back yet\.\nport 13337\/tcp could not be put back/);
    expect(told.stderr).toContain('it is now ');
  });

  it('tells, in French too, what was moved aside when it puts back itself', async () => {
    const sandbox = createSandbox();
    sandbox.answer = '6';
    sandbox.interfere = (argv) => {
      if (argv.includes('start')) sandbox.write('opt/calculatrice/server.log', 'started');
      return undefined;
    };
    const { stdout, stderr } = await run(sandbox, { yes: true, json: true }, { common: { lang: 'fr' } });
    expect(stderr).toMatch(
      /calculatrice n’était pas de ce déploiement et gênait : c’est maintenant .*aside-/,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      rolledBack: true,
      movedAside: [{ from: sandbox.place.app }],
      notPutBack: [],
    });
    expect(sandbox.exists('opt/calculatrice')).toBe(false);
  });

  it('makes harmless what a file holds before it is shown', async () => {
    const sandbox = createSandbox();
    const folder = mkdtempSync(join(tmpdir(), 'tp5-app-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'server.py'), '# \x1b]0;owned\x07\u202e\ns.listen(1)\n');
    const { stdout } = await run(sandbox, { dryRun: true, files: [join(folder, 'server.py')] });
    expect(stdout).toContain('+# \\x1b]0;owned\\x07\\u202e\n');
    expect(stdout).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
  });

  it('speaks French', async () => {
    const { stdout } = await run(createSandbox(), { dryRun: true }, { common: { lang: 'fr' } });
    expect(stdout).toContain('démarrer calculatrice.service');
  });

  it('says that the demo host has nothing to deploy on', async () => {
    const { io, written } = createIo();
    const invocation = await readInvocation(undefined, { demo: true }, ENV);
    expect(await runDeploy(invocation, { files: [], yes: true, json: true }, io)).toBe(1);
    expect(JSON.parse(written.stdout)).toMatchObject({ changed: false, error: { code: 'demo' } });
  });
});

describe('what the settings expect of the host', () => {
  it('is what is deployed there: its folder, and its wait before a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tp5-deploy-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const config = join(folder, 'config.toml');
    writeFileSync(config, '[expect]\nfolder = "/srv/calc"\nrestart_sec = 5\n');
    const invocation = await readInvocation('manon@hosting.tp5.b1', { config }, ENV);
    expect(await readWish(invocation, { files: [] })).toMatchObject({
      restartSec: 5,
      place: { app: '/srv/calc', unitFile: '/etc/systemd/system/calculatrice.service' },
    });
  });
});
