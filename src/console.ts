/** The console, from the command line to the exit code: settle everything, take the screen, give it back. */
import { join } from 'node:path';
import { fileHistory } from './cli/history.ts';
import { type CommonOptions, type Invocation, readInvocation, UsageError } from './cli/invocation.ts';
import { type Place, placeName, placesOf } from './cli/named-hosts.ts';
import { arriveFirst, changeOver, leave, SIGNAL_NUMBERS, type Stay } from './console-stay.ts';
import { readKeys } from './key-settings.ts';
import { systemClock } from './ops/clock.ts';
import type { KeyTable } from './ui/bindings.ts';
import { type ExitReason, runConsole } from './ui/console.tsx';
import type { FailedSwitch, HostChoice } from './ui/hosts.ts';
import { EMPTY_LINE } from './ui/input/line-editor.ts';

/** What the program was started with, beside its arguments. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** The calculator's server as a file, for the embedded host. */
  readonly serverEntry: string;
}

/** @returns the exit code */
export async function openConsole(
  hostArgument: string | undefined,
  options: CommonOptions,
  { env, serverEntry }: Surroundings,
): Promise<number> {
  const invocation = await readInvocation(hostArgument, options, env);
  refuseWithoutTerminal(invocation, env);
  const keys = await readKeys(invocation);
  const { start, places } = placesOf(invocation, hostArgument ?? options.host);

  const first = await arriveFirst(start, serverEntry);
  if (typeof first === 'number') return first;
  let stay = first;
  let failure: { readonly of: Place; readonly why: string } | null = null;
  const left: Promise<void>[] = [];
  try {
    for (;;) {
      const reason = await show(stay, places, keys, failure);
      if (reason.kind !== 'switch') return exitCode(reason);
      const to = places.find(({ name }) => name === reason.name) ?? stay.place;
      const change = await changeOver(stay, to, serverEntry);
      if (change.kind === 'ended') return change.exitCode;
      failure = change.kind === 'failed' ? { of: to, why: change.why } : null;
      if (change.kind === 'failed') continue;
      // A link that hangs is nothing to wait for now; its end is waited for at the program's.
      left.push(leave(stay));
      stay = change.stay;
    }
  } finally {
    await leave(stay);
    await Promise.allSettled(left);
  }
}

/** The screen, from when it is taken to when it is given back. */
async function show(
  { place, session }: Stay,
  places: readonly Place[],
  keys: KeyTable,
  failed: { readonly of: Place; readonly why: string } | null,
): Promise<ExitReason> {
  const { text, folders, settingsPath } = place.invocation;
  const choices = places.map((one) => choiceOf(one, one === place));
  const failure: FailedSwitch | null =
    failed === null ? null : { title: choiceOf(failed.of, false).title, why: failed.why };
  const warnings = holdWarnings();
  try {
    return await runConsole({
      session,
      text,
      clock: systemClock,
      stdin: process.stdin,
      stdout: process.stdout,
      keys,
      calculatorHistory: fileHistory(join(folders.state, 'calculator-history')),
      hosts: { choices, settingsPath },
      ...(failed !== null && {
        opening: { kind: 'hosts', query: EMPTY_LINE, chosen: places.indexOf(failed.of), failure },
      }),
    });
  } finally {
    warnings.release();
  }
}

function choiceOf({ name, invocation }: Place, here: boolean): HostChoice {
  const { via, target, text } = invocation;
  const place = via === 'ssh' ? placeName(target) : text.commands.status.via[via];
  if (name === null) return { name, title: place, place: text.hosts.switcher.start, here };
  return { name, title: name, place, here };
}

function refuseWithoutTerminal({ text }: Invocation, env: NodeJS.ProcessEnv): void {
  if (!process.stdin.isTTY || !process.stdout.isTTY) throw new UsageError(text.cli.noTerminal('not-a-tty'));
  if (env.TERM === 'dumb') throw new UsageError(text.cli.noTerminal('dumb'));
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

function exitCode(reason: Exclude<ExitReason, { kind: 'switch' }>): number {
  switch (reason.kind) {
    case 'quit':
      return 0;
    case 'crash':
      return 70;
    case 'signal':
      return 128 + SIGNAL_NUMBERS[reason.signal];
  }
}
