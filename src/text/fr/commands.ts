/** Les commandes du shell, en français : ce que fait chacune, ses options, et ce qu'elle dit. */
import type { commands as english } from '../en/commands.ts';
import { harmless } from '../foreign.ts';
import { formats } from '../format.ts';
import { loss } from './losses.ts';

const { integer } = formats('fr');
const said = (foreign: string) => harmless(foreign, 200);
/** Zéro et un sont au singulier. */
const count = (number: number, one: string, many: string) => `${integer(number)} ${number < 2 ? one : many}`;

export const commands: typeof english = {
  about: {
    status: 'un coup d’œil : liaison, unité, écoute, pare-feu, sonde, verdict',
    check: 'chaque point de l’exercice, avec ce qui a été vu et ce qui le corrige',
    drill: 'kill -9 du service, et son retour chronométré étape par étape contre RestartSec',
    calc: 'une réponse du serveur, ou une par ligne de l’entrée standard',
    probe: 'latence TCP du service vue d’ici, à la manière de ping ; sans SSH',
    logs: 'le journal de l’unité',
    report: 'le compte rendu en Markdown, avec les commandes et leur vraie sortie ; ne change rien',
    completion: 'affiche le script de complétion d’un shell',
    config: 'les réglages en vigueur, et d’où vient chacun',
    help: 'affiche l’aide d’une commande',
  },
  arguments: {
    host: 'la machine, comme --host : [utilisateur@]machine[:port], un alias de ~/.ssh/config, ou un nom des réglages',
    expression: 'une opération sur deux entiers, comme 2+3 ; sans elle, l’entrée standard est lue',
    shell: 'bash, zsh ou fish',
    command: 'une commande',
  },
  options: {
    json: 'afficher du JSON',
    jsonLines: 'afficher un document JSON par ligne',
    yes: 'ne rien demander avant le kill',
    yesFix: 'avec --fix : ne rien demander',
    count: 's’arrêter après tant de sondes',
    interval: 'secondes entre deux sondes, au moins 0.2 (par défaut 2)',
    lines: 'tant de lignes parmi les plus récentes (par défaut 50)',
    follow: 'continuer avec ce qui s’écrit désormais, même à travers une liaison perdue',
    fix: 'montrer ce qui corrigerait les points en défaut, demander, le faire, et vérifier à nouveau',
    only: 'ne vérifier que ces points',
    output: 'écrire dans ce fichier au lieu de la sortie standard',
    reportLang: 'langue du compte rendu : fr ou en (par défaut fr)',
    withDrill: 'faire aussi l’exercice : le service est tué et revient',
    yesReport: 'ne rien demander : ni avant le kill, ni avant de remplacer un fichier',
  },

  usage: {
    console: '[options] [[utilisateur@]machine]',
    command: '<commande> [options] …',
    unknownOption: (option) => `option inconnue : ${said(option)}`,
    missingValue: (option) => `${said(option)} demande une valeur`,
    missingArgument: (name) => `il manque ${said(name)}`,
    tooMany: (words) => `trop d’arguments : ${said(words)}`,
    notAChoice: (given, choices) => `« ${said(given)} » n’est pas parmi ${choices.join(', ')}`,
    unknownCommand: (name) => `pas de commande ${said(name)}`,
    suggestion: (name) => `peut-être ${said(name)} ?`,
    badCount: (option, least, given) =>
      `tp5-tui: ${option} prend un nombre entier de ${least} à 999999999, pas « ${said(given)} ».`,
    badInterval: (given) => `tp5-tui: -i prend des secondes, 0.2 ou plus, pas « ${said(given)} ».`,
  },

  status: {
    on: (unit, host) => `${said(unit)} sur ${said(host)}`,
    via: { ssh: 'par SSH', local: 'cette machine', demo: 'la machine embarquée' },
    as: (user) => `utilisateur ${said(user)}`,
    privilege(privilege) {
      switch (privilege.kind) {
        case 'root':
          return 'root';
        case 'sudo':
          return 'sudo sans mot de passe';
        case 'sudo-password':
          return 'sudo avec mot de passe';
        case 'none':
          return 'pas de sudo : lecture seule';
      }
    },
    since: (when, length) => `depuis ${when} (${length})`,
    restarts: (number) => count(number, 'redémarrage', 'redémarrages'),
    clients: (number) => count(number, 'client', 'clients'),
    waiting: (number) => `${integer(number)} en attente`,
    ports: (list) => `ports : ${list}`,
    services: (list) => `services : ${list}`,
    none: 'aucun',
    runtimeOnly: 'runtime seulement',
    permanentOnly: 'permanent seulement',
    mend: (said) => `remède : ${said}`,
    notSettled: (ms) => `Tout n’était pas connu après ${Math.round(ms / 1000)} s ; voici ce qui l’était.`,
  },

  drill: {
    ask: (unit, host) => `Kill -9 du processus principal de ${said(unit)} sur ${said(host)} ? [o/N] `,
    declined: 'Rien n’a été tué.',
    needsYes: 'tp5-tui drill : il faudrait demander avant de tuer le service ; dites --yes.',
    readOnly: 'tp5-tui drill : --read-only est donné, et cet exercice tue le service.',
    waits: (wait) => `pendant ${wait}`,
    passed: (pidBefore, pidAfter, total) =>
      `réussi : PID ${pidBefore} → ${pidAfter}, répond à nouveau après ${total}`,
    failed: (why) => `échec : ${why}`,
    unseen: (pid) =>
      `Le PID ${pid} a été tué ; la suite n’a pas été vue. systemd le relance de lui-même ; pour le vérifier : tp5-tui status`,
  },

  calc: {
    hint: 'Une opération par ligne, comme 2+3 ; Ctrl+D pour finir.',
    needsExpression: 'tp5-tui calc : pas d’expression, et avec --no-input le terminal n’est pas lu.',
    nowhere:
      'tp5-tui calc : rien ne dit où est le serveur. Nommez-le avec --address, ou une machine avec --host ; --demo en apporte un.',
    line: (number, input, why) => `ligne ${number} : ${said(input)} : ${why}`,
    one: (input, why) => `${said(input)} : ${why}`,
    wrong: (answer, expected) => `le serveur dit ${said(answer)}, c’est ${expected}`,
    throughHost: (address, why) =>
      `${said(address)} est injoignable d’ici (${said(why)}) : la question passe par la machine`,
    mute: 'Un autre client est-il servi ? Si le serveur attend des lignes entières : dialect = "line" dans la table [calculator] des réglages.',
    oneConnection:
      'Le serveur n’a qu’une connexion pour toutes les questions : elle est gardée jusqu’à la dernière, et le serveur peut s’arrêter quand on la quitte.',
  },

  probe: {
    nowhere:
      'tp5-tui probe : rien ne dit où est le service. Nommez une machine, ou une adresse avec --address.',
    heading: (place) => `sonde de ${said(place)} (TCP)`,
    open: (place, number, latency) => `${place} : n° ${number} ouvert ${latency}`,
    failed: (place, number, state) => `${place} : n° ${number} ${state}`,
    summary: (place) => `--- ${place} ---`,
    counts: (sent, open, loss) =>
      `${count(sent, 'sonde', 'sondes')}, ${count(open, 'ouverte', 'ouvertes')}, ${loss} de perte`,
    figures: (min, p50, p95, max) => `min ${min}   p50 ${p50}   p95 ${p95}   max ${max}`,
    outages: (number, longest) =>
      `${count(number, 'coupure', 'coupures')}${longest === null ? '' : `, la plus longue ${longest}`}`,
  },

  logs: {
    empty: (unit) => `aucune ligne de ${said(unit)} dans le journal`,
    lost: (why) => `liaison perdue${why === '' ? '' : ` (${said(loss(why))})`} ; reconnexion…`,
    back: 'liaison rétablie',
    again: (why) => `${why} Nouvelle tentative en cours.`,
    overtaken: (number) => `${count(number, 'ligne venue', 'lignes venues')} trop vite pour être montrées`,
    tooMany: (limit) => `tp5-tui logs : avec -f, -n prend au plus ${integer(limit)}.`,
  },

  config: {
    settingsFile: (path) => `fichier de réglages : ${path}`,
    notThere: (path) => `${path} (absent)`,
    stateFolder: (path) => `mémoire du programme : ${path}`,
    namedHosts: (list) => `machines nommées : ${list}`,
    origin: {
      option: (flag) => `option ${flag}`,
      argument: 'argument',
      default: 'par défaut',
      environment: (variable) => `environnement, ${variable}`,
      file: (path, line) => (line === null ? path : `${path}:${line}`),
      host: 'dans le nom de la machine',
      unit: 'suit de l’unité',
    },
    unset: {
      host: 'aucune',
      user: 'au choix de ssh',
      identity: 'au choix de ssh',
      transport: 'selon le besoin',
      sshPort: 'au choix de ssh',
      address: 'celle de la machine',
      probe: 'contacter, sauf si cela nuit',
    },
    yes: 'oui',
    no: 'non',
  },
};
