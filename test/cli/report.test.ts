/** `tp5-tui report` as it is typed: what it writes where, what it asks, and what no host can make it write. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PromptTerminal } from '../../src/cli/ask.ts';
import { type CommonOptions, readInvocation, UsageError } from '../../src/cli/invocation.ts';
import type { Io } from '../../src/cli/io.ts';
import type { OpenedHost } from '../../src/cli/open-host.ts';
import { type ReportOptions, runReport } from '../../src/cli/report.ts';
import type { ReportDocument } from '../../src/cli/report-document.ts';
import { writeWhole } from '../../src/cli/report-file.ts';
import { serverEntry } from '../../src/cli/server-entry.ts';
import type { Tools } from '../../src/cli/with-host.ts';
import { systemClock } from '../../src/ops/clock.ts';
import type { Connector } from '../../src/ops/connector.ts';
import { createDemo } from '../../src/ops/demo/host.ts';
import { Failed } from '../../src/ops/failure.ts';
import type { Host } from '../../src/ops/host.ts';
import { POINTS } from '../../src/ops/report/points.ts';
import type { RunResult } from '../../src/ops/transport/transport.ts';
import { createFakeHost, type FakeHostScript } from '../support/fake-host.ts';
import { readFences } from '../support/fences.ts';

const ENV = { LANG: 'en_GB.UTF-8', XDG_CONFIG_HOME: '/nonexistent', XDG_STATE_HOME: '/dev/null/nowhere' };

type Answer = (argv: readonly string[]) => Partial<RunResult>;

/** A host that answers every command by `answer`, as one behind SSH would. */
function hostThat(answer: Answer, script: FakeHostScript = {}) {
  const fake = createFakeHost(script);
  const ran: string[] = [];
  const run: Host['run'] = async (argv) => {
    ran.push(argv.slice(3).join(' '));
    return { code: 0, signal: null, stdout: '', stderr: '', truncated: false, ...answer(argv.slice(3)) };
  };
  return { host: { ...fake.host, run }, asked: fake.asked, answers: fake.answers, ran };
}

function toolsFor(host: Host): Tools & { opened: number } {
  const connector: Connector = () =>
    Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
  const tools = {
    opened: 0,
    async open(): Promise<OpenedHost> {
      tools.opened += 1;
      const subject = { unit: 'calculatrice.service', port: 13337, address: '10.5.1.2', asksAnswers: true };
      return {
        host,
        makeHost: async () => host,
        connector,
        subject,
        close: async () => undefined,
      };
    },
    hostName: async (name: string) => name,
    servedHere: async () => '127.0.0.1',
    connector,
    clock: systemClock,
  };
  return tools;
}

/** A terminal at which these lines are typed, one for each question. */
function typing(...lines: readonly string[]): () => PromptTerminal {
  const rest = [...lines];
  return () => {
    const input = Object.assign(new PassThrough(), { setRawMode: (): void => undefined });
    input.on('newListener', (event) => {
      if (event === 'data') input.write(`${rest.shift() ?? ''}\r`);
    });
    return { input, output: { write: () => undefined }, close: () => undefined };
  };
}

interface More {
  readonly common?: CommonOptions;
  readonly openTerminal?: () => PromptTerminal | null;
  readonly stderrIsTTY?: boolean;
}

async function run(tools: Tools, options: ReportOptions = {}, more: More = {}) {
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written, isTTY = false) => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTTY,
    columns: undefined,
  });
  const io: Io = {
    stdin: process.stdin,
    stdout: output('stdout'),
    stderr: output('stderr', more.stderrIsTTY),
    signal: new AbortController().signal,
    colour: false,
  };
  const host = more.common?.demo ? undefined : 'manon@hosting.tp5.b1';
  const invocation = await readInvocation(host, more.common ?? {}, ENV);
  const code = await runReport(invocation, options, io, tools, more.openTerminal ?? (() => null));
  return { code, ...written };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tp5-report-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function headings(markdown: string): readonly string[] {
  return readFences(markdown).outside.flatMap((line) => /^### (\S+) /.exec(line)?.[1] ?? []);
}

/** Not one of them: newlines end lines, and that is all that may be there of control characters. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}]/u;

function expectHarmless(markdown: string): void {
  expect(readFences(markdown).open).toBe(false);
  expect(markdown.split('\n').filter((line) => CONTROL.test(line))).toEqual([]);
}

describe('tp5-tui report', () => {
  it('has a section for each point, in French whatever the locale, and in English when asked', async () => {
    const { host } = hostThat(() => ({}));
    const french = await run(toolsFor(host));
    expect(french.code).toBe(0);
    expect(headings(french.stdout)).toEqual(POINTS);
    expect(french.stdout).toContain('### II.6 Ouverture automatique du firewall');
    expect(french.stderr).toBe('');
    const english = await run(toolsFor(host), { lang: 'en' });
    expect(headings(english.stdout)).toEqual(POINTS);
    expect(english.stdout).toContain('### II.6 Open the firewall automatically');
  });

  it('shows each command behind a prompt, with what the host printed', async () => {
    const status = '● calculatrice.service - Super calculatrice réseau\n   Active: active (running)';
    const { host } = hostThat((argv) =>
      argv.join(' ') === 'systemctl status calculatrice' ? { stdout: `${status}\n` } : {},
    );
    const { stdout } = await run(toolsFor(host));
    expect(stdout).toContain(`[manon@hosting ~]$ sudo systemctl status calculatrice\n${status}\n`);
  });

  it('only looks, without --with-drill', async () => {
    const { host, asked, ran } = hostThat(() => ({}));
    await run(toolsFor(host));
    expect(asked.verbs).toEqual([]);
    expect(asked.changes).toEqual([]);
    const changing = /\b(?:start|stop|restart|kill|enable|tee|rm|mv|--add-port|--remove-port|--reload)\b/;
    expect(ran.filter((line) => changing.test(line.replace(/-g .*/, '')))).toEqual([]);
  });

  it('says what a host has not, and what it does not let one see', async () => {
    const { host } = hostThat(
      (argv) =>
        argv[0] === 'curl'
          ? { code: 127, stderr: "env: 'curl': No such file or directory" }
          : { code: 1, stderr: 'Authorization failed.' },
      {
        info: {
          privilege: { kind: 'none', reason: 'no-sudo', detail: 'zoe is not in the sudoers file' },
          user: 'zoe',
        },
      },
    );
    const { code, stdout } = await run(toolsFor(host), { lang: 'en' });
    expect(code).toBe(0);
    expect(stdout).toContain('zoe may not use sudo here: zoe is not in the sudoers file');
    expect(stdout).toContain('The host has no command `curl ');
    expect(stdout).toContain(
      '- **not seen**: nothing needless is open in the firewall — not permitted to look',
    );
    expect(stdout).not.toContain('env: ');
    expect(stdout).not.toContain('$ sudo ');
  });

  it('tells its progress where somebody looks at it, on stderr', async () => {
    const { host } = hostThat(() => ({}));
    const { stderr, stdout } = await run(toolsFor(host), {}, { stderrIsTTY: true });
    expect(stderr).toMatch(/\r\x1b\[K\d+ commands…/);
    expect(stderr.endsWith('\r\x1b[K')).toBe(true);
    expect(stdout.startsWith('# ')).toBe(true);
  });

  it('ends with the failure when the link is lost', async () => {
    const fake = createFakeHost();
    const host = {
      ...fake.host,
      run: () => Promise.reject(new Failed({ code: 'link-lost', detail: 'gone' })),
    };
    await expect(run(toolsFor(host))).rejects.toMatchObject({ failure: { code: 'link-lost' } });
    expect(fake.asked.closes).toBe(1);
  });
});

describe('what a host prints', () => {
  const SECRET = 'aW4tdGhlLWxhYi1ub2JvZHktbGlzdGVucw';
  const hostile = [
    '```',
    '``````',
    '~~~',
    '# a heading of its own <script>alert(1)</script>',
    '\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]52;c;ZXZpbA==\x07',
    '\u202eright to left\u200b\u0000\r',
    `DISCORD_WEBHOOK_URL="https://discord.com/api/webhooks/1/${SECRET}"`,
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${SECRET}${SECRET}\n-----END OPENSSH PRIVATE KEY-----`,
    'x'.repeat(5000),
  ].join('\n');

  it('cannot break out of its fence, act on a terminal, or give a secret away', async () => {
    const { host } = hostThat(() => ({ stdout: hostile, stderr: hostile }));
    const { stdout } = await run(toolsFor(host));
    expectHarmless(stdout);
    expect(headings(stdout)).toEqual(POINTS);
    expect(stdout).not.toContain(SECRET.slice(0, 12));
    expect(readFences(stdout).outside.join('\n')).not.toContain('<script>');
    const { stdout: json } = await run(toolsFor(host), { json: true });
    expect(JSON.parse(json)).toMatchObject({ unit: 'calculatrice.service' });
    expect(json).not.toContain(SECRET.slice(0, 12));
  });

  it('is cut to what is read, and the cut is told', async () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}`).join('\n');
    const { host } = hostThat(() => ({ stdout: lines }));
    const { stdout } = await run(toolsFor(host));
    expect(stdout).toContain('lignes coupées]');
    for (const block of readFences(stdout).blocks) expect(block.length).toBeLessThan(300);
  });

  it('stays harmless whatever it is', async () => {
    const text = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.stringMatching(/^[ `~]{0,9}$/),
        fc.constantFrom(
          '```bash',
          '</td>',
          '[x](javascript:alert(1))',
          '| a | b |',
          'public (active)',
          '\x1b[2J',
        ),
      ),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 0, max: 2 }), async (lines, code) => {
        const stdout = lines.join('\n');
        const { host } = hostThat(() => ({ stdout, code }));
        const report = await run(toolsFor(host));
        expectHarmless(report.stdout);
        expect(headings(report.stdout)).toEqual(POINTS);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the file of a report', () => {
  const quiet = () => toolsFor(hostThat(() => ({})).host);

  it('is written whole, with nothing on stdout and nothing left beside it', async () => {
    const where = folder();
    const output = join(where, 'rendu.md');
    const { code, stdout, stderr } = await run(quiet(), { output });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain(output);
    expect(headings(readFileSync(output, 'utf8'))).toEqual(POINTS);
    expect(readdirSync(where)).toEqual(['rendu.md']);
  });

  it('never replaces another one unasked', async () => {
    const output = join(folder(), 'rendu.md');
    writeFileSync(output, 'mine');
    const tools = quiet();
    await expect(run(tools, { output })).rejects.toThrow(UsageError);
    await expect(
      run(tools, { output }, { common: { input: false }, openTerminal: typing('y') }),
    ).rejects.toThrow(UsageError);
    const declined = await run(tools, { output }, { openTerminal: typing('') });
    expect(declined.code).toBe(1);
    expect(tools.opened).toBe(0);
    expect(readFileSync(output, 'utf8')).toBe('mine');
  });

  it.each([
    ['a Yes', {}, typing('y')],
    ['--yes', { yes: true }, (): null => null],
  ] as const)(
    'replaces it after %s',
    async (_: string, options: ReportOptions, openTerminal: () => PromptTerminal | null) => {
      const output = join(folder(), 'rendu.md');
      writeFileSync(output, 'mine');
      const { code } = await run(quiet(), { output, ...options }, { openTerminal });
      expect(code).toBe(0);
      expect(readFileSync(output, 'utf8')).toContain('# TP5');
    },
  );

  it('is refused where it cannot be, before the host is opened', async () => {
    const where = folder();
    mkdirSync(join(where, 'sub'));
    const tools = quiet();
    await expect(run(tools, { output: join(where, 'sub') })).rejects.toThrow(/it is a folder/);
    await expect(run(tools, { output: join(where, 'none', 'rendu.md') })).rejects.toThrow(
      /its folder does not exist/,
    );
    expect(tools.opened).toBe(0);
  });

  it('does not replace one that came meanwhile', async () => {
    const where = folder();
    const output = join(where, 'rendu.md');
    writeFileSync(output, 'theirs');
    expect(await writeWhole(output, 'ours', false)).toBe(false);
    expect(readFileSync(output, 'utf8')).toBe('theirs');
    expect(readdirSync(where)).toEqual(['rendu.md']);
  });

  it('has its data on stdout with --json', async () => {
    const output = join(folder(), 'rendu.md');
    const { stdout } = await run(quiet(), { output, json: true, lang: 'en' });
    const document: ReportDocument = JSON.parse(stdout);
    expect(document.points.map(({ id }) => id)).toEqual(POINTS);
    expect(document.points[1]?.items[0]).toMatchObject({ id: 'app-files', finding: expect.any(String) });
    expect(existsSync(output)).toBe(true);
  });
});

describe('report --with-drill', () => {
  it('asks first, and must be able to', async () => {
    const { host, asked } = hostThat(() => ({}));
    const tools = toolsFor(host);
    await expect(run(tools, { withDrill: true })).rejects.toThrow(/--yes/);
    await expect(run(tools, { withDrill: true, yes: true }, { common: { readOnly: true } })).rejects.toThrow(
      /--read-only/,
    );
    expect(tools.opened).toBe(0);
    const { code, stderr, stdout } = await run(tools, { withDrill: true }, { openTerminal: typing('') });
    expect(code).toBe(0);
    expect(stderr).toContain('Nothing is killed');
    expect(headings(stdout)).toEqual(POINTS);
    expect(asked.verbs).toEqual([]);
  });

  it('exits with 4, and writes the report, where the kill is not permitted', async () => {
    const privilege = { kind: 'none', reason: 'no-sudo', detail: '' } as const;
    const { host, answers } = hostThat(() => ({ code: 1 }), { info: { privilege } });
    answers.act = async () => ({
      ok: false,
      failure: { code: 'not-permitted', action: 'KillUnit', detail: 'Interactive authentication required.' },
      tookMs: 1,
    });
    const { code, stdout, stderr } = await run(toolsFor(host), { withDrill: true, yes: true, lang: 'en' });
    expect(code).toBe(4);
    expect(stderr).toContain('Interactive authentication required.');
    expect(stdout).toContain('nothing was killed');
    expect(stdout).toContain('Nothing was changed on the machine');
    expect(headings(stdout)).toEqual(POINTS);
  });

  it('kills the embedded service, sees it come back, and leaves it running', async () => {
    const world = await createDemo({ clock: systemClock, serverEntry, restartSecMs: 300, commandMs: 20 });
    onTestFinished(() => world.close());
    const host = await world.connect(new AbortController().signal);
    const { unit, port, address, connector } = world;
    const tools: Tools = {
      ...toolsFor(host),
      open: async () => ({
        host,
        makeHost: world.connect,
        connector,
        subject: { unit, port, address, asksAnswers: true },
        close: async () => undefined,
      }),
    };
    const { code, stdout } = await run(
      tools,
      { withDrill: true, yes: true, json: true, lang: 'en' },
      {
        common: { demo: true },
      },
    );
    expect(code).toBe(0);
    const document: ReportDocument = JSON.parse(stdout);
    const point = (id: string) => document.points.find((one) => one.id === id);
    expect(document.drill).toMatchObject({ passed: true, pidAfter: expect.any(Number) });
    expect(point('II.5')).toMatchObject({ state: 'done' });
    expect(point('II.7')).toMatchObject({ state: 'done' });
    expect(point('II.7')?.commands.map(({ command }) => command)).toContain(
      'sudo systemctl stop calculatrice',
    );
    expect(point('III.1')).toMatchObject({ state: 'unseen', commands: [] });
  });
});
