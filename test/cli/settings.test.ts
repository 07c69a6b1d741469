import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folders } from '../../src/cli/folders.ts';
import { fileHistory } from '../../src/cli/history.ts';
import { readInvocation, UsageError } from '../../src/cli/invocation.ts';
import { BadSettings, parseSettings } from '../../src/cli/settings.ts';
import { decideTarget } from '../../src/cli/target.ts';
import { catalogue } from '../../src/text/catalogue.ts';

describe('decideTarget', () => {
  const file = parseSettings(
    'unit = "web.service"\n[hosts.tp5]\nhost = "manon@10.5.1.2"\naddress = "10.33.64.2"\nport = 4444\n',
    'config.toml',
  );

  it('falls back to the exercise', () => {
    expect(decideTarget({ host: 'h' }, {})).toMatchObject({
      host: 'h',
      unit: 'calculatrice.service',
      port: 13337,
      address: null,
    });
  });

  it('opens a host by its name in the settings', () => {
    expect(decideTarget({ host: 'tp5' }, file)).toMatchObject({
      host: '10.5.1.2',
      user: 'manon',
      address: '10.33.64.2',
      port: 4444,
      unit: 'web.service',
    });
  });

  it('lets options win over the named host, and the named host over the top level', () => {
    expect(decideTarget({ host: 'tp5', port: 1, user: 'paul' }, file)).toMatchObject({
      port: 1,
      user: 'paul',
    });
  });

  it('completes a unit name as systemctl does', () => {
    expect(decideTarget({ unit: 'calculatrice' }, {}).unit).toBe('calculatrice.service');
    expect(decideTarget({ unit: 'backup.timer' }, {}).unit).toBe('backup.timer');
  });
});

describe('what a host is expected to be', () => {
  const file = parseSettings(
    `[expect]
hostname = "a"
restart_sec = 5
[hosts.tp5.expect]
hostname = "b"
host_only_network = "192.168.56.0/24"`,
    'config.toml',
  );

  it('is as the exercise says unless the settings say otherwise', () => {
    expect(decideTarget({ host: 'h' }, {}).expect).toEqual({});
  });

  it('holds for every host, and a named host’s own comes first, key by key', () => {
    expect(decideTarget({ host: 'h' }, file).expect).toEqual({ hostname: 'a', restart_sec: 5 });
    expect(decideTarget({ host: 'tp5' }, file).expect).toEqual({
      hostname: 'b',
      restart_sec: 5,
      host_only_network: '192.168.56.0/24',
    });
  });
});

describe('parseSettings', () => {
  it.each([
    ['unit = "a b"', 1, 'unit'],
    ['unit = "-Hroot@elsewhere.service"', 1, 'unit'],
    ['unit = "calc@.service"', 1, 'unit'],
    ['lang = "de"', 1, 'lang'],
    ['# comment\nport = 70000', 2, 'port'],
    ['unit = "x.service"\n\n[hosts.tp5]\nport = "22"\n', 4, 'hosts.tp5.port'],
    ['[hosts.one]\nport = 1\n[hosts.two]\nport = 0\n', 4, 'hosts.two.port'],
    ['colour = true', 1, 'colour'],
  ])('%j is refused on its line', (source, line, key) => {
    const problem = problemOf(source);
    expect(problem).toMatchObject({ file: 'config.toml', line, key });
    expect(problem.expected.code).not.toBe('words');
  });

  it.each([
    ['port = 70000', 'port: expected a number from 1 to 65535'],
    ['port = 1.5', 'port: expected a number from 1 to 65535'],
    ['unit = "a b"', 'unit: expected the name of a systemd unit, in quotes'],
    ['lang = "de"', 'lang: expected "en" or "fr"'],
    ['host = ""', 'host: expected a text in quotes, not an empty one'],
    ['calculator = "yes"', 'calculator: expected true or false, or a table [calculator]'],
    ['transport = "ssh3"', 'transport: expected "ssh2" or "openssh"'],
    [
      '[calculator]\ndialect = "dutch"',
      'calculator.dialect: expected "auto", "bare", "line", "greeting" or "several"',
    ],
    [
      '[hosts.a.calculator]\nanswer_timeout = 0',
      'hosts.a.calculator.answer_timeout: expected a number of seconds from 0.1 to 600, like 3',
    ],
    ['shell_timeout = 0', 'shell_timeout: expected a number of seconds from 1 to 3600, like 30'],
    ['hosts = 3', 'hosts: expected a table, like [hosts.tp5]'],
    ['[hosts]\na = "manon@h"', 'hosts.a: expected a table, like [hosts.tp5]'],
    [
      '[hosts.a]\nprot = 3',
      'hosts.a.prot: there is no such key; here there are host, user, identity, unit, user_unit, address, port, calculator, shell_timeout, probe, transport, expect',
    ],
    ['[discord]\nwebhook = "x"', 'discord.webhook: there is no such key; here there are webhook_file'],
    ['expect = 3', 'expect: expected a table, like [hosts.tp5]'],
    [
      '[hosts.a.expect]\nhost_only_network = "10.5.1.2"',
      'hosts.a.expect.host_only_network: expected an IPv4 network in quotes, like "192.168.56.0/24"',
    ],
    [
      '[expect]\nhost_only_network = "10.5.1.0/33"',
      'expect.host_only_network: expected an IPv4 network in quotes, like "192.168.56.0/24"',
    ],
    [
      '[expect]\nfolder = "/opt/../etc"',
      'expect.folder: expected an absolute path in quotes, like "/opt/calculatrice"',
    ],
    ['[expect]\nrestart_sec = -1', 'expect.restart_sec: expected a number of seconds, like 30'],
    ['[expect]\nrestart_sec = 1e21', 'expect.restart_sec: expected a number of seconds, like 30'],
    ['[expect]\nrestart_sec = inf', 'expect.restart_sec: expected a number of seconds, like 30'],
    [
      '[expect]\nfolder = "opt"',
      'expect.folder: expected an absolute path in quotes, like "/opt/calculatrice"',
    ],
    [
      '[hosts.a.expect]\nname = "x"',
      'hosts.a.expect.name: there is no such key; here there are hostname, host_only_network, folder, restart_sec',
    ],
    [
      '[keys]\nrestart = 5',
      'keys.restart: expected a key in quotes, or a list of them, like ["r", "ctrl+t"]',
    ],
  ])('%j is refused in words for people', (source, words) => {
    const { file, line, key, expected } = problemOf(source);
    expect(catalogue('en').cli.badSettings(file, line, key, expected)).toBe(
      `tp5-tui: config.toml:${line}: ${words}`,
    );
    expect(catalogue('fr').cli.badSettings(file, line, key, expected)).not.toContain('xpected');
  });

  it('gives the line of a syntax error', () => {
    expect(problemOf('unit = "ok.service"\nport = = 3\n').line).toBe(2);
  });
});

function problemOf(source: string) {
  try {
    parseSettings(source, 'config.toml');
  } catch (error) {
    if (error instanceof BadSettings) return error.problem;
  }
  throw new Error('the settings were taken');
}

describe('readInvocation', () => {
  const env = { XDG_CONFIG_HOME: '/nonexistent', LANG: 'C' };

  it.each([
    [{ port: '0' }, /--port/],
    [{ port: '13337x' }, /--port/],
    [{ unit: 'a b;c' }, /--unit/],
    [{ unit: '' }, /--unit/],
    [{ unit: '../x' }, /--unit/],
    [{ lang: 'de' }, /--lang/],
    [{ host: 'h', demo: true }, /give one of them/],
    [{ host: 'h', local: true }, /give one of them/],
    [{ local: true, demo: true }, /give one of them/],
    [{ config: '/nonexistent/config.toml' }, /config\.toml/],
  ])('%j is wrong usage', async (options, message) => {
    await expect(readInvocation('h', options, env)).rejects.toThrow(message);
    await expect(readInvocation('h', options, env)).rejects.toBeInstanceOf(UsageError);
  });

  it('takes the language from the option, then the settings, then the locale', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tp5-settings-'));
    const config = join(folder, 'config.toml');
    await writeFile(config, 'lang = "fr"\n');
    const language = async (options: object, more: object) =>
      (await readInvocation('h', options, { ...env, ...more })).language;
    expect(await language({}, { LANG: 'fr_FR.UTF-8' })).toBe('fr');
    expect(await language({}, { LANG: 'fr_FR.UTF-8', LC_ALL: 'C' })).toBe('en');
    expect(await language({ config }, {})).toBe('fr');
    expect(await language({ config, lang: 'en' }, { LANG: 'fr_FR' })).toBe('en');
  });
});

describe('folders', () => {
  it('follows XDG, and its defaults when the variables are empty', () => {
    expect(folders({ XDG_CONFIG_HOME: '/x', XDG_STATE_HOME: '' }, 'linux', '/home/m')).toEqual({
      config: join('/x', 'tp5-tui'),
      state: join('/home/m', '.local', 'state', 'tp5-tui'),
    });
  });
});

describe('fileHistory', () => {
  it('keeps what was typed, for its owner alone', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'tp5-history-')), 'deep', 'calculator');
    const history = fileHistory(path);
    expect(await history.load()).toEqual([]);
    await history.append('2+3');
    await history.append('two\nlines');
    await history.append('4*5');
    expect(await fileHistory(path).load()).toEqual(['2+3', '4*5']);
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('keeps the newest thousand', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'tp5-history-')), 'calculator');
    await writeFile(path, Array.from({ length: 1500 }, (_, n) => `${n}+0\n`).join(''));
    const lines = await fileHistory(path).load();
    expect(lines).toHaveLength(1000);
    expect(lines.at(-1)).toBe('1499+0');
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(1001);
  });
});
