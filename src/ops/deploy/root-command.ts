/** Commands on the host as root, with what sudo refuses told apart from what the command itself refuses. */
import { Failed } from '../failure.ts';
import type { Host } from '../host.ts';
import { maskSecrets } from '../mask.ts';
import type { RunOptions, RunResult } from '../transport/transport.ts';

/** sudoers(5) may allow some commands and not others: then `sudo -n` works and this one does not. */
const SUDO_REFUSES = /^sudo: |not allowed to (?:run|execute) /m;

/** @throws Failed `not-permitted`; `link-lost` */
export async function asRoot(
  host: Host,
  argv: readonly string[],
  options: Pick<RunOptions, 'input' | 'signal'> = {},
): Promise<RunResult> {
  const result = await host.run(argv, { ...options, privileged: true });
  if (result.code !== 0 && SUDO_REFUSES.test(result.stderr)) {
    throw new Failed({ code: 'not-permitted', action: argv.join(' '), detail: result.stderr.trim() });
  }
  return result;
}

/** What a command said of its failure: the last lines of its stderr, or its exit code. */
export function complaint(result: RunResult): string {
  const said = maskSecrets(result.stderr).trim().split('\n').slice(-3).join('\n');
  return said || (result.code === null ? `signal ${result.signal ?? '?'}` : `exit ${result.code}`);
}
