/** Tout ce que dit la console, en français. Les noms propres à systemd et à firewalld ne se traduisent pas. */
import type { consoleText as english } from '../en/console.ts';
import { formats } from '../format.ts';
import { actions, keyNames } from './actions.ts';
import { calculator } from './calculator.ts';
import { drill } from './drill.ts';
import { faults } from './faults.ts';
import { firewall } from './firewall.ts';

export const consoleText: typeof english = {
  format: formats('fr'),
  actions,
  keyNames,
  calculator,

  panes: {
    service: 'Service',
    firewall: 'Pare-feu',
    probe: 'Sonde',
    journal: 'Journal',
    calculator: 'Calculatrice',
  },

  top: {
    demo: 'démo',
    readOnly: 'lecture seule',
    live: 'en ligne',
    connecting: 'connexion',
    lost: (ago) => `hors ligne depuis ${ago}`,
    retryIn: (wait) => `nouvel essai dans ${wait}`,
    retrying: 'nouvel essai en cours',
    now: (key) => `${key} : maintenant`,
    stale: (age) => `périmé ${age}`,
    reachable: 'joignable',
    looking: 'examen en cours',
    faults,
  },

  hints: {
    close: 'fermer',
    searching: [
      ['Entrée', 'à l’occurrence'],
      ['Échap', 'abandonner'],
    ],
    typing: [
      ['Entrée', 'demander'],
      ['↑↓', 'précédentes'],
      ['Ctrl+R', 'les chercher'],
      ['Échap', 'sortir'],
    ],
  },

  waiting: 'en attente de l’hôte',

  service: {
    pid: (pid) => `PID ${pid}`,
    restarts: (count) => `redémarrages ${count}`,
    restartPolicy: (policy, after) => `Restart=${policy} après ${after}`,
    overridden: (files) => `modifié par ${files}`,
    restartNever: 'Restart=no : reste à l’arrêt s’il meurt',
    restartIn: (wait) => `redémarre dans ${wait}`,
    restartDue: 'redémarre',
    reload: (key) => `fichier d’unité modifié : daemon-reload (${key})`,
    load: (load) =>
      ({
        'not-found': 'l’hôte n’a pas cette unité',
        'bad-setting': 'le fichier d’unité a un mauvais réglage',
        masked: 'masquée : elle ne peut pas démarrer',
      })[load] ?? `chargement : ${load}`,
    readOnly: {
      'no-sudo': 'lecture seule : cet utilisateur est sans sudo',
      silent: 'lecture seule : sudo ne répond pas',
      'needs-terminal': 'lecture seule : sudo exige un terminal (requiretty)',
      'password-refused': 'lecture seule : sudo a refusé le mot de passe',
      'password-not-given': 'lecture seule : aucun mot de passe donné pour sudo',
    },
    result: (result) => `résultat ${result}`,
    memory: (size) => `mémoire ${size}`,
    cpu: (time) => `CPU ${time}`,
    exited: (status) => `fini avec le code ${status}`,
    killed: (signal) => `tué par ${signal}`,
    dumped: (signal) => `fini par ${signal}, image mémoire écrite`,
  },

  actionNames: {
    start: 'démarrage',
    stop: 'arrêt',
    restart: 'redémarrage',
    kill: 'kill -9',
    enable: 'activation',
    disable: 'désactivation',
    'reset-failed': 'reset-failed',
    'daemon-reload': 'daemon-reload',
    'open-port': 'ouverture du port',
    'close-port': 'fermeture du port',
  },
  scopes: { runtime: 'runtime', permanent: 'permanent' },
  outcome: {
    running: (action, time) => `${action} : en cours, ${time}`,
    done: (action, time) => `${action} : fait en ${time}`,
    jobEnded: (action, job, time) => `${action} : tâche ${job} après ${time}`,
    failed: (action, why) => `${action} : ${why}`,
  },

  firewall: {
    runtime: 'runtime',
    permanent: 'permanent',
    notRunning: 'firewalld ne tourne pas : il ne ferme rien',
    refused: 'cet utilisateur ne peut pas lire ses ports',
    unread: 'ses ports n’ont pas pu être lus',
    howPermitted: 'firewalld ne les montre qu’aux administrateurs (sudo, ou une règle polkit)',
    noZone: 'aucune zone active',
    zoneAccepts: 'la zone accepte tout',
    lostAtReload: 'perdu au prochain rechargement',
    notInForce: 'sans effet avant un rechargement',
    permanentUnread: 'permanent ?',
    runtimeOnly: 'runtime seulement',
    permanentOnly: 'permanent seulement',
    target: (target) => `cible ${target}`,
    unsure: 'impossible à dire',
    ...firewall,
  },

  probe: {
    status: {
      open: 'ouvert',
      refused: 'refusé',
      rejected: 'rejeté par un pare-feu',
      filtered: 'sans réponse (filtré)',
      unreachable: 'injoignable',
    },
    statusShort: {
      open: 'ouvert',
      refused: 'refusé',
      rejected: 'rejeté',
      filtered: 'filtré',
      unreachable: 'injoignable',
    },
    none: 'pas encore sondé',
    notDialled: 'non contacté',
    loss: (share) => `perte ${share}`,
    max: 'max',
    verdict: (said) => `verdict : ${said}`,
    mendTitle: 'Ce qui y remédie',
    press: (key, command) => (command === '' ? `touche ${key}` : `touche ${key} : ${command}`),
    advised: (advice, pressed) => `${advice} ; ${pressed}`,
    downFor: (status, length) => `${status} depuis ${length}`,
    outages: 'coupures',
    ongoing: (length) => `${length} jusqu’ici`,
    fromHere: 'sondé d’ici, à jour',
    pausedCalculation: 'attend un calcul',
    pausedBusy: 'serveur occupé',
    answerRight: (latency) => `2+3 : réponse 5 en ${latency}`,
    answerWrong: (expression, got, expected) => `${expression} : réponse ${got} au lieu de ${expected}`,
    answerMute: (wait) => `accepte mais ne répond pas en ${wait}`,
    answerHeld: (peer) => `tenu par ${peer}`,
    answerClosed: 'fermé sans réponse',
  },

  journal: {
    following: 'suivi',
    paused: 'en pause',
    newLines: (count) => (count === 1 ? '1 nouvelle' : `${count} nouvelles`),
    folded: (count) => (count === 1 ? '1 ligne de sonde repliée' : `${count} lignes de sonde repliées`),
    notKept: (count) => `${count} plus anciennes non conservées`,
    gapRotated: 'il manque des lignes ici : effacées par rotation sur l’hôte',
    gapSuppressed: (count) =>
      count === null
        ? 'il manque des lignes ici : écartées par journald'
        : `il manque ${count} lignes ici : écartées par journald`,
    empty: 'aucune ligne encore',
    nothingPasses: 'aucune ligne de cette priorité',
    priorities: {
      all: 'tout',
      info: 'info et plus',
      notice: 'notice et plus',
      warning: 'avertissements',
      err: 'erreurs',
    },
    matches: (place, count) => `${place}/${count}`,
    noMatch: 'introuvable',
    searchPrompt: 'chercher',
    notPermitted: 'cet utilisateur ne peut pas lire le journal de l’unité',
    howPermitted: (user) =>
      `entrer dans le groupe adm ou systemd-journal (sudo usermod -aG systemd-journal ${user}), puis se reconnecter`,
    unfolded: 'lignes de sonde montrées',
    detailTitle: 'Ligne du journal',
    detailFields: {
      time: 'heure',
      priority: 'priorité',
      from: 'de',
      invocation: 'invocation',
    },
    cut: 'plus longue que ce qui a été gardé',
    binary: 'contient des octets qui ne sont pas de l’UTF-8',
    age: (age) => `-${age}`,
  },

  dialog: {
    title: 'Vraiment ?',
    question: (verb, unit, host) => `${verb} ${unit} sur ${host} ?`,
    yes: 'Oui',
    no: 'Non',
    cancel: 'Annuler',
    keys: { yes: ['o', 'y'], no: ['n'], runtime: ['r'], permanent: ['p'], both: ['d', 'b'] },
    runtime: 'Runtime',
    permanent: 'Permanent',
    both: 'Les deux',
    verbs: {
      stop: 'Arrêter',
      restart: 'Redémarrer',
      kill: 'Tuer (kill -9)',
      disable: 'Désactiver',
      drill: 'Mettre à l’épreuve',
      dial: 'Contacter',
    },
    notes: {
      stop: 'Il reste à l’arrêt jusqu’à ce qu’on le démarre.',
      restart: 'Ses clients sont coupés.',
      kill: (pid) => `SIGKILL au processus principal${pid}.`,
      restartsAfter: (after) => `systemd le redémarre après ${after}.`,
      staysDown: 'Restart=no : rien ne le redémarre.',
      disable: 'Il ne démarrera plus avec la machine.',
      drill: 'kill -9, puis le retour chronométré étape par étape.',
    },
    pidNote: (pid) => ` (PID ${pid})`,
    openPort: (port, zone, host) => `Ouvrir ${port} dans la zone ${zone} de ${host} ?`,
    closePort: (port, unit, zone, host) => `Fermer ${port} (${unit}) dans la zone ${zone} de ${host} ?`,
    isOpen: 'Il est déjà ouvert, en runtime et en permanent.',
    isClosed: 'Il est déjà fermé, en runtime et en permanent.',
    openOtherwise: (by) => `Il est déjà ouvert par ${by}.`,
    staysShut: (by) => `Il reste fermé par ${by}.`,
    staysOpen: (by) => `Il reste ouvert par ${by} ; pour le fermer :`,
    openNote: 'Runtime : tout de suite, jusqu’au prochain rechargement. Permanent : à partir de celui-ci.',
    closeNote: 'Personne au-dehors ne joint plus le service ensuite.',
    help: 'flèches : choisir, Entrée : confirmer, Échap : annuler',
  },

  toast: {
    readOnly: (action, key) => `${action} : interdit en lecture seule (${key} en sort)`,
    noPrivilege: (action, why, key) => `${action} : ${why} (${key} essaie quand même)`,
    linkDown: (action) => `${action} : impossible tant que la liaison est coupée`,
    readOnlyOn: 'lecture seule : rien ne peut être changé sur l’hôte d’ici',
    readOnlyOff: 'lecture seule levée',
    copied: (lines) =>
      `${lines === 1 ? '1 ligne copiée' : `${lines} lignes copiées`}, si le terminal le permet (OSC 52)`,
    nothingToCopy: 'aucune ligne à copier',
    reconnecting: 'nouvelle connexion en cours',
    linkIsLive: 'la liaison est établie',
    noZone: 'aucune zone du pare-feu n’est encore connue',
    probing: 'sondage en cours',
  },

  help: {
    title: 'Aide',
    service: 'Le service',
    port: 'Son port',
    everywhere: 'Partout',
    inPane: (pane) => `Dans le volet ${pane}`,
    typing: 'En écrivant dans la calculatrice',
    typingKeys: [
      ['Entrée', 'demander au serveur'],
      ['↑ ↓', 'saisies précédentes et suivantes'],
      ['Ctrl+R', 'chercher en arrière dans l’historique'],
      ['Ctrl+A Ctrl+E', 'au début, à la fin'],
      ['Ctrl+U Ctrl+K Ctrl+W', 'effacer jusqu’au début, jusqu’à la fin, le mot'],
      ['Échap', 'sortir de la saisie ; annuler une question en cours'],
    ],
    always: [
      ['Ctrl+C', 'quitter, d’où que l’on soit'],
      ['Ctrl+Z', 'suspendre ; fg y ramène'],
      ['Échap', 'fermer ce qui est ouvert'],
    ],
    none: 'sans touche',
  },

  palette: {
    title: 'Actions',
    empty: 'aucune action de ce nom',
    hint: 'écrire pour filtrer, Entrée exécute, Échap ferme',
  },

  drill,

  clashes: {
    unknownAction: (action) => `il n’y a pas d’action ${action}`,
    unknownKey: (key, action) => `${key} (pour ${action}) n’est pas une touche`,
    reserved: (key, action) => `${key} (pour ${action}) ne peut pas être attribuée`,
    overlap: (key, one, other) => `${key} est attribuée à la fois à ${one} et à ${other}`,
  },

  crash: 'tp5-tui s’est arrêté sur une erreur ; le terminal a été rétabli. Voici laquelle :',
};
