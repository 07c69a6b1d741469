/** Key files: what one holds, and what can be told of it without its passphrase. */
import { readFile, stat } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import { keyTypeOf } from './known-hosts.ts';
import { fromPkcs8, pkcs8Kind } from './pkcs8.ts';

export type KeyFile =
  | { readonly status: 'missing' | 'unreadable' | 'not-a-key' | 'too-open' }
  | { readonly status: 'open'; readonly key: ParsedKey }
  /** Names a key that the agent is to hold: the file, or the `.pub` beside one that is not there, is its public half. */
  | { readonly status: 'public'; readonly key: ParsedKey }
  /** The private half is in a hardware token (`sk-…`), or the file is a certificate: ssh2 knows neither. */
  | { readonly status: 'security-key' | 'certificate' }
  /** Needs its passphrase; `publicKey` where the file, or its `.pub`, tells it. */
  | { readonly status: 'encrypted'; readonly source: Buffer; readonly publicKey: ParsedKey | null };

export async function loadKeyFile(path: string): Promise<KeyFile> {
  let source: Buffer;
  try {
    source = await readFile(path);
  } catch (error) {
    const missing =
      error instanceof Error && 'code' in error && /^(?:ENOENT|ENOTDIR)$/.test(String(error.code));
    if (!missing) return { status: 'unreadable' };
    const beside = await publicBeside(path);
    return beside ? { status: 'public', key: beside } : { status: 'missing' };
  }
  if (/^sk-/.test(source.toString('latin1', 0, 3))) return { status: 'security-key' };
  const key = parse(source);
  if (!(key instanceof Error) && key.type.includes('-cert-')) return { status: 'certificate' };
  if (!(key instanceof Error) && !key.isPrivateKey()) return { status: 'public', key };
  const publicPart = publicPartOf(source);
  if (publicPart && keyTypeOf(publicPart).startsWith('sk-')) return { status: 'security-key' };
  if (/^-----BEGIN /m.test(source.toString('latin1')) && (await isTooOpen(path)))
    return { status: 'too-open' };
  if (!(key instanceof Error)) return { status: 'open', key };
  // ssh2 tells an encrypted key by its message alone.
  if (!/no passphrase given/i.test(key.message) && pkcs8Kind(source) !== 'encrypted')
    return { status: 'not-a-key' };
  const own = publicPart ? parse(publicPart) : null;
  const publicKey = own instanceof Error || own === null ? await publicBeside(path) : own;
  return { status: 'encrypted', source, publicKey };
}

/** @returns null when the passphrase is wrong. Takes as long as the key's rounds demand. */
export function decryptKey(source: Buffer, passphrase: string): ParsedKey | null {
  const key = parse(source, passphrase);
  return key instanceof Error ? null : key;
}

async function publicBeside(path: string): Promise<ParsedKey | null> {
  const source = await readFile(`${path}.pub`).catch(() => null);
  const key = source ? parse(source) : null;
  return key === null || key instanceof Error || key.isPrivateKey() ? null : key;
}

/** As ssh has it: a private key of ours that others may read is not used (sshkey_perm_ok in OpenSSH's authfile.c). */
async function isTooOpen(path: string): Promise<boolean> {
  if (process.getuid === undefined) return false;
  const { uid, mode } = await stat(path);
  return uid === process.getuid() && (mode & 0o077) !== 0;
}

function parse(data: Buffer, passphrase?: string): ParsedKey | Error {
  const kind = pkcs8Kind(data);
  if (kind === 'encrypted' && passphrase === undefined) return new Error('no passphrase given');
  const converted = kind === null ? data : fromPkcs8(data, passphrase);
  if (converted === null) return new Error('not a key that can be used');
  const parsed: ParsedKey | readonly ParsedKey[] | Error = ssh2.utils.parseKey(
    converted,
    kind === null ? passphrase : undefined,
  );
  // ssh2 gives a list for a file in OpenSSH's format, which could hold several keys but never does.
  return Array.isArray(parsed) ? (parsed[0] ?? new Error('no key')) : (parsed as ParsedKey | Error);
}

const MAGIC = Buffer.from('openssh-key-v1\0');

/** The public key that OpenSSH's own format holds in clear before the encrypted part (PROTOCOL.key). */
function publicPartOf(source: Buffer): Buffer | null {
  const [, armoured] =
    /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END OPENSSH PRIVATE KEY-----/.exec(
      source.toString('latin1'),
    ) ?? [];
  if (armoured === undefined) return null;
  const bytes = Buffer.from(armoured, 'base64');
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  let offset = MAGIC.length;
  const next = (): Buffer => {
    const length = offset + 4 <= bytes.length ? bytes.readUInt32BE(offset) : 0;
    const piece = bytes.subarray(offset + 4, offset + 4 + length);
    offset += 4 + length;
    return piece;
  };
  next(); // cipher
  next(); // key derivation
  next(); // its options
  offset += 4; // number of keys
  const publicKey = next();
  return publicKey.length > 0 ? publicKey : null;
}
