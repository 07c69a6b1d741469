/** Le garde en français : ce que dit une alerte, et ce que `watch` dit sur stderr. */
import type { WebhookFileProblem } from '../../ops/discord/webhook-file.ts';
import type { FallCause } from '../../ops/watch/event.ts';
import type { watch as english } from '../en/watch.ts';
import { harmless } from '../foreign.ts';
import { formats } from '../format.ts';
import { WRITE_WEBHOOK } from '../pieces.ts';
import { loss } from './losses.ts';

const { duration, integer, dateTime } = formats('fr');
const said = (foreign: string) => harmless(foreign, 200);
const times = (number: number) => `${integer(number)} fois`;
const alerts = (number: number) => `${integer(number)} ${number > 1 ? 'alertes' : 'alerte'}`;

const A_WEBHOOK = 'https://discord.com/api/webhooks/…';

const CAUSES: Record<FallCause, string> = {
  refused: 'connexions refusées',
  rejected: 'rejeté par un pare-feu',
  filtered: 'aucune réponse aux connexions',
  unreachable: 'injoignable',
  mute: 'accepte les connexions et ne répond rien',
  held: 'tenu par un autre client, tous les autres attendent',
  wrong: 'répond faux',
  closed: 'raccroche sans répondre',
};

export const watch: typeof english = {
  about:
    'garder des machines pendant des heures : une ligne JSON par changement, alertes sur Discord, métriques pour Prometheus',
  hostsArgument:
    'les machines, par leur nom ou [user@]machine[:port] ; sans aucune, toutes celles que nomment les réglages',
  options: {
    interval: 'secondes d’un regard sur un service au suivant, 0,5 à 30 (2 par défaut)',
    failures: 'tant d’échecs de suite font une chute (2 par défaut)',
    successes: 'tant de succès de suite font un retour (2 par défaut)',
    webhookFile: 'fichier de l’adresse du webhook Discord, lisible par son seul propriétaire',
    allowInsecureWebhook:
      'pour le développement : accepter n’importe quelle machine comme webhook, et http en clair',
    testAlert: 'envoyer une alerte tout de suite, dire ce qu’il en est, et finir',
    metrics: 'servir des métriques pour Prometheus à [adresse:]port (adresse 127.0.0.1 par défaut)',
    install: 'écrire une unité systemd qui lance cette commande même, et dire comment la démarrer',
    system: 'avec --install : pour le systemd du système au lieu de celui de l’utilisateur',
    dryRun: 'avec --install : afficher l’unité, ne rien écrire',
  },

  usage: {
    badCount: (option, given) =>
      `tp5-tui watch : ${option} prend un entier de 1 à 100, pas « ${said(given)} ».`,
    badInterval: (given) =>
      `tp5-tui watch : --interval prend des secondes, de 0,5 à 30, pas « ${said(given)} ».`,
    badMetrics: (given) =>
      `tp5-tui watch : --metrics prend [adresse:]port, comme 9113 ou 10.5.1.1:9113, pas « ${said(given)} ».`,
    installNeedsLinux: 'tp5-tui watch : --install écrit une unité systemd, et cette machine n’a pas systemd.',
    installOnly: (option) => `tp5-tui watch : ${option} va avec --install.`,
    noWebhook:
      'tp5-tui watch : pas de webhook où envoyer une alerte. Créez-en un dans Discord (paramètres du salon,\n' +
      'Intégrations, Webhooks), mettez son adresse dans un fichier lisible par vous seul, et nommez-le :\n' +
      `  ${WRITE_WEBHOOK}\n` +
      '    (coller, Entrée, Ctrl+D)\n' +
      '  tp5-tui watch --webhook-file ~/.config/tp5-tui/discord-webhook --test-alert',
    noHost:
      'tp5-tui watch : aucune machine nommée, ni dans les réglages.\n' +
      '  tp5-tui watch manon@hosting.tp5.b1   garde celle-là (plusieurs : à la suite)\n' +
      '  tp5-tui watch                        garde toutes celles des réglages, une fois nommées : [hosts.NOM]\n' +
      '  tp5-tui watch --local                garde cette machine-ci',
    oneThing: 'tp5-tui watch : --test-alert envoie une alerte, --install écrit une unité : l’un ou l’autre.',
    sameHost: (name) => `tp5-tui watch : ${said(name)} est nommée deux fois.`,
    awkwardPath: (path) => `tp5-tui watch : une unité ne peut pas nommer le fichier ${said(path)}.`,
  },

  webhookProblem(path: string, problem: WebhookFileProblem): string {
    const file = said(path);
    switch (problem.code) {
      case 'unreadable':
        return problem.detail === 'ENOENT'
          ? `il n’y a pas de fichier ${file} : créez un webhook dans Discord (paramètres du salon, Intégrations, Webhooks) et mettez-y son adresse`
          : `le fichier du webhook ${file} est illisible (${said(problem.detail)})`;
      case 'not-a-file':
        return `le fichier du webhook ${file} n’est pas un fichier`;
      case 'too-open':
        return `d’autres peuvent lire le webhook dans ${file} (mode 0${problem.mode.toString(8)}), et qui le connaît peut écrire : chmod 600 ${file}`;
      case 'not-ours':
        return `le fichier du webhook ${file} appartient à un autre utilisateur (uid ${problem.uid})`;
      case 'empty':
        return `le fichier du webhook ${file} est vide ; il y faut une ligne, ${A_WEBHOOK}`;
      case 'not-a-url':
        return `ce que contient ${file} n’est pas une adresse ; il y faut une ligne, ${A_WEBHOOK}`;
      case 'not-https':
        return `le webhook dans ${file} n’est pas une adresse https : ${A_WEBHOOK}`;
      case 'not-discord':
        return `le webhook dans ${file} est chez ${said(problem.host)}, qui n’est pas Discord`;
      case 'not-a-webhook':
        return `ce que contient ${file} n’est pas l’adresse d’un webhook : ${A_WEBHOOK}`;
    }
  },

  says: (command, words) => `tp5-tui ${command} : ${words}`,
  started: (hosts) =>
    `${integer(hosts)} ${hosts > 1 ? 'machines gardées' : 'machine gardée'} ; Ctrl+C pour finir`,
  noAlerts:
    'pas de webhook : les changements vont sur stdout, les alertes à personne (pour en avoir : tp5-tui watch --test-alert)',
  insecureWebhook:
    'le webhook peut être celui de n’importe qui : --allow-insecure-webhook est pour le développement',
  leftOver: (number) => `encore ${alerts(number)} d’un passage précédent à remettre`,
  damaged: (file) => `plus une alerte, mise de côté : ${said(file)}`,
  busyQueue: (folder) =>
    `un autre tp5-tui watch remet ce qui est dans ${said(folder)} : arrêtez-le, ou donnez à celui-ci un dossier à lui (XDG_STATE_HOME)`,
  metricsAt: (place) => `métriques sur http://${said(place)}/metrics`,
  noMetrics(place, port, { code, detail }) {
    const head = `tp5-tui watch : pas de métriques sur ${said(place)} : `;
    switch (code) {
      case 'EADDRINUSE':
        return `${head}quelque chose y écoute déjà (quoi : sudo ss -ltnp 'sport = :${port}') ; nommez un autre port`;
      case 'EADDRNOTAVAIL':
        return `${head}cette machine n’a pas cette adresse (elle a celles de : ip -br address)`;
      case 'EACCES':
        return `${head}cet utilisateur ne peut pas y écouter ; nommez un port à partir de 1024`;
      default:
        return head + said(detail);
    }
  },
  delivered: (id, attempts) => `alerte ${id} remise${attempts > 1 ? ` à l’essai ${attempts}` : ''}`,
  rateLimited: (rest) => `Discord demande d’attendre ${rest}`,
  delayed: (id, detail, rest) => `alerte ${id} non remise (${said(detail)}) ; de nouveau dans ${rest}`,
  rejected: (id, detail, file) =>
    `Discord ne prendra jamais l’alerte ${id} (${said(detail)}) ; gardée dans ${said(file)}`,
  webhookDead: (detail, waiting, credential) =>
    `LE WEBHOOK EST MORT : ${said(detail)}. En attente sur le disque : ${alerts(waiting)}.\n` +
    `Créez-en un autre dans Discord et mettez son adresse dans le même fichier${credential ? ', puis relancez l’unité' : ''} ; ce qui attend part alors.`,
  webhookUnusable: (why, waiting) => `${why} ; en attente sur le disque : ${alerts(waiting)}`,
  disk: (detail) => `le disque de la file : ${said(detail)}`,
  unreached: (name, why) => (why.startsWith(`${said(name)} : `) ? why : `${said(name)} : ${why}`),

  testAlert: {
    title: (host) => `Alerte d’essai de ${said(host)}`,
    description: 'Voici comment arrive une alerte. Rien n’est tombé.',
    sent: (ms) => `remise en ${ms}`,
    rateLimited: (rest) => `non remise : Discord demande d’attendre ${rest}`,
    failed: (detail) => `non remise : ${said(detail)}`,
    dead: (detail) => `non remise, et aucune alerte ne le sera : ${said(detail)}. Créez un autre webhook.`,
  },

  status: (up, down, blind, unknown) =>
    [
      `${integer(up)} debout`,
      `${integer(down)} à terre`,
      ...(blind > 0 ? [`${integer(blind)} hors de vue`] : []),
      ...(unknown > 0 ? [`${integer(unknown)} pas encore ${unknown > 1 ? 'jugées' : 'jugée'}`] : []),
    ].join(', '),

  alert: {
    down: (unit, host) => `${said(unit)} sur ${said(host)} est à terre`,
    downForGood: (unit, host) => `${said(unit)} sur ${said(host)} reste à terre`,
    up: (unit, host) => `${said(unit)} sur ${said(host)} est debout`,
    recovered: (unit, host) => `${said(unit)} sur ${said(host)} est de retour`,
    looping: (unit, host) => `${said(unit)} sur ${said(host)} tombe en boucle`,
    unsteady: (unit, host) => `${said(unit)} sur ${said(host)} va et vient`,
    stable: (unit, host) => `${said(unit)} sur ${said(host)} tient de nouveau`,
    blind: (host) => `${said(host)} est hors de vue`,
    sighted: (host) => `${said(host)} est de nouveau en vue`,
    cause: (cause) => CAUSES[cause],
    downFor: (ms) => `À terre pendant ${duration(ms)}.`,
    downAtMost: (ms, awayMs) =>
      `À terre pendant ${duration(ms)} au plus : personne ne regardait pendant ${duration(awayMs)}.`,
    loops: (falls, restarts, ms) =>
      `Tombé ${times(falls)}${restarts === 0 ? '' : ` et relancé par systemd ${times(restarts)}`} en ${duration(ms)}. ` +
      'Les chutes ne sont plus annoncées une à une tant qu’il ne tient pas.',
    loopOver: (falls, ms) => `Tombé ${times(falls)} en ${duration(ms)}, et debout depuis.`,
    gaveUp: 'Il tombait en boucle, et plus rien ne le relance.',
    stillServes:
      'Le lien est perdu ; le service répond encore d’ici. Ce qui se passe sur la machine ne se voit plus.',
    unseenFor: (ms) => `Le lien a été perdu pendant ${duration(ms)}.`,
    fields: {
      since: 'Depuis',
      length: 'Durée',
      probe: 'Vu d’ici',
      verdict: 'Verdict',
      mend: 'Remède',
      unit: 'Unité',
      link: 'Lien',
    },
    linkLive: 'établi',
    linkLost: (detail) => `perdu${detail === '' ? '' : ` : ${said(loss(detail))}`}`,
    time: dateTime,
    footer: (version, id) => `tp5-tui ${version} · événement ${id}`,
  },

  install: {
    description: (hosts) => `tp5-tui garde ${hosts.map(said).join(', ') || 'ses machines'}`,
    written: (path) => `écrit : ${said(path)}`,
    unchanged: (path) => `déjà comme il faut : ${said(path)}`,
    next: 'Pour le démarrer maintenant et à chaque démarrage :',
    linger: 'Une unité d’utilisateur s’arrête à la fin de la session, sauf avec :',
    agentHint:
      'Le garde ne demande rien : sa clé doit être sans phrase de passe, ou dans un agent que son systemd connaît.',
    rootOnly: (path) => `seul root peut écrire ${said(path)}. Faites-lui écrire l’unité par :`,
    notWritable: (path, detail) => `${said(path)} ne peut être écrit : ${said(detail)}`,
  },
};
