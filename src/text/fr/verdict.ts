/** The layer verdict in French. Names of systemd's and firewalld's own are not translated. */
import type { Dialect } from '../../calc/dialect.ts';
import type { ServiceFacts } from '../../ops/host.ts';
import type { Evidence, Mend, RungId, RungState, Verdict } from '../../ops/verdict/ladder.ts';
import type { verdict as english } from '../en/verdict.ts';
import { harmless } from '../foreign.ts';
import { formats } from '../format.ts';
import { placeOf } from '../pieces.ts';
import { caution } from './caution.ts';
import { firewall } from './firewall.ts';
import { loss } from './losses.ts';

const { latency, seconds, duration } = formats('fr');

const LONGEST = 200;
const said = (foreign: string) => harmless(foreign, LONGEST);
const because = (detail: string) => (detail === '' ? '' : ` (${said(detail)})`);

/** How it is spoken to, where that is not the exercise's own way. */
function spoken(dialect: Dialect | null): string {
  switch (dialect) {
    case 'line':
      return ', ligne par ligne';
    case 'greeting':
      return ', après une salutation';
    case 'several':
      return ', tout sur une connexion';
    case 'bare':
    case null:
      return '';
  }
}

const RUNG_NAMES: Record<RungId, string> = {
  link: 'Liaison',
  unit: 'Unité',
  listener: 'Écoute',
  firewall: 'Pare-feu',
  network: 'Réseau',
  answer: 'Réponse',
};

const STATES: Record<RungState, string> = {
  ok: 'bon',
  warning: 'à surveiller',
  broken: 'en panne',
  unknown: 'inconnu',
  skipped: 'sans objet',
};

function result(code: string): string {
  switch (code) {
    case 'signal':
      return 'tué par un signal';
    case 'exit-code':
      return 'terminé en erreur';
    case 'core-dump':
      return 'planté';
    case 'timeout':
      return 'trop long';
    case 'start-limit-hit':
      return 'démarré trop souvent en peu de temps';
    case 'oom-kill':
      return 'tué faute de mémoire';
    default:
      return said(code);
  }
}

function neverRan(status: number): string | null {
  switch (status) {
    case 200:
      return 'son WorkingDirectory= est inaccessible';
    case 203:
      return 'le programme d’ExecStart= ne se lance pas';
    case 216:
    case 217:
      return 'son User= ou Group= n’existe pas';
    default:
      return status > 200 && status <= 245 ? 'systemd n’a pas pu la préparer' : null;
  }
}

function ended(code: string, exit: ServiceFacts['exit']): string {
  if (code !== 'exit-code' || exit?.how !== 'exited') return result(code);
  return `${neverRan(exit.status) ?? result(code)} (code ${exit.status})`;
}

function unitFailed(evidence: Extract<Evidence, { code: 'unit-failed' }>): string {
  const { exit } = evidence;
  const why = (exit?.how === 'exited' ? neverRan(exit.status) : null) ?? result(evidence.result);
  if (exit === null || evidence.result === 'start-limit-hit') return `en échec : ${why}`;
  // What ended the main process is not always what failed: a command before or after it may have.
  if ((exit.how === 'exited') !== (evidence.result === 'exit-code')) return `en échec : ${why}`;
  return exit.how === 'exited'
    ? `en échec : ${why} (code ${exit.status})`
    : `en échec : ${why} (signal ${exit.status})`;
}

/** Le signe qui met fin à un démarrage, selon `Type=` (systemd.service(5)). */
function awaited(type: string): string {
  switch (type) {
    case 'forking':
      return 'qu’elle se dédouble et rende la main';
    case 'oneshot':
      return 'qu’elle se termine';
    case 'dbus':
      return 'son nom sur le bus';
    default:
      return 'son READY=1';
  }
}

type Rested = { readonly assumed?: string };
const assuming = ({ assumed }: Rested) => (assumed === undefined ? '' : firewall.assuming(assumed));

function opened(seen: Extract<Evidence, { code: 'firewall-open' }>): string {
  const how = seen.by === undefined ? `dans la zone ${said(seen.zone)}` : `par ${firewall.by(seen.by)}`;
  return `${seen.port}/tcp ouvert ${how}${assuming(seen)}`;
}

function closed(seen: Extract<Evidence, { code: 'firewall-closed' }>): string {
  if (seen.by === undefined) return `${seen.port}/tcp fermé dans la zone ${said(seen.zone)}${assuming(seen)}`;
  return `${seen.port}/tcp ${firewall.keptOutBy(seen.by, seen.fate ?? 'reject')}${assuming(seen)}`;
}

function evidence(seen: Evidence, nowMono: number): string {
  switch (seen.code) {
    case 'link-live':
      return seen.roundTripMs === null ? 'établie' : `établie, ${latency(seen.roundTripMs)}`;
    case 'link-lost':
      return `liaison perdue depuis ${duration(nowMono - seen.sinceMono)}${because(loss(seen.detail))}`;
    case 'link-connecting':
      return 'connexion en cours';
    case 'unit-running':
      return seen.pid === 0 ? 'active' : `en marche, PID ${seen.pid}`;
    case 'unit-missing':
      return `l’hôte n’a pas d’unité ${said(seen.unit)}`;
    case 'unit-masked':
      return `${said(seen.unit)} est masquée : impossible de la démarrer`;
    case 'unit-bad':
      return `systemd ne peut pas utiliser le fichier de ${said(seen.unit)} (${said(seen.load)})`;
    case 'unit-stopped':
      return 'arrêtée';
    case 'unit-asleep':
      return `en veille : ${said(seen.socket)} la lance à la première connexion`;
    case 'unit-done':
      return 'elle s’est terminée sans erreur et reste arrêtée : Type=oneshot est fait pour ce qui se termine';
    case 'unit-starting':
      return `démarrage en cours (${said(seen.sub)})`;
    case 'unit-not-ready':
      return `elle écoute, mais systemd attend encore ${awaited(seen.type)} (Type=${said(seen.type)})`;
    case 'unit-stopping':
      return `arrêt en cours (${said(seen.sub)})`;
    case 'unit-waiting-restart': {
      const leftMs = seen.restartAtMono === null ? 0 : seen.restartAtMono - nowMono;
      // “in 0.0 s” says no more than that it does.
      const when = leftMs < 50 ? '' : ` dans ${seconds(leftMs)}`;
      return `tombée : ${ended(seen.result, seen.exit)} ; systemd la relance${when}`;
    }
    case 'unit-failed':
      return unitFailed(seen);
    case 'unit-needs-reload':
      return 'son fichier a changé : systemd suit encore l’ancien';
    case 'listening':
      return `écoute sur ${said(placeOf(seen))}`;
    case 'not-listening':
      return `${seen.running ? 'en marche, mais ' : ''}rien n’écoute sur le port ${seen.port}`;
    case 'not-listening-yet':
      return `n’écoute pas encore sur le port ${seen.port}`;
    case 'listening-loopback-only':
      return `n’écoute que sur ${said(seen.address)} : personne ne peut l’atteindre du dehors`;
    case 'listening-elsewhere':
      return `écoute sur ${seen.addresses.map(said).join(', ')}, pas sur ${said(seen.wanted)}`;
    case 'port-taken':
      return `autre chose écoute déjà sur le port ${seen.port}`;
    case 'listeners-unreadable':
      return 'impossible de lire les sockets de l’hôte';
    case 'firewall-open':
      return opened(seen);
    case 'firewall-off':
      return 'firewalld ne tourne pas : il ne ferme rien';
    case 'firewall-closed':
      return closed(seen);
    case 'firewall-unsure':
      return `impossible de dire si ${seen.port}/tcp passe : ${firewall.doubt(seen.why)}`;
    case 'firewall-runtime-only':
      return `${seen.port}/tcp ouvert mais pas en permanent : un rechargement ou un redémarrage le ferme`;
    case 'firewall-permanent-only':
      return `${seen.port}/tcp ouvert en permanent mais pas encore appliqué par firewalld`;
    case 'firewall-unreadable':
      return `impossible de lire les ports du pare-feu${because(seen.detail)}`;
    case 'connects':
      return `joignable d’ici en ${latency(seen.ms)}`;
    case 'refused':
      return `${said(placeOf(seen))} refuse les connexions d’ici`;
    case 'rejected':
      return `un pare-feu rejette ${said(placeOf(seen))} vu d’ici`;
    case 'filtered':
      return `${said(placeOf(seen))} ne répond pas d’ici : perdu en chemin`;
    case 'unreachable':
      return `aucun chemin d’ici vers ${said(seen.address)}`;
    case 'not-dialled':
      return caution.notDialled(seen.why);
    case 'others-connect':
      return `${said(seen.peerAddress)} est connecté ; ${caution.notDialled(seen.why)}`;
    case 'ended-by-us':
      return caution.effect(seen.effect, seen.servesOne);
    case 'answer-withheld':
      return caution.notAsked(seen.why);
    case 'answer-right':
      return `répond juste en ${latency(seen.ms)}${spoken(seen.dialect)}`;
    case 'answer-wrong':
      return seen.got === ''
        ? `${seen.expression} ne donne rien, au lieu de ${seen.expected}`
        : `${seen.expression} donne ${said(seen.got)} au lieu de ${seen.expected}`;
    case 'answer-mute':
      return `accepte mais ne répond pas (attendu ${seconds(seen.waitedMs)})`;
    case 'answer-held':
      return `occupée par un autre client, ${said(seen.peerAddress)}:${seen.peerPort}`;
    case 'answer-closed':
      return 'raccroche sans répondre';
    case 'answer-not-asked':
      return 'non demandée : ce n’est pas la calculatrice';
    case 'not-looked':
      return 'pas encore connu';
  }
}

function advice(mend: Mend): string | null {
  const subject = said(mend.subject ?? '');
  switch (mend.advice) {
    case 'wait-restart':
      return 'attendre systemd, ou la relancer tout de suite';
    case 'read-journal':
      return 'lire son journal pour en trouver la cause';
    case 'listen-on':
      return `la démarrer avec l’adresse ${subject}`;
    case 'find-client':
      return `le client ${subject} doit d’abord partir : un seul à la fois`;
    case 'check-network':
      return 'vérifier ce qu’il y a entre les deux : adresse, route, autres pare-feu';
    case 'check-server':
      return 'le défaut est dans le serveur lui-même : vérifier son programme';
    case 'retrying':
      return 'nouvel essai automatique';
    case 'write-unit':
      return `écrire /etc/systemd/system/${subject} (ou donner le bon --unit), puis`;
    case 'find-port':
      return 'lire son journal pour en trouver la cause, ou donner le bon --port';
    case 'edit-unit':
      return 'corriger son fichier d’unité';
    case 'type-simple':
      return 'un serveur qui reste au premier plan veut Type=simple';
    case 'free-port':
      return `le port ${subject} est pris : arrêter d’abord ce qui l’occupe`;
    case 'serve-many':
      return caution.mend;
    case 'policy-decides':
      return `la policy ${subject} décide avant la zone, ou après elle : la modifier, ou voir avec qui la tient`;
    case 'direct-decides':
      return 'une règle hors des zones décide : la retirer là où elle a été faite';
    case 'other-tables':
      return 'firewalld laisse passer : chercher une table qui n’est pas la sienne, sur l’hôte ou en chemin';
    case null:
      return null;
  }
}

export const verdict: typeof english = {
  title: 'Verdict',
  rung: (id: RungId): string => RUNG_NAMES[id],
  state: (state: RungState): string => STATES[state],
  evidence,
  mend(mend: Mend): string {
    const parts = [advice(mend), mend.command === null ? null : said(mend.command)];
    return parts.filter((part) => part !== null).join(' : ');
  },
  advice,
  headline(judged: Verdict, nowMono: number): string {
    const faulty = judged.rungs.find((rung) => rung.id === (judged.broken ?? judged.warning));
    if (faulty === undefined && judged.untried !== null) return caution.notDialled(judged.untried);
    if (faulty === undefined) return judged.reachable ? 'joignable d’ici' : 'examen en cours';
    const sentence = evidence(faulty.evidence, nowMono);
    return judged.broken === null && judged.reachable ? `joignable, mais : ${sentence}` : sentence;
  },
};
