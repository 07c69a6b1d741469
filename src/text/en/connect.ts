/** English: what is asked on the way to a host, before the screen is taken. */
import type { HostKeyQuestion, PassphraseQuestion, SudoQuestion } from '../../ops/transport/memory.ts';
import type { Privilege } from '../../ops/transport/transport.ts';
import { harmless } from '../foreign.ts';
import { hostKeyFile } from '../pieces.ts';

export const connect = {
  hostKey({ host, port, algorithm, fingerprint }: HostKeyQuestion): string {
    const place = port === 22 ? harmless(host) : `${harmless(host)}, port ${port}`;
    return (
      `${place} is not known yet. The key it shows is\n` +
      `  ${harmless(algorithm)}  ${harmless(fingerprint)}\n` +
      `The host's own console tells the right one: ssh-keygen -lf ${hostKeyFile(algorithm)}\n` +
      'Is it the same? It is then remembered in known_hosts. [y/N] '
    );
  },
  isYes: (answer: string): boolean => /^\s*y(?:es)?\s*$/i.test(answer),
  passphrase({ keyFile, attempt }: PassphraseQuestion): string {
    return `${attempt > 1 ? 'That is not it. ' : ''}Passphrase of ${harmless(keyFile)}: `;
  },
  touch: (key: string): string => `Touch the security key ${harmless(key)}`,
  sudoPassword({ account, attempt }: SudoQuestion): string {
    const again = attempt > 1 ? 'sudo did not take it. ' : '';
    return `${again}sudo password of ${harmless(account)} (empty: look, but change nothing): `;
  },
  /** Why nothing on the host may be changed; '' where it may. */
  readOnly(privilege: Privilege): string {
    if (privilege.kind !== 'none') return '';
    const detail = privilege.detail === '' ? '' : ` (${harmless(privilege.detail)})`;
    switch (privilege.reason) {
      case 'no-sudo':
        return `this user may not use sudo${detail}`;
      case 'silent':
        return `sudo does not answer on the host${detail}`;
      case 'needs-terminal':
        return `sudo wants a terminal of this user, and commands over a connection have none${detail}`;
      case 'password-refused':
        return `sudo took none of the passwords${detail}`;
      case 'password-not-given':
        return `no sudo password was given${detail}`;
    }
  },
  /** What gets one there; '' for who may change it all. */
  toMayChange(privilege: Privilege): string {
    if (privilege.kind !== 'none') return '';
    switch (privilege.reason) {
      case 'no-sudo':
        return 'Log in as root or as a user in the group sudo or wheel (--user NAME), or have root put this one there.';
      case 'silent':
        return '`sudo true` there should return at once: look for what PAM or the sudoers plugin waits for; or log in as root (--user root).';
      case 'needs-terminal':
        return 'Have root exempt this user: “Defaults:USER !requiretty” in a file of its own (visudo -f /etc/sudoers.d/USER); or log in as root (--user root).';
      case 'password-refused':
        return 'Run it again with the password of this user on the host.';
      case 'password-not-given':
        return 'Run it in a terminal without --no-input: it asks for the password there.';
    }
  },
};
