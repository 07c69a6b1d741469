/** The console, from the command line to the exit code: settle everything, take the screen, give it back. */
import { join } from 'node:path';
import { fileHistory } from './cli/history.ts';
import { type CommonOptions, type Invocation, readInvocation, UsageError } from './cli/invocation.ts';
import { openHost } from './cli/open-host.ts';
import { systemClock } from './ops/clock.ts';
import { createSession } from './state/create-session.ts';
import { bindKeys, type KeyTable } from './ui/bindings.ts';
import { type ExitReason, runConsole } from './ui/console.tsx';

/** What the program was started with, beside its arguments. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** The calculator's server as a file, for the embedded host. */
  readonly serverEntry: string;
}

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

  const stopping = new AbortController();
  const opened = await openHost({ invocation, questions: {}, serverEntry }, stopping.signal);
  const session = createSession({
    firstHost: opened.host,
    makeHost: opened.makeHost,
    subject: opened.subject,
    clock: systemClock,
    connector: opened.connector,
    readOnly: invocation.readOnly,
  });
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
    await session.close();
    await opened.close();
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
  throw new UsageError(text.cli.keyClash(settingsPath, JSON.stringify(clash)));
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
