/** `check` as a command, on the embedded host: words, JSON, exit codes, questions and mends. */
import { EventEmitter } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PromptTerminal } from '../../src/cli/ask.ts';
import { type CheckOptions, runCheck } from '../../src/cli/check.ts';
import type { CheckDocument } from '../../src/cli/check-report.ts';
import { type CommonOptions, readInvocation, UsageError } from '../../src/cli/invocation.ts';
import type { Io } from '../../src/cli/io.ts';
import type { Tools } from '../../src/cli/with-host.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { tcpConnector } from '../../src/ops/connector.ts';
import type { DemoWorld } from '../../src/ops/demo/host.ts';
import { demoWorld } from '../ops/demo/world.ts';

/** What the world keeps to, as its `check` expects: three seconds, like the program's own demo. */
const RESTART_SEC_MS = 3000;

function toolsOf(world: DemoWorld): Tools {
  return {
    async open(_invocation, { signal }) {
      const host = await world.connect(signal);
      const { unit, port, address } = world;
      return {
        host,
        makeHost: world.connect,
        connector: world.connector,
        subject: { unit, port, address, asksAnswers: true },
        close: async () => undefined,
      };
    },
    hostName: async (host) => host,
    servedHere: async () => '127.0.0.1',
    connector: tcpConnector,
    clock: systemClock,
  };
}

/** Somebody at the terminal who gives the same answer to everything. */
function answering(answer: string) {
  const questions: string[] = [];
  const terminal = (): PromptTerminal => {
    const input = Object.assign(new EventEmitter(), {
      setRawMode: () => undefined,
      resume: () => queueMicrotask(() => input.emit('data', `${answer}\r`)),
      pause: () => undefined,
      unshift: () => undefined,
    });
    return { input, output: { write: (text: string) => questions.push(text) }, close: () => undefined };
  };
  return { terminal, asked: () => questions.join('') };
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function check(
  world: DemoWorld,
  options: CheckOptions,
  {
    common = {},
    terminal = () => null,
  }: { common?: CommonOptions; terminal?: () => PromptTerminal | null } = {},
): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTTY: false,
    columns: 80,
  });
  const io: Io = {
    stdin: process.stdin,
    stdout: output('stdout'),
    stderr: output('stderr'),
    signal: new AbortController().signal,
    colour: false,
  };
  const invocation = await readInvocation(undefined, { demo: true, lang: 'en', ...common }, {});
  const code = await runCheck(invocation, options, io, toolsOf(world), terminal);
  return { code, ...written };
}

const document = ({ stdout }: Ran): CheckDocument => JSON.parse(stdout);
const failing = (ran: Ran) =>
  document(ran)
    .items.filter(({ state }) => state === 'fail')
    .map(({ id }) => id);

describe('check on the embedded host', () => {
  it('judges what that host really has, and skips the rest with the reason', async () => {
    const world = await demoWorld({ restartSecMs: RESTART_SEC_MS });
    const ran = await check(world, { json: true });
    const { host, at, items, summary } = document(ran);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toBe('');
    expect(host).toBe('demo@hosting.tp5.b1');
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(items).toHaveLength(40);
    expect(summary).toEqual({ pass: 13, fail: 0, warn: 0, skip: 27 });
    expect(items.find(({ id }) => id === 'answers-from-here')?.evidence[0]?.output).toBe('5');
    expect(items.find(({ id }) => id === 'selinux')?.finding).toBe('the embedded host has no such thing');
  });

  it('goes by what the settings expect of the host, where that is not as in the exercise', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tp5-check-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const config = join(folder, 'config.toml');
    await writeFile(config, '[expect]\nrestart_sec = 5\n');
    const world = await demoWorld({ restartSecMs: RESTART_SEC_MS });
    const ran = await check(world, { json: true }, { common: { config } });
    expect(failing(ran)).toEqual(['restart-sec']);
    expect(document(ran).items.find(({ id }) => id === 'restart-sec')?.finding).toBe('RestartSec=3, not 5 s');
  });

  it('says where the host goes when it was typed after the points', async () => {
    const world = await demoWorld({ restartSecMs: RESTART_SEC_MS });
    await expect(check(world, { only: ['enabled', 'manon@10.5.1.2'] })).rejects.toThrow(
      /no “manon@10\.5\.1\.2”.*A host goes before --only/s,
    );
  });

  it('proves that the port follows when it is told yes, and leaves the service running', async () => {
    const world = await demoWorld({ restartSecMs: RESTART_SEC_MS });
    const { terminal, asked } = answering('y');
    const ran = await check(world, { only: ['firewall-follows'] }, { terminal });
    expect(asked()).toContain('stop calculatrice.service on demo@hosting.tp5.b1 for a moment? [y/N]');
    expect(ran.stdout).toContain('✓ firewall-follows');
    expect(failing(await check(world, { json: true, only: ['active', 'listens'] }))).toEqual([]);
  });

  it.each(['n', '', 'maybe'])('stops nothing when the answer is %j', async (answer) => {
    const world = await demoWorld({ restartSecMs: RESTART_SEC_MS });
    const ran = await check(world, { only: ['firewall-follows'] }, { terminal: answering(answer).terminal });
    expect(ran.stdout).toContain('– firewall-follows');
    expect(ran.code).toBe(0);
  });

  it('shows what fails with its evidence and mend, and mends it when it may', async () => {
    const world = await demoWorld({ restartSecMs: RESTART_SEC_MS });
    world.editUnit({ description: 'Calculatrice' });
    const only = ['reload-pending'];
    const broken = await check(world, { only });
    expect(broken.code).toBe(1);
    expect(broken.stdout).toBe(
      [
        'Integrate',
        '✗ reload-pending no daemon-reload is pending — the unit was edited since systemd read it: the old one still counts',
        '    $ systemctl show calculatrice.service -p NeedDaemonReload',
        '    NeedDaemonReload=yes',
        '    mend: sudo systemctl daemon-reload  (--fix does it)',
        '',
        '0 pass, 1 fail, 0 warnings, 0 skipped',
        '',
      ].join('\n'),
    );

    const french = await check(world, { only }, { common: { lang: 'fr' } });
    expect(french.stdout).toContain('    remède : sudo systemctl daemon-reload  (--fix s’en charge)\n');

    const declined = await check(world, { only, fix: true }, { terminal: answering('n').terminal });
    expect(declined).toMatchObject({ code: 1, stderr: 'Nothing was changed.\n' });

    const mended = await check(world, { only, fix: true }, { terminal: answering('y').terminal });
    expect(mended.stdout).toContain(
      'One step on demo@hosting.tp5.b1:\n  1. systemctl daemon-reload  [reload-pending]',
    );
    expect(mended.code).toBe(0);
    expect(await check(world, { only, fix: true, yes: true })).toMatchObject({
      code: 0,
      stderr: 'Nothing that --fix could do.\n',
    });
  });

  it('keeps JSON alone on stdout while it mends', async () => {
    const world = await demoWorld({ restartSecMs: RESTART_SEC_MS });
    world.editUnit({ description: 'Calculatrice' });
    const ran = await check(world, { only: ['reload-pending'], fix: true, yes: true, json: true });
    expect(document(ran).summary).toEqual({ pass: 1, fail: 0, warn: 0, skip: 0 });
    expect(ran.stderr).toContain('systemctl daemon-reload');
  });

  it('tells an edited restart delay from the one that was asked for', async () => {
    const world = await demoWorld({ restartSecMs: 5000 });
    const ran = await check(world, { json: true });
    expect(failing(ran)).toEqual(['restart-sec']);
    // The embedded host has no shell to edit a file in.
    expect(document(ran).items.find(({ id }) => id === 'restart-sec')?.mend?.fixable).toBe(false);
  });

  it('speaks French', async () => {
    const world = await demoWorld({ restartSecMs: RESTART_SEC_MS });
    const ran = await check(world, { only: ['active'] }, { common: { lang: 'fr' } });
    expect(ran.stdout).toMatch(/^Intégrer\n✓ active actif — PID \d+\n\n1 bon, 0 à corriger/);
  });
});

describe('wrong usage of check', () => {
  it.each<[string, CheckOptions, CommonOptions, RegExp]>([
    ['an item that is none', { only: ['hostnam'] }, {}, /knows no “hostnam”.*\n.*host-only-static/],
    ['mending without anybody to ask', { fix: true }, {}, /--yes/],
    ['mending with --no-input', { fix: true }, { input: false }, /--yes/],
    ['mending read-only', { fix: true, yes: true }, { readOnly: true }, /--read-only/],
  ])('is %s', async (_name, options, common, message) => {
    const world = await demoWorld({ autostart: false });
    const refused = check(world, options, { common });
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(message);
  });
});
