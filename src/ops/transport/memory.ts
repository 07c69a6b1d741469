/**
 * What must be asked of the user on the way to a host, and what they answered: kept in memory alone, so
 * that a reconnection asks nothing.
 */
import type { ParsedKey } from 'ssh2';
import type { Privilege } from './transport.ts';

export interface HostKeyQuestion {
  readonly host: string;
  readonly port: number;
  readonly algorithm: string;
  /** `SHA256:…` */
  readonly fingerprint: string;
}

export interface PassphraseQuestion {
  readonly keyFile: string;
  /** 1 for the first time. */
  readonly attempt: number;
}

export interface SudoQuestion {
  /** `user@host` */
  readonly account: string;
  /** 1 for the first time. */
  readonly attempt: number;
}

/**
 * Each may be left out: then nothing is asked, and the answer is No. Null is an answer not given; a
 * question that rejects ends the connection with its reason. The signal withdraws the question.
 */
export interface SshQuestions {
  readonly askHostKey?: (question: HostKeyQuestion, signal: AbortSignal) => Promise<boolean>;
  readonly askPassphrase?: (question: PassphraseQuestion, signal: AbortSignal) => Promise<string | null>;
  /** Not a question: a security key waits to be touched. */
  readonly tellTouch?: (key: string) => void;
  readonly askSudoPassword?: (question: SudoQuestion, signal: AbortSignal) => Promise<string | null>;
}

/** What we may do, and the password where sudo wants one. */
export interface Granted {
  readonly privilege: Privilege;
  readonly sudoPassword: string | null;
}

export interface SshMemory {
  /** Decrypted keys, by path. */
  readonly keys: Map<string, ParsedKey>;
  /** Passphrases by key file: the system's own ssh decrypts keys itself, on each connection. */
  readonly passphrases: Map<string, string>;
  /** What carries a host, by its name, where it is not ssh2. */
  readonly carriers: Map<string, 'openssh'>;
  /** Key files whose passphrase was not given or is not known: not asked for again. */
  readonly declinedKeys: Set<string>;
  /** Host keys accepted in this run, as `lookup name` + base64 key: known_hosts may not be writable. */
  readonly hostKeys: Set<string>;
  /** What came of asking for the sudo password, by `user@host`. */
  readonly granted: Map<string, Granted>;
}

export function newMemory(): SshMemory {
  return {
    keys: new Map(),
    passphrases: new Map(),
    carriers: new Map(),
    declinedKeys: new Set(),
    hostKeys: new Set(),
    granted: new Map(),
  };
}
