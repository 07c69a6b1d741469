/** Français : chaque échec en mots. La première ligne se suffit à elle-même. */
import type { BeyondSsh2, ConnectFailure, KeyAttempt } from '../../ops/failure.ts';
import type { failures as english } from '../en/failures.ts';
import { harmless } from '../foreign.ts';
import { hostKeyFile, knownHostsName, lines, list } from '../pieces.ts';
import { loss } from './losses.ts';
import { shellFailure } from './shell-failure.ts';

type Auth = Extract<ConnectFailure, { code: 'auth' }>;
type Unreachable = Extract<ConnectFailure, { code: 'unreachable' }>;

export const failures: typeof english = {
  describe(failure) {
    switch (failure.code) {
      case 'resolve':
        return lines(
          `${harmless(failure.host)} : aucune machine de ce nom n’est connue ici (${harmless(failure.detail)}).`,
          'Vérifiez l’orthographe, ou donnez son adresse, par exemple : tp5-tui manon@10.5.1.2',
        );
      case 'unreachable':
        return unreachable(failure);
      case 'auth':
        return auth(failure);
      case 'host-key-unknown':
        return lines(
          `${named(failure)} n’est pas connue, et n’a pas été acceptée.`,
          `La clé présentée : ${harmless(failure.algorithm)} ${harmless(failure.fingerprint)}`,
          `Cherchée dans : ${list(failure.files) || 'aucun fichier'}`,
          `Pour l’accepter, comparez-la sur la console de la machine (ssh-keygen -lf ${hostKeyFile(failure.algorithm)}),`,
          'puis relancez sans --no-input et répondez o.',
        );
      case 'host-key-changed':
        return lines(
          `${named(failure)} présente une autre clé que celle de ${harmless(failure.file)}:${failure.line}.`,
          `La clé présentée : ${harmless(failure.algorithm)} ${harmless(failure.fingerprint)}`,
          'Soit la machine a été réinstallée, soit quelqu’un s’est glissé entre les deux. Si elle a été réinstallée :',
          `  ssh-keygen -R "${knownHostsName(failure)}" -f "${harmless(failure.file)}"`,
          'puis relancez : la nouvelle clé vous sera soumise.',
        );
      case 'host-key-revoked':
        return lines(
          `${named(failure)} présente une clé révoquée dans ${harmless(failure.file)}:${failure.line}.`,
          `La clé présentée : ${harmless(failure.algorithm)} ${harmless(failure.fingerprint)}`,
          'Qui l’a révoquée ne veut plus qu’on s’y fie : demandez-lui, ou donnez de nouvelles clés à la machine.',
        );
      case 'host-certificate-unsupported':
        return lines(
          `${harmless(failure.host)} n’est connue que par une autorité de certification (${harmless(failure.file)}:${failure.line}).`,
          'Le client intégré ne vérifie pas les certificats de machine ; le ssh du système, si : --transport openssh (Linux, macOS, WSL).',
          'Ou ajoutez la clé de la machine à votre known_hosts :',
          `  ssh-keyscan -t ed25519 "${harmless(failure.host)}"`,
          'l’affiche ; comparez-la d’abord avec la machine.',
        );
      case 'beyond-ssh2':
        return lines(
          `${harmless(failure.host)} : le client SSH intégré ne peut pas y aller comme le dit votre configuration.`,
          ...failure.beyond.map((one) => `  ${BEYOND[one.kind](harmless(one.source))}`),
          'Le ssh du système le peut : --transport openssh (Linux, macOS, WSL).',
        );
      case 'no-openssh':
        return failure.reason === 'missing'
          ? lines(
              `${harmless(failure.host)} : il n’y a pas de ssh sur cette machine pour porter la connexion.`,
              'Installez le client d’OpenSSH (le paquet openssh-client, ou openssh-clients), ou omettez --transport openssh.',
            )
          : lines(
              `${harmless(failure.host)} : le ssh de Windows ne sait pas partager une connexion entre des commandes.`,
              'Lancez ceci dans WSL, ou omettez --transport openssh et connectez-vous avec une clé simple.',
            );
      case 'ssh-config':
        return lines(
          `ssh ne veut pas de sa configuration : ${harmless(failure.detail)}`,
          'Corrigez ~/.ssh/config ; `ssh -G MACHINE` dit si elle est juste.',
        );
      case 'jump':
        return lines(
          `En chemin, à ${harmless(failure.via)} :`,
          ...failures
            .describe(failure.cause)
            .split('\n')
            .map((line) => `  ${line}`),
        );
      case 'protocol':
        return lines(
          `${harmless(failure.host)} : la connexion SSH a échoué : ${harmless(failure.detail)}`,
          'Est-ce bien un serveur SSH qui écoute là ? `ssh -v MACHINE` en dit plus.',
        );
      case 'no-shell':
        return shellFailure(failure);
      case 'no-bus':
        if (failure.manager === 'user')
          return lines(
            `${harmless(failure.host)} : systemd y tourne, mais le bus de l’utilisateur est hors d’atteinte${because(failure.detail)}`,
            'Ses services vivent de la connexion à la déconnexion, ou toujours après `sudo loginctl enable-linger USER` ;',
            'sous Debian, le bus est dans le paquet dbus-user-session. Par ssh, `systemctl --user status` en dit plus.',
          );
        return lines(
          failure.ms === null
            ? `${harmless(failure.host)} : systemd y tourne, mais son bus ne peut être joint${because(failure.detail)}`
            : `${harmless(failure.host)} : systemd y tourne, mais son bus n’a pas répondu en ${seconds(failure.ms)}.`,
          'Par ssh, `systemctl status dbus` parle du bus, et `systemd-stdio-bridge </dev/null` du chemin qui y mène.',
        );
      case 'no-systemd':
        return lines(
          `${harmless(failure.host)} : pas de systemd à qui parler : ${harmless(failure.detail)}`,
          'La console demande une machine Linux sous systemd.',
        );
      case 'not-permitted':
        if (failure.action === 'journal')
          return lines(
            'cet utilisateur ne peut pas lire le journal de l’unité',
            'Entrer dans le groupe adm ou systemd-journal (en root : usermod -aG systemd-journal UTILISATEUR), puis se reconnecter.',
            `L’hôte a dit : ${harmless(failure.detail)}`,
          );
        return `non permis : ${harmless(failure.action)}${because(failure.detail)}`;
      case 'sudo-password-wrong':
        return `sudo n’a pas voulu du mot de passe de ${harmless(failure.user)} : il a changé depuis qu’il a été demandé`;
      case 'sudo-denied':
        return `${harmless(failure.user)} n’a pas droit à sudo${because(failure.detail)}`;
      case 'read-only':
        return `lecture seule : ${harmless(failure.reason)}`;
      case 'link-lost':
        return `la connexion est perdue${because(loss(failure.detail))}`;
      case 'unavailable':
        return `${harmless(failure.what)} : pas disponible${because(failure.detail)}`;
      case 'no-such-unit':
        return lines(
          `${harmless(failure.unit)} : pas d’unité de ce nom sur la machine`,
          '`systemctl list-unit-files --type=service` les y énumère ; --unit en nomme une autre.',
        );
      case 'job-failed':
        return `la tâche de systemd s’est terminée en « ${harmless(failure.result)} »${because(failure.detail)}`;
      case 'not-running':
        return `${harmless(failure.unit)} n’a pas de processus en cours`;
      case 'timeout':
        return `${harmless(failure.what)} : pas de réponse en ${seconds(failure.ms)}`;
      case 'host-error':
        return `la machine dit ${harmless(failure.name)}${because(failure.detail)}`;
    }
  },
};

function unreachable(failure: Unreachable): string {
  const place = `${harmless(failure.host)}, port ${failure.port}`;
  const came = `(${harmless(failure.detail)})`;
  switch (failure.reason) {
    case 'refused':
      return lines(
        `${place} : refusé, rien n’écoute là ${came}.`,
        'sshd tourne-t-il (systemctl start sshd, sur la console de la machine) ? Est-ce le bon port ?',
      );
    case 'timeout':
      return lines(
        `${place} : pas de réponse ${came}.`,
        'La machine est-elle allumée, toujours à cette adresse, et ssh ouvert dans son pare-feu ?',
      );
    case 'no-route':
      return lines(
        `${place} : pas de chemin d’ici ${came}.`,
        'La machine est-elle allumée, et êtes-vous sur son réseau (réseau privé hôte, VPN) ?',
      );
    case 'reset':
      return lines(
        `${place} : la connexion a été coupée avant que nous soyons admis ${came}.`,
        'Un serveur qui en a assez de nous (MaxStartups, fail2ban) ou qui redémarre fait cela : attendez un peu.',
      );
    case 'other':
      return `${place} : injoignable ${came}.`;
  }
}

const OUTCOMES: Record<KeyAttempt['outcome'], string> = {
  refused: 'refusée par le serveur',
  missing: 'n’est pas là',
  unreadable: 'ne peut pas être lue',
  'wrong-passphrase': 'sa phrase de passe était fausse',
  'passphrase-needed': 'demande sa phrase de passe, qui n’a pas été donnée',
  'not-a-key': 'n’est pas une clé privée utilisable ici',
  'too-open': 'd’autres peuvent la lire, et ssh ne se sert pas d’une telle clé : chmod 600',
  'not-in-agent':
    'seule sa moitié publique est ici, et l’agent ne tient pas l’autre (ssh-add -L liste ce qu’il tient)',
  'switched-off':
    'non proposée : ~/.ssh/config exclut les clés publiques (PubkeyAuthentication, PreferredAuthentications)',
  'left-out': 'PubkeyAcceptedAlgorithms dans ~/.ssh/config exclut les clés de cette sorte',
};

const BEYOND: Record<BeyondSsh2['kind'], (source: string) => string> = {
  certificate: (source) => `certificat ${source} : pas présenté, le client intégré n’en connaît pas`,
  'security-key': (source) => `clé de sécurité ${source} : pas présentée, le client intégré n’en connaît pas`,
  option: (keyword) => `${keyword} dans ~/.ssh/config : pas suivi, le client intégré ne le connaît pas`,
  algorithms: (keyword) => `${keyword} dans ~/.ssh/config : ne laisse rien que le client intégré connaisse`,
  'host-certificate': (place) =>
    `autorité de certification (${place}) : le client intégré ne vérifie pas les certificats de machine`,
};

const AGENT: Record<Auth['agent'], string> = {
  none: 'il n’y en a pas (SSH_AUTH_SOCK n’est pas défini)',
  unreachable: 'ne répond pas',
  empty: 'ne tient aucune clé utilisable ici',
  used: 'ses clés ont été présentées',
};

function auth(failure: Auth): string {
  const account = `${harmless(failure.user)}@${harmless(failure.host)}`;
  const there = failure.keys.filter(({ outcome }) => outcome !== 'missing');
  const missing = failure.keys.filter(({ outcome }) => outcome === 'missing').map(({ source }) => source);
  const locked = there.find(({ outcome }) => outcome === 'passphrase-needed');
  return lines(
    `${account} : le serveur n’a voulu d’aucune de nos clés.`,
    ...there.map(({ source, from, outcome }) => {
      const key = from === 'agent' ? `« ${harmless(source)} » de l’agent` : harmless(source);
      return `  ${key} : ${OUTCOMES[outcome]}`;
    }),
    ...(missing.length > 0 ? [`  absentes : ${list(missing)}`] : []),
    `  agent : ${AGENT[failure.agent]}`,
    ...(failure.beyond ?? []).map((one) => `  ${BEYOND[one.kind](harmless(one.source))}`),
    ...(failure.offered.length > 0 ? [`  le serveur accepterait : ${list(failure.offered)}`] : []),
    ...remedy(failure, locked, there.length > 0 || failure.agent === 'used'),
  );
}

function remedy(failure: Auth, locked: KeyAttempt | undefined, haveKey: boolean): string[] {
  if (failure.beyond)
    return [
      'Le ssh du système sait s’en servir : --transport openssh (Linux, macOS, WSL). Ou que le serveur accepte une clé simple.',
    ];
  if (locked) return [`Confiez d’abord la clé à l’agent : ssh-add "${harmless(locked.source)}"`];
  const make = haveKey ? [] : ['Faites une clé : ssh-keygen -t ed25519'];
  const port = failure.port === 22 ? '' : `-p ${failure.port} `;
  const account = `${harmless(failure.user)}@${harmless(failure.host)}`;
  // sshd ne prend aucune clé d’un compte sans shell, et ne le dit qu’à son journal.
  const log = haveKey
    ? ` S’il l’a déjà : un shell de connexion qui n’existe pas (\`getent passwd ${harmless(failure.user)}\`), ou AllowUsers ; son journal le dit.`
    : '';
  const byPassword = failure.offered.some((method) => /^(?:password|keyboard-interactive)$/.test(method));
  return byPassword
    ? [...make, `Donnez-la au serveur : ssh-copy-id ${port}${account}${log && `.${log}`}`]
    : [
        ...make,
        `Ajoutez son .pub, sur la console de la machine, à ~/.ssh/authorized_keys de cet utilisateur.${log}`,
      ];
}

function named({ host, port }: { readonly host: string; readonly port: number }): string {
  return port === 22 ? harmless(host) : `${harmless(host)}, port ${port},`;
}

function because(detail: string): string {
  return detail === '' ? '' : ` : ${harmless(detail)}`;
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${String(ms / 1000).replace('.', ',')} s`;
}
