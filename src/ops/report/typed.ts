/** A command as somebody typed it and what it printed, with its secrets hidden: what a report is made of. */
import type { Said } from '../checks/asker.ts';
import type { Evidence } from '../checks/check.ts';
import type { Unseen } from '../checks/facts.ts';
import { maskSecrets } from '../mask.ts';

export interface Typed {
  /** At the host's prompt, or at this machine's. */
  readonly where: 'host' | 'here';
  readonly command: string;
  /** Foreign text, not yet made harmless. */
  readonly output: string;
  /** Why the output says nothing about the host. */
  readonly unseen: Unseen | null;
}

/** What is shown in place of the whole: the command line with its filter, and what that lets through. */
export interface Excerpt {
  readonly command: string;
  readonly output: string;
}

export function typedSaid(said: Said, excerpt: (stdout: string, command: string) => Excerpt = whole): Typed {
  const { command, output } = excerpt(said.stdout, said.command);
  // A command that is not there makes `env` speak, which nobody typed.
  const printed = said.unseen?.code === 'no-command' ? '' : `${output}${said.stderr}`;
  return typed(command, printed, said.unseen);
}

export function typedEvidence({ command, output }: Evidence, where: Typed['where'] = 'host'): Typed {
  const missing = NO_COMMAND.exec(output)?.[1];
  if (missing !== undefined)
    return { ...typed(command, '', { code: 'no-command', command: missing }), where };
  return { ...typed(command, output, null), where };
}

/** How `env`, which every command is run by, says that there is none: coreutils' and busybox's words. */
const NO_COMMAND = /^env: (?:can't execute )?['‘]?([^'’]+)['’]?: No such file or directory\s*$/;

function typed(command: string, output: string, unseen: Unseen | null): Typed {
  return {
    where: 'host',
    command: maskSecrets(command),
    output: maskSecrets(output).replace(/\s+$/, ''),
    unseen,
  };
}

function whole(stdout: string, command: string): Excerpt {
  return { command, output: stdout };
}

/** `command | grep -E PATTERN`. */
export function grep(pattern: RegExp) {
  return (stdout: string, command: string): Excerpt => ({
    command: `${command} | grep -E '${pattern.source}'`,
    output: lines(stdout)
      .filter((line) => pattern.test(line))
      .join('\n'),
  });
}

/** `command | head -n COUNT`. */
export function head(count: number) {
  return (stdout: string, command: string): Excerpt => ({
    command: `${command} | head -n ${count}`,
    output: lines(stdout).slice(0, count).join('\n'),
  });
}

/** `command | tail -n COUNT`. */
export function tail(count: number) {
  return (stdout: string, command: string): Excerpt => ({
    command: `${command} | tail -n ${count}`,
    output: lines(stdout).slice(-count).join('\n'),
  });
}

export function lines(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}
