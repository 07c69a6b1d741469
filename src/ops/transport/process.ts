/** A running command as both transports start it, before anything is made of its output. */
import type { Duplex, Readable } from 'node:stream';
import type { Failed, OperationFailure, ShellFailure } from '../failure.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface RunningCommand {
  /** Its stdin and stdout. Errors on it are already listened to: they cannot take the process down. */
  readonly stream: Duplex;
  readonly stderr: Readable;
  /** Settles once it has ended, though what it wrote may not have been read yet; never rejects. */
  readonly ended: Promise<Exit>;
  /** Why it never began, though the host let us in; null otherwise, and while that is not known. */
  failure(): Failed<ShellFailure | OperationFailure> | null;
  /** Asks it to end and lets go of it, without waiting. */
  stop(): void;
}

/** Starts a command; its arguments reach the program as they are. @throws Failed `link-lost`, `unavailable` */
export type StartCommand = (argv: readonly string[]) => Promise<RunningCommand>;
