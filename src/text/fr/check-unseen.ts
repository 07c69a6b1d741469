/** Pourquoi un point du contrôle n’a pas pu être vu, en français. */
import type { Unseen } from '../../ops/checks/facts.ts';
import { harmless } from '../foreign.ts';
import { caution } from './caution.ts';
import { TITLES } from './check-titles.ts';

const LONGEST = 200;
const said = (foreign: string) => harmless(foreign, LONGEST);

export function unseen(why: Unseen): string {
  switch (why.code) {
    case 'embedded':
      return 'l’hôte embarqué n’a rien de tel';
    case 'not-permitted':
      return `pas le droit de regarder${why.detail === '' ? '' : ` : ${said(why.detail)}`}`;
    case 'no-command':
      return `l’hôte n’a pas ${said(why.command)}`;
    case 'command-failed':
      return `n’a pas pu être vu : ${said(why.detail)}`;
    case 'after':
      return `voir d’abord « ${TITLES[why.id]} »`;
    case 'no-ssh-login':
      return 'pas par SSH : il n’y a aucune connexion à examiner';
    case 'not-asked':
      return 'd’après la configuration, on ne demande rien à ce service';
    case 'not-dialled':
      return caution.notDialled(why.why);
    case 'not-stopped':
      return 'pour le prouver, il faut arrêter le service un instant, ce qui n’a pas été permis';
    case 'no-collector':
      return 'ce Netdata est livré sans le collecteur des sondes TCP (go.d)';
    case 'no-source':
      return 'le programme n’est pas un script Python : son code ne dit rien';
    case 'not-looked':
      return 'pas examiné';
  }
}
