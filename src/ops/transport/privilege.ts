/** What we may do on a host: root, sudo, sudo with a password, or nothing; known after one command. */
import type { Clock } from '../clock.ts';
import { Failed } from '../failure.ts';
import { type CommandRunner, runCommand } from './commands.ts';
import type { Granted, SshMemory, SshQuestions } from './memory.ts';
import type { StartCommand } from './process.ts';
import type { Privilege, RunResult } from './transport.ts';

const PASSWORD_TRIES = 3;

/** Groups whose members may use sudo on the distributions there are. */
const SUDO_GROUPS = new Set(['sudo', 'wheel', 'admin', 'root']);

/** `sudo -n` that would have asked: sudo's words, and those of sudo-rs (its src/common/error.rs, src/pam/error.rs). */
const WANTS_PASSWORD =
  /\ba (?:password|terminal) is required|\binteractive authentication is required|\binteraction (?:is )?required/i;

/** `Defaults requiretty`, see sudoers(5). */
const WANTS_TERMINAL = /\byou must have a tty to run sudo/i;

/** Precedes our own lines: a login shell's start-up file may print anything before. */
const MARK = 'tp5-tui:';

const QUESTION = [
  `echo "${MARK}uid $(id -u)"`,
  `echo "${MARK}groups $(id -Gn)"`,
  '[ "$(id -u)" = 0 ] && exit',
  'said=$(LC_ALL=C sudo -n true 2>&1)',
  `echo "${MARK}sudo $? $said"`,
].join('; ');

export interface Standing {
  readonly uid: number | null;
  readonly groups: readonly string[];
  /** Exit code of `sudo -n true` and what it said; null when it was not tried. */
  readonly sudo: { readonly code: number; readonly said: string } | null;
}

export interface PrivilegeOptions {
  readonly start: StartCommand;
  readonly user: string;
  /** `user@host`, as it is asked about. */
  readonly account: string;
  /**
   * `auto` asks for a sudo password where the user is in a group that may use sudo; `ask` wherever
   * sudo wants one; `never` not at all.
   */
  readonly sudo: 'auto' | 'ask' | 'never';
  readonly questions: SshQuestions;
  readonly memory: SshMemory;
  readonly lostDetail: () => string | null;
  readonly clock: Clock;
  /** What the first command is given in all: a sudo that hangs (PAM, a directory that is away) makes us read-only. */
  readonly withinMs: number;
  /** Aborted by the caller, and when the link is lost. */
  readonly signal: AbortSignal;
}

/** Finds out, asking for the password where one is needed. @throws Failed `link-lost`; a question's reason */
export async function findPrivilege(options: PrivilegeOptions): Promise<Granted> {
  const result = await askStanding(options);
  if (result === 'silent') return none('silent', '');
  const standing = readStanding(result.stdout);
  const settled = judgeStanding(standing, options.sudo);
  return settled === 'password'
    ? askForPassword(options, standing)
    : { privilege: settled, sudoPassword: null };
}

async function askStanding(options: PrivilegeOptions): Promise<RunResult | 'silent'> {
  const { start, user, lostDetail, signal, clock, withinMs } = options;
  const runner = { start, user, privilege: { kind: 'root' }, sudoPassword: null, lostDetail } as const;
  const over = new AbortController();
  const late = new AbortController();
  clock.sleep(withinMs, over.signal).then(
    () => late.abort(),
    () => undefined,
  );
  try {
    return await runCommand(runner, ['sh', '-c', QUESTION], {
      signal: AbortSignal.any([signal, late.signal]),
    });
  } catch (error) {
    if (late.signal.aborted && !signal.aborted) return 'silent';
    throw error;
  } finally {
    over.abort();
  }
}

/** Reads what the question's command printed. */
export function readStanding(output: string): Standing {
  const said = (what: string): string | undefined => {
    const start = output.indexOf(`${MARK}${what} `);
    if (start < 0) return undefined;
    const rest = output.slice(start + MARK.length + what.length + 1);
    const end = what === 'sudo' ? -1 : rest.indexOf('\n');
    return (end < 0 ? rest : rest.slice(0, end)).trim();
  };
  const uid = said('uid');
  const [, code, text] = /^(\d+)\s?([\s\S]*)$/.exec(said('sudo') ?? '') ?? [];
  return {
    uid: uid !== undefined && /^\d+$/.test(uid) ? Number(uid) : null,
    groups: (said('groups') ?? '').split(' ').filter((group) => group !== ''),
    sudo: code === undefined ? null : { code: Number(code), said: text ?? '' },
  };
}

/**
 * sudo says `a password is required` to those who may use it and to those who may not alike, and lists
 * nothing without the password: the groups tell whom it is worth asking.
 */
export function judgeStanding(standing: Standing, policy: PrivilegeOptions['sudo']): Privilege | 'password' {
  if (standing.uid === 0) return { kind: 'root' };
  if (standing.sudo?.code === 0) return { kind: 'sudo' };
  const said = standing.sudo?.said ?? '';
  const detail = `${said}${said === '' ? '' : '; '}groups: ${standing.groups.join(' ')}`;
  if (WANTS_TERMINAL.test(said)) return { kind: 'none', reason: 'needs-terminal', detail: said };
  if (!WANTS_PASSWORD.test(said)) return { kind: 'none', reason: 'no-sudo', detail };
  const plausible = standing.groups.some((group) => SUDO_GROUPS.has(group));
  if (policy === 'never') return { kind: 'none', reason: 'password-not-given', detail };
  return plausible || policy === 'ask' ? 'password' : { kind: 'none', reason: 'no-sudo', detail };
}

async function askForPassword(options: PrivilegeOptions, standing: Standing): Promise<Granted> {
  const { account, memory } = options;
  const remembered = memory.granted.get(account);
  if (remembered) return remembered;
  if (!options.questions.askSudoPassword) return none('password-not-given', standing.sudo?.said ?? '');
  const granted = await tryPasswords(options, options.questions.askSudoPassword);
  memory.granted.set(account, granted);
  return granted;
}

async function tryPasswords(
  options: PrivilegeOptions,
  ask: NonNullable<SshQuestions['askSudoPassword']>,
): Promise<Granted> {
  const { account, signal } = options;
  for (let attempt = 1; attempt <= PASSWORD_TRIES; attempt += 1) {
    const password = await ask({ account, attempt }, signal);
    if (password === null || password === '')
      return none(attempt === 1 ? 'password-not-given' : 'password-refused', '');
    const answer = await tryPassword(options, password);
    if (answer.taken) return { privilege: { kind: 'sudo-password' }, sudoPassword: password };
    if (answer.final)
      return none(WANTS_TERMINAL.test(answer.said) ? 'needs-terminal' : 'no-sudo', answer.said);
  }
  return none('password-refused', '');
}

function none(reason: Extract<Privilege, { kind: 'none' }>['reason'], detail: string): Granted {
  return { privilege: { kind: 'none', reason, detail }, sudoPassword: null };
}

interface PasswordAnswer {
  readonly taken: boolean;
  /** Another password would not help. */
  readonly final: boolean;
  readonly said: string;
}

async function tryPassword(options: PrivilegeOptions, password: string): Promise<PasswordAnswer> {
  const { user, lostDetail, signal } = options;
  const runner: CommandRunner = {
    // What sudo says is read: in English.
    start: (argv) => options.start(['env', 'LC_ALL=C', ...argv]),
    user,
    privilege: { kind: 'sudo-password' },
    sudoPassword: password,
    lostDetail,
  };
  try {
    const { code, stderr } = await runCommand(runner, ['true'], { privileged: true, signal });
    return { taken: code === 0, final: true, said: stderr.trim() };
  } catch (error) {
    if (!(error instanceof Failed) || error.failure.code !== 'sudo-password-wrong') throw error;
    return { taken: false, final: false, said: '' };
  }
}
