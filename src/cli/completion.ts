/** `tp5-tui completion`: the completion script of a shell, made from the table of commands. */
import type { Catalogue } from '../text/catalogue.ts';
import type { Shell } from './command-table.ts';
import { bashScript } from './completion-bash.ts';
import { fishScript } from './completion-fish.ts';
import { zshScript } from './completion-zsh.ts';
import type { Io } from './io.ts';

const SCRIPTS: Readonly<Record<Shell, (text: Catalogue) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** @returns the exit code. `shell` is one of the table's choices: the parser has seen to it. */
export async function runCompletion(shell: string | undefined, text: Catalogue, io: Io): Promise<number> {
  io.stdout.write(SCRIPTS[shell as Shell](text));
  return 0;
}
