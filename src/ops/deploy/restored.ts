/** What came of putting a host back, as assets/transaction.sh tells it. */
import { maskSecrets } from '../mask.ts';

/** Something that was in the way and not of the deployment: it was moved, not lost. Both are foreign text. */
export interface Aside {
  readonly from: string;
  readonly to: string;
}

export interface NotBack {
  /** `other`: the script itself failed. */
  readonly what: 'path' | 'stop' | 'start' | 'disable' | 'reload' | 'firewall' | 'other';
  /** The path, the unit, the port or the transaction's folder. */
  readonly name: string;
  /** What the host said of it. Foreign text. */
  readonly reason: string;
}

export interface Restored {
  readonly aside: readonly Aside[];
  /** Empty when all is as it was. */
  readonly wrong: readonly NotBack[];
}

const WHAT: ReadonlySet<string> = new Set<NotBack['what']>([
  'path',
  'stop',
  'start',
  'disable',
  'reload',
  'firewall',
]);

/** Reads `aside FROM TO` and `wrong WHAT NAME REASON`, a tab between two; other lines are not ours. */
export function parseRestored(text: string): Restored {
  const aside: Aside[] = [];
  const wrong: NotBack[] = [];
  for (const line of maskSecrets(text).split('\n')) {
    const [kind, first = '', second = '', ...rest] = line.split('\t');
    if (kind === 'aside') aside.push({ from: first, to: second });
    if (kind === 'wrong' && isWhat(first))
      wrong.push({ what: first, name: second, reason: rest.join(' ').trim() });
  }
  return { aside, wrong };
}

function isWhat(word: string): word is NotBack['what'] {
  return WHAT.has(word);
}
