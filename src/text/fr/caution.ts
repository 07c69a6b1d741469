/** Pourquoi un service n’est pas contacté, en français, et ce qui est demandé avant de le faire. */
import type { Effect, Restraint } from '../../ops/caution/restraint.ts';
import type { caution as english } from '../en/caution.ts';
import { harmless } from '../foreign.ts';

const LONGEST = 200;
const said = (foreign: string) => harmless(foreign, LONGEST);

function how({ how: what, exit, asked, from }: Effect): string {
  const end =
    exit === null
      ? ''
      : exit.how === 'exited'
        ? ` (code de sortie ${exit.status})`
        : ` (signal ${exit.status})`;
  const did = {
    ended: `s’est terminé${end}`,
    restarts: `s’est terminé${end} et a redémarré`,
    deaf: 'a cessé d’écouter',
  }[what];
  const cause = asked ? 'une de nos requêtes' : 'notre connexion';
  const place =
    from.port === 0
      ? ''
      : ` depuis ${from.address === '' ? 'le port ' : `${said(from.address)}:`}${from.port}`;
  return `${did} juste après ${cause}${place}`;
}

function effect(seen: Effect, servesOne: boolean): string {
  const words = seen.lastWords === null ? '' : ` (${said(seen.lastWords)})`;
  const why = servesOne
    ? ' ; il sert un seul client et s’en va'
    : seen.asked
      ? ' ; plus aucune requête ne lui est envoyée'
      : seen.certain
        ? ' ; il n’est plus contacté'
        : ' ; très probablement à cause d’elle : il n’est plus contacté';
  return `${how(seen)}${words}${why}`;
}

function reason(restraint: Restraint): string {
  switch (restraint.code) {
    case 'looking':
      return 'son programme est en cours de lecture';
    case 'set':
      return `probe = "${restraint.probe}" dans les réglages`;
    case 'asleep':
      return `elle dort jusqu’à la première connexion : ${said(restraint.socket)} la lancerait`;
    case 'serves-one':
      return 'il sert un seul client et s’en va';
    case 'ended-it':
      return effect(restraint.effect, restraint.servesOne);
  }
}

export const caution: typeof english = {
  effect,
  reason,
  notDialled: (restraint) => `non contacté : ${reason(restraint)}`,
  notAsked: (restraint) => `non interrogé : ${reason(restraint)}`,
  place: (path, line) =>
    `${path === '' ? 'son programme' : said(path)} n’accepte qu’une fois, à la ligne ${line}, hors de toute boucle`,
  mend: 'mettre une boucle autour de accept() dans le serveur ; Restart=always dans l’unité le fait au moins revenir',
  question: (unit, restraint) =>
    `${said(unit)} : ${consequence(restraint)}\nLe contacter quand même ? [o/N] `,
  consequence,
  heldBack: (unit, restraint) =>
    `${said(unit)} n’est pas contacté : ${reason(restraint)}. probe = "connect" dans les réglages le contacte quand même`,
  unseen: (why) => `son programme n’a pas pu être regardé avant de le contacter : ${why}`,
};

function consequence(restraint: Restraint): string {
  switch (restraint.code) {
    case 'looking':
      return 'son programme n’a pas encore été lu : un serveur qui ne sert qu’un client se terminerait à la première connexion.';
    case 'set':
      return `les réglages disent de ne pas le contacter (probe = "${restraint.probe}").`;
    case 'asleep':
      return `elle dort jusqu’à la première connexion. La nôtre la lance, par ${said(restraint.socket)}.`;
    case 'serves-one':
      return 'il sert un seul client et s’en va. Notre connexion serait ce client : elle termine le service quand nous partons.';
    case 'ended-it':
      return `il ${how(restraint.effect)}. Cela se reproduira très probablement.`;
  }
}
