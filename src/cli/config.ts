/** `tp5-tui config`: the settings in force, and where each came from. */
import { readFile } from 'node:fs/promises';
import { CALCULATION_TIMEOUT_MS } from '../state/put-operation.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { harmless } from '../text/foreign.ts';
import { widthOf } from '../text/measure.ts';
import type { CommonOptions, Invocation } from './invocation.ts';
import { type Io, writeJson } from './io.ts';
import {
  calculatorOrigin,
  expectOrigin,
  type Origin,
  type OriginSources,
  originsOf,
  type SettingName,
} from './origins.ts';
import { painter } from './paint.ts';
import type { ExpectSettings } from './settings.ts';
import { lineOf } from './settings-line.ts';

export interface ConfigCall {
  readonly hostArgument: string | undefined;
  readonly options: CommonOptions & { readonly json?: boolean };
  readonly env: NodeJS.ProcessEnv;
}

type Value = string | number | boolean | null;

interface Setting {
  /** As it is called in the settings file, or in `--json`. */
  readonly name: string;
  /** null: left to somebody else, see `unset` in the catalogue. */
  readonly value: Value;
  readonly origin: Origin;
}

/** @returns the exit code: 0 when it is printed */
export async function runConfig(invocation: Invocation, call: ConfigCall, io: Io): Promise<number> {
  const { settingsPath, settings, folders } = invocation;
  const source = await readFile(settingsPath, 'utf8').catch(() => null);
  const { hostArgument, options, env } = call;
  const sources: OriginSources = { hostArgument, options, settings, source: source ?? '', env };
  const all = [
    ...settingsOf(invocation, originsOf(sources)),
    ...calculatorOf(invocation, sources),
    ...expectOf(invocation, sources),
    ...webhookOf(invocation, source ?? ''),
    ...keysOf(invocation, source ?? ''),
  ];
  const hosts = Object.keys(settings.hosts ?? {});
  if (options.json) {
    const entries = all.map(({ name, value, origin }) => [name, { value, ...origin }]);
    writeJson(io.stdout, {
      settingsFile: { path: settingsPath, exists: source !== null },
      stateFolder: folders.state,
      settings: Object.fromEntries(entries),
      hosts,
    });
  } else {
    io.stdout.write(page(all, hosts, source !== null, invocation, io.colour));
  }
  return 0;
}

function settingsOf(
  { target, via, language, readOnly, mayAsk }: Invocation,
  origins: Readonly<Record<SettingName, Origin>>,
): Setting[] {
  const values: Readonly<Record<SettingName, Value>> = {
    host: target.host,
    user: target.user,
    sshPort: target.sshPort,
    identity: target.identity,
    unit: target.unit,
    user_unit: target.unit,
    address: target.address,
    port: target.port,
    calculator: target.calculator,
    shell_timeout: target.shell_timeout,
    probe: target.probe,
    transport: target.transport,
    lang: language,
    readOnly,
    input: mayAsk,
  };
  const other = target.manager === 'user' ? 'unit' : 'user_unit';
  const names = (Object.keys(values) as SettingName[]).filter((name) => name !== other);
  const listed = names.map((name) => ({
    name,
    value: values[name],
    origin: origins[name],
  }));
  const way: Setting = {
    name: 'via',
    value: via,
    origin: via === 'ssh' ? { from: 'default' } : { from: 'option', option: `--${via}` },
  };
  return [way, ...listed];
}

/** How the calculator is spoken to; only where the service is one. */
function calculatorOf({ target }: Invocation, sources: OriginSources): Setting[] {
  if (!target.calculator) return [];
  const { dialect, answerTimeoutMs } = target;
  return [
    {
      name: 'calculator.dialect',
      value: dialect ?? 'auto',
      origin: calculatorOrigin('dialect', sources),
    },
    {
      name: 'calculator.answer_timeout',
      value: (answerTimeoutMs ?? CALCULATION_TIMEOUT_MS) / 1000,
      origin: calculatorOrigin('answer_timeout', sources),
    },
  ];
}

/** What the host is expected to be like, where the settings say so. */
function expectOf({ target }: Invocation, sources: OriginSources): Setting[] {
  return (Object.keys(target.expect) as (keyof ExpectSettings)[]).map((name) => ({
    name: `expect.${name}`,
    value: target.expect[name] ?? null,
    origin: expectOrigin(name, sources),
  }));
}

/** The name of the webhook's file, never what is in it. */
function webhookOf({ settings }: Invocation, source: string): Setting[] {
  const value = settings.discord?.webhook_file;
  if (value === undefined) return [];
  const key = 'discord.webhook_file';
  return [{ name: key, value, origin: { from: 'settings', key, line: lineOf(source, key) } }];
}

/** The keys that the settings bind, and nothing of the console's own. */
function keysOf({ settings }: Invocation, source: string): Setting[] {
  return Object.entries(settings.keys ?? {}).map(([action, keys]) => {
    const key = `keys.${action}`;
    const origin: Origin = { from: 'settings', key, line: lineOf(source, key) };
    return { name: key, value: [keys].flat().join(' '), origin };
  });
}

function page(
  settings: readonly Setting[],
  hosts: readonly string[],
  exists: boolean,
  { settingsPath, folders, text }: Invocation,
  colour: boolean,
): string {
  const words = text.commands.config;
  const paint = painter(colour);
  const rows = settings.map(({ name, value, origin }) => [
    name,
    shownValue(name, value, text),
    shownOrigin(origin, settingsPath, text),
  ]);
  const [nameWidth, valueWidth] = [0, 1].map((column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  const filled = (cell: string, width = 0): string => cell + ' '.repeat(Math.max(0, width - widthOf(cell)));
  const lines = [
    words.settingsFile(exists ? harmless(settingsPath) : words.notThere(harmless(settingsPath))),
    words.stateFolder(harmless(folders.state)),
    ...(hosts.length === 0 ? [] : [words.namedHosts(hosts.map((host) => harmless(host)).join(', '))]),
    '',
    ...rows.map(([name = '', value = '', origin = '']) =>
      `${filled(name, nameWidth)}  ${filled(value, valueWidth)}  ${paint(origin, 'quiet')}`.trimEnd(),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function shownValue(name: string, value: Value, { commands: { config } }: Catalogue): string {
  if (value === null) {
    const unset: Readonly<Record<string, string>> = config.unset;
    return unset[name] ?? '-';
  }
  if (typeof value === 'boolean') return value ? config.yes : config.no;
  return harmless(String(value), 200);
}

function shownOrigin(origin: Origin, path: string, { commands: { config } }: Catalogue): string {
  const words = config.origin;
  switch (origin.from) {
    case 'option':
      return words.option(origin.option);
    case 'argument':
      return words.argument;
    case 'settings':
      return words.file(harmless(path), origin.line);
    case 'environment':
      return words.environment(origin.variable);
    case 'host':
      return words.host;
    case 'unit':
      return words.unit;
    case 'default':
      return words.default;
  }
}
