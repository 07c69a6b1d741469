/** Plusieurs machines, en français : `--all`, et le choix de la machine dans la console. */
import type { hosts as english } from '../en/hosts.ts';
import { harmless } from '../foreign.ts';
import { formats } from '../format.ts';

const { integer } = formats('fr');
const said = (foreign: string) => harmless(foreign, 200);
/** En français, zéro est au singulier. */
const count = (number: number, one: string, many: string) => `${integer(number)} ${number < 2 ? one : many}`;

const EXAMPLE = ['[hosts.tp5]', 'host = "manon@10.5.1.2"', 'address = "10.33.64.2"'];

export const hosts: typeof english = {
  all: {
    statusOption: 'toutes les machines de [hosts] dans les réglages, une ligne chacune ; ne demande rien',
    checkOption:
      'toutes les machines de [hosts] dans les réglages, une ligne chacune ; ne demande, n’arrête et ne répare rien',
    none: (file) =>
      [
        `tp5-tui: ${said(file)} ne nomme aucune machine. Avec une table pour chacune, --all les regarde toutes :`,
      ]
        .concat(EXAMPLE.map((line) => `  ${line}`))
        .join('\n'),
    alone:
      'tp5-tui: --all désigne toutes les machines des réglages : ni machine, ni --local, ni --demo avec.',
    onlyLooks: (option) =>
      `tp5-tui: check --all ne demande, n’arrête et ne répare rien : ${option} est pour une machine à la fois.`,
    columns: {
      name: 'nom',
      host: 'machine',
      link: 'liaison',
      unit: 'unité',
      probe: 'sonde',
      verdict: 'verdict',
      pass: 'bon',
      fail: 'échec',
      warn: 'avert.',
      skip: 'omis',
      failed: 'en échec',
    },
    links: { live: 'en ligne', lost: 'coupée', connecting: 'connexion' },
    reachable: 'joignable',
    unknown: 'pas connu',
    progress: (done, of, waitsFor) =>
      `${integer(done)} sur ${count(of, 'machine', 'machines')}${waitsFor === '' ? '' : `, reste ${said(waitsFor)}`}`,
    statusSummary: (reachable, broken, unreached) =>
      `${count(reachable + broken + unreached, 'machine', 'machines')} : ${count(reachable, 'joignable', 'joignables')}, ${integer(broken)} en panne, ${count(unreached, 'pas atteinte', 'pas atteintes')}`,
    checkSummary: (passed, failed, unreached) =>
      `${count(passed + failed + unreached, 'machine', 'machines')} : ${integer(passed)} sans échec, ${integer(failed)} avec, ${count(unreached, 'pas atteinte', 'pas atteintes')}`,
    notSettled: (name, ms) => `${said(name)} : tout n’était pas connu après ${Math.round(ms / 1000)} s.`,
    wanted: {
      'host-key': (name, command) =>
        `${said(name)} voulait que sa clé d’hôte soit confirmée, et --all ne demande rien : ${said(command)} le demande.`,
      passphrase: (name, command) =>
        `${said(name)} voulait la phrase de passe d’une clé, et --all ne demande rien : un agent, ou ${said(command)}, qui la demande.`,
      'sudo-password': (name, command) =>
        `${said(name)} voulait un mot de passe pour sudo, et --all ne demande rien : il manque ce que root seul voit ; ${said(command)} le demande.`,
    },
  },

  switcher: {
    title: 'Machines',
    hint: 'écrire pour filtrer, Entrée ouvre, Échap ferme',
    here: 'ici',
    start: 'là où tout a commencé',
    empty: 'aucune machine de ce nom',
    alreadyHere: 'cette machine est déjà ouverte',
    none: (file) =>
      `${said(file)} ne nomme aucune autre machine. Une table pour chacune en fait une liste ici :`,
    example: EXAMPLE,
    failed: (name) => `${said(name)} n’a pas été ouverte :`,
    givenUp: 'arrêté par Ctrl+C',
  },
};
