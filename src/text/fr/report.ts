/** Le compte-rendu en français : ses titres, ce que montre chaque point, et ce que le rapport a lui-même constaté. */
import type { OwnFinding, PointState } from '../../ops/report/judged.ts';
import type { Caption, Remark } from '../../ops/report/material.ts';
import type { ChecklistItem, PointId } from '../../ops/report/points.ts';
import type { report as english, ReportNames } from '../en/report.ts';
import { harmless } from '../foreign.ts';
import { formats } from '../format.ts';
import { placeOf } from '../pieces.ts';

const { duration, dateTime } = formats('fr');
const said = (foreign: string) => harmless(foreign, 200);
/** journalctl's ISO time without its T and its zone: it is the host's own. */
const at = (iso: string) => said(iso.replace('T', ' ').replace(/[+-]\d{2}:?\d{2}$/, ''));
const because = (detail: string) => (detail === '' ? '' : ` : ${said(detail)}`);

function title(point: PointId, { unit, folder, hostname }: ReportNames): string {
  switch (point) {
    case '0':
      return `La VM \`${hostname}\``;
    case 'I.1':
      return `Récupérer l’application dans la VM \`${hostname}\``;
    case 'I.2':
      return 'Essayer de lancer l’app';
    case 'I.3':
      return `Tester l’app depuis \`${hostname}\``;
    case 'II.1':
      return `Créer un dossier \`${folder}\``;
    case 'II.2':
      return `Créer le fichier \`/etc/systemd/system/${unit}\``;
    case 'II.3':
      return 'Démarrer le service';
    case 'II.4':
      return 'Configurer une politique de redémarrage';
    case 'II.5':
      return 'Tester que la politique de redémarrage fonctionne';
    case 'II.6':
      return 'Ouverture automatique du firewall';
    case 'II.7':
      return 'Vérifier l’ouverture automatique du firewall';
    case 'II.8':
      return 'Installer Netdata';
    case 'II.9':
      return 'Configurer une sonde TCP';
    case 'II.10':
      return 'Alerting Discord';
    case 'III.1':
      return 'Interface bridge';
    case 'III.2':
      return 'S’assurer qu’aucun port n’est inutilement ouvert';
    case 'III.3':
      return 'Conf serveur SSH';
    case 'III.4':
      return 'Conf serveur Calculatrice';
  }
}

function about(point: PointId, { folder, port, restartSec, netdataPort }: ReportNames): string {
  switch (point) {
    case '0':
      return 'L’état de la machine, ligne par ligne de la checklist du TP.';
    case 'I.1':
      return 'Le serveur et le client de l’application, là où ils ont été déposés sur la machine.';
    case 'I.2':
      return `L’application est écrite en Python : c’est \`python\` qui la lance. Le serveur affiche son port puis son adresse, et doit écouter sur le port ${port}.`;
    case 'I.3':
      return 'Un client lancé sur la machine elle-même envoie `2+3` et doit recevoir `5` ; le serveur note la connexion, la question et sa réponse.';
    case 'II.1':
      return `Le code de l’application doit se trouver dans \`${folder}\`.`;
    case 'II.2':
      return 'Le fichier de l’unité doit avoir les permissions de ses voisins (`root:root`, 0644), désigner ses programmes par des chemins absolus, et avoir été relu par systemd depuis sa dernière modification.';
    case 'II.3':
      return 'Le service doit être actif, écouter sur son port, et répondre à un client ; ses messages vont dans le journal.';
    case 'II.4':
      return `\`Restart=\` doit relancer le service après n’importe quelle erreur, et \`RestartSec=\` le faire au bout de ${restartSec} secondes. systemd dit lui-même ce qu’il a retenu du fichier.`;
    case 'II.5':
      return 'Quand le processus principal est tué par un `kill -9`, systemd doit patienter, puis relancer le service avec un nouveau PID.';
    case 'II.6':
      return `\`ExecStartPre=\` doit ouvrir ${port}/tcp avant le démarrage du serveur, et \`ExecStopPost=\` le refermer une fois le serveur terminé, y compris après un \`kill -9\`.`;
    case 'II.7':
      return 'Le port doit s’ouvrir et se fermer avec le service, et un client lancé depuis une autre machine atteindre le serveur.';
    case 'II.8':
      return `Netdata doit tourner, et son dashboard répondre sur le port ${netdataPort}.`;
    case 'II.9':
      return `Netdata doit ouvrir à intervalles réguliers une connexion TCP vers le port ${port} : tant qu’elle aboutit, le service est considéré comme up.`;
    case 'II.10':
      return 'Quand la sonde échoue, Netdata doit lever une alarme et l’envoyer sur Discord. L’adresse du webhook est un secret : elle est masquée ici.';
    case 'III.1':
      return 'La carte NAT doit laisser la place à une carte bridge, qui reçoit une adresse dans le réseau de l’école et par laquelle passe l’accès à internet.';
    case 'III.2':
      return 'Ce que le firewall laisse entrer, à côté de ce qui écoute vraiment sur la machine : rien ne doit être ouvert sans raison.';
    case 'III.3':
      return 'sshd ne doit écouter que sur l’adresse host-only : depuis le réseau de l’école, personne ne peut alors essayer de se connecter.';
    case 'III.4':
      return 'La calculatrice ne doit écouter que sur l’adresse de la carte bridge : c’est là que sont ses clients.';
  }
}

const CAPTIONS: Record<Caption, string> = {
  cards: 'Les cartes réseau et leurs adresses :',
  'way-out': 'La route vers l’extérieur :',
  login: 'Comment cette session s’est connectée :',
  passwords: 'sshd accepte-t-il encore les mots de passe ?',
  firewalld: 'Le firewall :',
  selinux: 'SELinux :',
  hostname: 'Le nom de la machine :',
  'app-found': 'Les fichiers de l’application, où qu’ils soient :',
  'app-folder': 'Le dossier de l’application :',
  process: 'Le programme, et le processus qui tourne en ce moment :',
  'first-words': 'Les premières lignes du serveur :',
  sockets: 'Les ports en écoute :',
  client: 'Le client, en une ligne de Python :',
  'client-lines': 'Ce que le serveur en a noté :',
  'unit-file': 'Le fichier de l’unité :',
  neighbours: 'Les permissions du fichier et de ses voisins :',
  loaded: 'Ce que systemd a chargé, et s’il attend un `daemon-reload` :',
  status: 'L’état du service :',
  enabled: 'Est-il lancé au démarrage de la machine ?',
  journal: 'Son journal :',
  'restart-taken': 'Ce que systemd en a retenu :',
  kill: 'Le PID, le `kill -9`, et le service juste après :',
  'after-wait': 'Une fois l’attente écoulée, le même service, avec un nouveau PID :',
  'killed-before': 'Le dernier `kill -9` dont le journal se souvient :',
  'firewall-path': 'Le chemin absolu de `firewall-cmd` :',
  'firewall-now': 'Le firewall en ce moment :',
  follows: 'Le service est arrêté, puis relancé ; le firewall après chacune des deux commandes :',
  'from-here':
    'Le client, depuis le PC (tp5-tui a posé la question lui-même ; cette commande fait la même chose) :',
  netdata: 'Le service Netdata :',
  dashboard: 'Son dashboard, son API, et son port dans le firewall :',
  'portcheck-file': 'La configuration de la sonde :',
  'portcheck-chart': 'Le graphique de la sonde, et sa dernière valeur :',
  discord: 'La configuration des notifications :',
  alarms: 'L’alarme posée sur la sonde :',
  'alarm-log': 'Les dernières alarmes de la sonde, levées puis retombées :',
  notified: 'Ce que les logs de Netdata disent des messages envoyés à Discord :',
  ping: 'Un écho depuis internet :',
  listening: 'Ce qui écoute :',
  'sshd-settings': 'Les réglages effectifs de sshd :',
  sshd: 'sshd, et depuis quand il tourne :',
  'exec-start': 'La commande de l’unité, avec son adresse d’écoute :',
  evidence: 'Ce qui a été vu :',
};

const REMARKS: Record<Remark, string> = {
  'discord-screenshot':
    'Le message reçu dans le salon Discord ne se voit pas depuis l’hôte : ajouter ici une capture d’écran.',
  embedded:
    'Ceci est l’hôte embarqué de `tp5-tui demo`, pas une machine : il n’a rien à montrer pour ce point.',
  'not-dialled':
    'Rien ne lui a été demandé : une connexion l’aurait terminé, car il sert un seul client et s’en va, ou les réglages l’interdisent.',
  'not-asked': 'Ce service ne parle pas le protocole de la calculatrice : rien ne lui a été demandé.',
};

const STATES: Record<PointState, string> = {
  done: 'fait',
  'not-done': 'non fait',
  doubtful: 'fait, avec une réserve',
  partly: 'prouvé en partie',
  unseen: 'non vu',
};

const CHECKLIST: Record<ChecklistItem, string> = {
  'host-only': 'carte réseau host-only avec IP statique',
  internet: 'une carte qui donne accès à internet',
  ssh: 'connexion SSH fonctionnelle avec une paire de clés (pas de password)',
  firewall: 'firewall actif',
  selinux: 'SELinux désactivé',
  hostname: 'hostname défini',
};

function own(found: OwnFinding, reason: string): string {
  switch (found.code) {
    case 'came-back':
      return `tué, puis revenu tout seul : PID ${found.pidBefore} → ${found.pidAfter}`;
    case 'did-not-come-back':
      return reason;
    case 'journal-came-back':
      return `le kill du ${at(found.killedAt)} a été suivi d’un redémarrage ${duration(found.waitedMs)} plus tard`;
    case 'journal-no-return':
      return `le kill du ${at(found.killedAt)} n’a été suivi d’aucun redémarrage`;
    case 'journal-outdated':
      return `il est revenu après le kill du ${at(found.killedAt)}, mais ne reviendrait plus aujourd’hui : Restart=${said(found.restart)}`;
    case 'journal-no-kill':
      return 'le journal ne garde la trace d’aucun kill -9 de ce service';
    case 'journal-unread':
      return `le journal n’a pas pu être lu${because(found.detail)}`;
    case 'not-demonstrated':
      return 'rien n’a été tué';
    case 'drill-not-made':
      return `rien n’a été tué : ${reason}`;
    case 'dashboard-open':
      return `${found.port}/tcp est ouvert dans la zone ${said(found.zone)}`;
    case 'dashboard-closed':
      return `${found.port}/tcp est fermé dans la zone ${said(found.zone)} : le dashboard ne se voit pas depuis une autre machine`;
    case 'dashboard-local':
      return `il n’écoute que sur ${said(placeOf(found))} : il ne se voit pas depuis une autre machine`;
    case 'dashboard-unseen':
      return 'le firewall n’a pas pu être interrogé';
    case 'ping-answered':
      return `${found.address} répond`;
    case 'ping-silent':
      return `${found.address} ne répond pas`;
    case 'ping-unseen':
      return 'aucun ping n’a pu être envoyé';
    case 'alarm-raised':
      return `${said(found.alarm)}, la dernière fois le ${dateTime(found.at)}`;
    case 'alarm-never-raised':
      return 'jamais encore : arrêter le service une minute pour en voir une';
    case 'discord-sent':
      return said(found.line);
    case 'discord-failed':
      return `le dernier envoi a échoué : ${said(found.line)}`;
  }
}

const OWN_TITLES: Readonly<Record<string, string>> = {
  'came-back-after-kill': 'revient après un kill -9',
  dashboard: 'le dashboard est joignable depuis une autre machine',
  ping: 'internet répond',
  'alarm-raised': 'une alarme a déjà été levée',
  notified: 'le dernier message est parti vers Discord',
};

export const report: typeof english = {
  title: 'TP5 : Intégration',
  parts: { '0': '0. Setup', I: 'I. Tester', II: 'II. Intégrer', III: 'III. Héberger' },
  pointTitle: title,
  about,
  captions: CAPTIONS,
  remarks: REMARKS,
  states: STATES,
  marks: { pass: 'fait', fail: 'non fait', warn: 'à surveiller', skip: 'non vu' },
  checklist: CHECKLIST,
  own,
  ownTitles: OWN_TITLES,

  intro: (host, unit, when) => `L’état de \`${unit}\` sur \`${host}\`, le ${dateTime(when)}.`,
  howRead:
    'Les commandes qui suivent une invite ont été exécutées sur cette machine, et leurs sorties sont les siennes, en texte brut. D’une longue sortie, seule la partie utile est gardée, avec le filtre (`grep`, `head`, `jq`) qui donne la même. Les secrets sont remplacés par « … ».',
  changedNothing: 'Rien n’a été modifié sur la machine pour ce compte-rendu.',
  changed: (stopped, running) =>
    `${stopped ? 'Pour les points II.5 et II.7, le service a été tué, puis arrêté et relancé' : 'Pour le point II.5, le service a été tué'} ; ${running ? 'il a été laissé en marche, comme il a été trouvé' : 'il n’est pas reparti depuis'}.`,
  embedded:
    '**Ceci est l’hôte embarqué de `tp5-tui demo`** : son service est un vrai processus, son firewall est imaginé, et il n’y a pas de machine autour. Les commandes sont celles qui montreraient la même chose sur une vraie.',
  limited: (user, privilege) =>
    `${said(user)} ne peut pas utiliser sudo ici${because(privilege.detail)}. Ce que seul root peut voir manque donc.`,
  summaryHead: ['point', 'demandé', 'état'],
  summary: (done, total) => `${done} points sur ${total} sont faits.`,
  checklistLead: 'La checklist :',
  item: (mark, what, found) => `**${mark}** : ${what} — ${found}`,
  mendLead: ' ; à corriger par :',
  proveLead: ' ; à prouver par :',
  drillHead: ['étape', 'temps depuis le kill'],
  drillSteps: 'Le retour du service, chronométré :',
  noStep: 'n’a pas cette étape',
  missed: 'n’a pas eu lieu',
  noCommand: (command) => `L’hôte n’a pas la commande \`${command}\`.`,
  notPermitted: 'Cet utilisateur n’a pas le droit de le voir.',
  cutLines: (lines) => `[… ${lines} ${lines === 1 ? 'ligne coupée' : 'lignes coupées'}]`,
  cutLine: (characters) => `[… encore ${characters}]`,

  askDrill: (unit, host) =>
    `Tuer ${said(unit)} sur ${said(host)} par un kill -9, attendre son retour, puis l’arrêter et le relancer ? [o/N] `,
  askOverwrite: (file) => `${said(file)} existe déjà. Le remplacer ? [o/N] `,
  drillDeclined: 'Rien n’est tué : le compte-rendu se fait sans l’épreuve.',
  drillFailed: (why) => `L’épreuve n’a pas abouti : ${why}`,
  keptFile: (file) => `${said(file)} est resté tel quel.`,
  needsYesDrill: 'tp5-tui report : --with-drill demande avant de tuer le service ; dites --yes.',
  needsYesFile: (file) => `tp5-tui report : ${said(file)} existe déjà ; dites --yes pour le remplacer.`,
  readOnly: 'tp5-tui report : --read-only a été donné, et --with-drill tue le service.',
  badFile: (file, detail) => `tp5-tui report : ${said(file)} : ${said(detail)}`,
  isFolder: 'c’est un dossier',
  noFolder: 'son dossier n’existe pas',
  written: (file) => `Écrit : ${said(file)}`,
  progress: (commands) => `${commands} commandes…`,
  drilling: (step) => `épreuve : ${step}…`,
};
