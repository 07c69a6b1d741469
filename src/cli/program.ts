/** The command line: options, arguments and commands, in the user's language. Nothing is loaded before it is called. */
import { Argument, Command, CommanderError, Option } from 'commander';
import { type Catalogue, catalogue, chooseLanguage } from '../text/catalogue.ts';
import {
  type ArgumentSpec,
  COMMANDS,
  COMMON_OPTIONS,
  type CommandName,
  type CommandSpec,
  type OptionSpec,
} from './command-table.ts';
import type { CommonOptions } from './invocation.ts';
import { exitUnwritten } from './io.ts';
import { meantCommand } from './meant-command.ts';
import { usageSentence } from './usage.ts';

/** Options as commander read them: what was given, and `input: false` for `--no-input`. */
export interface ReadOptions extends CommonOptions {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly fix?: boolean;
  readonly only?: readonly string[];
  readonly listen?: string;
  readonly hardened?: boolean;
  readonly dryRun?: boolean;
  readonly count?: string;
  readonly interval?: string;
  readonly follow?: boolean;
  readonly lines?: string;
  readonly output?: string;
  readonly withDrill?: boolean;
  readonly failures?: string;
  readonly successes?: string;
  readonly webhookFile?: string;
  readonly allowInsecureWebhook?: boolean;
  readonly testAlert?: boolean;
  readonly metrics?: string;
  readonly install?: boolean;
  readonly system?: boolean;
  readonly netdata?: boolean;
}

/** What runs when a command was recognised; each resolves to the exit code. */
export interface Handlers {
  console(host: string | undefined, options: CommonOptions): Promise<number>;
  /** @param words the command's arguments, as typed */
  command(
    name: Exclude<CommandName, 'demo'>,
    words: readonly string[],
    options: ReadOptions,
  ): Promise<number>;
}

/** Where help and the words on wrong usage go. @default the process's stdout and stderr */
export interface ProgramOutput {
  out(text: string): void;
  err(text: string): void;
}

const EPIPE_EXIT = 128 + 13;

const processOutput: ProgramOutput = {
  out(text) {
    // `tp5-tui --help | head`: the reader leaving is an end, not a crash.
    process.stdout.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') exitUnwritten(error);
      process.exit(EPIPE_EXIT);
    });
    process.stdout.write(text);
  },
  err: (text) => process.stderr.write(text),
};

/**
 * Parses the arguments and runs the command.
 * @param argv without `node` and the script
 * @returns the exit code; 2 for wrong usage, with a sentence on stderr and, when `--json` is among the
 * arguments, one document on stdout
 */
export async function runProgram(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  version: string,
  handlers: Handlers,
  output: ProgramOutput = processOutput,
): Promise<number> {
  const text = catalogue(chooseLanguage(languageOption(argv), env));
  let code = 0;
  const run = async (spec: CommandSpec, words: readonly string[], command: Command): Promise<void> => {
    const options = mergedOptions(command);
    code =
      spec.name === 'demo'
        ? await handlers.console(undefined, { ...options, demo: true })
        : await handlers.command(spec.name, words, options);
  };

  const program = new Command('tp5-tui')
    .usage(`${text.commands.usage.console}\n       tp5-tui ${text.commands.usage.command}`)
    .description(text.cli.description)
    .addArgument(new Argument('[host]', text.cli.hostArgument))
    .version(version, '-V, --version', text.cli.options.version)
    .helpCommand('help [command]', text.commands.about.help)
    .addHelpText('after', `\n${text.cli.helpFooter}`)
    // What stands behind a command is that command's: `-i` is an interval to `probe`, a key to the rest.
    .enablePositionalOptions()
    .action(async (host: string | undefined, _options: unknown, command: Command) => {
      code = await handlers.console(host, mergedOptions(command));
    });
  dress(program, text, output);
  addOptions(program, COMMON_OPTIONS, text);
  for (const spec of COMMANDS) program.addCommand(commandOf(spec, text, output, run));

  try {
    await program.parseAsync(asOperands(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    // `help` of what there is not: the whole help stands on stderr already.
    if (error.code === 'commander.help') return 2;
    const said = usageSentence(error, text.commands.usage) + suggestion(argv, text);
    output.err(`tp5-tui: ${said}\n`);
    if (argv.includes('--json')) {
      output.out(`${JSON.stringify({ error: { code: 'usage', message: said } })}\n`);
    }
    return 2;
  }
  return code;
}

/** `statu --json` is a host with an option too many to the parser. */
function suggestion(argv: readonly string[], text: Catalogue): string {
  const meant = meantCommand(argv.find((word) => !word.startsWith('-')));
  return meant === null ? '' : ` (${text.commands.usage.suggestion(meant)})`;
}

function commandOf(
  spec: CommandSpec,
  text: Catalogue,
  output: ProgramOutput,
  run: (spec: CommandSpec, words: readonly string[], command: Command) => Promise<void>,
): Command {
  const command = new Command(spec.name).description(spec.about(text));
  dress(command, text, output);
  for (const argument of spec.arguments) command.addArgument(argumentOf(argument, text));
  addOptions(command, spec.options, text);
  addOptions(command, spec.shared, text);
  return command.action(async () => {
    const words = spec.name === 'calc' ? command.args.map((word) => word.trim()) : command.args;
    await run(spec, words, command);
  });
}

/** What every command has alike: its help's words, and errors that are thrown and said here, not there. */
function dress(command: Command, text: Catalogue, output: ProgramOutput): void {
  const titles: Readonly<Record<string, string>> = {
    'Usage:': text.cli.usage,
    'Commands:': text.cli.commandsHeading,
    'Options:': text.cli.optionsHeading,
    'Arguments:': text.cli.argumentsHeading,
  };
  command
    .helpOption('-h, --help', text.cli.options.help)
    .configureHelp({
      styleTitle: (title) => titles[title] ?? title,
      subcommandTerm: (each) => [each.name(), ...each.registeredArguments.map(argumentTerm)].join(' '),
      // The sentences name the choices themselves, in their language.
      optionDescription: (option) => option.description,
      argumentDescription: (argument) => argument.description,
    })
    .configureOutput({ writeOut: output.out, writeErr: output.err, outputError: () => undefined })
    .exitOverride();
}

function argumentTerm(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function addOptions(command: Command, specs: readonly OptionSpec[], text: Catalogue): void {
  for (const spec of specs) {
    const option = new Option(spec.flags, spec.about(text));
    if (Array.isArray(spec.value)) option.choices(spec.value);
    command.addOption(option);
  }
}

function argumentOf(spec: ArgumentSpec, text: Catalogue): Argument {
  const name = spec.variadic ? `${spec.name}...` : spec.name;
  const argument = new Argument(spec.required ? `<${name}>` : `[${name}]`, spec.about(text));
  if (Array.isArray(spec.value)) argument.choices(spec.value);
  return argument;
}

/** What was given, before the command or behind it; behind it wins. commander's own merging has it the other way. */
function mergedOptions(command: Command): ReadOptions {
  const chain = command.parent === null ? [command] : [command.parent, command];
  const given = chain.flatMap((each) =>
    Object.entries(each.opts()).filter(([name]) => each.getOptionValueSource(name) === 'cli'),
  );
  return Object.fromEntries(given);
}

/**
 * `calc -2+3`: what starts like a negative number is an expression, no option. The blank in front makes it
 * an operand to commander, and means nothing to who reads expressions.
 */
function asOperands(argv: readonly string[]): string[] {
  const at = argv.indexOf('calc');
  if (at < 0) return [...argv];
  return argv.map((word, index) => (index > at && /^-\s*\d/.test(word) ? ` ${word}` : word));
}

/** Found by hand, since help itself must already be in the right language. */
function languageOption(argv: readonly string[]): string | undefined {
  const index = argv.findIndex((word) => word === '--lang' || word.startsWith('--lang='));
  const word = argv[index];
  return word?.includes('=') ? word.slice('--lang='.length) : argv[index + 1 || argv.length];
}
