/** The console, from the command line to the exit code: settle everything, take the screen, give it back. */
import { join } from 'node:path';
import { endedOnTheWay, terminalQuestions } from './cli/connect.ts';
import { fileHistory } from './cli/history.ts';
import { type CommonOptions, type Invocation, readInvocation, UsageError } from './cli/invocation.ts';
import { type OpenedHost, openHost } from './cli/open-host.ts';
import { systemClock } from './ops/clock.ts';
import { createSession } from './state/create-session.ts';
import { bindKeys, type KeyTable } from './ui/bindings.ts';
import { type ExitReason, runConsole } from './ui/console.tsx';
import { clashSentence } from './ui/sentences.ts';

/** What the program was started with, beside its arguments. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** The calculator's server as a file, for the embedded host. */
  readonly serverEntry: string;
}

const WONDER_MS = 800;

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** @returns the exit code */
export async function openConsole(
  hostArgument: string | undefined,
  options: CommonOptions,
  { env, serverEntry }: Surroundings,
): Promise<number> {
  const invocation = await readInvocation(hostArgument, options, env);
  const { text } = invocation;
  refuseWithoutTerminal(invocation, env);
  const keys = readKeys(invocation);

  let opened: OpenedHost;
  try {
    opened = await announced(invocation, open(invocation, serverEntry));
  } catch (error) {
    const code = endedOnTheWay(error, text, process.stderr);
    if (code === null) throw error;
    return code;
  }
  const session = createSession({
    firstHost: opened.host,
    makeHost: opened.makeHost,
    subject: opened.subject,
    clock: systemClock,
    connector: opened.connector,
    readOnly: invocation.readOnly,
    netdata: true,
  });
  const warnings = holdWarnings();
  try {
    const reason = await runConsole({
      session,
      text,
      clock: systemClock,
      stdin: process.stdin,
      stdout: process.stdout,
      keys,
      calculatorHistory: fileHistory(join(invocation.folders.state, 'calculator-history')),
    });
    return exitCode(reason);
  } finally {
    warnings.release();
    await session.close();
    await opened.close();
  }
}

function open(invocation: Invocation, serverEntry: string): Promise<OpenedHost> {
  const { text, mayAsk } = invocation;
  const questions = terminalQuestions({ text, mayAsk });
  // Nothing is to be put back before the screen is taken: Ctrl+C simply ends the process.
  return openHost({ invocation, questions, serverEntry }, new AbortController().signal);
}

/** Says what is waited for, once the wait is long enough to be wondered at. */
async function announced<T>({ target, text }: Invocation, work: Promise<T>): Promise<T> {
  const timer = setTimeout(() => {
    if (target.host !== null) process.stderr.write(`${text.cli.connecting(target.host)}\n`);
  }, WONDER_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

function refuseWithoutTerminal({ text }: Invocation, env: NodeJS.ProcessEnv): void {
  if (!process.stdin.isTTY || !process.stdout.isTTY) throw new UsageError(text.cli.noTerminal('not-a-tty'));
  if (env.TERM === 'dumb') throw new UsageError(text.cli.noTerminal('dumb'));
}

function readKeys({ settings, settingsPath, text }: Invocation): KeyTable {
  const bound = bindKeys(settings.keys);
  if (bound.ok) return bound.table;
  const [clash] = bound.clashes;
  throw new UsageError(
    text.cli.keyClash(settingsPath, clash === undefined ? '' : clashSentence(clash, text)),
  );
}

/** Node prints warnings on stderr as they come, into the middle of the screen: they wait until it is given back. */
function holdWarnings(): { release(): void } {
  const held: Error[] = [];
  const hold = (warning: Error): void => {
    held.push(warning);
  };
  const printers = process.listeners('warning');
  for (const printer of printers) process.off('warning', printer);
  process.on('warning', hold);
  return {
    release() {
      process.off('warning', hold);
      for (const printer of printers) process.on('warning', printer);
      for (const warning of held) process.stderr.write(`${warning.stack ?? warning.message}\n`);
    },
  };
}

function exitCode(reason: ExitReason): number {
  switch (reason.kind) {
    case 'quit':
      return 0;
    case 'crash':
      return 70;
    case 'signal':
      return 128 + SIGNAL_NUMBERS[reason.signal];
  }
}
