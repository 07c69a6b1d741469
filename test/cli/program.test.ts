/** The command line: which command, with which options, and what is said of wrong ones. */
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { type ReadOptions, runProgram } from '../../src/cli/program.ts';
import { catalogue } from '../../src/text/catalogue.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The command, or `console`; its words; its options. */
  readonly called: readonly [string, readonly (string | undefined)[], ReadOptions] | null;
}

async function run(line: string, env: NodeJS.ProcessEnv = { LANG: 'en' }): Promise<Ran> {
  let called: Ran['called'] = null;
  let out = '';
  let err = '';
  const code = await runProgram(
    line === '' ? [] : line.split(' ').map((word) => word.replaceAll('_', ' ')),
    env,
    '1.2.3',
    {
      async console(host, options) {
        called = ['console', [host], options];
        return 0;
      },
      async command(name, words, options) {
        called = [name, words, options];
        return 7;
      },
    },
    {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
    },
  );
  return { code, out, err, called };
}

describe('what is called', () => {
  it.each<[string, Ran['called']]>([
    ['', ['console', [undefined], {}]],
    ['manon@host', ['console', ['manon@host'], {}]],
    ['demo', ['console', [undefined], { demo: true }]],
    ['--lang fr demo', ['console', [undefined], { demo: true, lang: 'fr' }]],
    ['status', ['status', [], {}]],
    ['status tp5 --json', ['status', ['tp5'], { json: true }]],
    ['--host tp5 status', ['status', [], { host: 'tp5' }]],
    ['--unit a status --unit b', ['status', [], { unit: 'b' }]],
    ['status --no-input', ['status', [], { input: false }]],
    ['--no-input status', ['status', [], { input: false }]],
    ['-i key status -i other', ['status', [], { identity: 'other' }]],
    ['-i key probe -i 0.5 -c 3', ['probe', [], { identity: 'key', interval: '0.5', count: '3' }]],
    ['probe tp5 --identity key', ['probe', ['tp5'], { identity: 'key' }]],
    ['logs -fn 5', ['logs', [], { follow: true, lines: '5' }]],
    ['drill --yes --json', ['drill', [], { yes: true, json: true }]],
    ['deploy a.py b.py --listen 10.5.1.2', ['deploy', ['a.py', 'b.py'], { listen: '10.5.1.2' }]],
    ['check --only unit-mode active --fix', ['check', [], { only: ['unit-mode', 'active'], fix: true }]],
    ['report -o out.md --lang en', ['report', [], { output: 'out.md', lang: 'en' }]],
    ['completion zsh', ['completion', ['zsh'], {}]],
    ['calc 2+3', ['calc', ['2+3'], {}]],
    ['calc 2 + 3 --json', ['calc', ['2', '+', '3'], { json: true }]],
  ])('by `tp5-tui %s`', async (line, called) => {
    const ran = await run(line);
    expect(ran.called).toEqual(called);
    expect(ran.code).toBe(called?.[0] === 'console' ? 0 : 7);
    expect(ran.err).toBe('');
  });

  it.each(['calc -2+3', 'calc --json -2+3', 'calc -2+3 --json', 'calc -2 + 3', 'calc -2 * -3'])(
    'by `tp5-tui %s`: a number below zero is no option',
    async (line) => {
      const { called } = await run(line);
      const expression = called?.[1].join(' ');
      expect(expression).toBe(line.replace(/^calc | ?--json ?/g, ''));
    },
  );
});

describe('wrong usage', () => {
  it.each([
    ['status --jsn', 'tp5-tui: unknown option --jsn (did you mean --json?)\n'],
    ['statu --yes', 'tp5-tui: unknown option --yes (did you mean status?)\n'],
    ['status a b', 'tp5-tui: too many arguments: a, b\n'],
    ['--port', 'tp5-tui: --port <port> takes a value\n'],
    ['completion', 'tp5-tui: shell is missing\n'],
    ['completion tcsh', 'tp5-tui: “tcsh” is none of bash, zsh, fish\n'],
    ['status --lang de', 'tp5-tui: “de” is none of en, fr\n'],
  ])('of `tp5-tui %s` is one sentence on stderr, and 2', async (line, err) => {
    expect(await run(line)).toMatchObject({ code: 2, out: '', err, called: null });
  });

  it('is said in French to who speaks it', async () => {
    expect((await run('status --jsn --lang fr')).err).toBe(
      'tp5-tui: option inconnue : --jsn (peut-être --json ?)\n',
    );
    expect((await run('status a b', { LANG: 'fr_FR.UTF-8' })).err).toBe('tp5-tui: trop d’arguments : a, b\n');
  });

  it('is one document on stdout with --json', async () => {
    const { out, code } = await run('status --json --nope');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual({ error: { code: 'usage', message: 'unknown option --nope' } });
  });

  it('repeats no escape sequence', async () => {
    const { err } = await run('status --\x1b[2J\x9b');
    expect(err).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  });
});

describe('help', () => {
  it.each(['en', 'fr'] as const)('lists every command in its language (%s)', async (language) => {
    const { out, code } = await run(`--help --lang ${language}`);
    const words = out.replaceAll(/\s+/g, ' ');
    expect(code).toBe(0);
    for (const spec of COMMANDS) expect(words).toContain(spec.about(catalogue(language)));
    expect(words).toContain(catalogue(language).cli.helpFooter.replaceAll(/\s+/g, ' '));
  });

  it.each(COMMANDS.map(({ name }) => name))(
    'of %s has all of its options, and no English in French',
    async (name) => {
      const { out, code } = await run(`${name} --help --lang fr`);
      const spec = COMMANDS.find((each) => each.name === name);
      expect(code).toBe(0);
      for (const option of [...(spec?.options ?? []), ...(spec?.shared ?? [])])
        expect(out).toContain(option.flags);
      expect(out).not.toMatch(/choices:|default:|Usage:|Arguments:|display help/);
    },
  );

  it('of a command that there is not is the whole help, on stderr', async () => {
    const { code, out, err } = await run('help nothing');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe((await run('--help')).out);
  });

  it('is also had by `help COMMAND`, and the version by --version', async () => {
    expect((await run('help probe')).out).toBe((await run('probe --help')).out);
    expect(await run('--version')).toMatchObject({ code: 0, out: '1.2.3\n' });
  });
});
