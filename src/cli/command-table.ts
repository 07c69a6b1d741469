/** The commands: their arguments and options, once. Parsing, help, completion and the man page all read this. */
import { CARRIERS } from '../ops/transport/carrier-name.ts';
import type { Catalogue } from '../text/catalogue.ts';

/** What a value is, for those who complete it; a list is all that it may be, and the parser holds one to it. */
export type ValueKind = 'host' | 'file' | 'unit' | 'check' | 'other' | readonly string[];

export interface OptionSpec {
  /** As commander takes them: `-n, --lines <count>`. */
  readonly flags: string;
  /** What follows the flag; null for a switch. */
  readonly value: ValueKind | null;
  readonly about: (text: Catalogue) => string;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly value: ValueKind;
  readonly required?: boolean;
  readonly variadic?: boolean;
  readonly about: (text: Catalogue) => string;
}

export type CommandName =
  | 'demo'
  | 'status'
  | 'check'
  | 'deploy'
  | 'drill'
  | 'calc'
  | 'probe'
  | 'logs'
  | 'watch'
  | 'report'
  | 'completion'
  | 'config';

export interface CommandSpec {
  readonly name: CommandName;
  readonly about: (text: Catalogue) => string;
  readonly arguments: readonly ArgumentSpec[];
  /** Its own options, before those that it shares. */
  readonly options: readonly OptionSpec[];
  readonly shared: readonly OptionSpec[];
  /**
   * Milliseconds that it may take to tidy up after Ctrl+C; those that put a host back need more.
   * @default what `processIo` gives
   */
  readonly tidyMs?: number;
  /** It knows units of the system alone. @default false */
  readonly systemUnits?: boolean;
  /** To be ended by a signal is how it ends well: exit code 0. @default false */
  readonly signalIsEnd?: boolean;
}

const LANGUAGES = ['en', 'fr'];
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const identity: OptionSpec = {
  flags: '-i, --identity <file>',
  value: 'file',
  about: (text) => text.cli.options.identity,
};

const language: OptionSpec = {
  flags: '--lang <lang>',
  value: LANGUAGES,
  about: (text) => text.cli.options.lang,
};

const transport: OptionSpec = {
  flags: '--transport <name>',
  value: CARRIERS,
  about: (text) => text.cli.options.transport,
};

const beforeIdentity: readonly OptionSpec[] = [
  { flags: '--host <host>', value: 'host', about: (text) => text.cli.options.host },
  { flags: '--user <name>', value: 'other', about: (text) => text.cli.options.user },
];

const afterIdentity: readonly OptionSpec[] = [
  transport,
  { flags: '--unit <unit>', value: 'unit', about: (text) => text.cli.options.unit },
  { flags: '--user-unit <unit>', value: 'other', about: (text) => text.cli.options.userUnit },
  { flags: '--address <address>', value: 'other', about: (text) => text.cli.options.address },
  { flags: '--port <port>', value: 'other', about: (text) => text.cli.options.port },
  { flags: '--local', value: null, about: (text) => text.cli.options.local },
  { flags: '--demo', value: null, about: (text) => text.cli.options.demo },
  { flags: '--config <file>', value: 'file', about: (text) => text.cli.options.config },
  language,
  { flags: '--read-only', value: null, about: (text) => text.cli.options.readOnly },
  { flags: '--no-input', value: null, about: (text) => text.cli.options.noInput },
];

/** Options of the console and, but for a few, of every command. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [...beforeIdentity, identity, ...afterIdentity];

/** Where `-i` is another option's, or `--lang` is. */
const COMMON_WITHOUT_SHORT: readonly OptionSpec[] = [
  ...beforeIdentity,
  { ...identity, flags: '--identity <file>' },
  ...afterIdentity,
];
const COMMON_WITHOUT_LANGUAGE = COMMON_OPTIONS.filter((option) => option !== language);

const host: ArgumentSpec = {
  name: 'host',
  value: 'host',
  about: (text) => text.commands.arguments.host,
};

const json: OptionSpec = { flags: '--json', value: null, about: (text) => text.commands.options.json };
const jsonLines: OptionSpec = {
  flags: '--json',
  value: null,
  about: (text) => text.commands.options.jsonLines,
};

/** In the order in which help lists them. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'demo',
    about: (text) => text.cli.commands.demo,
    arguments: [],
    options: [],
    shared: COMMON_OPTIONS,
  },
  {
    name: 'status',
    about: (text) => text.commands.about.status,
    arguments: [host],
    options: [json, { flags: '--all', value: null, about: (text) => text.hosts.all.statusOption }],
    shared: COMMON_OPTIONS,
  },
  {
    name: 'check',
    about: (text) => text.commands.about.check,
    arguments: [host],
    options: [
      json,
      { flags: '--all', value: null, about: (text) => text.hosts.all.checkOption },
      { flags: '--fix', value: null, about: (text) => text.commands.options.fix },
      { flags: '--only <id...>', value: 'check', about: (text) => text.commands.options.only },
      { flags: '-y, --yes', value: null, about: (text) => text.commands.options.yesFix },
    ],
    systemUnits: true,
    shared: COMMON_OPTIONS,
    tidyMs: 30_000,
  },
  {
    name: 'deploy',
    about: (text) => text.deploy.command,
    arguments: [{ name: 'file', value: 'file', variadic: true, about: (text) => text.deploy.options.files }],
    options: [
      { flags: '--listen <address>', value: 'other', about: (text) => text.deploy.options.listen },
      { flags: '--hardened', value: null, about: (text) => text.deploy.options.hardened },
      { flags: '--netdata', value: null, about: (text) => text.netdata.options.netdata },
      { flags: '--webhook-file <file>', value: 'file', about: (text) => text.netdata.options.webhookFile },
      {
        flags: '--allow-insecure-webhook',
        value: null,
        about: (text) => text.watch.options.allowInsecureWebhook,
      },
      { flags: '--test-alert', value: null, about: (text) => text.netdata.options.testAlert },
      { flags: '--dry-run', value: null, about: (text) => text.deploy.options.dryRun },
      { flags: '-y, --yes', value: null, about: (text) => text.deploy.options.yes },
      { flags: '--json', value: null, about: (text) => text.deploy.options.json },
    ],
    systemUnits: true,
    shared: COMMON_OPTIONS,
    tidyMs: 30_000,
  },
  {
    name: 'drill',
    about: (text) => text.commands.about.drill,
    arguments: [host],
    options: [json, { flags: '-y, --yes', value: null, about: (text) => text.commands.options.yes }],
    shared: COMMON_OPTIONS,
  },
  {
    name: 'calc',
    about: (text) => text.commands.about.calc,
    arguments: [
      {
        name: 'expression',
        value: 'other',
        variadic: true,
        about: (text) => text.commands.arguments.expression,
      },
    ],
    options: [jsonLines],
    shared: COMMON_OPTIONS,
  },
  {
    name: 'probe',
    about: (text) => text.commands.about.probe,
    arguments: [host],
    options: [
      { flags: '-c, --count <count>', value: 'other', about: (text) => text.commands.options.count },
      { flags: '-i, --interval <seconds>', value: 'other', about: (text) => text.commands.options.interval },
      jsonLines,
    ],
    shared: COMMON_WITHOUT_SHORT,
  },
  {
    name: 'logs',
    about: (text) => text.commands.about.logs,
    arguments: [host],
    options: [
      { flags: '-f, --follow', value: null, about: (text) => text.commands.options.follow },
      { flags: '-n, --lines <count>', value: 'other', about: (text) => text.commands.options.lines },
      jsonLines,
    ],
    shared: COMMON_OPTIONS,
  },
  {
    name: 'watch',
    about: (text) => text.watch.about,
    arguments: [{ name: 'host', value: 'host', variadic: true, about: (text) => text.watch.hostsArgument }],
    options: [
      { flags: '--interval <seconds>', value: 'other', about: (text) => text.watch.options.interval },
      { flags: '--failures <count>', value: 'other', about: (text) => text.watch.options.failures },
      { flags: '--successes <count>', value: 'other', about: (text) => text.watch.options.successes },
      { flags: '--webhook-file <file>', value: 'file', about: (text) => text.watch.options.webhookFile },
      { flags: '--test-alert', value: null, about: (text) => text.watch.options.testAlert },
      { flags: '--metrics <address>', value: 'other', about: (text) => text.watch.options.metrics },
      { flags: '--install', value: null, about: (text) => text.watch.options.install },
      { flags: '--system', value: null, about: (text) => text.watch.options.system },
      { flags: '--dry-run', value: null, about: (text) => text.watch.options.dryRun },
      {
        flags: '--allow-insecure-webhook',
        value: null,
        about: (text) => text.watch.options.allowInsecureWebhook,
      },
    ],
    shared: COMMON_OPTIONS,
    tidyMs: 15_000,
    signalIsEnd: true,
  },
  {
    name: 'report',
    about: (text) => text.commands.about.report,
    arguments: [host],
    options: [
      { flags: '-o, --output <file>', value: 'file', about: (text) => text.commands.options.output },
      { flags: '--lang <lang>', value: LANGUAGES, about: (text) => text.commands.options.reportLang },
      { flags: '--with-drill', value: null, about: (text) => text.commands.options.withDrill },
      { flags: '-y, --yes', value: null, about: (text) => text.commands.options.yesReport },
      json,
    ],
    systemUnits: true,
    shared: COMMON_WITHOUT_LANGUAGE,
  },
  {
    name: 'completion',
    about: (text) => text.commands.about.completion,
    arguments: [
      {
        name: 'shell',
        value: SHELLS,
        required: true,
        about: (text) => text.commands.arguments.shell,
      },
    ],
    options: [],
    shared: [language],
  },
  {
    name: 'config',
    about: (text) => text.commands.about.config,
    arguments: [host],
    options: [json],
    shared: COMMON_OPTIONS,
  },
];

/** `-n, --lines <count>` taken apart; the long name always stands. */
export function flagsOf(spec: OptionSpec): {
  readonly short: string | null;
  readonly long: string;
  readonly value: string | null;
} {
  const words = spec.flags.split(/,? +/);
  const value = words.find((word) => word.startsWith('<'));
  return {
    short: words.find((word) => /^-[^-]/.test(word)) ?? null,
    long: words.find((word) => word.startsWith('--')) ?? '',
    value: value?.slice(1, -1).replace(/\.\.\.$/, '') ?? null,
  };
}
