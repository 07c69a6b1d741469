/** How a connection ended, in French where the words are ours; those of ssh and of the host stay as they are. */
import type { OwnLoss } from '../../ops/transport/loss.ts';

const LOSSES: Readonly<Record<OwnLoss, string>> = {
  'no answer to keepalives': 'plus de réponse aux signes de vie',
  'the connection was closed': 'la connexion a été fermée',
  'the bus connection ended': 'la connexion au bus a pris fin',
  'the bus says nothing': 'le bus ne dit rien',
  'the bus is not connected': 'le bus n’est pas connecté',
};

export function loss(detail: string): string {
  return Object.hasOwn(LOSSES, detail) ? LOSSES[detail as OwnLoss] : detail;
}
