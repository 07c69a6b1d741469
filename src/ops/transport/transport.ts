/**
 * How a command, a stream, a file or a TCP connection gets to a host.
 *
 * One `Transport` is one connection's life: when it is lost it stays lost, and whoever needs
 * the host again makes a new one.
 */
import type { Duplex } from 'node:stream';
import type { Failed, OperationFailure, ShellFailure } from '../failure.ts';

/** What we may do on the host, and how. */
export type Privilege =
  | { readonly kind: 'root' }
  /** `sudo -n` works. */
  | { readonly kind: 'sudo' }
  /** sudo works with a password that is kept in memory only. */
  | { readonly kind: 'sudo-password' }
  /** Read-only, and why. */
  | {
      readonly kind: 'none';
      /** `needs-terminal`: sudoers has `requiretty`, and a command of ours has none. */
      /** `silent`: sudo has not answered in time. */
      readonly reason: 'no-sudo' | 'silent' | 'needs-terminal' | 'password-refused' | 'password-not-given';
      readonly detail: string;
    };

export interface RunOptions {
  /** Bytes for the command's stdin; it is closed afterwards. */
  readonly input?: string | Uint8Array;
  /** Run it as root, by whatever means `privilege` names. */
  readonly privileged?: boolean;
  readonly signal?: AbortSignal;
  /** Output beyond this many bytes a stream is dropped and `truncated` set. @default 4 MiB */
  readonly maxBytes?: number;
}

export interface RunResult {
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

/** A long-lived command: its stdin and stdout as one duplex, its stderr apart. */
export interface OpenedCommand {
  readonly stream: Duplex;
  /** Last kilobytes of stderr so far, for error reports. */
  stderr(): string;
  /** Why it never began, though the host let us in; null otherwise, and while that is not known. */
  failure(): Failed<ShellFailure | OperationFailure> | null;
  /** Settles when the command has ended; never rejects. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  close(): void;
}

export interface DialOptions {
  /** Gives up after this many milliseconds. @default 5000 */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface Transport {
  readonly kind: 'ssh' | 'local';
  /** What the screen calls this connection: `manon@hosting.tp5.b1`, or the host name for `local`. */
  readonly label: string;
  readonly user: string;
  readonly privilege: Privilege;
  /** The address dialled for SSH, once resolved; `127.0.0.1` for `local`. */
  readonly address: string;

  /**
   * Runs a command to its end. The arguments reach the program as they are: quoting for a remote
   * shell is the transport's business. A non-zero exit is a result, not an error.
   * @throws Failed `link-lost`, `no-shell`, or `not-permitted` when `privileged` and there is no privilege.
   */
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>;

  /** Opens a long-lived command. @throws as `run`. */
  open(argv: readonly string[], options?: Pick<RunOptions, 'privileged' | 'signal'>): Promise<OpenedCommand>;

  /**
   * Dials a TCP address as the host sees it.
   * @throws Failed `unavailable` (refused, forbidden by the server, unreachable), `timeout`, `link-lost`.
   */
  dial(address: string, port: number, options?: DialOptions): Promise<Duplex>;

  /**
   * Reads a whole file without starting a process on the host (SFTP, or the local file system).
   * Made for small files that are read again and again, `/proc` among them: the handle is kept.
   * @throws Failed `unavailable` when there is no such file, no right to it, or no SFTP.
   */
  readFile(path: string): Promise<Buffer>;

  /** Milliseconds of the last measured round trip, or null before the first. */
  readonly roundTripMs: number | null;

  /** Bytes on the wire so far, both ways; null where nothing is on a wire. */
  readonly traffic: { readonly received: number; readonly sent: number } | null;

  /** Resolves once when the connection is lost, with the reason; never for a `close()` of ours. */
  readonly lost: Promise<{ readonly detail: string }>;

  close(): Promise<void>;
}
