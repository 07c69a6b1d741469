/** From a recognised command to its file, which is loaded then and not before. */
import { catalogue, chooseLanguage } from '../text/catalogue.ts';
import { COMMANDS, type CommandName } from './command-table.ts';
import { type Invocation, readInvocation, UsageError } from './invocation.ts';
import { type Io, processIo } from './io.ts';
import type { ReadOptions } from './program.ts';
import { runCommand } from './run-command.ts';

interface Call {
  readonly invocation: Invocation;
  readonly words: readonly string[];
  readonly options: ReadOptions;
  readonly io: Io;
  readonly env: NodeJS.ProcessEnv;
  readonly checkKeys: CheckKeys;
}

/** The console's own check of [keys]. @throws UsageError */
export type CheckKeys = (invocation: Invocation) => Promise<unknown>;

type Runner = (call: Call) => Promise<number>;

const RUNNERS: Readonly<Record<Exclude<CommandName, 'demo' | 'completion'>, Runner>> = {
  async status({ invocation, words, options, io }) {
    if (options.all === true) {
      const { runStatusAll } = await import('./status-all.ts');
      return runStatusAll(invocation, words, options, io);
    }
    const { runStatus } = await import('./status.ts');
    return runStatus(invocation, options, io);
  },
  async check({ invocation, words, options, io }) {
    if (options.all === true) {
      const { runCheckAll } = await import('./check-all.ts');
      return runCheckAll(invocation, words, options, io);
    }
    const { runCheck } = await import('./check.ts');
    return runCheck(invocation, options, io);
  },
  async deploy({ invocation, words, options, io, env }) {
    if (options.netdata === true) {
      const { runDeployNetdata } = await import('./deploy-netdata.ts');
      return runDeployNetdata(invocation, { ...options, files: words }, io, env);
    }
    const { runDeploy } = await import('./deploy.ts');
    return runDeploy(invocation, { ...options, files: words }, io);
  },
  async drill({ invocation, options, io }) {
    const { runDrillCommand } = await import('./drill.ts');
    return runDrillCommand(invocation, options, io);
  },
  async calc({ invocation, words, options, io }) {
    const { runCalc } = await import('./calc.ts');
    return runCalc(invocation, words, options, io);
  },
  async probe({ invocation, options, io }) {
    const { runProbe } = await import('./probe.ts');
    return runProbe(invocation, options, io);
  },
  async logs({ invocation, options, io }) {
    const { runLogs } = await import('./logs.ts');
    return runLogs(invocation, options, io);
  },
  async watch(call) {
    const { runWatch } = await import('./watch.ts');
    return runWatch(call);
  },
  async report({ invocation, options, io }) {
    const { runReport } = await import('./report.ts');
    return runReport(invocation, options, io);
  },
  async config({ invocation, words, options, io, env, checkKeys }) {
    await checkKeys(invocation);
    const { runConfig } = await import('./config.ts');
    return runConfig(invocation, { hostArgument: words[0], options, env }, io);
  },
};

/** Commands whose first word is the host. */
const TAKES_HOST = new Set(
  COMMANDS.filter((spec) => spec.arguments[0]?.name === 'host').map((spec) => spec.name),
);

/** @returns the exit code */
export async function dispatch(
  name: Exclude<CommandName, 'demo'>,
  words: readonly string[],
  options: ReadOptions,
  env: NodeJS.ProcessEnv,
  checkKeys: CheckKeys,
): Promise<number> {
  const spec = COMMANDS.find((each) => each.name === name);
  const io = processIo(env, {
    ...(spec?.tidyMs !== undefined && { tidyMs: spec.tidyMs }),
    signalIsEnd: spec?.signalIsEnd === true,
  });
  const text = catalogue(chooseLanguage(options.lang, env));
  return runCommand({ io, json: options.json === true, text }, async () => {
    // Its script is the same whatever the settings say, even when they are wrong.
    if (name === 'completion') {
      const { runCompletion } = await import('./completion.ts');
      return runCompletion(words[0], text, io);
    }
    const host = TAKES_HOST.has(name) ? words[0] : undefined;
    const invocation = await readInvocation(host, options, env);
    if (spec?.systemUnits === true && invocation.target.manager === 'user')
      throw new UsageError(invocation.text.cli.noUserUnit(name));
    return RUNNERS[name]({ invocation, words, options, io, env, checkKeys });
  });
}
