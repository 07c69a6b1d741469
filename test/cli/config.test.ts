/** `tp5-tui config`: what is in force, and where it came from. */
import { describe, expect, it } from 'vitest';
import { runConfig } from '../../src/cli/config.ts';
import type { CommonOptions } from '../../src/cli/invocation.ts';
import { originsOf } from '../../src/cli/origins.ts';
import { parseSettings } from '../../src/cli/settings.ts';
import { decideTarget } from '../../src/cli/target.ts';
import { invoke, recordIo } from '../support/command.ts';

const SETTINGS = `lang = "fr"
user = "paul"
unit = "nginx"
host = "zoe@10.5.1.2:2222"

[keys]
start = ["s", "x"]

[hosts.tp5]
host = "manon@10.5.1.2"
address = "10.33.64.2"

[hosts.bare]
port = 8080

[hosts.bare.expect]
hostname = "bare.tp5.b1"

[expect]
hostname = "calc.tp5.b1"
restart_sec = 5

[discord]
webhook_file = "hook"
`;
const settings = parseSettings(SETTINGS, 'config.toml');

interface Case {
  readonly hostArgument?: string;
  readonly options?: CommonOptions;
}

/** The values as `decideTarget` gives them, each with its origin in short. */
function decided({ hostArgument, options = {} }: Case): Record<string, string> {
  const port = options.port === undefined ? undefined : Number(options.port);
  const target = decideTarget({ ...options, host: hostArgument ?? options.host, port }, settings);
  const origins = originsOf({ hostArgument, options, settings, source: SETTINGS, env: {} });
  // What is expected of the host, and how the calculator is spoken to, are no options and have their own origins.
  const values = Object.entries(target).filter(
    ([name]) => !['expect', 'manager', 'dialect', 'answerTimeoutMs'].includes(name),
  );
  return Object.fromEntries(
    values.map(([name, value]) => {
      const origin = origins[name as keyof typeof origins];
      const from =
        'line' in origin ? `line ${origin.line}` : 'option' in origin ? origin.option : origin.from;
      return [name, `${value} (${from})`];
    }),
  );
}

describe('the origin', () => {
  it.each<[string, Case, Record<string, string>]>([
    [
      'of what the top of the file says',
      {},
      {
        host: '10.5.1.2 (line 4)',
        user: 'paul (line 2)',
        sshPort: '2222 (host)',
        unit: 'nginx.service (line 3)',
        port: '13337 (default)',
        calculator: 'false (unit)',
        address: 'null (default)',
      },
    ],
    [
      'of a named host',
      { hostArgument: 'tp5' },
      {
        host: '10.5.1.2 (line 10)',
        user: 'manon (host)',
        address: '10.33.64.2 (line 11)',
        unit: 'nginx.service (line 3)',
        sshPort: 'null (default)',
      },
    ],
    [
      'of a named host that is its own name',
      { options: { host: 'bare' } },
      { host: 'bare (--host)', user: 'paul (line 2)', port: '8080 (line 14)' },
    ],
    [
      'of what is typed: it wins, the user in it too',
      { hostArgument: 'anna@other:22', options: { unit: 'calculatrice', port: '80', address: '1.2.3.4' } },
      {
        host: 'other (argument)',
        user: 'anna (host)',
        sshPort: '22 (host)',
        unit: 'calculatrice.service (--unit)',
        port: '80 (--port)',
        address: '1.2.3.4 (--address)',
        calculator: 'true (unit)',
      },
    ],
    [
      'of a user that is an option: it wins over the one in the host',
      { hostArgument: 'anna@other', options: { user: 'eve', identity: '~/k' } },
      { user: 'eve (--user)', identity: '~/k (--identity)' },
    ],
    [
      'of another host: the user in the file’s own host is not its',
      { hostArgument: 'other' },
      { host: 'other (argument)', user: 'paul (line 2)', sshPort: 'null (default)' },
    ],
  ])('%s', (_what, given, expected) => {
    expect(decided(given)).toMatchObject(expected);
  });
});

describe('what is expected of a host', () => {
  it.each([
    ['tp5', 'calc.tp5.b1', { from: 'settings', key: 'expect.hostname', line: 20 }],
    ['bare', 'bare.tp5.b1', { from: 'settings', key: 'hosts.bare.expect.hostname', line: 17 }],
  ])('is shown with the line it is from, that of %s first', async (host, value, origin) => {
    const recorded = recordIo();
    const invocation = await invoke({ hostArgument: host }, SETTINGS);
    await runConfig(invocation, { hostArgument: host, options: { json: true }, env: {} }, recorded.io);
    const shown = JSON.parse(recorded.out()).settings;
    expect(shown['expect.hostname']).toEqual({ value, ...origin });
    expect(shown['expect.restart_sec']).toMatchObject({ value: 5 });
    expect(shown).not.toHaveProperty('expect.folder');
  });
});

describe('what is printed', () => {
  it('is each setting with file and line, bound keys and named hosts among them', async () => {
    const options: CommonOptions = { readOnly: true, input: false };
    const recorded = recordIo();
    const invocation = await invoke({ ...options, hostArgument: 'tp5' }, SETTINGS);
    const call = { hostArgument: 'tp5', options, env: {} };
    expect(await runConfig(invocation, call, recorded.io)).toBe(0);
    const out = recorded.out();
    expect(out).toContain(`fichier de réglages : ${invocation.settingsPath}\n`);
    expect(out).toContain('machines nommées : tp5, bare\n');
    expect(out).toMatch(new RegExp(`^address +10\\.33\\.64\\.2 +${invocation.settingsPath}:11$`, 'm'));
    expect(out).toMatch(/^keys\.start +s x +.*:7$/m);
    expect(out).toMatch(/^expect\.hostname +calc\.tp5\.b1 +.*:20$/m);
    expect(out).toMatch(/^discord\.webhook_file +hook +.*:24$/m);
    expect(out).toMatch(/^readOnly +oui +option --read-only$/m);
    expect(out).toMatch(/^identity +au choix de ssh +par défaut$/m);
  });

  it('is one document with --json', async () => {
    const recorded = recordIo();
    const options = { json: true, lang: 'en', demo: true };
    const invocation = await invoke(options);
    await runConfig(invocation, { hostArgument: undefined, options, env: { LANG: 'fr_FR' } }, recorded.io);
    expect(recorded.documents()).toMatchObject([
      {
        settingsFile: { path: invocation.settingsPath, exists: false },
        settings: {
          via: { value: 'demo', from: 'option', option: '--demo' },
          unit: { value: 'calculatrice.service', from: 'default' },
          lang: { value: 'en', from: 'option', option: '--lang' },
          port: { value: 13337, from: 'default' },
        },
        hosts: [],
      },
    ]);
  });

  it.each([
    [{ LC_ALL: 'fr_FR.UTF-8', LANG: 'en_US' }, 'LC_ALL', 'fr'],
    [{ LC_MESSAGES: 'fr', LANG: 'en_US' }, 'LC_MESSAGES', 'fr'],
    [{ LC_ALL: '', LANG: 'en_US' }, 'LANG', 'en'],
  ])('names the variable that decided the language: %o', async (env, variable, value) => {
    const recorded = recordIo();
    const surroundings = { ...env, XDG_CONFIG_HOME: '/nonexistent' };
    const invocation = await invoke({}, undefined, surroundings);
    await runConfig(
      invocation,
      { hostArgument: undefined, options: { json: true }, env: surroundings },
      recorded.io,
    );
    expect(recorded.documents()).toMatchObject([
      { settings: { lang: { value, from: 'environment', variable } } },
    ]);
  });
});
