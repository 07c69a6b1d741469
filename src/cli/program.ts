/** The command line: options, arguments and commands, in the user's language. Nothing is loaded before it is called. */
import { Command, CommanderError, Option } from 'commander';
import { catalogue, chooseLanguage } from '../text/catalogue.ts';
import type { CommonOptions } from './invocation.ts';

/** What runs when a command was recognised; each resolves to the exit code. */
export interface Handlers {
  console(host: string | undefined, options: CommonOptions): Promise<number>;
}

/**
 * Parses the arguments and runs the command.
 * @param argv without `node` and the script
 * @returns the exit code; 2 for wrong usage, with commander's sentence on stderr
 */
export async function runProgram(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  version: string,
  handlers: Handlers,
): Promise<number> {
  const text = catalogue(chooseLanguage(languageOption(argv), env)).cli;
  let code = 0;

  const program = new Command('tp5-tui');
  program
    .description(text.description)
    .argument('[host]', text.hostArgument)
    .version(version, '-V, --version', text.options.version)
    .helpOption('-h, --help', text.options.help)
    .helpCommand(false)
    .addHelpText('after', `\n${text.helpFooter}`)
    .configureHelp({
      styleTitle: (title) =>
        ({
          'Usage:': text.usage,
          'Commands:': text.commandsHeading,
          'Options:': text.optionsHeading,
          'Arguments:': text.argumentsHeading,
        })[title] ?? title,
    })
    .exitOverride();
  withCommonOptions(program, text.options);
  program.action(async (host: string | undefined, options: CommonOptions) => {
    code = await handlers.console(host, options);
  });

  const demo = program.command('demo').description(text.commands.demo).exitOverride();
  demo.helpOption('-h, --help', text.options.help);
  withCommonOptions(demo, text.options);
  demo.action(async (_options: CommonOptions, command: Command) => {
    code = await handlers.console(undefined, { ...command.optsWithGlobals<CommonOptions>(), demo: true });
  });

  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return code;
}

function withCommonOptions(
  command: Command,
  text: typeof import('../text/en/cli.ts')['cli']['options'],
): void {
  command
    .addOption(new Option('--host <host>', text.host))
    .addOption(new Option('--user <name>', text.user))
    .addOption(new Option('-i, --identity <file>', text.identity))
    .addOption(new Option('--unit <unit>', text.unit))
    .addOption(new Option('--address <address>', text.address))
    .addOption(new Option('--port <port>', text.port))
    .addOption(new Option('--local', text.local))
    .addOption(new Option('--demo', text.demo))
    .addOption(new Option('--config <file>', text.config))
    .addOption(new Option('--lang <lang>', text.lang))
    .addOption(new Option('--read-only', text.readOnly))
    .addOption(new Option('--no-input', text.noInput));
}

/** Found by hand, since help itself must already be in the right language. */
function languageOption(argv: readonly string[]): string | undefined {
  const index = argv.findIndex((word) => word === '--lang' || word.startsWith('--lang='));
  const word = argv[index];
  return word?.includes('=') ? word.slice('--lang='.length) : argv[index + 1 || argv.length];
}
