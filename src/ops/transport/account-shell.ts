/** What can still be learnt of an account that lets us in and runs nothing of ours: over SFTP, which may need no shell. */
import type { Clock } from '../clock.ts';
import { Failed } from '../failure.ts';
import type { RemoteFiles } from './sftp-files.ts';

export interface ShellSurroundings {
  readonly user: string;
  readonly files: RemoteFiles;
  readonly clock: Clock;
}

/** An account without a shell may be without SFTP, too, and silent about it. */
const WITHIN_MS = 2_000;
const NO_FILE = /no such file/i;

/** @returns the error; one of `no-shell` with what SFTP tells of the reason. Never rejects. */
export async function explainShell(
  error: unknown,
  { user, files, clock }: ShellSurroundings,
): Promise<unknown> {
  if (!(error instanceof Failed) || error.failure.code !== 'no-shell') return error;
  const over = new AbortController();
  const passwd = files.read('/etc/passwd').then(
    (bytes) => ({ sftp: true, shell: loginShell(bytes.toString('utf8'), user) }),
    // In a chroot there is no such file, and SFTP has just said so.
    (reason: unknown) => ({ sftp: isAnswer(reason), shell: null }),
  );
  const late = clock.sleep(WITHIN_MS, over.signal).then(
    () => ({}),
    () => ({}),
  );
  const learnt = await Promise.race([passwd, late]);
  over.abort();
  return new Failed({ ...error.failure, ...learnt }, { cause: error });
}

/** The last field of the user's line in passwd(5); '' there stands for /bin/sh. Null where there is no line. */
export function loginShell(passwd: string, user: string): string | null {
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name, ...rest]) => name === user && rest.length === 6);
  return fields === undefined ? null : fields[6] || '/bin/sh';
}

function isAnswer(reason: unknown): boolean {
  return reason instanceof Failed && 'detail' in reason.failure && NO_FILE.test(reason.failure.detail);
}
