/**
 * Every way in which an operation can fail, as data.
 *
 * `ops` never writes sentences: it throws a `Failed` that carries one of these, and the
 * catalogue in `src/text` turns it into words that say what was tried and what to do next.
 */
import { maskAll } from './mask.ts';

/** One credential that was offered to the SSH server, and what became of it. */
export interface KeyAttempt {
  /** Path of the key file, or the agent's comment for a key. */
  readonly source: string;
  readonly from: 'file' | 'agent';
  readonly outcome:
    | 'refused'
    | 'missing'
    | 'unreadable'
    | 'wrong-passphrase'
    | 'passphrase-needed'
    | 'not-a-key'
    /** Others may read it, and ssh uses no such key. */
    | 'too-open'
    /** Only its public half is here, and the agent does not hold the other. */
    | 'not-in-agent'
    /** `PubkeyAcceptedAlgorithms` of the configuration leaves its kind out. */
    | 'left-out'
    /** `PubkeyAuthentication no`, or other methods alone are preferred. */
    | 'switched-off';
}

/** What of the user's configuration ssh2 has no answer to; the system's own ssh has. */
export interface BeyondSsh2 {
  readonly kind: 'certificate' | 'security-key' | 'option' | 'algorithms' | 'host-certificate';
  /** The file, the agent's comment, or the keyword of ssh_config(5). */
  readonly source: string;
}

export type AgentAttempt = 'none' | 'unreachable' | 'empty' | 'used';

/** A host that let us in, and where nothing of ours ran. */
export interface ShellFailure {
  readonly code: 'no-shell';
  /** `user@host` */
  readonly account: string;
  readonly why:
    | { readonly reason: 'silent'; readonly ms: number }
    | { readonly reason: 'flood'; readonly bytes: number }
    /** Something else ran in our command's place, and is over. */
    | { readonly reason: 'ended'; readonly code: number | null; readonly signal: string | null };
  /** First line of what came instead; '' for nothing. */
  readonly came: string;
  /** The user's login shell, where it could be read over SFTP. */
  readonly shell: string | null;
  /** Whether files can be had over SFTP all the same. */
  readonly sftp: boolean;
}

/** The end of the road to a host: exit code 3. */
export type ConnectFailure =
  | { readonly code: 'resolve'; readonly host: string; readonly detail: string }
  | {
      readonly code: 'unreachable';
      readonly host: string;
      readonly port: number;
      readonly reason: 'refused' | 'timeout' | 'no-route' | 'reset' | 'other';
      readonly detail: string;
    }
  | {
      readonly code: 'auth';
      readonly user: string;
      readonly host: string;
      readonly port: number;
      readonly keys: readonly KeyAttempt[];
      readonly agent: AgentAttempt;
      /** Authentication methods the server said it would take. */
      readonly offered: readonly string[];
      /** What the user has and ssh2 could not offer. @default nothing */
      readonly beyond?: readonly BeyondSsh2[];
    }
  | {
      readonly code: 'host-key-unknown';
      readonly host: string;
      readonly port: number;
      readonly algorithm: string;
      readonly fingerprint: string;
      readonly files: readonly string[];
    }
  | {
      readonly code: 'host-key-changed' | 'host-key-revoked';
      readonly host: string;
      readonly port: number;
      readonly algorithm: string;
      readonly fingerprint: string;
      readonly file: string;
      readonly line: number;
    }
  | {
      /** known_hosts names a certificate authority for the host: ssh2 cannot check host certificates. */
      readonly code: 'host-certificate-unsupported';
      readonly host: string;
      readonly file: string;
      readonly line: number;
    }
  | {
      /** Only the system's own ssh goes there, and it was not to be, or cannot be, used. */
      readonly code: 'beyond-ssh2';
      readonly host: string;
      readonly beyond: readonly BeyondSsh2[];
    }
  /** `--transport openssh`, where there is no ssh, or one that cannot share a connection (Windows). */
  | { readonly code: 'no-openssh'; readonly host: string; readonly reason: 'missing' | 'windows' }
  | { readonly code: 'ssh-config'; readonly detail: string }
  | { readonly code: 'jump'; readonly via: string; readonly cause: ConnectFailure }
  | ShellFailure
  | { readonly code: 'protocol'; readonly host: string; readonly detail: string }
  | { readonly code: 'no-systemd'; readonly host: string; readonly detail: string }
  /** systemd runs there, and its bus cannot be had: it failed (`detail`), or said nothing for `ms`. */
  | {
      readonly code: 'no-bus';
      readonly host: string;
      /** Whose: the system's, or that of the user who logged in. */
      readonly manager: 'system' | 'user';
      readonly detail: string;
      readonly ms: number | null;
    };

/** What the host would not let us do: exit code 4. */
export type Refusal =
  | { readonly code: 'not-permitted'; readonly action: string; readonly detail: string }
  | { readonly code: 'sudo-password-wrong'; readonly user: string }
  | { readonly code: 'sudo-denied'; readonly user: string; readonly detail: string }
  | { readonly code: 'read-only'; readonly reason: string };

/** What went wrong on the way or on the host. */
export type OperationFailure =
  | { readonly code: 'link-lost'; readonly detail: string }
  | { readonly code: 'unavailable'; readonly what: string; readonly detail: string }
  | { readonly code: 'no-such-unit'; readonly unit: string }
  | { readonly code: 'job-failed'; readonly result: string; readonly detail: string }
  | { readonly code: 'not-running'; readonly unit: string }
  | { readonly code: 'timeout'; readonly what: string; readonly ms: number }
  | { readonly code: 'host-error'; readonly name: string; readonly detail: string };

export type Failure = ConnectFailure | Refusal | OperationFailure;

/** The one error class that crosses a boundary of `ops`. */
export class Failed<F extends Failure = Failure> extends Error {
  readonly failure: F;

  constructor(failure: F, options?: { cause?: unknown }) {
    super(failure.code, options as ErrorOptions);
    this.name = 'Failed';
    // What a host said of it goes to the screen, to JSON, into alerts.
    this.failure = maskAll(failure);
  }
}
