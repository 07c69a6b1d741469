/** Pieces of sentences that are the same in every language. */
import { harmless } from './foreign.ts';

/** Foreign words in a row, harmless. */
export function list(words: readonly string[]): string {
  return words.map((word) => harmless(word)).join(', ');
}

export function lines(...parts: readonly string[]): string {
  return parts.join('\n');
}

/** An address and a port behind it: one that holds colons itself stands in brackets. Not made harmless. */
export function placeOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A host as known_hosts names it, and as `ssh-keygen -R` takes it. */
export function knownHostsName({ host, port }: { readonly host: string; readonly port: number }): string {
  return port === 22 ? harmless(host) : `[${harmless(host)}]:${port}`;
}

/** Where a host that runs OpenSSH keeps the public half of its key of this algorithm. */
export function hostKeyFile(algorithm: string): string {
  const type = algorithm.startsWith('ecdsa-') ? 'ecdsa' : algorithm.includes('rsa') ? 'rsa' : 'ed25519';
  return `/etc/ssh/ssh_host_${type}_key.pub`;
}

/** Makes the webhook's file for its owner alone, whatever is there: `install -D` is GNU's own. */
export const WRITE_WEBHOOK =
  '(umask 077; mkdir -p ~/.config/tp5-tui; cat > ~/.config/tp5-tui/discord-webhook)';

/** Login shells that run nothing. */
export const NOLOGIN = /\/(?:nologin|false|true)$/;

/** `manon` of `manon@host`. */
export function userOf(account: string): string {
  return account.slice(0, Math.max(0, account.lastIndexOf('@')));
}
