/** What `check` found, in French. Names of systemd's, firewalld's and sshd's own are not translated. */
import type { Finding } from '../../ops/checks/findings.ts';
import type { Because } from '../../ops/firewall/maybe.ts';
import { harmless } from '../foreign.ts';
import { formats } from '../format.ts';
import { placeOf } from '../pieces.ts';
import { unseen } from './check-unseen.ts';
import { firewall } from './firewall.ts';

const { duration, latency, seconds } = formats('fr');

const LONGEST = 200;
const said = (foreign: string) => harmless(foreign, LONGEST);
const list = (words: readonly string[]) => words.map(said).join(', ');
const lines = (numbers: readonly number[]) =>
  `${numbers.length === 1 ? 'ligne' : 'lignes'} ${numbers.join(', ')}`;

const STATUSES = {
  refused: 'la connexion a été refusée',
  rejected: 'un pare-feu a rejeté la connexion',
  filtered: 'rien n’a répondu (filtré ?)',
  unreachable: 'l’hôte est injoignable à cette adresse',
};

const SCOPES = { both: 'en runtime et en permanent', runtime: 'en runtime', permanent: 'en permanent' };

export function finding(found: Finding): string {
  switch (found.code) {
    case 'unseen':
      return unseen(found.why);
    case 'static-address':
      return `${said(found.card)} a ${said(found.address)}, fixée à la main`;
    case 'dynamic-address':
      return `${said(found.card)} tient ${said(found.address)} du DHCP : elle peut changer`;
    case 'no-host-only-card':
      return `aucune carte n’a d’adresse dans ${said(found.network)}`;
    case 'default-route':
      return `par ${said(found.card)}${found.gateway === '' ? '' : `, via ${said(found.gateway)}`}`;
    case 'no-default-route':
      return 'il n’y a pas de route par défaut';
    case 'name-resolved':
      return `${said(found.name)} est ${said(found.address)}`;
    case 'name-unresolved':
      return `${said(found.name)} n’est pas résolu`;
    case 'login-by-key':
      return `${said(found.user)} est entré avec une clé`;
    case 'login-otherwise':
      return `${said(found.user)} est entré par ${said(found.method)}`;
    case 'passwords-refused':
      return 'les clés seulement';
    case 'passwords-taken':
      return `un mot de passe suffit encore : ${list(found.settings)}`;
    case 'unit-runs':
      return `${said(found.unit)} est actif, et activé pour le prochain démarrage`;
    case 'unit-runs-until-boot':
      return `${said(found.unit)} est actif mais pas activé : il ne reviendra pas au prochain démarrage`;
    case 'unit-not-running':
      return `${said(found.unit)} est ${said(found.active)}`;
    case 'unit-not-installed':
      return `${said(found.unit)} n’est pas installé`;
    case 'selinux-off':
      return found.absent ? 'ce système n’a pas SELinux' : 'désactivé';
    case 'selinux-permissive':
      return 'permissif : il se contente d’avertir, il n’est pas désactivé';
    case 'selinux-enforcing':
      return 'il est appliqué (enforcing)';
    case 'hostname-right':
      return said(found.name);
    case 'hostname-localhost':
      return `c’est encore localhost, et non ${said(found.expected)}`;
    case 'hostname-other':
      return `c’est ${said(found.name)}, et non ${said(found.expected)}`;
    case 'hostname-not-kept':
      return `c’est ${said(found.name)} pour l’instant, mais ${said(found.kept)} après un redémarrage`;
    case 'app-there':
      return said(found.path);
    case 'app-missing':
      return `${said(found.path)} n’existe pas`;
    case 'program-there':
      return found.version === null ? said(found.path) : `${said(found.path)} : ${said(found.version)}`;
    case 'program-missing':
      return `${said(found.path)} n’existe pas, ou ne peut pas être lancé`;
    case 'listening':
      return `sur ${list(found.addresses.map((address) => placeOf({ address, port: found.port })))}${
        found.process === null ? '' : ` (${said(found.process)}, PID ${found.pid})`
      }`;
    case 'listening-other':
      return `le port ${found.port} est tenu par ${said(found.process)} (PID ${found.pid}), pas par l’unité (PID ${found.mainPid})`;
    case 'not-listening':
      return `personne n’écoute sur le port ${found.port}`;
    case 'answered':
      return `${said(placeOf(found))} a répondu 5 en ${latency(found.ms)}`;
    case 'answered-wrong':
      return `${said(placeOf(found))} a répondu « ${said(found.got)} », et non 5`;
    case 'answer-mute':
      return `${said(placeOf(found))} accepte la connexion et se tait pendant ${seconds(found.waitedMs)} : occupé par un autre client ?`;
    case 'answer-closed':
      return `${said(placeOf(found))} a fermé la connexion sans répondre`;
    case 'no-connection':
      return `${said(placeOf(found))} : ${STATUSES[found.status]}${found.by === undefined ? '' : ` (${firewall.keptOutBy(found.by.because, found.by.fate)})`}`;
    case 'folder-holds-app':
      return said(found.folder);
    case 'folder-missing':
      return `il n’y a pas de dossier ${said(found.folder)}`;
    case 'folder-empty':
      return `${said(found.folder)} est vide`;
    case 'app-outside':
      return `l’unité lance ${said(found.path)}, qui n’est pas dans ${said(found.folder)}`;
    case 'unit-placed':
      return said(found.path);
    case 'unit-elsewhere':
      return `c’est ${said(found.path)}, et non ${said(found.expected)}`;
    case 'unit-missing':
      return `il n’y a pas de ${said(found.path)}`;
    case 'unit-masked':
      return `elle est masquée : ${said(found.path)} est un lien vers /dev/null, ou vide`;
    case 'owner-mode-right':
      return `${said(found.owner)} ${said(found.mode)}`;
    case 'owner-mode-wrong':
      return `elle est en ${said(found.owner)} ${said(found.mode)}, et non en root:root 644`;
    case 'paths-absolute':
      return found.count === 1 ? 'une seule commande' : `les ${found.count} commandes`;
    case 'paths-relative':
      return `sans chemin complet : ${list(found.lines.map(({ key, word }) => `${key}=${word}`))}`;
    case 'no-exec-start':
      return 'l’unité n’a pas d’ExecStart=';
    case 'restart-right':
      return `Restart=${said(found.value)}`;
    case 'restart-missing':
      return 'il n’y a pas de Restart= : systemd ne le relance pas';
    case 'restart-unknown':
      return `Restart=${said(found.value)} n’est pas une valeur que systemd connaît : il ignore la ligne`;
    case 'restart-not-any-failure':
      return `Restart=${said(found.value)} ne relance pas après toutes les erreurs`;
    case 'restart-sec-right':
      return `RestartSec= vaut ${found.ms / 1000} s`;
    case 'restart-sec-missing':
      return `il n’y a pas de RestartSec= : systemd attend 0,1 s, et non ${found.expectedMs / 1000} s`;
    case 'restart-sec-wrong':
      return `RestartSec=${said(found.value)}, et non ${found.expectedMs / 1000} s`;
    case 'start-opens':
      return `${found.port}/tcp, en runtime et en permanent`;
    case 'start-does-not-open':
      return `le démarrage laisse ${found.port}/tcp fermé ${SCOPES[found.missing]}`;
    case 'stop-closes':
      return `${found.port}/tcp, en runtime et en permanent`;
    case 'stop-closes-elsewhere':
      return `${found.port}/tcp est fermé dans la zone ${said(found.zone)}, mais a été ouvert dans ${said(found.opened)} : il reste ouvert`;
    case 'stop-does-not-close':
      return found.onlyExecStop
        ? `seul ExecStop= ferme ${found.port}/tcp, et il n’est pas exécuté après un crash`
        : `l’arrêt laisse ${found.port}/tcp ouvert ${SCOPES[found.left]}`;
    case 'wrong-zone':
      return `${found.port}/tcp est ouvert dans la zone ${said(found.zone)}, alors que ${said(found.card)} est dans ${said(found.expected)}`;
    case 'reload-not-pending':
      return 'systemd a lu l’unité telle qu’elle est';
    case 'reload-pending':
      return 'l’unité a été modifiée depuis que systemd l’a lue : l’ancienne compte toujours';
    case 'enabled':
      return 'activé';
    case 'not-enabled':
      return `${found.state === '' ? 'il n’est pas activé' : `son état est ${said(found.state)}`} : pas lancé au démarrage`;
    case 'no-install-section':
      return 'l’unité n’a pas de section [Install] : elle ne peut pas être activée';
    case 'active':
      return found.pid === 0 ? 'actif' : `PID ${found.pid}`;
    case 'no-ready-sign':
      return `${said(found.active)} (${said(found.sub)}) : avec Type=${said(found.type)}, systemd attend un signe que ce serveur ne donne pas`;
    case 'not-active':
      return `${said(found.active)} (${said(found.sub)})${found.result === 'success' || found.result === '' ? '' : ` : ${said(found.result)}`}`;
    case 'follows':
      return `à l’arrêt, ${found.port}/tcp était fermé ; relancé, il était ouvert`;
    case 'drifted':
      return drifted(found);
    case 'stays-open':
      return `le service a été arrêté, et ${found.port}/tcp est resté ouvert dans ${said(found.zone)}${reason(found.by)}`;
    case 'stays-closed':
      return `le service a été lancé, et ${found.port}/tcp est resté fermé dans ${said(found.zone)}${reason(found.by)}`;
    case 'did-not-start':
      return `arrêté pour la preuve, il n’est pas reparti : ${said(found.detail)}`;
    case 'did-not-stop':
      return `il n’a pas pu être arrêté : ${said(found.detail)}`;
    case 'api-answers':
      return `${said(found.version)} sur le port ${found.port}`;
    case 'api-silent':
      return `rien ne répond sur le port ${found.port} de l’hôte`;
    case 'port-watched':
      return said(found.chart);
    case 'port-watched-down':
      return `${said(found.chart)} dit le port mort, alors que le service tourne : sonde-t-il la bonne adresse ?`;
    case 'port-not-watched':
      return `aucun graphique de Netdata ne sonde le port ${found.port}`;
    case 'alarm-fires':
      return `${said(found.alarm)}, ${duration(found.withinMs)} après la perte du port`;
    case 'alarm-slow':
      return `${said(found.alarm)} met ${duration(found.withinMs)} : plus d’une minute`;
    case 'alarm-silent':
      return `${said(found.alarm)} ne prévient personne`;
    case 'alarm-missing':
      return `il n’y en a aucune sur ${said(found.chart)}`;
    case 'discord-on':
      return `par ${said(found.webhook)}`;
    case 'discord-off':
      return `SEND_DISCORD n’est pas à YES dans ${said(found.file)}`;
    case 'discord-no-webhook':
      return `${said(found.file)} ne nomme aucun webhook`;
    case 'discord-bad-webhook':
      return `le webhook de ${said(found.file)} n’est pas une adresse de webhook Discord`;
    case 'discord-no-recipient':
      return `DEFAULT_RECIPIENT_DISCORD est vide dans ${said(found.file)}`;
    case 'bridge':
      return `${said(found.card)} a ${said(found.address)}`;
    case 'bridge-beside-nat':
      return `${said(found.card)} a ${said(found.address)}, mais la carte NAT ${said(found.nat)} est encore là`;
    case 'no-bridge':
      return found.nat === null
        ? 'il n’y a pas d’autre carte que la host-only'
        : `${said(found.nat)} est une carte NAT : personne ne peut l’atteindre de l’extérieur`;
    case 'sshd-only-on':
      return `${said(placeOf(found))}`;
    case 'sshd-elsewhere':
      return found.restartPending
        ? `réglé sur ${said(found.wanted)} mais pas relancé : il écoute encore sur ${list(found.addresses)}`
        : `il écoute sur ${list(found.addresses)}, et non sur ${said(found.wanted)} seulement`;
    case 'service-only-on':
      return `${said(placeOf(found))}`;
    case 'service-elsewhere':
      return `il écoute sur ${list(found.addresses)}, et non sur ${said(found.wanted)} seulement`;
    case 'nothing-needless':
      return found.open.length === 0 ? 'rien n’est ouvert' : `ouvert et utile : ${list(found.open)}`;
    case 'needless':
      return `ouvert, et personne n’écoute derrière : ${list(found.open)}`;
    case 'open-too-wide':
      return [
        ...found.ranges.map((range) => `de ${said(range)}, presque tout est ouvert pour personne`),
        ...found.zones.map((zone) => `la zone ${said(zone)} laisse tout entrer`),
        ...found.rules.map((rule) => `${said(rule)} ouvre tous les ports`),
      ].join(', ');
    case 'serves-many':
      return 'accept() est atteint de nouveau, ou n’y est pas';
    case 'serves-one':
      return `la ligne ${found.line} n’accepte qu’une fois : il sert un seul client et s’en va, et toute sonde TCP, celle de Netdata aussi, est ce client${found.restarts ? ' (Restart=always le fait revenir)' : ''}`;
    case 'no-eval':
      return 'aucun appel';
    case 'evaluates-input':
      return `${lines(found.lines)} : qui se connecte peut exécuter n’importe quel Python sur l’hôte`;
    case 'own-user':
      return `il tourne sous ${said(found.user)}`;
    case 'root-user':
      return 'il tourne en root : une faille chez lui est une faille de tout l’hôte';
    case 'thread-fine':
      return 'aucun n’a été vu';
    case 'thread-dies':
      return `la ligne ${found.line} lit ${said(found.name)} avant que le premier client l’ait définie : le thread meurt, bruyamment, au bout d’une minute`;
    case 'log-folders-there':
      return list(found.folders);
    case 'no-log-folder':
      return 'il n’écrit pas de fichier de log';
    case 'log-folder-missing':
      return `${said(found.folder)} n’existe pas : le serveur peut mourir au lancement`;
    case 'output-immediate':
      return 'rien n’est retenu';
    case 'output-buffered':
      return `${lines(found.lines)} : print() attend dans le tampon de Python qu’il soit plein`;
  }
}

function drifted(found: Extract<Finding, { code: 'drifted' }>): string {
  const where = `${found.port}/tcp dans ${said(found.zone)}`;
  const scope = scopeOf(found.runtime !== found.running, found.permanent !== found.running);
  return found.running
    ? `le service tourne, et ${where} est fermé ${SCOPES[scope]}${reason(found.by)}`
    : `le service ne tourne pas, et ${where} est ouvert ${SCOPES[scope]}${reason(found.by)}`;
}

/** What opens it beside its own entry in the list, or keeps it out in spite of it. */
function reason(by: Because | undefined): string {
  return by === undefined ? '' : ` (${firewall.by(by)})`;
}

function scopeOf(runtime: boolean, permanent: boolean): keyof typeof SCOPES {
  if (runtime && permanent) return 'both';
  return runtime ? 'runtime' : 'permanent';
}
