/** What the lab's tests start from: the booted host, commands on it, and consoles on the operator's PC. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, inject, onTestFinished } from 'vitest';
import { openTerminal, type Terminal, type TerminalOptions } from '../support/terminal.ts';
import { type Lab, labScript } from './lab.ts';

export type LabUser = 'manon' | 'paul' | 'zoe';

/** The host on the host-only network, as the exercise has it. */
export const hostAddress = '10.5.1.2';

const launcher = fileURLToPath(new URL('../../bin/tp5-tui.js', import.meta.url));

/** `describe` for tests that need the lab; skipped where there is none. */
export const onLab = describe.skipIf(inject('labs') === null);

/** The lab of this worker; to be called inside tests of `onLab`. */
export function lab(): Lab {
  const labs = inject('labs') ?? [];
  // Workers are numbered from 1, and one number is never used by two at a time.
  const found = labs[(Number(process.env.VITEST_POOL_ID) - 1) % labs.length];
  if (found === undefined)
    throw new Error('there is no lab in this run; use onLab(…) in place of describe(…)');
  return found;
}

/** A verb of test/lab/lab on this run's lab: `reset`, `cut`, `mend`… */
export async function control(...verb: readonly string[]): Promise<string> {
  return labScript(lab().name, ...verb);
}

/** Runs a shell script as root on the host, and returns its stdout. @throws when it fails */
export async function onHost(script: string): Promise<string> {
  return labScript(lab().name, 'root', 'sh', '-c', script);
}

export interface OperatorHome {
  /** The whole known_hosts file. @default the host's keys, under all its names */
  readonly knownHosts?: string;
  /** The key's file under `.ssh`; null for no key at all. @default the key that every user accepts */
  readonly key?: string | null;
}

/** A home of its own for one test's operator, removed when the test ends. */
export function operatorHome({ knownHosts, key }: OperatorHome = {}): string {
  const home = mkdtempSync(join(tmpdir(), 'tp5-operator-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  cpSync(join(lab().home, '.ssh'), join(home, '.ssh'), { recursive: true });
  if (knownHosts !== undefined) writeFileSync(join(home, '.ssh', 'known_hosts'), knownHosts);
  if (key === null) rmSync(join(home, '.ssh', 'id_ed25519'));
  else if (key !== undefined) writeFileSync(join(home, '.ssh', 'id_ed25519'), key, { mode: 0o600 });
  // OpenSSH asks passwd(5) for the home, not the environment.
  const passwd = readFileSync('/etc/passwd', 'utf8').replace(
    /^(([^:\n]*:){2}0:([^:\n]*:){2})[^:\n]*/gm,
    `$1${home}`,
  );
  writeFileSync(join(home, '.passwd'), passwd);
  return home;
}

/** The command that runs another on the operator's PC, with `home` as its user's home. */
export function onPc(
  home: string,
  command: string,
  args: readonly string[],
): { command: string; args: string[] } {
  // The namespace's /etc/passwd is a mount of its own, so that this one stays inside.
  const inside = 'mount --bind "$0" /etc/passwd && exec "$@"';
  return {
    command: 'ip',
    args: ['netns', 'exec', lab().pcNamespace, 'sh', '-c', inside, join(home, '.passwd'), command, ...args],
  };
}

/** Runs `tp5-tui` on the operator's PC, in a terminal that is closed when the test ends. */
export function tp5OnPc(args: readonly string[], options: Partial<TerminalOptions> = {}): Terminal {
  const home = options.home ?? operatorHome();
  const terminal = openTerminal({ ...options, ...onPc(home, process.execPath, [launcher, ...args]), home });
  onTestFinished(async () => {
    await terminal.close();
  });
  return terminal;
}

/** The console on the host, as this user. */
export function openConsole(
  user: LabUser,
  args: readonly string[] = [],
  options: Partial<TerminalOptions> = {},
): Terminal {
  return tp5OnPc([`${user}@${hostAddress}`, ...args], options);
}
