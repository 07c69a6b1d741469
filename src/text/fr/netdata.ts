/** Netdata en français : ce que `deploy --netdata` montre, prouve et ne peut pas, et sa vue dans le panneau Sonde. */
import type { TestAlert } from '../../ops/netdata/deploy.ts';
import type { NetdataFailure, PackageFamily } from '../../ops/netdata/problem.ts';
import type { NetdataProved } from '../../ops/netdata/prove.ts';
import type { NetdataNote } from '../../ops/netdata/survey.ts';
import type { Catalogue } from '../catalogue.ts';
import { harmless } from '../foreign.ts';
import { formats } from '../format.ts';
import { placeOf } from '../pieces.ts';

const { seconds } = formats('fr');
const said = (foreign: string) => harmless(foreign.trim(), 300);
const place = (address: string, port: number) => said(placeOf({ address, port }));

/** L'installateur de Netdata : seul moyen d'avoir sa sonde TCP sur Debian et Ubuntu. */
const KICKSTART =
  'wget -O /tmp/netdata-kickstart.sh https://get.netdata.cloud/kickstart.sh && sh /tmp/netdata-kickstart.sh';

const INSTALL: Record<PackageFamily, readonly string[]> = {
  dnf: ['sudo dnf install epel-release && sudo dnf install netdata', KICKSTART],
  apt: [KICKSTART],
  other: [KICKSTART],
};

function install(family: PackageFamily): string {
  const ways = INSTALL[family].map((way) => `\n    ${way}`).join('\n  ou');
  const apt =
    family === 'apt'
      ? '\n  (`apt install netdata` fonctionne aussi, mais le paquet de Debian n’a pas go.d.plugin, donc pas de sonde TCP)'
      : '';
  return `Sur l’hôte :${ways}${apt}\n  puis : sudo systemctl enable --now netdata`;
}

function failure(failure: NetdataFailure): string {
  switch (failure.problem) {
    case 'absent':
      return `Netdata n’est pas installé sur cet hôte${failure.system === '' ? '' : ` (${said(failure.system)})`}. ${install(failure.family)}`;
    case 'masked':
      return 'netdata.service est masqué : sudo systemctl unmask netdata';
    case 'no-config-folder':
      return `les réglages de Netdata ne sont dans aucun de ces dossiers : ${failure.looked.map(said).join(', ')}`;
    case 'cannot-edit':
      return failure.why === 'tab'
        ? `${said(failure.path)}, ligne ${failure.line}, est indentée par une tabulation : YAML l’interdit, et Netdata ne lit rien d’un tel fichier. Mettez-y des espaces, puis relancez`
        : `${said(failure.path)}, ligne ${failure.line}, n’est pas comprise ici : « ${said(failure.text)} ». Si elle est fautive, Netdata ne lit rien du fichier non plus : corrigez-la. Sinon, écrivez les tâches comme \`jobs:\` suivi de \`- name: …\`. Puis relancez`;
    case 'too-long':
      return `${said(failure.path)} est plus long que ne le sont des réglages ; il n’a pas été lu`;
    case 'link':
      return `${said(failure.path)} est un lien symbolique vers ${said(failure.target)}, qui n’est pas modifié à travers lui : ce qui gère ce fichier le remettrait. Faites-y le changement, ou mettez un vrai fichier à la place du lien (sudo cp --remove-destination "$(readlink -f ${said(failure.path)})" ${said(failure.path)}), puis relancez`;
    case 'carriage-returns':
      return `${said(failure.path)} a les fins de ligne de Windows, que le shell qui le lit prend pour une partie de chaque valeur : sudo sed -i 's/\\r$//' ${said(failure.path)}, puis relancez`;
    case 'several-webhooks':
      return `DISCORD_WEBHOOK_URL dans ${said(failure.path)} contient plusieurs adresses, et Netdata n’écrit qu’à une : n’en gardez qu’une, ou donnez-la avec --webhook-file`;
    case 'no-collector':
      return `ce Netdata est sans go.d.plugin, qui fait la sonde TCP, et rien d’autre ne trace le port. ${install(failure.family)}`;
    case 'silent':
      return `Netdata ne répond pas sur 127.0.0.1:${failure.port} (${said(failure.detail)}). ${
        failure.settings.length === 0
          ? 'Voyez pourquoi, et relancez une fois qu’il répond : sudo systemctl status netdata ; sudo journalctl -u netdata -n 50'
          : `Dans ${said(failure.path)} il y a : ${failure.settings.map(said).join(' ; ')}. Faites-le aussi écouter sur 127.0.0.1:${failure.port} et laissez entrer localhost, sudo systemctl restart netdata, puis relancez`
      }`;
    case 'no-chart':
      return failure.collector
        ? `Netdata ne trace pas le port ${failure.port} pour la tâche ${said(failure.job)} ; voyez ce qu’en dit go.d.plugin : journalctl -u netdata | grep portcheck`
        : `Netdata ne trace pas le port ${failure.port} : celui-ci est empaqueté sans go.d.plugin, qui fait la sonde TCP. Installez Netdata par son propre script :\n    ${KICKSTART}`;
    case 'no-values':
      return `le graphique ${said(failure.chart)} de Netdata n’a pas de valeurs : sa sonde ne tourne pas`;
    case 'sees-otherwise':
      return failure.listening
        ? `le service écoute, et la sonde de Netdata dit que non (${said(failure.chart)})`
        : `le service n’écoute pas, et la sonde de Netdata dit que si (${said(failure.chart)})`;
    case 'alarm-not-loaded':
      return `Netdata n’a pas chargé l’alarme ${failure.alarm} pour ${said(failure.chart)}${
        failure.settings.length === 0
          ? ' ; voyez ce qu’il en dit : sudo grep -i health /var/log/netdata/error.log, ou sudo journalctl -u netdata'
          : `. Dans ${said(failure.path)} il y a : ${failure.settings.map(said).join(' ; ')}. Les alarmes doivent y être activées, celle-ci avec`
      }`;
    case 'alarm-silent':
      return `l’alarme ${failure.alarm} est muette sur cet hôte : elle ne préviendrait personne`;
    case 'discord-unread':
      return `alarm-notify.sh ne préviendrait pas Discord avec ${said(failure.path)} : ${said(failure.detail)}`;
  }
}

function note(note: NetdataNote): string {
  switch (note.code) {
    case 'no-webhook':
      return `${said(note.path)} n’a pas de webhook : les alarmes se lèveront sans que personne le sache. Donnez-en un avec --webhook-file`;
    case 'discord-was-off':
      return `${said(note.path)} coupe Discord ; ceci le rallume`;
    case 'no-collector':
      return 'ce Netdata est sans go.d.plugin, qui fait la sonde TCP ; si rien d’autre ne trace le port, tout sera remis en place';
    case 'not-listening':
      return `rien n’écoute sur le port ${note.port} pour l’instant ; la sonde visera ${place(note.address, note.port)}`;
  }
}

function proved({ version, chart, sees, alarm, discord }: NetdataProved): string[] {
  return [
    ...(version === null ? [] : [`Netdata ${said(version)} répond`]),
    ...(chart === null ? [] : [`graphique ${said(chart)}`]),
    ...(sees === null
      ? []
      : [sees === 'up' ? 'il voit le port ouvert' : 'il voit le port fermé, comme il l’est']),
    ...(alarm === null
      ? []
      : [
          `alarme ${said(alarm.name)} chargée, ${said(alarm.status)} ; levée au plus ${seconds(alarm.withinMs)} après une chute`,
        ]),
    ...(discord === 'ready' ? ['alarm-notify.sh a le webhook'] : []),
  ];
}

export const netdata: Catalogue['netdata'] = {
  options: {
    netdata: 'faire surveiller le port par Netdata sur l’hôte, avec alerte sur Discord, et le prouver',
    webhookFile:
      'avec --netdata : fichier de l’adresse du webhook Discord, lisible par son seul propriétaire',
    testAlert: 'avec --netdata : envoyer à la fin les trois alertes d’essai de Netdata',
  },
  onlyWith: (option) => `tp5-tui deploy : ${option} va avec --netdata.`,
  notWith: (option) =>
    `tp5-tui deploy : --netdata ne règle que Netdata ; ${option} concerne le service : lancez deploy deux fois.`,
  heading: ({ folder, address, wish }, host) =>
    `Netdata sur ${said(host)} (${said(folder)}), pour surveiller ${place(address, wish.port)} :`,
  askApply: (host) => `Appliquer ceci à Netdata sur ${said(host)} ? [o/N] `,
  demo: 'tp5-tui deploy --netdata : l’hôte de démonstration est imaginaire, et n’a pas de Netdata.',
  failure,
  note,
  proved,
  waiting:
    'en attente que Netdata voie le port et charge ses alarmes : il regarde toutes les quelques secondes, une demi-minute au plus…',
  done: (kept) =>
    kept === null
      ? 'Netdata garde le port.'
      : `C’est fait : Netdata garde le port. Ce qui a été remplacé est conservé sur l’hôte dans ${said(kept)}/kept.`,
  howToTest: (unit) =>
    `Pour voir une alerte : tp5-tui deploy --netdata --test-alert, ou sudo systemctl stop ${said(unit)} pendant une demi-minute.`,
  testAlert: ({ discord, said: lines }: TestAlert) =>
    discord > 0
      ? `Discord a pris ${discord} ${discord === 1 ? 'alerte' : 'alertes'} d’essai (un avertissement, une alarme critique et sa fin).`
      : `Discord n’a pris aucune alerte d’essai. alarm-notify.sh a dit :\n${lines.map((line) => `  ${said(line)}`).join('\n')}`,

  pane: {
    sees: {
      up: 'Netdata le voit ouvert',
      down: 'Netdata le voit fermé',
      nothing: 'la sonde de Netdata ne dit rien',
    },
    since: (clock) => `depuis ${clock}`,
    forLong: 'depuis plus d’une heure',
    unwatched: (port) => `Netdata ne surveille pas le port ${port}`,
    raised: (name, more) => (more === 0 ? name : `${name} +${more}`),
    beforeLoss: '(avant la perte du lien)',
    otherAlarms: (count) => (count === 1 ? '1 autre alarme' : `${count} autres alarmes`),
  },
};
