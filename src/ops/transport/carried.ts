/** A transport over SSH, written once over whatever carries it: ssh2, or the system's own ssh. */
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '../clock.ts';
import { explainShell } from './account-shell.ts';
import { type CommandRunner, openCommand, runCommand } from './commands.ts';
import { frameCommands } from './framed.ts';
import type { SshMemory, SshQuestions } from './memory.ts';
import { findPrivilege, type PrivilegeOptions } from './privilege.ts';
import type { StartCommand } from './process.ts';
import type { RemoteFiles } from './sftp-files.ts';
import type { DialOptions, Transport } from './transport.ts';

/** One connection's life. */
export interface Link {
  readonly lost: Promise<{ readonly detail: string }>;
  readonly lostDetail: () => string | null;
  /** Aborted when the link is lost or closed. */
  readonly gone: AbortSignal;
  lose(detail: string): void;
  close(): Promise<void>;
}

/** A connection that is authenticated, and what can be done over it. */
export interface Carrier {
  readonly address: string;
  readonly user: string;
  readonly link: Link;
  readonly start: StartCommand;
  dial(address: string, port: number, options?: DialOptions): Promise<Duplex>;
  readonly files: RemoteFiles;
  /** Begins to measure the round trip, and to watch whether the other side lives. */
  measure(clock: Clock): { readonly roundTripMs: number | null; stop(): void };
  traffic(): Transport['traffic'];
}

export interface CarryOptions {
  /** See `PrivilegeOptions.sudo`. @default 'auto' */
  readonly sudo?: PrivilegeOptions['sudo'];
  readonly clock?: Clock;
  /** Until the host's shell must have run a command of ours. @default 15000 */
  readonly shellMs?: number;
  /** Runs when we were let in and the shell has kept us waiting for a while. */
  readonly onShellWait?: () => void;
}

interface Means extends CarryOptions {
  /** The host as the user named it. */
  readonly host: string;
  readonly questions: SshQuestions;
  readonly memory: SshMemory;
}

const SHELL_MS = 15_000;
/** A shell that has run one command runs others, if only once what is on its way on a slow link has arrived. */
const PROVEN = 4;

/**
 * Learns what we may do there; the connection is closed when that fails.
 * @throws Failed `no-shell`, `link-lost`; the signal's reason, or a question's
 */
export async function carry(carrier: Carrier, means: Means, signal?: AbortSignal): Promise<Transport> {
  const { user, link, files } = carrier;
  const label = `${user}@${means.host}`;
  const clock = means.clock ?? systemClock;
  const { shellMs = SHELL_MS, onShellWait } = means;
  const frame = { clock, account: label, withinMs: shellMs };
  try {
    // The first channel of a session is also what makes sshd turn Nagle's algorithm off.
    const granted = await findPrivilege({
      start: frameCommands(carrier.start, { ...frame, ...(onShellWait && { onWaiting: onShellWait }) }),
      user,
      account: label,
      clock,
      // The shell's patience, and as much again for sudo.
      withinMs: 2 * shellMs,
      sudo: means.sudo ?? 'auto',
      questions: means.questions,
      memory: means.memory,
      lostDetail: link.lostDetail,
      signal: signal ? AbortSignal.any([signal, link.gone]) : link.gone,
    });
    const start = frameCommands(carrier.start, { ...frame, withinMs: PROVEN * shellMs });
    const runner: CommandRunner = { start, user, ...granted, lostDetail: link.lostDetail };
    const alive = carrier.measure(clock);
    link.gone.addEventListener('abort', () => alive.stop(), { once: true });

    return {
      kind: 'ssh',
      label,
      user,
      privilege: granted.privilege,
      address: carrier.address,
      run: (argv, runOptions) => runCommand(runner, argv, runOptions),
      open: (argv, openOptions) => openCommand(runner, argv, openOptions),
      dial: (address, port, dialOptions) => carrier.dial(address, port, dialOptions),
      readFile: (path) => files.read(path),
      get roundTripMs() {
        return alive.roundTripMs;
      },
      get traffic() {
        return carrier.traffic();
      },
      lost: link.lost,
      close: () => link.close(),
    };
  } catch (error) {
    const told = await explainShell(error, { user, files, clock });
    await link.close();
    throw told;
  }
}
