/** The systemd unit that runs a guard: text, with every word quoted as systemd reads it. Pure. */

export interface UnitFileOptions {
  /** The program and its arguments, absolute. */
  readonly command: readonly string[];
  /** File that holds the webhook's address, handed over as a credential; null without alerts. */
  readonly webhookFile: string | null;
  /** Whose manager runs it; the system's runs it as `user`. */
  readonly manager: { readonly kind: 'user' } | { readonly kind: 'system'; readonly user: string };
  readonly description: string;
}

export const UNIT_NAME = 'tp5-tui-watch.service';

/** Longer than two missed turns of the slowest probe; a guard that is stuck is started anew. */
const WATCHDOG_SEC = 60;

export function unitFile({ command, webhookFile, manager, description }: UnitFileOptions): string {
  const system = manager.kind === 'system';
  const lines = [
    '[Unit]',
    `Description=${specifiersEscaped(description)}`,
    // A user's manager knows nothing of the network; the guard itself waits for each host.
    ...(system ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    '',
    '[Service]',
    'Type=notify',
    // Messages come from systemd-notify, which the guard starts.
    'NotifyAccess=all',
    `ExecStart=${command.map(word).join(' ')}`,
    ...(manager.kind === 'system' ? [`User=${manager.user}`] : []),
    ...(webhookFile === null ? [] : [`LoadCredential=discord-webhook:${specifiersEscaped(webhookFile)}`]),
    `WatchdogSec=${WATCHDOG_SEC}`,
    'Restart=on-failure',
    'RestartSec=5',
    // What is being delivered is waited for.
    'TimeoutStopSec=30',
    'NoNewPrivileges=yes',
    '',
    '[Install]',
    `WantedBy=${system ? 'multi-user.target' : 'default.target'}`,
    '',
  ];
  return lines.join('\n');
}

/** systemd.service(5), "Command lines": quotes, C escapes, `%` and `$` doubled. */
function word(text: string): string {
  const doubled = specifiersEscaped(text).replaceAll('$', '$$$$');
  if (/^[\w@+=:,./%$-]+$/.test(doubled)) return doubled;
  return `"${doubled.replace(/[\\"]/g, '\\$&').replace(/[\p{Cc}]/gu, hexadecimal)}"`;
}

function hexadecimal(control: string): string {
  return `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function specifiersEscaped(text: string): string {
  return text.replaceAll('%', '%%');
}
