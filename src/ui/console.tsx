/**
 * The console from the moment it takes the screen to the moment it gives it back, whatever ends it:
 * a key, a signal, the terminal's own end, a crash. Across Ctrl+Z and `fg` as well.
 */
import { render, useApp } from 'ink';
import { type ReactNode, useEffect } from 'react';
import type { Clock } from '../ops/clock.ts';
import type { Session } from '../state/session.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { App } from './App.tsx';
import type { KeyTable } from './bindings.ts';
import { ConsoleController, type InputHistory } from './controller.ts';
import type { Hosts } from './hosts.ts';
import { FilteredStdin, type TerminalInput } from './input/filtered-stdin.ts';
import { clipboardSequence } from './osc52.ts';
import { createSuspension, type SuspendTerminal } from './suspension.ts';
import type { Overlay } from './view.ts';

export type ExitReason =
  | { readonly kind: 'quit' }
  /** To another of `hosts`. */
  | { readonly kind: 'switch'; readonly name: string | null }
  | { readonly kind: 'signal'; readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' }
  /** Already told on stderr, after the screen was given back. */
  | { readonly kind: 'crash'; readonly error: unknown };

export interface ConsoleOptions {
  readonly session: Session;
  readonly text: Catalogue;
  readonly clock: Clock;
  readonly stdin: TerminalInput;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr?: NodeJS.WritableStream;
  readonly keys: KeyTable;
  readonly calculatorHistory?: InputHistory;
  /** @default none */
  readonly hosts?: Hosts;
  /** What lies over the panes at first. */
  readonly opening?: Overlay;
}

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Draws until it is left. The screen is the shell's again when this resolves; the session is not closed. */
export async function runConsole(options: ConsoleOptions): Promise<ExitReason> {
  const { session, text, clock, stdout } = options;
  const ended = Promise.withResolvers<ExitReason>();
  const end = (reason: ExitReason): void => ended.resolve(reason);
  const hangUp = (): void => end({ kind: 'signal', signal: 'SIGHUP' });
  const crash = (error: unknown): void => end({ kind: 'crash', error });
  const suspension = createSuspension(clock);

  const controller = new ConsoleController({
    session,
    text,
    clock,
    keys: options.keys,
    ...(options.calculatorHistory === undefined ? {} : { history: options.calculatorHistory }),
    ...(options.hosts === undefined ? {} : { hosts: options.hosts }),
    ...(options.opening === undefined ? {} : { opening: options.opening }),
    quit: () => end({ kind: 'quit' }),
    switchTo: (name) => end({ kind: 'switch', name }),
    suspend: () => suspension.suspend(),
    copy: (copied) => void stdout.write(clipboardSequence(copied)),
  });

  const signals = ENDING.map((signal) => [signal, () => end({ kind: 'signal', signal })] as const);
  for (const [signal, listener] of signals) process.on(signal, listener);
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  // The other end of a closed terminal: writing to it fails, and nobody is left to be told.
  stdout.on('error', hangUp);

  const stdin = new FilteredStdin(options.stdin, clock, hangUp);
  // Before the first frame is there to be answered: a key typed at it must be a key, not an echo or a SIGINT.
  stdin.setRawMode(true);
  const screen = render(
    <>
      <App controller={controller} />
      <Terminal register={suspension.register} />
    </>,
    {
      stdout,
      stdin,
      alternateScreen: true,
      incrementalRendering: true,
      maxFps: 30,
      exitOnCtrlC: false,
      interactive: true,
      patchConsole: false,
    },
  );
  const left = screen.waitUntilExit();
  left.catch(crash);

  const reason = await ended.promise;
  suspension.stop();
  screen.unmount();
  await left.catch(() => undefined);
  stdin.setRawMode(false);
  if (reason.kind === 'switch') stdin.release();
  for (const [signal, listener] of signals) process.off(signal, listener);
  process.off('uncaughtException', crash);
  process.off('unhandledRejection', crash);
  // After a hang-up its last writes are still to fail.
  if (reason.kind !== 'signal' || reason.signal !== 'SIGHUP') stdout.off('error', hangUp);
  if (reason.kind === 'crash') report(reason.error, options.stderr ?? process.stderr, text);
  return reason;
}

function report(error: unknown, stderr: NodeJS.WritableStream, text: Catalogue): void {
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  stderr.write(`${text.console.crash}\n${said}\n`);
}

/** Hands Ink's way of lending the terminal out of React. */
function Terminal({ register }: { readonly register: (suspend: SuspendTerminal | null) => void }): ReactNode {
  const { suspendTerminal } = useApp();
  useEffect(() => {
    register(suspendTerminal);
    return () => register(null);
  }, [register, suspendTerminal]);
  return null;
}
