/** The console on the demo host, in a terminal of its own; what the end-to-end tests start from. */
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { openTerminal, type Sight, type Terminal, type TerminalOptions } from '../support/terminal.ts';

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

/** The console on a demo host whose service is up and answers. */
export async function liveDemo(
  args: readonly string[] = [],
  options: Omit<TerminalOptions, 'command' | 'args'> = {},
): Promise<Terminal> {
  const terminal = tp5(['demo', ...args], { cols: 120, rows: 40, ...options });
  await terminal.waitFor(/● (?:reachable|joignable)/, { what: 'a live console' });
  return terminal;
}

/** Waits until the sight is not on the screen any more. */
export async function gone(terminal: Terminal, sight: string | RegExp): Promise<void> {
  const there = (screen: string): boolean =>
    typeof sight === 'string' ? screen.includes(sight) : sight.test(screen);
  await terminal.waitFor((seen) => !there(seen.screen()), {
    what: `no ${sight} any more`,
  });
}

/** Asks for something harmful and answers Yes. */
export async function confirm(terminal: Terminal, key: string, question: Sight): Promise<void> {
  terminal.type(key);
  await terminal.waitFor(question);
  terminal.type('y');
}

/** The PID of the service's main process, as the Service pane shows it. */
export function pidOf(terminal: Terminal): string {
  const found = /PID (\d+) {2,}restarts/.exec(terminal.screen())?.[1];
  if (found === undefined) throw new Error(`no PID on the screen\n${terminal.screen()}`);
  return found;
}
