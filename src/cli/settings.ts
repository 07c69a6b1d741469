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
import { inNetwork } from '../ops/checks/cards.ts';
import { CARRIERS } from '../ops/transport/carrier-name.ts';
import type { SettingsExpected } from '../text/settings-expected.ts';
import { calculatorKeys, calculatorSettings } from './calculator-settings.ts';
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
