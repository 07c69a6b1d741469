/** Français : une machine qui nous a laissés entrer, et où rien de nous ne s’est exécuté. */
import type { ShellFailure } from '../../ops/failure.ts';
import type { shellFailure as english } from '../en/shell-failure.ts';
import { harmless } from '../foreign.ts';
import { lines, NOLOGIN, userOf } from '../pieces.ts';

const NAMED = 300;

export const shellFailure: typeof english = (failure) => {
  const account = harmless(failure.account);
  const said = failure.came === '' ? ', sans un mot' : ` ; il a dit « ${harmless(failure.came, NAMED)} »`;
  const { why } = failure;
  switch (why.reason) {
    case 'silent':
      return lines(
        `${account} : connecté, mais le shell de la machine n’a pas exécuté notre commande en ${why.ms / 1000} s${
          failure.came === '' ? ', et n’a rien dit' : said
        }.`,
        ...holdingUp(failure),
      );
    case 'flood':
      return lines(
        `${account} : connecté, mais au lieu de la réponse à notre commande sont venus ${why.bytes} octets d’autre chose${said}.`,
        ...inItsPlace(failure),
      );
    case 'ended':
      return lines(
        `${account} : connecté, mais ${what(failure)} s’est exécuté à la place de notre commande et a fini${how(why)}${said}.`,
        ...inItsPlace(failure),
      );
  }
};

function what({ shell, came }: ShellFailure): string {
  if (shell !== null && NOLOGIN.test(shell)) return `le shell de connexion, ${harmless(shell)},`;
  return /currently not available/i.test(came) ? 'le shell de connexion, nologin,' : 'autre chose';
}

function how({ code, signal }: { readonly code: number | null; readonly signal: string | null }): string {
  if (signal !== null) return ` par ${harmless(signal)}`;
  return code === null ? '' : ` avec le code ${code}`;
}

function holdingUp(failure: ShellFailure): string[] {
  const account = harmless(failure.account);
  if (failure.sftp) return onlyFiles(failure);
  return [
    `\`ssh ${account} true\` devrait revenir aussitôt : cherchez ce qui attend dans les fichiers de démarrage du shell (~/.bashrc,`,
    '/etc/bashrc, ~/.cshrc, config.fish) ou dans une commande forcée (ForceCommand de sshd_config, command= d’authorized_keys).',
    'Une machine qui n’est que lente a plus de temps avec shell_timeout = 60 dans les réglages.',
  ];
}

function inItsPlace(failure: ShellFailure): string[] {
  const { shell, came } = failure;
  const user = harmless(userOf(failure.account));
  const nologin = /currently not available/i.test(came) || (shell !== null && NOLOGIN.test(shell));
  if (failure.sftp && !nologin) return onlyFiles(failure);
  const another = `En root sur la machine : usermod -s /bin/bash ${user} ; ou entrez sous un autre nom (--user NOM).`;
  if (nologin) return ['Un tel compte n’a pas le droit d’exécuter de commandes.', another];
  return [
    'Soit une commande forcée (ForceCommand de sshd_config, command= d’authorized_keys) n’exécute pas ce qu’on lui demande',
    '(exec $SSH_ORIGINAL_COMMAND), soit le shell de connexion n’exécute rien, comme /bin/false :',
    `\`getent passwd ${user}\` le nomme là-bas en dernier. ${another}`,
  ];
}

function onlyFiles({ account, shell }: ShellFailure): string[] {
  const user = harmless(userOf(account));
  return [
    `Les fichiers passent par SFTP : une commande forcée${shell === null ? '' : ` (le shell de connexion est ${harmless(shell)})`} ne laisse ce compte que transférer des fichiers.`,
    `Cherchez ForceCommand internal-sftp dans sshd_config (sshd -T -C user=${user}) ou command= dans authorized_keys ; ou entrez sous un autre nom (--user NOM).`,
  ];
}
