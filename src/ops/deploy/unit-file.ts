/** The unit that deploy writes, plain or hardened, and what it keeps of the one that is there. Pure. */
import { isIP } from 'node:net';

export interface UnitChoices {
  readonly description: string;
  /** Absolute paths on the host. */
  readonly python: string;
  readonly script: string;
  /** Arguments of the script, none of which needs quoting. */
  readonly arguments: readonly string[];
  readonly port: number;
  /** null when the host has no firewall-cmd: the unit then has no firewall lines. */
  readonly firewallCmd: string | null;
  /** Named only when it is not the default zone, where `firewall-cmd` acts by itself. */
  readonly zone: string | null;
  /** A folder under /var/log that the script wants to find. */
  readonly logFolder: string | null;
  /** Seconds from a failure to the restart. */
  readonly restartSec: number;
  readonly hardened: boolean;
}

/** Seconds; the exercise's. */
export const RESTART_SEC = 30;

/**
 * The sandbox, see systemd.exec(5), under 2.0 by `systemd-analyze security`. MemoryMax also holds for
 * `firewall-cmd`, which is Python and needs some 40 MB.
 */
const SANDBOX = [
  'DynamicUser=yes',
  'NoNewPrivileges=yes',
  'CapabilityBoundingSet=',
  'AmbientCapabilities=',
  'ProtectSystem=strict',
  'ProtectHome=yes',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'PrivateUsers=yes',
  'ProtectProc=invisible',
  'ProcSubset=pid',
  'ProtectClock=yes',
  'ProtectControlGroups=yes',
  'ProtectHostname=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'RestrictAddressFamilies=AF_INET AF_INET6',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'LockPersonality=yes',
  'MemoryDenyWriteExecute=yes',
  'KeyringMode=private',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallFilter=~@privileged @resources',
  'UMask=0077',
  'MemoryMax=256M',
  'TasksMax=64',
];

/**
 * The whole unit file.
 *
 * The firewall lines act on runtime and permanent apart and never `--reload`, which would take away what
 * others have opened in runtime alone. `-`: a firewalld that is not running is no reason not to start or
 * not to stop cleanly. `+`: they need root, outside of the sandbox.
 */
export function unitFile(choices: UnitChoices): string {
  const { hardened, zone } = choices;
  const firewall = (action: 'add' | 'remove', permanent: boolean): string[] => {
    if (choices.firewallCmd === null) return [];
    const words = [
      `-${hardened ? '+' : ''}${choices.firewallCmd}`,
      ...(permanent ? ['--permanent'] : []),
      ...(zone === null ? [] : [`--zone=${zone}`]),
      `--${action}-port=${choices.port}/tcp`,
    ];
    return [`${action === 'add' ? 'ExecStartPre' : 'ExecStopPost'}=${words.join(' ')}`];
  };
  const lines = [
    '[Unit]',
    `Description=${choices.description}`,
    'Wants=network-online.target',
    'After=network-online.target firewalld.service',
    '',
    '[Service]',
    'Type=exec',
    ...firewall('add', false),
    ...firewall('add', true),
    `ExecStart=${[choices.python, choices.script, ...choices.arguments].join(' ')}`,
    ...firewall('remove', false),
    ...firewall('remove', true),
    'Restart=on-failure',
    `RestartSec=${choices.restartSec}`,
    'Environment=PYTHONUNBUFFERED=1',
    ...(choices.logFolder === null ? [] : [`LogsDirectory=${choices.logFolder}`]),
    ...(hardened ? ['', ...SANDBOX] : []),
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ];
  return `${lines.join('\n')}\n`;
}

/** What the unit that is there says, and a new one would keep. */
export interface UnitKeeps {
  readonly description: string | null;
  /** The address that ExecStart hands to the server; null when it hands none. */
  readonly listen: string | null;
}

export function readUnit(text: string): UnitKeeps {
  // A backslash at the end of a line joins it with the next, see systemd.syntax(7).
  const lines = text.replace(/\\\r?\n/g, ' ').split(/\r?\n/);
  const last = (key: string): string | null => {
    const line = lines.findLast((candidate) => new RegExp(`^\\s*${key}\\s*=`).test(candidate));
    return line === undefined ? null : line.slice(line.indexOf('=') + 1).trim();
  };
  const listen = /(?:^|\s)(?:--listen|-l)[=\s]\s*["']?([^\s"']+)/.exec(last('ExecStart') ?? '')?.[1];
  return {
    description: last('Description') || null,
    listen: listen !== undefined && isIP(listen) !== 0 ? listen : null,
  };
}
