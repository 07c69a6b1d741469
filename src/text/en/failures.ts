/**
 * English: every failure in words. What was tried, what came back, what to do next; several lines where
 * there is that much to say, the first of which stands alone.
 */
import type { BeyondSsh2, ConnectFailure, Failure, KeyAttempt } from '../../ops/failure.ts';
import { harmless } from '../foreign.ts';
import { hostKeyFile, knownHostsName, lines, list } from '../pieces.ts';
import { shellFailure } from './shell-failure.ts';

type Auth = Extract<ConnectFailure, { code: 'auth' }>;
type Unreachable = Extract<ConnectFailure, { code: 'unreachable' }>;

export const failures = {
  describe(failure: Failure): string {
    switch (failure.code) {
      case 'resolve':
        return lines(
          `${harmless(failure.host)}: no machine of that name is known here (${harmless(failure.detail)}).`,
          'Check the spelling, or name it by its address, as in: tp5-tui manon@10.5.1.2',
        );
      case 'unreachable':
        return unreachable(failure);
      case 'auth':
        return auth(failure);
      case 'host-key-unknown':
        return lines(
          `${named(failure)} is not known, and was not accepted.`,
          `The key it showed: ${harmless(failure.algorithm)} ${harmless(failure.fingerprint)}`,
          `Looked for it in: ${list(failure.files) || 'no file'}`,
          `To accept it, compare it on the console of the host (ssh-keygen -lf ${hostKeyFile(failure.algorithm)}),`,
          'then run this again without --no-input and answer y.',
        );
      case 'host-key-changed':
        return lines(
          `${named(failure)} shows another key than the one in ${harmless(failure.file)}:${failure.line}.`,
          `The key it showed: ${harmless(failure.algorithm)} ${harmless(failure.fingerprint)}`,
          'Either the host was set up anew, or somebody stands in between. If you know it was set up anew:',
          `  ssh-keygen -R "${knownHostsName(failure)}" -f "${harmless(failure.file)}"`,
          'and run this again: you are then asked about the new key.',
        );
      case 'host-key-revoked':
        return lines(
          `${named(failure)} shows a key that is revoked in ${harmless(failure.file)}:${failure.line}.`,
          `The key it showed: ${harmless(failure.algorithm)} ${harmless(failure.fingerprint)}`,
          'Whoever revoked it did not want it trusted any more: ask them, or give the host new keys.',
        );
      case 'host-certificate-unsupported':
        return lines(
          `${harmless(failure.host)} is known by a certificate authority alone (${harmless(failure.file)}:${failure.line}).`,
          "The built-in client checks no host certificates; the system's own ssh does: --transport openssh (Linux, macOS, WSL).",
          "Or add the host's own key to your known_hosts:",
          `  ssh-keyscan -t ed25519 "${harmless(failure.host)}"`,
          'prints it; compare it with the host before you do.',
        );
      case 'beyond-ssh2':
        return lines(
          `${harmless(failure.host)}: the built-in SSH client cannot go there as your configuration says.`,
          ...failure.beyond.map((one) => `  ${BEYOND[one.kind](harmless(one.source))}`),
          "The system's own ssh can: --transport openssh (Linux, macOS, WSL).",
        );
      case 'no-openssh':
        return failure.reason === 'missing'
          ? lines(
              `${harmless(failure.host)}: there is no ssh on this machine to carry the connection.`,
              "Install OpenSSH's client (the package openssh-client, or openssh-clients), or leave --transport openssh out.",
            )
          : lines(
              `${harmless(failure.host)}: the ssh of Windows cannot share one connection among commands.`,
              'Run this in WSL, or leave --transport openssh out and log in with a plain key.',
            );
      case 'ssh-config':
        return lines(
          `ssh does not take its configuration: ${harmless(failure.detail)}`,
          'Mend ~/.ssh/config; `ssh -G HOST` says whether it is right.',
        );
      case 'jump':
        return lines(
          `On the way, at ${harmless(failure.via)}:`,
          ...failures
            .describe(failure.cause)
            .split('\n')
            .map((line) => `  ${line}`),
        );
      case 'protocol':
        return lines(
          `${harmless(failure.host)}: the SSH connection broke down: ${harmless(failure.detail)}`,
          'Is it an SSH server that listens there? `ssh -v HOST` tells more.',
        );
      case 'no-shell':
        return shellFailure(failure);
      case 'no-bus':
        if (failure.manager === 'user')
          return lines(
            `${harmless(failure.host)}: systemd runs there, but the bus of the user cannot be had${because(failure.detail)}`,
            'Their services run from login to logout, or always after `sudo loginctl enable-linger USER`; on Debian',
            'the bus is in the package dbus-user-session. Over ssh, `systemctl --user status` tells more.',
          );
        return lines(
          failure.ms === null
            ? `${harmless(failure.host)}: systemd runs there, but its bus cannot be had${because(failure.detail)}`
            : `${harmless(failure.host)}: systemd runs there, but its bus has not answered within ${seconds(failure.ms)}.`,
          'Over ssh, `systemctl status dbus` tells of the bus, and `systemd-stdio-bridge </dev/null` of the way to it.',
        );
      case 'no-systemd':
        return lines(
          `${harmless(failure.host)}: no systemd to talk to: ${harmless(failure.detail)}`,
          'The console needs a Linux host that runs systemd.',
        );
      case 'not-permitted':
        if (failure.action === 'journal')
          return lines(
            'this user may not read the journal of the unit',
            'Join the group adm or systemd-journal (as root: usermod -aG systemd-journal USER), then connect again.',
            `The host said: ${harmless(failure.detail)}`,
          );
        return `not permitted: ${harmless(failure.action)}${because(failure.detail)}`;
      case 'sudo-password-wrong':
        return `sudo did not take the password of ${harmless(failure.user)}: it has changed since it was asked for`;
      case 'sudo-denied':
        return `${harmless(failure.user)} may not use sudo${because(failure.detail)}`;
      case 'read-only':
        return `read-only: ${harmless(failure.reason)}`;
      case 'link-lost':
        return `the connection is lost${because(failure.detail)}`;
      case 'unavailable':
        return `${harmless(failure.what)}: not available${because(failure.detail)}`;
      case 'no-such-unit':
        return lines(
          `${harmless(failure.unit)}: no such unit on the host`,
          '`systemctl list-unit-files --type=service` there lists them; --unit names another.',
        );
      case 'job-failed':
        return `systemd's job ended in "${harmless(failure.result)}"${because(failure.detail)}`;
      case 'not-running':
        return `${harmless(failure.unit)} has no running process`;
      case 'timeout':
        return `${harmless(failure.what)}: no answer within ${seconds(failure.ms)}`;
      case 'host-error':
        return `the host says ${harmless(failure.name)}${because(failure.detail)}`;
    }
  },
};

function unreachable(failure: Unreachable): string {
  const place = `${harmless(failure.host)}, port ${failure.port}`;
  const came = `(${harmless(failure.detail)})`;
  switch (failure.reason) {
    case 'refused':
      return lines(
        `${place}: refused, nothing listens there ${came}.`,
        'Is sshd running (systemctl start sshd, on the console of the host)? Is it this port?',
      );
    case 'timeout':
      return lines(
        `${place}: no answer ${came}.`,
        'Is the machine on, its address still this one, and ssh open in its firewall?',
      );
    case 'no-route':
      return lines(
        `${place}: no way there from here ${came}.`,
        'Is the machine on, and are you on its network (host-only, VPN)?',
      );
    case 'reset':
      return lines(
        `${place}: the connection was cut off before we were let in ${came}.`,
        'A server that has had enough of us (MaxStartups, fail2ban) or is being restarted does that: wait a little.',
      );
    case 'other':
      return `${place}: cannot be reached ${came}.`;
  }
}

const OUTCOMES: Record<KeyAttempt['outcome'], string> = {
  refused: 'refused by the server',
  missing: 'is not there',
  unreadable: 'cannot be read',
  'wrong-passphrase': 'its passphrase was wrong',
  'passphrase-needed': 'needs its passphrase, which was not given',
  'not-a-key': 'is no private key that can be used here',
  'too-open': 'others may read it, and ssh uses no such key: chmod 600 it',
  'not-in-agent':
    'only its public half is here, and the agent does not hold the other (ssh-add -L lists what it holds)',
  'switched-off':
    'not offered: ~/.ssh/config switches off public keys (PubkeyAuthentication, PreferredAuthentications)',
  'left-out': 'PubkeyAcceptedAlgorithms in ~/.ssh/config leaves keys of its kind out',
};

const BEYOND: Record<BeyondSsh2['kind'], (source: string) => string> = {
  certificate: (source) => `certificate ${source}: not offered, the built-in client has none`,
  'security-key': (source) => `security key ${source}: not offered, the built-in client has none`,
  option: (keyword) => `${keyword} in ~/.ssh/config: not followed, the built-in client does not know it`,
  algorithms: (keyword) => `${keyword} in ~/.ssh/config: leaves nothing that the built-in client knows`,
  'host-certificate': (place) =>
    `certificate authority (${place}): the built-in client checks no host certificates`,
};

const AGENT: Record<Auth['agent'], string> = {
  none: 'there is none (SSH_AUTH_SOCK is not set)',
  unreachable: 'does not answer',
  empty: 'holds no key that can be used here',
  used: 'its keys were offered',
};

function auth(failure: Auth): string {
  const account = `${harmless(failure.user)}@${harmless(failure.host)}`;
  const there = failure.keys.filter(({ outcome }) => outcome !== 'missing');
  const missing = failure.keys.filter(({ outcome }) => outcome === 'missing').map(({ source }) => source);
  const locked = there.find(({ outcome }) => outcome === 'passphrase-needed');
  return lines(
    `${account}: the server took none of our keys.`,
    ...there.map(({ source, from, outcome }) => {
      const key = from === 'agent' ? `"${harmless(source)}" of the agent` : harmless(source);
      return `  ${key}: ${OUTCOMES[outcome]}`;
    }),
    ...(missing.length > 0 ? [`  not there: ${list(missing)}`] : []),
    `  agent: ${AGENT[failure.agent]}`,
    ...(failure.beyond ?? []).map((one) => `  ${BEYOND[one.kind](harmless(one.source))}`),
    ...(failure.offered.length > 0 ? [`  the server would take: ${list(failure.offered)}`] : []),
    ...remedy(failure, locked, there.length > 0 || failure.agent === 'used'),
  );
}

/** Keys alone are used: a password, where the server takes one, is good for handing it the key. */
function remedy(failure: Auth, locked: KeyAttempt | undefined, haveKey: boolean): string[] {
  if (failure.beyond)
    return [
      "The system's own ssh can use that: --transport openssh (Linux, macOS, WSL). Or have the server take a plain key.",
    ];
  if (locked) return [`Hand the key to the agent first: ssh-add "${harmless(locked.source)}"`];
  const make = haveKey ? [] : ['Make a key: ssh-keygen -t ed25519'];
  const port = failure.port === 22 ? '' : `-p ${failure.port} `;
  const account = `${harmless(failure.user)}@${harmless(failure.host)}`;
  // sshd takes no key of an account without a shell, and tells it to its log alone.
  const log = haveKey
    ? ` If the server has it: a login shell that does not exist (\`getent passwd ${harmless(failure.user)}\`), or AllowUsers; its log tells.`
    : '';
  const byPassword = failure.offered.some((method) => /^(?:password|keyboard-interactive)$/.test(method));
  return byPassword
    ? [...make, `Hand it to the server: ssh-copy-id ${port}${account}${log && `.${log}`}`]
    : [...make, `Add its .pub, on the console of the host, to ~/.ssh/authorized_keys of that user.${log}`];
}

function named({ host, port }: { readonly host: string; readonly port: number }): string {
  return port === 22 ? harmless(host) : `${harmless(host)}, port ${port},`;
}

function because(detail: string): string {
  return detail === '' ? '' : `: ${harmless(detail)}`;
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}
