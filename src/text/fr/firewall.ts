/** Ce qui décide d’une connexion dans firewalld, en français ; ses mots à lui (zone, policy, service) restent. */
import type { Because } from '../../ops/firewall/maybe.ts';
import type { firewall as english } from '../en/firewall.ts';
import { harmless } from '../foreign.ts';

const LONGEST = 200;
const said = (foreign: string) => harmless(foreign, LONGEST);

function placed({ place }: Because): string {
  return place === null ? '' : ` de la ${place.kind} ${said(place.name)}`;
}

export const firewall: typeof english = {
  by(because: Because): string {
    const detail = said(because.detail);
    const where = placed(because);
    switch (because.code) {
      case 'panic':
        return 'mode panique';
      case 'loopback':
        return 'la connexion vient de l’hôte lui-même';
      case 'direct':
        return `règle directe ${detail}`;
      case 'port':
        return `port ${detail}${where}`;
      case 'service':
        return `service ${detail}${where}`;
      case 'protocol':
        return `protocole ${detail}${where}`;
      case 'source-port':
        return `port source ${detail}${where}`;
      case 'rich-rule':
        return `règle riche${where} : ${detail}`;
      case 'target':
        return `cible ${detail}${where}`;
      default:
        return firewall.doubt(because);
    }
  },
  doubt(because: Because): string {
    const detail = said(because.detail);
    const where = placed(because);
    switch (because.code) {
      case 'client':
        return `cela dépend de l’adresse sous laquelle l’hôte nous voit (${detail})`;
      case 'way-in':
        return `cela dépend de l’interface par laquelle nous arrivons (${detail})`;
      case 'mac':
        return `cela dépend de l’adresse matérielle que l’hôte voit (${detail})`;
      case 'ipset':
        return `impossible de lire l’ensemble ${detail}`;
      case 'client-port':
        return `cela dépend du port d’où nous appelons (${detail})`;
      case 'limit':
        return `une règle${where} a une limite : ${detail}`;
      case 'forward-port':
        return `la connexion est redirigée${where} : ${detail}`;
      case 'service-unread':
        return `impossible de lire le service ${detail}`;
      case 'zone-unread':
        return detail === '' ? 'aucune zone lisible' : `impossible de lire la zone ${detail}`;
      case 'policies-unread':
        return 'impossible de lire les policies';
      case 'rule-unread':
        return `une règle${where} n’est pas comprise : ${detail}`;
      case 'direct-unread':
        return `une règle directe n’est pas comprise : ${detail}`;
      case 'drifting':
        return `AllowZoneDrifting peut la faire passer à la zone ${detail}`;
      default:
        return firewall.by(because);
    }
  },
  openBy: (because: Because): string => `ouvert par ${firewall.by(because)}`,
  keptOutBy: (because: Because, fate: 'reject' | 'drop'): string =>
    `${fate === 'drop' ? 'ignoré' : 'rejeté'} par ${firewall.by(because)}`,
  assuming: (address: string) => `, si l’hôte nous voit comme ${said(address)}`,
};
