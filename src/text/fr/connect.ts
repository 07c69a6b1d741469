/** Français : ce qui est demandé en chemin vers une machine, avant de prendre l'écran. */
import type { connect as english } from '../en/connect.ts';
import { harmless } from '../foreign.ts';
import { hostKeyFile } from '../pieces.ts';

export const connect: typeof english = {
  hostKey({ host, port, algorithm, fingerprint }) {
    const place = port === 22 ? harmless(host) : `${harmless(host)}, port ${port},`;
    return (
      `${place} n’est pas encore connue. La clé qu’elle présente est\n` +
      `  ${harmless(algorithm)}  ${harmless(fingerprint)}\n` +
      `La bonne se lit sur sa propre console : ssh-keygen -lf ${hostKeyFile(algorithm)}\n` +
      'Est-ce la même ? Elle sera alors retenue dans known_hosts. [o/N] '
    );
  },
  isYes: (answer) => /^\s*(?:o(?:ui)?|y(?:es)?)\s*$/i.test(answer),
  passphrase({ keyFile, attempt }) {
    return `${attempt > 1 ? 'Ce n’est pas elle. ' : ''}Phrase de passe de ${harmless(keyFile)} : `;
  },
  touch: (key) => `Touchez la clé de sécurité ${harmless(key)}`,
  sudoPassword({ account, attempt }) {
    const again = attempt > 1 ? 'sudo n’en a pas voulu. ' : '';
    return `${again}Mot de passe sudo de ${harmless(account)} (vide : regarder sans rien changer) : `;
  },
  readOnly(privilege) {
    if (privilege.kind !== 'none') return '';
    const detail = privilege.detail === '' ? '' : ` (${harmless(privilege.detail)})`;
    switch (privilege.reason) {
      case 'no-sudo':
        return `cet utilisateur n’a pas droit à sudo${detail}`;
      case 'silent':
        return `sudo ne répond pas sur la machine${detail}`;
      case 'needs-terminal':
        return `sudo exige un terminal de cet utilisateur, et une commande à distance n’en a pas${detail}`;
      case 'password-refused':
        return `sudo n’a voulu d’aucun des mots de passe${detail}`;
      case 'password-not-given':
        return `aucun mot de passe sudo n’a été donné${detail}`;
    }
  },
  toMayChange(privilege) {
    if (privilege.kind !== 'none') return '';
    switch (privilege.reason) {
      case 'no-sudo':
        return 'Connectez-vous en root ou sous un compte du groupe sudo ou wheel (--user NOM), ou faites-y mettre celui-ci par root.';
      case 'silent':
        return '`sudo true` devrait y revenir aussitôt : cherchez ce qu’attend PAM ou le greffon de sudoers ; ou connectez-vous en root (--user root).';
      case 'needs-terminal':
        return 'Faites exempter ce compte par root : « Defaults:COMPTE !requiretty » dans un fichier à part (visudo -f /etc/sudoers.d/COMPTE) ; ou connectez-vous en root (--user root).';
      case 'password-refused':
        return 'Recommencez avec le mot de passe de ce compte sur la machine.';
      case 'password-not-given':
        return 'Lancez-le dans un terminal, sans --no-input : il y demande le mot de passe.';
    }
  },
};
