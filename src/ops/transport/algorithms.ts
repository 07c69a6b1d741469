/**
 * The algorithms that the user's configuration leaves, as limits on what ssh2 offers.
 *
 * ssh2's own order is kept: it knows what is fast in Node. What it offers by default and the configuration (or
 * the system's crypto policy, which speaks through it) leaves out is not offered; weaker ones that ssh2 offers
 * only when told are offered where the configuration names them.
 */

/** Names as in RFC 4253, or patterns of ssh_config(5); null where nothing is said. */
export interface AlgorithmLimits {
  readonly kex: readonly string[] | null;
  readonly ciphers: readonly string[] | null;
  readonly macs: readonly string[] | null;
  readonly hostKeys: readonly string[] | null;
  readonly publicKeys: readonly string[] | null;
}

export const NO_LIMITS: AlgorithmLimits = {
  kex: null,
  ciphers: null,
  macs: null,
  hostKeys: null,
  publicKeys: null,
};

/** @param first the value of a keyword as `ssh -G` prints it */
export function readLimits(first: (keyword: string) => string | undefined): AlgorithmLimits {
  const names = (keyword: string): string[] | null => first(keyword)?.split(',') ?? null;
  return {
    kex: names('kexalgorithms'),
    ciphers: names('ciphers'),
    macs: names('macs'),
    hostKeys: names('hostkeyalgorithms'),
    publicKeys: names('pubkeyacceptedalgorithms') ?? names('pubkeyacceptedkeytypes'),
  };
}

const KEX = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group15-sha512',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group17-sha512',
  'diffie-hellman-group18-sha512',
] as const;
const OLD_KEX = [
  'diffie-hellman-group-exchange-sha1',
  'diffie-hellman-group14-sha1',
  'diffie-hellman-group1-sha1',
] as const;
const CIPHERS = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
  'chacha20-poly1305@openssh.com',
] as const;
const OLD_CIPHERS = ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'] as const;
const MACS = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha1-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
  'hmac-sha1',
] as const;
const OLD_MACS = ['hmac-md5', 'hmac-sha1-96', 'hmac-md5-96'] as const;

export interface Offered {
  readonly kex: ((typeof KEX)[number] | (typeof OLD_KEX)[number])[];
  readonly cipher: ((typeof CIPHERS)[number] | (typeof OLD_CIPHERS)[number])[];
  readonly hmac: ((typeof MACS)[number] | (typeof OLD_MACS)[number])[];
}

/** What ssh2 is to offer. A list may come out empty: then nothing is left that ssh2 knows (`missingAlgorithms`). */
export function offeredAlgorithms({ kex, ciphers, macs }: AlgorithmLimits): Offered {
  return {
    kex: within(kex, KEX, OLD_KEX),
    cipher: within(ciphers, CIPHERS, OLD_CIPHERS),
    hmac: within(macs, MACS, OLD_MACS),
  };
}

/** The keywords that leave nothing of what ssh2 knows. */
export function missingAlgorithms(limits: AlgorithmLimits): string[] {
  const { kex, cipher, hmac } = offeredAlgorithms(limits);
  return [
    ...(kex.length === 0 ? ['KexAlgorithms'] : []),
    ...(cipher.length === 0 ? ['Ciphers'] : []),
    ...(hmac.length === 0 ? ['MACs'] : []),
  ];
}

/** Whether a key of this type may be offered to a server. */
export function isKeyTypeLeft(type: string, { publicKeys }: AlgorithmLimits): boolean {
  if (publicKeys === null) return true;
  const names = type === 'ssh-rsa' ? ['ssh-rsa', 'rsa-sha2-256', 'rsa-sha2-512'] : [type];
  return names.some((name) => isLeft(name, publicKeys));
}

export function isLeft(name: string, limit: readonly string[] | null): boolean {
  return limit === null || limit.some((pattern) => matches(pattern, name));
}

function within<Usual extends string, Old extends string>(
  limit: readonly string[] | null,
  usual: readonly Usual[],
  old: readonly Old[],
): (Usual | Old)[] {
  if (limit === null) return [...usual];
  return [...usual, ...old].filter((name) => isLeft(name, limit));
}

/** `*` alone is special in these lists as far as anybody writes them. */
function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  const [head = ''] = parts;
  if (parts.length === 1) return pattern === name;
  const tail = parts.at(-1) ?? '';
  return name.length >= head.length + tail.length && name.startsWith(head) && name.endsWith(tail);
}
