/** From a recognised command to its file, which is loaded then and not before. */
import { catalogue, chooseLanguage } from '../text/catalogue.ts';
import { COMMANDS, type CommandName } from './command-table.ts';
import { type Invocation, readInvocation } from './invocation.ts';
import { type Io, processIo } from './io.ts';
import type { ReadOptions } from './program.ts';
import { runCommand } from './run-command.ts';

interface Call {
  readonly invocation: Invocation;
  readonly words: readonly string[];
  readonly options: ReadOptions;
  readonly io: Io;
}

type Runner = (call: Call) => Promise<number>;

const RUNNERS: Readonly<Partial<Record<CommandName, Runner>>> = {
  async status({ invocation, options, io }) {
    const { runStatus } = await import('./status.ts');
    return runStatus(invocation, options, io);
  },
  async check({ invocation, options, io }) {
    const { runCheck } = await import('./check.ts');
    return runCheck(invocation, options, io);
  },
  async deploy({ invocation, words, options, io }) {
    const { runDeploy } = await import('./deploy.ts');
    return runDeploy(invocation, { ...options, files: words }, io);
  },
  async drill({ invocation, options, io }) {
    const { runDrillCommand } = await import('./drill.ts');
    return runDrillCommand(invocation, options, io);
  },
};

/** Commands whose first word is the host. */
const TAKES_HOST = new Set(
  COMMANDS.filter((spec) => spec.arguments[0]?.name === 'host').map((spec) => spec.name),
);

/** @returns the exit code */
export async function dispatch(
  name: CommandName,
  words: readonly string[],
  options: ReadOptions,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const spec = COMMANDS.find((each) => each.name === name);
  const io = processIo(env, spec?.tidyMs === undefined ? {} : { tidyMs: spec.tidyMs });
  const text = catalogue(chooseLanguage(options.lang, env));
  return runCommand({ io, json: options.json === true, text }, async () => {
    const host = TAKES_HOST.has(name) ? words[0] : undefined;
    const invocation = await readInvocation(host, options, env);
    const run = RUNNERS[name];
    if (run === undefined) throw new Error(`no runner for ${name}`);
    return run({ invocation, words, options, io });
  });
}
