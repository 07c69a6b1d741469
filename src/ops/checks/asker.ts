/**
 * Commands on the host as one would type them: each run once however many checks ask, a few at a time.
 *
 * What is run is `env LC_ALL=… PATH=… COMMAND`, so that messages can be read and the tools of the system's
 * folders are found for an ordinary user too; what is shown is COMMAND, with `sudo` where it ran as root.
 */
import { type Clock, systemClock } from '../clock.ts';
import { Failed } from '../failure.ts';
import type { Host } from '../host.ts';
import { maskSecrets } from '../mask.ts';
import type { RunResult } from '../transport/transport.ts';
import type { Evidence } from './check.ts';
import type { Unseen } from './facts.ts';
import { typed } from './shell-word.ts';

/** Below sshd's `MaxSessions 10`, with room for the bus, the journal and SFTP. */
const AT_ONCE = 5;
/** sshd counts a session until it has buried it: a channel that is not to be had now is had a moment later. */
const CHANNEL_PAUSE_MS = 40;
const CHANNEL_TRIES = 50;
const SHOWN_CHARACTERS = 16_384;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface Said {
  /** As typed. */
  readonly command: string;
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it printed as evidence, secrets masked. */
  readonly evidence: Evidence;
  /** Why it says nothing about the host: no such command, or not permitted. */
  readonly unseen: Unseen | null;
}

export interface AskOptions {
  /** Needs root to tell all; without it, it is run all the same and tells what it may. */
  readonly root?: boolean;
  readonly maxBytes?: number;
  /** Set to ask again what was asked before: each number is a question of its own. */
  readonly attempt?: number;
}

/** @throws Failed `link-lost`; the signal's reason */
export type Asker = (argv: readonly string[], options?: AskOptions) => Promise<Said>;

/** How commands say that one is not allowed to: coreutils, polkit's clients, firewall-cmd, sudo, sshd. */
const REFUSED =
  /permission denied|not authori[sz]ed|authorization failed|interactive authentication required|must be (?:run as )?root|operation not permitted|a password is required|is not allowed to (?:run|execute)|no hostkeys available/i;

/**
 * @param locale what the host's commands speak; `C.UTF-8` for output that is shown as people see it
 * @param clock waits for a channel where sshd has none to give
 */
export function createAsker(
  host: Host,
  signal: AbortSignal,
  locale = 'C',
  clock: Clock = systemClock,
): Asker {
  const said = new Map<string, Promise<Said>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The place is handed on, not given back and taken again.
      if (next === undefined) running -= 1;
      else next();
    }
  }

  async function run(argv: readonly string[], { root = false, maxBytes }: AskOptions): Promise<Said> {
    const { privilege } = host.info;
    const privileged = root && privilege.kind !== 'none';
    const command = typed(argv, privileged && privilege.kind !== 'root');
    // The embedded host knows a few commands by their plain words.
    const wrapped = host.info.kind === 'demo' ? argv : ['env', `LC_ALL=${locale}`, `PATH=${PATH}`, ...argv];
    try {
      const limit = maxBytes === undefined ? {} : { maxBytes };
      const result = await whenFree(() => host.run(wrapped, { privileged, signal, ...limit }));
      return heard(command, argv, result, host.info.kind === 'demo');
    } catch (error) {
      if (!(error instanceof Failed) || error.failure.code === 'link-lost') throw error;
      const detail = 'detail' in error.failure ? String(error.failure.detail) : error.failure.code;
      const refused = error.failure.code === 'not-permitted' || error.failure.code.startsWith('sudo-');
      const unseen: Unseen = refused
        ? { code: 'not-permitted', detail }
        : { code: 'command-failed', command, detail };
      return {
        command,
        code: null,
        stdout: '',
        stderr: detail,
        evidence: { command: maskSecrets(command), output: maskSecrets(detail) },
        unseen,
      };
    }
  }

  async function whenFree<T>(start: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await start();
      } catch (error) {
        if (tries >= CHANNEL_TRIES || !isNoChannel(error)) throw error;
        await clock.sleep(CHANNEL_PAUSE_MS, signal);
      }
    }
  }

  return (argv, options = {}) => {
    const key = JSON.stringify([options.root ?? false, options.attempt ?? 0, argv]);
    const known = said.get(key);
    if (known !== undefined) return known;
    const asked = inTurn(() => run(argv, options));
    said.set(key, asked);
    return asked;
  };
}

function isNoChannel(error: unknown): boolean {
  return error instanceof Failed && error.failure.code === 'unavailable' && error.failure.what === 'exec';
}

function heard(command: string, argv: readonly string[], result: RunResult, embedded: boolean): Said {
  const { code, stdout, stderr } = result;
  const output = maskSecrets(`${stdout}${stderr}`).replace(/\s+$/, '');
  const cut = output.length > SHOWN_CHARACTERS ? `${output.slice(0, SHOWN_CHARACTERS)}…` : output;
  let unseen: Unseen | null = null;
  if (code === 127) unseen = embedded ? { code: 'embedded' } : { code: 'no-command', command: argv[0] ?? '' };
  else if (code !== 0 && REFUSED.test(stderr)) unseen = { code: 'not-permitted', detail: firstLine(stderr) };
  return { command, code, stdout, stderr, evidence: { command: maskSecrets(command), output: cut }, unseen };
}

export function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}
