/** A word as one types it at a prompt, in the commands that are shown. */
import { quoteWord } from '../transport/quote.ts';

export function shellWord(word: string): string {
  return quoteWord(word);
}

/** A command line as one types it, with `sudo` in front where it needs root. */
export function typed(argv: readonly string[], root = false): string {
  return [...(root ? ['sudo'] : []), ...argv.map(quoteWord)].join(' ');
}
