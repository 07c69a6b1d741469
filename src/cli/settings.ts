/**
 * The settings: `config.toml`, then the options, which win. Validated whole; an error names the
 * file, the line and what was expected.
 *
 * ```toml
 * unit = "calculatrice.service"
 * lang = "fr"
 *
 * [keys]
 * start = ["s"]
 *
 * [hosts.tp5]
 * host = "manon@10.5.1.2"
 * address = "10.33.64.2"
 * probe = "look"
 *
 * [calculator]
 * dialect = "greeting"
 *
 * [expect]
 * host_only_network = "192.168.56.0/24"
 *
 * [discord]
 * webhook_file = "~/.config/tp5-tui/discord-webhook"
 * ```
 */
import { readFile } from 'node:fs/promises';
import { parse as parseToml, TomlError } from 'smol-toml';
import * as v from 'valibot';
import type { Dialect } from '../calc/dialect.ts';
import type { ProbeSetting } from '../ops/caution/restraint.ts';
import { inNetwork } from '../ops/checks/cards.ts';
import type { UnitManager } from '../ops/host.ts';
import { parsePlace, withoutBrackets } from '../ops/place.ts';
import { CARRIERS, type CarrierName } from '../ops/transport/carrier-name.ts';
import type { SettingsExpected } from '../text/settings-expected.ts';
import {
  type CalculatorSettings,
  calculatorKeys,
  calculatorSettings,
  spokenTo,
} from './calculator-settings.ts';
import { fileTrouble } from './file-trouble.ts';
import { lineOf } from './settings-line.ts';

// The messages are codes of `SettingsExpected`; a schema without one is told in the validator's words.
const port = v.pipe(v.number('port'), v.integer('port'), v.minValue(1, 'port'), v.maxValue(65535, 'port'));
const filled = v.pipe(v.string('text'), v.minLength(1, 'text'));
/**
 * What systemd takes for a unit's name (systemd.unit(5)), its suffix left out or not. A template, `calc@.service`,
 * is none: only its instances, `calc@1.service`, are.
 */
const UNIT_NAME = /^(?!-)(?!.*@(?:\.|$))[A-Za-z0-9:_.\\@-]{1,251}$/;
const unitName = v.pipe(v.string('unit'), v.regex(UNIT_NAME, 'unit'));

export function isUnitName(text: string): boolean {
  return UNIT_NAME.test(text);
}

const keyList = v.union([filled, v.array(filled)], 'keys');

const network = v.pipe(
  v.string('network'),
  v.regex(/^[\d.]+\/\d+$/, 'network'),
  v.check((text) => inNetwork(text.replace(/\/.*/, ''), text), 'network'),
);
const seconds = v.pipe(
  v.number('seconds'),
  v.finite('seconds'),
  v.minValue(0, 'seconds'),
  v.maxValue(86_400, 'seconds'),
);
/** A wait that is to end: no time at all would be none, and an hour is for ever. */
const patience = v.pipe(
  v.number('patience'),
  v.finite('patience'),
  v.minValue(1, 'patience'),
  v.maxValue(3600, 'patience'),
);
/** One that needs no quotes in a unit file. */
const folder = v.pipe(v.string('folder'), v.regex(/^(?!.*\/\.\.?(?:\/|$))(?:\/[\w.@+-]+)+$/, 'folder'));

const expectSettings = v.strictObject({
  hostname: v.optional(filled),
  host_only_network: v.optional(network),
  folder: v.optional(folder),
  restart_sec: v.optional(seconds),
});

/** Where a host is meant to differ from the one of the exercise. */
export type ExpectSettings = v.InferOutput<typeof expectSettings>;

const hostSettings = v.strictObject({
  host: v.optional(filled),
  user: v.optional(filled),
  identity: v.optional(filled),
  unit: v.optional(unitName),
  user_unit: v.optional(unitName),
  address: v.optional(filled),
  port: v.optional(port),
  calculator: v.optional(calculatorSettings),
  shell_timeout: v.optional(patience),
  probe: v.optional(v.picklist(['connect', 'look', 'off'], 'probe')),
  transport: v.optional(v.picklist(CARRIERS, 'transport')),
  expect: v.optional(expectSettings),
});

const discordSettings = v.strictObject({ webhook_file: v.optional(filled) });

const settingsFile = v.strictObject({
  ...hostSettings.entries,
  lang: v.optional(v.picklist(['en', 'fr'], 'lang')),
  keys: v.optional(v.record(v.string(), keyList)),
  hosts: v.optional(v.record(v.string(), hostSettings)),
  discord: v.optional(discordSettings),
});

export type SettingsFile = v.InferOutput<typeof settingsFile>;

const EXPECTED = [
  'port',
  'unit',
  'text',
  'keys',
  'lang',
  'probe',
  'network',
  'seconds',
  'patience',
  'folder',
  'calculator',
  'dialect',
  'answer-timeout',
  'transport',
] as const;

/** What is wrong with a settings file, and where. */
export interface SettingsProblem {
  readonly file: string;
  /** 1-based; null when the place cannot be told. */
  readonly line: number | null;
  /** Dotted key, '' for the file as a whole. */
  readonly key: string;
  readonly expected: SettingsExpected;
}

export class BadSettings extends Error {
  readonly problem: SettingsProblem;

  constructor(problem: SettingsProblem) {
    super(`${problem.file}: ${problem.key} ${problem.expected.code}`);
    this.name = 'BadSettings';
    this.problem = problem;
  }
}

/**
 * Reads and validates one settings file. A missing file is an empty one unless it was asked for.
 * @throws BadSettings
 */
export async function readSettings(file: string, required: boolean): Promise<SettingsFile> {
  let source: string;
  try {
    source = await readFile(file, 'utf8');
  } catch (error) {
    if (!required && (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new BadSettings({ file, line: null, key: '', expected: inWords(fileTrouble(error)) });
  }
  return parseSettings(source, file);
}

/** @throws BadSettings */
export function parseSettings(source: string, file: string): SettingsFile {
  let data: unknown;
  try {
    data = parseToml(source);
  } catch (error) {
    const line = error instanceof TomlError ? error.line : null;
    throw new BadSettings({ file, line, key: '', expected: inWords((error as Error).message) });
  }
  const result = v.safeParse(settingsFile, data);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const key = (v.getDotPath(issue) ?? '').toString();
  throw new BadSettings({ file, line: lineOf(source, key), key, expected: expectedBy(issue) });
}

function inWords(text: string): SettingsExpected {
  return { code: 'words', words: text.split('\n', 1)[0] ?? text };
}

function expectedBy(issue: v.InferIssue<typeof settingsFile>): SettingsExpected {
  const code = EXPECTED.find((one) => one === issue.message);
  if (code !== undefined) return { code };
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return { code: 'known-key', known: keysBeside(issue.path ?? []) };
  }
  return issue.type === 'strict_object' || issue.type === 'record'
    ? { code: 'table' }
    : inWords(issue.message);
}

/** The keys that may stand where one did that may not. */
function keysBeside(path: readonly { readonly key?: unknown }[]): readonly string[] {
  if (path.length === 1) return Object.keys(settingsFile.entries);
  if (path.at(-2)?.key === 'expect') return Object.keys(expectSettings.entries);
  if (path.at(-2)?.key === 'calculator') return calculatorKeys;
  return Object.keys((path[0]?.key === 'hosts' ? hostSettings : discordSettings).entries);
}

/** Options of the command line that say which host and service are meant. */
export interface TargetOptions {
  /** The positional `[user@]host`, a name from `[hosts]` among them, or `--host`. */
  readonly host?: string | undefined;
  readonly user?: string | undefined;
  readonly identity?: string | undefined;
  readonly unit?: string | undefined;
  /** A unit of the user's own manager, `systemctl --user`; beside a `unit` it wins. */
  readonly user_unit?: string | undefined;
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  /** Whether the service is the exercise's calculator, and may be asked `2+3`; a table: it is. */
  readonly calculator?: CalculatorSettings | undefined;
  /** Seconds. */
  readonly shell_timeout?: number | undefined;
  /** Whether the service is dialled whatever is known of it, looked at without, or left alone. */
  readonly probe?: ProbeSetting | undefined;
  readonly transport?: CarrierName | undefined;
}

/** The host and the service that the program works on, all decided. */
export interface Target {
  /** Host name, address or SSH alias; null with `--local` and `--demo`, or when nothing names one. */
  readonly host: string | null;
  readonly sshPort: number | null;
  readonly user: string | null;
  readonly identity: string | null;
  readonly unit: string;
  /** Whose unit it is: the system's, or the user's own (`systemctl --user`). */
  readonly manager: UnitManager;
  /** null: the host's own address. */
  readonly address: string | null;
  readonly port: number;
  readonly calculator: boolean;
  /** How the calculator is spoken to; null: that is learnt. */
  readonly dialect: Dialect | null;
  /** How long an answer is waited for, where the settings say so. */
  readonly answerTimeoutMs: number | null;
  /** Seconds that the host's shell is given to run our first command, once it has let us in. */
  readonly shell_timeout: number;
  /** null: dialled, unless that does harm. */
  readonly probe: ProbeSetting | null;
  /** What carries the SSH connection; null: by what the host needs. */
  readonly transport: CarrierName | null;
  /** What `check` and `report` should find there, and `deploy` bring, in place of what the exercise says. */
  readonly expect: ExpectSettings;
}

export const DEFAULT_UNIT = 'calculatrice.service';
export const DEFAULT_PORT = 13337;
const DEFAULT_SHELL_TIMEOUT = 15;

/** Options win over the named host's table, which wins over the file's top level. */
export function decideTarget(options: TargetOptions, file: SettingsFile): Target {
  const named = options.host === undefined ? undefined : file.hosts?.[options.host];
  const layers: readonly TargetOptions[] = [
    named === undefined ? options : { ...options, host: undefined },
    ...(named === undefined ? [] : [named]),
    file,
  ];
  const pick = <K extends keyof TargetOptions>(key: K): TargetOptions[K] =>
    layers.map((layer) => layer[key]).find((value) => value !== undefined);
  const naming = layers.find((layer) => layer.user_unit !== undefined || layer.unit !== undefined);
  const manager = naming?.user_unit === undefined ? 'system' : 'user';
  const unit = completeUnit(naming?.user_unit ?? naming?.unit ?? DEFAULT_UNIT);
  const address = pick('address');
  // A named table without a `host` is named after it.
  const hostText = named === undefined ? pick('host') : (named.host ?? options.host);
  const place = hostText === undefined || hostText === '' ? null : parsePlace(hostText);
  // `paul@host` as typed wins over a `user` of the settings, and says nothing about another host.
  const user = layers.map((layer) => layer.user ?? (layer.host === hostText ? place?.user : null));
  return {
    host: place?.host ?? null,
    sshPort: place?.port ?? null,
    user: user.find((each) => each != null) ?? place?.user ?? null,
    identity: pick('identity') ?? null,
    unit,
    manager,
    address: address === undefined ? null : withoutBrackets(address),
    port: pick('port') ?? DEFAULT_PORT,
    // Another service may not like to be sent `2+3`: unless the settings say so, it is only connected to.
    calculator: (pick('calculator') ?? unit === DEFAULT_UNIT) !== false,
    ...spokenTo(layers.map(({ calculator }) => calculator)),
    shell_timeout: pick('shell_timeout') ?? DEFAULT_SHELL_TIMEOUT,
    probe: pick('probe') ?? null,
    transport: pick('transport') ?? null,
    expect: { ...file.expect, ...named?.expect },
  };
}

/** systemctl(1) takes `calculatrice` for `calculatrice.service`, and so do we. */
function completeUnit(unit: string): string {
  return unit.includes('.') ? unit : `${unit}.service`;
}
