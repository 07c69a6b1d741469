/** English: a host that let us in, and where nothing of ours ran. The first line says what came instead. */
import type { ShellFailure } from '../../ops/failure.ts';
import { harmless } from '../foreign.ts';
import { lines, NOLOGIN, userOf } from '../pieces.ts';

const NAMED = 300;

export function shellFailure(failure: ShellFailure): string {
  const account = harmless(failure.account);
  const said = failure.came === '' ? ', without a word' : `; it said “${harmless(failure.came, NAMED)}”`;
  const { why } = failure;
  switch (why.reason) {
    case 'silent':
      return lines(
        `${account}: logged in, but the host's shell has not run our command within ${why.ms / 1000} s${
          failure.came === '' ? ', and has said nothing' : said
        }.`,
        ...holdingUp(failure),
      );
    case 'flood':
      return lines(
        `${account}: logged in, but in place of our command's answer came ${why.bytes} bytes of something else${said}.`,
        ...inItsPlace(failure),
      );
    case 'ended':
      return lines(
        `${account}: logged in, but ${what(failure)} ran in our command's place and ended${how(why)}${said}.`,
        ...inItsPlace(failure),
      );
  }
}

function what({ shell, came }: ShellFailure): string {
  if (shell !== null && NOLOGIN.test(shell)) return `the login shell, ${harmless(shell)},`;
  return /currently not available/i.test(came) ? 'the login shell, nologin,' : 'something else';
}

function how({ code, signal }: { readonly code: number | null; readonly signal: string | null }): string {
  if (signal !== null) return ` by ${harmless(signal)}`;
  return code === null ? '' : ` with code ${code}`;
}

function holdingUp(failure: ShellFailure): string[] {
  const account = harmless(failure.account);
  if (failure.sftp) return onlyFiles(failure);
  return [
    `\`ssh ${account} true\` should return at once: look for what waits in the shell's start-up files (~/.bashrc, /etc/bashrc,`,
    '~/.cshrc, config.fish) or in a forced command (ForceCommand in sshd_config, command= in authorized_keys).',
    'A host that is only slow is given longer by shell_timeout = 60 in the settings.',
  ];
}

function inItsPlace(failure: ShellFailure): string[] {
  const { shell, came } = failure;
  const user = harmless(userOf(failure.account));
  const nologin = /currently not available/i.test(came) || (shell !== null && NOLOGIN.test(shell));
  if (failure.sftp && !nologin) return onlyFiles(failure);
  const another = `As root on the host: usermod -s /bin/bash ${user}; or log in as another user (--user NAME).`;
  if (nologin) return ['Such an account may not run commands.', another];
  return [
    'Either a forced command (ForceCommand in sshd_config, command= in authorized_keys) does not run what it is asked to',
    '(exec $SSH_ORIGINAL_COMMAND), or the login shell is one that runs nothing, such as /bin/false:',
    `\`getent passwd ${user}\` there names it last. ${another}`,
  ];
}

function onlyFiles({ account, shell }: ShellFailure): string[] {
  const user = harmless(userOf(account));
  return [
    `Files can be had over SFTP: a forced command${shell === null ? '' : ` (the login shell is ${harmless(shell)})`} lets this account transfer files and nothing else.`,
    `Look for ForceCommand internal-sftp in sshd_config (sshd -T -C user=${user}) or command= in authorized_keys; or log in as another user (--user NAME).`,
  ];
}
