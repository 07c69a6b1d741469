/** `deploy` en français : le plan, ce qu'il demande, ce qu'il prouve, et ce qui l'empêche d'aboutir. */
import type { RolledBack } from '../../ops/deploy/carry-out.ts';
import type { Unfinished } from '../../ops/deploy/look.ts';
import type { RestartReason, Step } from '../../ops/deploy/plan.ts';
import type { DeployProblem, ProofFailure } from '../../ops/deploy/problem.ts';
import type { Proved } from '../../ops/deploy/prove.ts';
import type { Aside, NotBack } from '../../ops/deploy/restored.ts';
import type { Note, Survey } from '../../ops/deploy/survey.ts';
import type { Listener } from '../../ops/host.ts';
import type { Privilege } from '../../ops/transport/transport.ts';
import type { Catalogue } from '../catalogue.ts';
import { harmless } from '../foreign.ts';
import { placeOf } from '../pieces.ts';
import { connect } from './connect.ts';
import { failures } from './failures.ts';
import { netdata } from './netdata.ts';

const LONGEST = 300;
const said = (foreign: string) => harmless(foreign.trim(), LONGEST);
const place = (address: string, port: number) => said(placeOf({ address, port }));
const ms = (value: number) =>
  `${(value < 10 ? value.toFixed(1) : `${Math.round(value)}`).replace('.', ',')} ms`;

const REASONS: Record<RestartReason, string> = {
  'unit-changed': 'son unité change',
  'app-changed': 'ses fichiers changent',
  'older-than-files': 'il tourne depuis plus longtemps que ses fichiers ne sont là',
  'port-closed': 'son port n’est pas ouvert dans le pare-feu, et son démarrage l’ouvre',
};

function step(step: Step): string {
  const path = said(step.path);
  const why = 'reason' in step && step.reason ? ` (${REASONS[step.reason]})` : '';
  switch (step.kind) {
    case 'mkdir':
      return `créer le dossier ${path}, ${step.after}`;
    case 'write':
      return step.before === null ? `écrire ${path}, qui n’existe pas` : `modifier ${path}`;
    case 'chmod':
      return `droits de ${path} : ${step.before} → ${step.after}`;
    case 'chown':
      return `propriétaire de ${path} : ${said(step.before)} → ${step.after}`;
    case 'stop':
      return `arrêter ${path}${why}`;
    case 'daemon-reload':
      return 'faire relire ses unités à systemd';
    case 'reset-failed':
      return `oublier l’échec de ${path}`;
    case 'enable':
      return `activer ${path} : il démarre alors avec la machine`;
    case 'start':
      return `démarrer ${path}`;
    case 'restart':
      return `redémarrer ${path}${why}`;
  }
}

function note(note: Note): string {
  switch (note.code) {
    case 'loopback':
      return `il écoute sur ${said(note.address)} : personne ne peut l’atteindre depuis l’extérieur ; donnez une autre adresse avec --listen`;
    case 'address-in-code': {
      const { file, line, source } = note.where;
      return `${said(file)} n’a pas d’option pour son adresse ; pour ${said(note.wanted)}, modifiez d’abord la ligne ${line} :\n    ${said(source)}`;
    }
    case 'address-unknown':
      return `${said(note.file)} n’a pas d’option pour son adresse, et aucune n’y a été trouvée ; ce doit être ${said(note.wanted)}`;
    case 'port-in-code':
      return `${said(note.file)} n’a pas d’option pour son port ; ce doit être ${note.port} dans le fichier lui-même`;
    case 'no-firewall-cmd':
      return 'l’hôte n’a pas firewall-cmd : l’unité n’aura pas de lignes pour le pare-feu';
    case 'firewalld-stopped':
      return 'firewalld ne tourne pas : rien ne ferme le port, et l’unité ne peut pas l’ouvrir';
    case 'drop-ins':
      return `ces fichiers modifient l’unité à côté d’elle, et restent : ${note.paths.map(said).join(' ')}`;
  }
}

function proofFailure(failure: ProofFailure): string {
  switch (failure.proof) {
    case 'active':
      return `le service n’est pas resté debout : ${said(failure.active)} (${said(failure.sub)}), résultat ${said(failure.result)}`;
    case 'listening': {
      const found = failure.found.map((listener: Listener) => place(listener.address, listener.port));
      const where = place(failure.address, failure.port);
      return found.length === 0
        ? `rien n’écoute sur ${where} après ${Math.round(failure.waitedMs / 1000)} s ; le serveur prend-il un autre port ?`
        : `rien n’écoute sur ${where}, mais sur ${found.join(', ')}`;
    }
    case 'firewall': {
      const open = (is: boolean) => (is ? 'ouvert' : 'fermé');
      return `dans la zone ${said(failure.zone ?? '?')}, le port est ${open(failure.runtime)} à chaud (runtime) et ${open(failure.permanent)} en permanent`;
    }
    case 'answer': {
      const from = failure.from === 'host' ? 'depuis l’hôte' : 'd’ici';
      const { got } = failure;
      const what =
        got.state === 'wrong'
          ? `la réponse à 2+3 est « ${said(got.text)} »`
          : got.state === 'mute'
            ? 'pas de réponse à 2+3 dans le temps imparti'
            : got.state === 'closed'
              ? 'la connexion a été fermée sans réponse à 2+3'
              : `pas de connexion (${said(got.detail)})`;
      return `${from}, ${place(failure.address, failure.port)} : ${what}`;
    }
  }
}

function problem(problem: DeployProblem): string {
  switch (problem.code) {
    case 'no-python':
      return problem.version === null
        ? 'l’hôte n’a pas python3 : installez-le d’abord (dnf install python3)'
        : `python3 est en version ${said(problem.version)} sur l’hôte ; le serveur demande la 3.6 ou une plus récente`;
    case 'missing-programs':
      return `il manque à l’hôte ${problem.programs.join(', ')}`;
    case 'address-not-here':
      return `${said(problem.address)} n’est pas une adresse de l’hôte, qui a ${problem.addresses.map(said).join(', ')} ; donnez-en une avec --listen`;
    case 'in-the-way':
      return `${said(problem.path)} n’est pas un fichier ou un dossier qui se remplace ; déplacez-le d’abord`;
    case 'another-deployment':
      return `un autre déploiement est en cours (${said(problem.detail)})`;
    case 'no-timer':
      return `systemd-run a refusé la minuterie qui remettrait tout en place si la liaison se perdait ; rien n’a donc été modifié : ${said(problem.detail)}`;
    case 'changed-meanwhile':
      return 'l’hôte a changé depuis que le plan a été montré ; relancez pour voir le nouveau';
    case 'step':
      return `impossible de ${step(problem.step)} : ${said(problem.detail)}`;
    case 'proof':
      return proofFailure(problem.failure);
    case 'netdata':
      return netdata.failure(problem.failure);
    case 'superseded':
      return 'ce déploiement a été défait, ou gardé, par un autre ou par l’hôte lui-même';
    case 'too-long':
      return `pas terminé ni prouvé en ${Math.round(problem.ms / 1000)} s`;
    case 'interrupted':
      return 'interrompu';
    case 'failure':
      return failures.describe(problem.failure);
  }
}

function rolledBack(state: RolledBack, command: string): string | null {
  switch (state.how) {
    case 'no-need':
      return null;
    case 'done':
      return 'Ce qui était là avant est de retour.';
    case 'failed':
      return `${['Ce qui était là avant n’a pas pu être entièrement remis :', ...state.wrong.map((one) => `  ${notBack(one)}`)].join('\n')}\nL’hôte réessaie de lui-même ; \`${command}\` dira ce qu’il en est.`;
    case 'by-host':
      return `L’hôte remet de lui-même ce qui était là, d’ici ${Math.ceil(state.withinMs / 1000)} s, sauf si tout était déjà fait ; \`${command} --dry-run\` dira ce qu’il en est.`;
  }
}

function notBack({ what, name, reason }: NotBack): string {
  const why = reason === '' ? '' : ` : ${said(reason)}`;
  switch (what) {
    case 'path':
      return `${said(name)} n’a pas pu être remis${why}`;
    case 'stop':
      return `${said(name)} n’a pas pu être arrêté${why}`;
    case 'start':
      return `${said(name)} fonctionnait et n’a pas pu être relancé${why}`;
    case 'disable':
      return `${said(name)} n’a pas pu être désactivé de nouveau${why}`;
    case 'reload':
      return `systemd n’a pas pu relire les fichiers d’unité${why}`;
    case 'firewall':
      return `le port ${said(name)} n’a pas pu être remis dans le pare-feu${why}`;
    case 'other':
      return `${said(name)}${why}`;
  }
}

function unfinished(found: Unfinished): string {
  const by = found.by === '' ? '' : ` (commencé par ${said(found.by)})`;
  switch (found.stage) {
    case 'restored':
      return `Un déploiement précédent${by} a été coupé ; l’hôte a remis ce qui était là avant.`;
    case 'restoring':
      return `Un déploiement précédent${by} a été coupé, et ce qui était là n’a pas encore pu être entièrement remis.`;
    case 'armed':
      return `Un déploiement précédent${by} n’est pas terminé : l’hôte est à moitié modifié. ${
        found.dueInSec === null
          ? 'Rien ne le remettra en place de soi-même.'
          : `L’hôte remet ce qui était là dans ${found.dueInSec} s.`
      }`;
  }
}

function proved(found: Proved): string[] {
  const { active, listening, firewall, answer } = found;
  return [
    ...(active === null ? [] : [`actif (${said(active.sub)}), PID ${active.pid}`]),
    ...(listening === null ? [] : [`écoute sur ${place(listening.address, listening.port)}`]),
    ...(firewall === null
      ? []
      : [`port ouvert dans la zone ${said(firewall.zone)}, à chaud (runtime) et en permanent`]),
    ...(answer.fromHostMs === null ? [] : [`2+3 → 5 depuis l’hôte, ${ms(answer.fromHostMs)}`]),
    ...(answer.fromHereMs === null ? [] : [`2+3 → 5 d’ici, ${ms(answer.fromHereMs)}`]),
  ];
}

export const deploy: Catalogue['deploy'] = {
  command: 'installer l’application, en faire un service et prouver qu’elle répond',
  options: {
    files: 'les fichiers de l’application (par défaut : notre serveur)',
    listen: 'adresse d’écoute (par défaut : celle que dit l’unité, sinon celle du service)',
    hardened: 'l’exécuter dans un bac à sable, sous un utilisateur à elle',
    dryRun: 'montrer le plan sans rien modifier',
    yes: 'ne rien demander',
    json: 'donner le résultat en JSON',
  },
  heading: (found: Survey, host: string) =>
    `${said(found.wish.unit)} sur ${said(host)}, à l’écoute sur ${place(found.listen, found.wish.port)} :`,
  nothingToDo: 'Rien à modifier.',
  dryRun: 'Rien n’a été modifié (--dry-run).',
  step,
  note,
  before: 'tel quel',
  after: 'tel qu’il sera',
  nothingThere: 'n’existe pas',
  moreLines: (count: number) => `… encore ${count} lignes`,
  unfinished,
  askPutBack: 'Remettre ce qui était là avant de continuer ? [O/n] ',
  putBackFirst: 'Remise en place de ce qui était là avant le déploiement précédent…',
  notBack,
  movedAside: ({ from, to }: Aside) =>
    `${said(from)} n’était pas de ce déploiement et gênait : c’est maintenant ${said(to)}.`,
  askGoOn: 'Continuer quand même ? [o/N] ',
  abandoned: (folder: string) =>
    `On continue sans. Ce qui était là avant le déploiement précédent reste dans ${said(folder)}/kept.`,
  keptAsIs: 'Ce que le déploiement précédent a laissé est gardé tel quel.',
  askApply: (unit: string, host: string) => `Appliquer cela à ${said(unit)} sur ${said(host)} ? [o/N] `,
  declined: 'Rien n’a été modifié.',
  needsYes:
    'tp5-tui deploy : il demanderait avant de modifier quoi que ce soit ; dites --yes, ou --dry-run pour voir le plan.',
  proved,
  done: (kept: string | null) =>
    kept === null
      ? 'Tout fonctionne.'
      : `C’est fait, et cela fonctionne. Ce qui a été remplacé est gardé sur l’hôte dans ${said(kept)}/kept.`,
  problem,
  rolledBack,
  restoring: 'Remise en place de ce qui était là…',
  journal: 'Dernières lignes de son journal :',
  readOnly: 'tp5-tui deploy : --read-only a été donné : seul le plan peut être montré (--dry-run).',
  noPrivilege: (user: string, privilege: Privilege) =>
    `tp5-tui deploy : ${said(user)} ne peut rien modifier sur cet hôte : ${connect.readOnly(privilege)}.\n${connect.toMayChange(privilege)}`,
  demo: 'tp5-tui deploy : l’hôte de démonstration est imaginé : il n’a pas de fichiers où installer une application. Essayez sur une VM, ou voyez-y le plan avec --dry-run.',
  badListen: (given: string) =>
    `tp5-tui deploy : --listen attend une adresse IP de l’hôte, pas « ${harmless(given, 60)} ».`,
  badFile: (path: string, detail: string) => `tp5-tui deploy : ${said(path)} : ${said(detail)}`,
  hostAsFile: (host: string) =>
    `tp5-tui deploy : ${said(host)} est à la place des fichiers de l’application ; une machine se nomme par --host :\n  tp5-tui deploy --host ${said(host)}`,
  badFileName: (name: string) =>
    `tp5-tui deploy : ${said(name)} : le nom d’un fichier doit être fait de lettres, de chiffres, de « . », « _ » et « - », pour qu’une unité puisse le nommer.`,
  sameName: (name: string) => `tp5-tui deploy : deux fichiers s’appellent ${said(name)}.`,
  fileTooBig: (limit: number) => `plus de ${Math.round(limit / 1024)} Kio`,
};
