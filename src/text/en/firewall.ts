/** What decides about a connection in firewalld, in English: its own words for zones, policies and rules. */
import type { Because } from '../../ops/firewall/maybe.ts';
import { harmless } from '../foreign.ts';

/** A rich rule may be long, and says what it does at its end. */
const LONGEST = 200;
const said = (foreign: string) => harmless(foreign, LONGEST);

function placed({ place }: Because): string {
  return place === null ? '' : ` of ${place.kind} ${said(place.name)}`;
}

export const firewall = {
  /** What lets it in, or keeps it out: “service calc of zone public”. */
  by(because: Because): string {
    const detail = said(because.detail);
    const where = placed(because);
    switch (because.code) {
      case 'panic':
        return 'panic mode';
      case 'loopback':
        return 'it comes from the host itself';
      case 'direct':
        return `direct rule ${detail}`;
      case 'port':
        return `port ${detail}${where}`;
      case 'service':
        return `service ${detail}${where}`;
      case 'protocol':
        return `protocol ${detail}${where}`;
      case 'source-port':
        return `source port ${detail}${where}`;
      case 'rich-rule':
        return `rich rule${where}: ${detail}`;
      case 'target':
        return `target ${detail}${where}`;
      default:
        return firewall.doubt(because);
    }
  },
  /** Why it cannot be told. */
  doubt(because: Because): string {
    const detail = said(because.detail);
    const where = placed(because);
    switch (because.code) {
      case 'client':
        return `it hangs on the address that the host sees us by (${detail})`;
      case 'way-in':
        return `it hangs on the interface that we come in by (${detail})`;
      case 'mac':
        return `it hangs on the hardware address that the host sees (${detail})`;
      case 'ipset':
        return `the set ${detail} cannot be read`;
      case 'client-port':
        return `it hangs on the port that we dial from (${detail})`;
      case 'limit':
        return `a rule${where} has a limit: ${detail}`;
      case 'forward-port':
        return `it is forwarded${where}: ${detail}`;
      case 'service-unread':
        return `service ${detail} cannot be read`;
      case 'zone-unread':
        return detail === '' ? 'no zone can be read' : `zone ${detail} cannot be read`;
      case 'policies-unread':
        return 'the policies cannot be read';
      case 'rule-unread':
        return `a rule${where} is not understood: ${detail}`;
      case 'direct-unread':
        return `a direct rule is not understood: ${detail}`;
      case 'drifting':
        return `AllowZoneDrifting may pass it on to zone ${detail}`;
      default:
        return firewall.by(because);
    }
  },
  openBy: (because: Because): string => `open by ${firewall.by(because)}`,
  keptOutBy: (because: Because, fate: 'reject' | 'drop'): string =>
    `${fate === 'drop' ? 'dropped' : 'rejected'} by ${firewall.by(because)}`,
  assuming: (address: string) => `, if the host sees us as ${said(address)}`,
};
