/** `check` in French. Names of systemd's, firewalld's and sshd's own are not translated. */
import type { CheckGroup, CheckState } from '../../ops/checks/check.ts';
import type { RepairProblem, RepairStep } from '../../ops/checks/repair.ts';
import type { checks as english } from '../en/checks.ts';
import { harmless } from '../foreign.ts';
import { finding } from './check-findings.ts';
import { TITLES } from './check-titles.ts';
import { connect } from './connect.ts';

const LONGEST = 200;
const said = (foreign: string) => harmless(foreign, LONGEST);
const list = (words: readonly string[]) => words.map(said).join(', ');

const GROUPS: Record<CheckGroup, string> = {
  setup: 'Préparer',
  test: 'Tester',
  integrate: 'Intégrer',
  monitor: 'Surveiller',
  host: 'Héberger',
  app: 'L’application elle-même',
};

const STATES: Record<CheckState, string> = {
  pass: 'bon',
  fail: 'à corriger',
  warn: 'à surveiller',
  skip: 'sans objet',
};

function step(one: RepairStep): string {
  switch (one.kind) {
    case 'run':
      return one.shown.map(said).join(' && ');
    case 'edit-unit':
      return `modifier ${said(one.path)} (l’ancienne est gardée sous ${said(one.backup)}), puis systemctl daemon-reload`;
    case 'service':
      return `systemctl ${one.verb}${one.verb === 'daemon-reload' ? '' : ` ${said(one.unit)}`}`;
    case 'port': {
      const { open, port, protocol, zone, scope } = one.change;
      return `${open ? 'ouvrir' : 'fermer'} ${port}/${protocol} dans ${said(zone)}, ${scope === 'runtime' ? 'en runtime' : 'en permanent'}`;
    }
    case 'sshd':
      return `écrire ${said(one.path)} (${list(one.lines)}), le vérifier avec sshd -t, puis recharger sshd`;
  }
}

function problem(found: RepairProblem): string {
  switch (found.code) {
    case 'changed-meanwhile':
      return `${said(found.path)} a été modifié entre-temps : laissé tel quel`;
    case 'put-back':
      return `cela n’a pas pris (${said(found.detail)}) : remis comme c’était`;
    case 'not-put-back':
      return `cela n’a pas pris (${said(found.detail)}) et n’a pas pu être remis : voir ${said(found.path)}`;
    case 'failed':
      return said(found.detail);
  }
}

export const checks: typeof english = {
  groups: GROUPS,
  titles: TITLES,
  states: STATES,
  finding,
  step,
  problem,
  summary: (pass, fail, warn, skip) =>
    `${pass} ${pass < 2 ? 'bon' : 'bons'}, ${fail} à corriger, ${warn} à surveiller, ${skip} sans objet`,
  mend: 'remède : ',
  byFix: '(--fix s’en charge)',
  unknownId: (id, known) =>
    `tp5-tui: check --only ne connaît pas « ${harmless(id, 60)} ». Il connaît :\n  ${known.join(' ')}\nUn hôte se met avant --only : tout ce qui le suit est pris pour un point.`,
  needsYes: 'tp5-tui: check --fix demande avant de changer quoi que ce soit ; avec --no-input, donnez --yes.',
  readOnly: 'tp5-tui: --read-only et --fix ne vont pas ensemble.',
  askStop: (unit, host) =>
    `Pour prouver que le port suit, arrêter ${said(unit)} sur ${said(host)} un instant ? [o/N] `,
  nothingToFix: 'Rien que --fix puisse faire.',
  plan: (count, host) =>
    count === 1 ? `Une étape sur ${said(host)} :` : `${count} étapes sur ${said(host)} :`,
  askApply: (host) => `Faire cela sur ${said(host)} ? [o/N] `,
  yesLetters: 'oy',
  declined: 'Rien n’a été changé.',
  applying: (what) => `· ${what}`,
  noPrivilege: (user, privilege) =>
    `tp5-tui: ${said(user)} n’a pas le droit de modifier cet hôte : ${connect.readOnly(privilege)}.\n${connect.toMayChange(privilege)}`,
  checkingAgain: 'Nouvelle vérification.',
  lostWhileMending:
    'La connexion a été perdue pendant les corrections : relancez check pour voir où elles en sont.',
};
