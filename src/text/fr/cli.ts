/** Français : les mots de la ligne de commande. */
import type { cli as english } from '../en/cli.ts';
import { harmless } from '../foreign.ts';
import type { SettingsExpected } from '../settings-expected.ts';

export const cli: typeof english = {
  description:
    'Un seul écran pour un service TCP sous systemd : état, journal, pare-feu, sonde et calculatrice, en direct par SSH.',
  hostArgument:
    'machine à ouvrir : [utilisateur@]machine[:port], un alias de ~/.ssh/config, ou un nom des réglages',
  commands: {
    console: 'ouvre la console (ce qui se passe sans commande)',
    demo: 'la console sur la machine embarquée : ni VM, ni root, n’importe quel système',
  },
  options: {
    host: 'la machine, comme l’argument',
    user: 'utilisateur sur la machine',
    identity: 'fichier de clé privée pour se connecter',
    transport:
      'ce qui porte SSH : ssh2 (intégré) ou openssh (le ssh du système) ; par défaut selon le besoin',
    unit: 'unité systemd à regarder (par défaut calculatrice.service)',
    userUnit: 'à sa place, une unité propre à l’utilisateur, comme sous systemctl --user',
    address:
      'adresse du service, vue d’ici (par défaut celle de la machine ; avec --local, celle où il écoute)',
    port: 'port TCP du service (par défaut 13337)',
    local: 'cette machine, sans SSH',
    demo: 'la machine embarquée',
    config: 'fichier de réglages',
    lang: 'langue : en ou fr (par défaut : celle du système)',
    readOnly: 'ne rien changer sur la machine, quelle que soit la touche',
    noInput: 'ne jamais rien demander',
    help: 'affiche cette aide',
    version: 'affiche la version',
  },
  commandsHeading: 'Commandes :',
  optionsHeading: 'Options :',
  argumentsHeading: 'Arguments :',
  usage: 'Usage :',
  helpFooter:
    'Codes de sortie : 0 comme demandé ; 1 le service n’est pas comme il devrait ;\n' +
    '2 mauvais usage ou réglages ; 3 machine injoignable ou accès refusé ; 4 non\n' +
    'permis sur la machine ; 128+n terminé par un signal.',
  noHost:
    'tp5-tui: aucune machine nommée.\n' +
    '  tp5-tui manon@hosting.tp5.b1   ouvre la console dessus par SSH\n' +
    '  tp5-tui demo                   l’ouvre sur la machine embarquée : sans VM\n' +
    '  tp5-tui --local                sur cette machine',
  noTerminal: (why) =>
    (why === 'dumb'
      ? 'tp5-tui: TERM=dumb ne peut pas montrer d’écran.\n'
      : 'tp5-tui: la console demande un terminal en entrée et en sortie.\n') +
    '  Dans un script : `tp5-tui status --json`, ou `tp5-tui status` à lire.',
  badPort: (given) => `tp5-tui: --port prend un nombre de 1 à 65535, pas « ${harmless(given, 40)} ».`,
  oneUnit:
    'tp5-tui : --unit nomme une unité du système, --user-unit une de l’utilisateur ; donner l’une des deux.',
  noUserUnit: (what: string) => `tp5-tui : ${what} ne sert que les unités du système ; retirer --user-unit.`,
  badUnit: (given) =>
    `tp5-tui: --unit prend le nom d’une unité, comme calculatrice ou calc@1.service, pas « ${harmless(given, 40)} ».`,
  badLang: (given) => `tp5-tui: --lang prend en ou fr, pas « ${harmless(given, 40)} ».`,
  badSettings: (file, line, key, expected) =>
    `tp5-tui: ${harmless(file)}${line === null ? '' : `:${line}`} : ${key === '' ? '' : `${harmless(key)} : `}${settingsWanted(expected)}`,
  keyClash: (file, line, what) =>
    `tp5-tui: ${harmless(file)}${line === null ? '' : `:${line}`} : [keys] ${harmless(what)}`,
  oneMachine:
    'tp5-tui: une machine, --local et --demo désignent chacun une autre machine : n’en donner qu’un.',
  connecting: (label) => `connexion à ${harmless(label)}…`,
  shellWait: (label) => `${harmless(label)} : connecté ; dans l’attente du shell de la machine…`,
  slowly: (label) =>
    `connecté à ${harmless(label)} ; par une liaison aussi lente, la suite prendra du temps aussi…`,
  crashed: 'tp5-tui s’est arrêté sur une erreur à lui ; le terminal est comme avant. Merci de la signaler :',
};

function settingsWanted(expected: SettingsExpected): string {
  switch (expected.code) {
    case 'words':
      return harmless(expected.words);
    case 'known-key':
      return `cette clé n’existe pas ; il y a ici ${expected.known.join(', ')}`;
    case 'port':
      return 'un nombre de 1 à 65535 est attendu';
    case 'unit':
      return 'le nom d’une unité systemd est attendu, entre guillemets';
    case 'text':
      return 'un texte entre guillemets est attendu, et non vide';
    case 'keys':
      return 'une touche entre guillemets est attendue, ou une liste, comme ["r", "ctrl+t"]';
    case 'calculator':
      return 'true ou false est attendu, ou une table [calculator]';
    case 'dialect':
      return '"auto", "bare", "line", "greeting" ou "several" est attendu';
    case 'answer-timeout':
      return 'un nombre de secondes de 0,1 à 600 est attendu, comme 3';
    case 'lang':
      return '"en" ou "fr" est attendu';
    case 'probe':
      return '"connect", "look" ou "off" est attendu';
    case 'transport':
      return '"ssh2" ou "openssh" est attendu';
    case 'network':
      return 'un réseau IPv4 entre guillemets est attendu, comme "192.168.56.0/24"';
    case 'seconds':
      return 'un nombre de secondes est attendu, comme 30';
    case 'patience':
      return 'un nombre de secondes de 1 à 3600 est attendu, comme 30';
    case 'folder':
      return 'un chemin absolu entre guillemets est attendu, comme "/opt/calculatrice"';
    case 'table':
      return 'une table est attendue, comme [hosts.tp5]';
  }
}
