/** Where each setting in force came from. Pure; the values themselves are decided by `decideTarget`. */
import { parsePlace } from '../ops/place.ts';
import type { CalculatorTable } from './calculator-settings.ts';
import type { CommonOptions } from './invocation.ts';
import type { ExpectSettings, SettingsFile } from './settings.ts';
import { lineOf } from './settings-line.ts';
import type { TargetOptions } from './target.ts';

export type Origin =
  | { readonly from: 'option'; readonly option: string }
  | { readonly from: 'argument' }
  /** `key` as in the file, dotted: `hosts.tp5.unit`. */
  | { readonly from: 'settings'; readonly key: string; readonly line: number | null }
  | { readonly from: 'environment'; readonly variable: string }
  /** The user in `manon@host`, the port in `host:2222`. */
  | { readonly from: 'host' }
  /** Whether it is the calculator: the unit's name tells. */
  | { readonly from: 'unit' }
  | { readonly from: 'default' };

export interface OriginSources {
  readonly hostArgument: string | undefined;
  readonly options: CommonOptions;
  readonly settings: SettingsFile;
  /** The settings file's text; '' when there is none. */
  readonly source: string;
  readonly env: NodeJS.ProcessEnv;
}

type TargetKey = keyof TargetOptions;
export type SettingName = TargetKey | 'sshPort' | 'lang' | 'readOnly' | 'input';

export function originsOf(sources: OriginSources): Readonly<Record<SettingName, Origin>> {
  const host = hostOrigin(sources);
  const withPort = parsePlace(hostText(sources) ?? '').port !== null;
  const calculator = targetOrigin('calculator', sources);
  return {
    host,
    user: userOrigin(host, sources),
    sshPort: withPort ? { from: 'host' } : { from: 'default' },
    identity: targetOrigin('identity', sources),
    unit: targetOrigin('unit', sources),
    user_unit: targetOrigin('user_unit', sources),
    address: targetOrigin('address', sources),
    port: targetOrigin('port', sources),
    calculator: orElse(calculator, { from: 'unit' }),
    shell_timeout: targetOrigin('shell_timeout', sources),
    probe: targetOrigin('probe', sources),
    transport: targetOrigin('transport', sources),
    lang: languageOrigin(sources),
    readOnly: sources.options.readOnly ? { from: 'option', option: '--read-only' } : { from: 'default' },
    input: sources.options.input === false ? { from: 'option', option: '--no-input' } : { from: 'default' },
  };
}

/** Of one thing that is expected of the host, where the settings name it: the named host's own comes first. */
export function expectOrigin(name: keyof ExpectSettings, sources: OriginSources): Origin {
  const named = namedTable(sources);
  const own = named !== null && sources.settings.hosts?.[named.name]?.expect?.[name] !== undefined;
  return inFile(own ? `hosts.${named.name}.expect.${name}` : `expect.${name}`, sources);
}

/** Of one thing in `[calculator]`, or in the named host's own. */
export function calculatorOrigin(name: keyof CalculatorTable, sources: OriginSources): Origin {
  const named = namedTable(sources);
  const says = (table: TargetOptions | undefined): boolean =>
    typeof table?.calculator === 'object' && table.calculator[name] !== undefined;
  if (named !== null && says(named.table)) return inFile(`hosts.${named.name}.calculator.${name}`, sources);
  return says(sources.settings) ? inFile(`calculator.${name}`, sources) : { from: 'default' };
}

function orElse(origin: Origin, other: Origin): Origin {
  return origin.from === 'default' ? other : origin;
}

/** The host as it was asked for: a name of `[hosts]`, perhaps. */
function asked({ hostArgument, options }: OriginSources): string | undefined {
  return hostArgument ?? options.host;
}

function namedTable(sources: OriginSources): { readonly name: string; readonly table: TargetOptions } | null {
  const name = asked(sources);
  const table = name === undefined ? undefined : sources.settings.hosts?.[name];
  return name === undefined || table === undefined ? null : { name, table };
}

function hostText(sources: OriginSources): string | undefined {
  const named = namedTable(sources);
  return named === null ? (asked(sources) ?? sources.settings.host) : (named.table.host ?? named.name);
}

function hostOrigin(sources: OriginSources): Origin {
  const named = namedTable(sources);
  if (named?.table.host !== undefined) return inFile(`hosts.${named.name}.host`, sources);
  if (sources.hostArgument !== undefined) return { from: 'argument' };
  if (sources.options.host !== undefined) return { from: 'option', option: '--host' };
  return sources.settings.host === undefined ? { from: 'default' } : inFile('host', sources);
}

/** `paul@host` counts where the host does: as typed, it wins over what the settings say. */
function userOrigin(host: Origin, sources: OriginSources): Origin {
  const said = targetOrigin('user', sources);
  if (parsePlace(hostText(sources) ?? '').user === null || said.from === 'option') return said;
  const typed = host.from === 'argument' || host.from === 'option';
  const closer = host.from === 'settings' && host.key !== 'host';
  const ofNamed = said.from === 'settings' && said.key !== 'user';
  const wins = said.from === 'default' || typed || (closer && !ofNamed);
  return wins ? { from: 'host' } : said;
}

function targetOrigin(key: Exclude<TargetKey, 'host'>, sources: OriginSources): Origin {
  const { options, settings } = sources;
  if (key === 'user_unit') {
    if (options.userUnit !== undefined) return { from: 'option', option: '--user-unit' };
  } else if (key !== 'calculator' && key !== 'shell_timeout' && key !== 'probe' && options[key] !== undefined)
    return { from: 'option', option: `--${key}` };
  const named = namedTable(sources);
  if (named?.table[key] !== undefined) return inFile(`hosts.${named.name}.${key}`, sources);
  return settings[key] === undefined ? { from: 'default' } : inFile(key, sources);
}

function languageOrigin({ options, settings, source, env }: OriginSources): Origin {
  if (options.lang !== undefined) return { from: 'option', option: '--lang' };
  if (settings.lang !== undefined) return { from: 'settings', key: 'lang', line: lineOf(source, 'lang') };
  const variable = ['LC_ALL', 'LC_MESSAGES', 'LANG'].find((name) => env[name]);
  return variable === undefined ? { from: 'default' } : { from: 'environment', variable };
}

function inFile(key: string, { source }: OriginSources): Origin {
  return { from: 'settings', key, line: lineOf(source, key) };
}
