/** The commands of the shell as the built program runs them, on the demo host: streams, exit codes, ends. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { groupMembers } from '../support/processes.ts';
import { launcher } from './demo.ts';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Resolves once stdout or stderr holds this. */
  readonly said: (text: string) => Promise<void>;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly type: (text: string) => void;
  /** As `| head` does. */
  readonly stopReading: () => void;
}

function start(args: readonly string[], stdin: string | null = ''): Running {
  const home = mkdtempSync(join(tmpdir(), 'tp5-commands-'));
  const env = { PATH: process.env.PATH, HOME: home, LANG: 'en_GB.UTF-8', TERM: 'xterm' };
  const child = spawn(process.execPath, [launcher, ...args], { env, detached: true });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  const keep = (add: (chunk: string) => void) => (chunk: Buffer) => {
    add(String(chunk));
    for (const look of watchers) look();
  };
  child.stdout.on(
    'data',
    keep((chunk) => {
      stdout += chunk;
    }),
  );
  child.stderr.on(
    'data',
    keep((chunk) => {
      stderr += chunk;
    }),
  );
  child.stdin.on('error', () => undefined);
  if (stdin !== null) child.stdin.end(stdin);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(home, { recursive: true, force: true });
  });
  return {
    pid: child.pid ?? 0,
    ended,
    said: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!stdout.includes(text) && !stderr.includes(text)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    kill: (signal) => child.kill(signal),
    type: (text) => child.stdin.write(text),
    stopReading: () => child.stdout.destroy(),
  };
}

const run = (args: readonly string[], stdin?: string): Promise<Ended> => start(args, stdin).ended;
const documents = ({ stdout }: Ended): unknown[] => {
  expect(stdout.endsWith('\n')).toBe(true);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
};

describe('on the demo host', () => {
  it('status says that all is well, to people and to scripts', async () => {
    const page = await run(['status', '--demo']);
    expect(page).toMatchObject({ code: 0, stderr: '' });
    expect(page.stdout).toMatch(/● reachable from here\n$/);
    const told = await run(['status', '--demo', '--json']);
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(documents(told)).toMatchObject([
      {
        host: 'demo@hosting.tp5.b1',
        link: { state: 'live', via: 'demo' },
        unit: { active: 'active', sub: 'running' },
        verdict: { reachable: true, broken: null },
      },
    ]);
  });

  it('drill kills it, and sees it come back', async () => {
    const ended = await run(['drill', '--demo', '--yes', '--json']);
    expect(ended.code).toBe(0);
    const [told] = documents(ended) as [{ steps: { name: string; ms: number }[]; pidBefore: number }];
    expect(told).toMatchObject({ restartSec: 3, passed: true, reason: null });
    const times = told.steps.map(({ ms }) => ms);
    expect(times).not.toContain(null);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(ended.stderr).toContain('✓ SIGKILL sent');
  });

  it('drill asks, and without anybody to ask names --yes', async () => {
    const ended = await run(['drill', '--demo', '--no-input', '--json']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('--yes');
    expect(documents(ended)).toMatchObject([{ error: { code: 'usage' } }]);
  });

  it('calc answers one expression, or the lines of stdin', async () => {
    expect(await run(['calc', '--demo', '-2*3'])).toMatchObject({ code: 0, stdout: '-6\n', stderr: '' });
    const lines = await run(['calc', '--demo', '--json'], '1+1\nimport os\n40+2\n');
    expect(lines.code).toBe(1);
    expect(documents(lines)).toMatchObject([
      { input: '1+1', answer: '2' },
      { input: 'import os', state: 'refused' },
      { input: '40+2', answer: '42' },
    ]);
  });

  it('probe, logs and config print data alone on stdout', async () => {
    const probes = await run(['probe', '--demo', '-c', '2', '-i', '0.2', '--json']);
    expect(probes).toMatchObject({ code: 0, stderr: '' });
    expect(documents(probes)).toHaveLength(3);
    const lines = await run(['logs', '--demo', '-n', '2', '--json']);
    expect(lines).toMatchObject({ code: 0, stderr: '' });
    expect(documents(lines)).toHaveLength(2);
    const config = await run(['config', '--demo', '--json']);
    expect(config).toMatchObject({ code: 0, stderr: '' });
    expect(documents(config)).toMatchObject([{ settings: { via: { value: 'demo' } } }]);
  });
});

describe('what fails', () => {
  const commands = [
    ['status'],
    ['check'],
    ['deploy', '--dry-run'],
    ['drill', '--yes'],
    ['calc', '1+1'],
    ['logs'],
  ].map((words) => ({ words: words.join(' ') }));

  it.each(commands)(
    '$words exits 3 at a host where nobody answers, in words and as one document',
    async ({ words }) => {
      const ended = await run([
        ...words.split(' '),
        '--host',
        '127.0.0.1:1',
        '--port',
        '1',
        '--no-input',
        '--json',
      ]);
      expect(ended.code).toBe(3);
      expect(ended.stderr).toMatch(/^(?:.*\n){0,2}tp5-tui: 127\.0\.0\.1, port 1: refused/);
      expect(documents(ended)).toHaveLength(1);
    },
  );

  it.each([...commands, { words: 'probe' }, { words: 'config' }])(
    '$words exits 2 on bad settings',
    async ({ words }) => {
      const ended = await run([...words.split(' '), '--config', '/nonexistent/tp5.toml', '--json']);
      expect(ended.code).toBe(2);
      expect(documents(ended)).toMatchObject([{ error: { code: 'usage' } }]);
      expect(ended.stderr).toContain('/nonexistent/tp5.toml');
    },
  );
});

describe.skipIf(!existsSync('/dev/full'))('a full disk', () => {
  it.each([
    ['calc', ['calc', '2+3', '--demo']],
    ['status', ['status', '--demo']],
    ['config', ['config']],
    ['--help', ['--help']],
  ])('is told of %s in a sentence, and is no success', async (_what, args) => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [launcher, ...args], {
      env: { PATH: process.env.PATH, HOME: '/nonexistent', LANG: 'C', TERM: 'xterm' },
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(stderr).toMatch(/tp5-tui: stdout: ENOSPC/);
    expect(stderr).not.toMatch(/at .*:\d+/);
    expect(code).toBe(1);
  });
});

describe('an end from outside', () => {
  it.each([
    ['logs', ['logs', '-f', '--demo'], 'Le serveur tourne'],
    ['probe', ['probe', '--demo', '-i', '0.2'], ': 2 open'],
    ['--help', ['--help'], 'Usage'],
  ])('%s outlives its reader without a stack trace', async (_what, args, sight) => {
    const running = start(args);
    await running.said(sight);
    running.stopReading();
    if (args.includes('logs')) running.kill('SIGTERM');
    const { code, stderr } = await running.ended;
    expect(stderr).not.toMatch(/Error|at .*:\d+/);
    expect([0, 141, 143]).toContain(code);
  });

  const waiting = [
    ['probe', ['probe', '--demo'], ': 1 open'],
    ['logs -f', ['logs', '-f', '--demo'], 'Le serveur tourne'],
    ['drill', ['drill', '--demo', '--yes'], 'process gone'],
  ] as const;
  it.each(waiting)('%s leaves on Ctrl+C with 130, and leaves nothing behind', async (_what, args, sight) => {
    const running = start(args);
    await running.said(sight);
    running.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    await expect.poll(() => groupMembers(running.pid)).toEqual([]);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s is %i', async (signal, code) => {
    const running = start(['probe', '--demo']);
    await running.said(': 1 open');
    running.kill(signal);
    expect((await running.ended).code).toBe(code);
  });

  it('calc leaves while it waits for a line', async () => {
    const running = start(['calc', '--demo'], null);
    // Nothing tells that it waits but an answer.
    const answered = running.said('2\n');
    running.type('1+1\n');
    await answered;
    running.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
  });
});

describe('the start', () => {
  const dist = fileURLToPath(new URL('../../dist/', import.meta.url));

  /** A bundle's file and all that it imports before it runs. */
  function loaded(file: string, seen = new Set<string>()): string[] {
    if (seen.has(file)) return [];
    seen.add(file);
    const text = readFileSync(join(dist, file), 'utf8');
    const imports = [...text.matchAll(/^\} from "\.\/(.+)";$|^import "\.\/(.+)";$/gm)];
    return [text, ...imports.flatMap((match) => loaded(match[1] ?? match[2] ?? '', seen))];
  }

  it('loads neither SSH nor the screen before a command asks for it', () => {
    const text = loaded('main.js').join('\n');
    expect(text).toContain('// node_modules/commander/');
    expect(text).not.toMatch(/\/\/ node_modules\/(ssh2|ink|react|dbus-native|execa|string-width|valibot)\//);
  });
});
