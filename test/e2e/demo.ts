/** The console on the demo host, in a terminal of its own; what the end-to-end tests start from. */
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { openTerminal, type Terminal, type TerminalOptions } from '../support/terminal.ts';

export const launcher = fileURLToPath(new URL('../../bin/tp5-tui.js', import.meta.url));

/** Runs `tp5-tui` with these arguments in a terminal that is closed when the test ends. */
export function tp5(
  args: readonly string[],
  options: Omit<TerminalOptions, 'command' | 'args'> = {},
): Terminal {
  const terminal = openTerminal({ ...options, command: process.execPath, args: [launcher, ...args] });
  onTestFinished(async () => {
    await terminal.close();
  });
  return terminal;
}
