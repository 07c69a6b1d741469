/** Private keys in files: what one holds, and what can be told of it without its passphrase. */
import { readFile } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';

export type KeyFile =
  | { readonly status: 'missing' | 'unreadable' | 'not-a-key' }
  | { readonly status: 'open'; readonly key: ParsedKey }
  /** Needs its passphrase; `publicKey` where the file, or its `.pub`, tells it. */
  | { readonly status: 'encrypted'; readonly source: Buffer; readonly publicKey: ParsedKey | null };

export async function loadKeyFile(path: string): Promise<KeyFile> {
  let source: Buffer;
  try {
    source = await readFile(path);
  } catch (error) {
    const missing =
      error instanceof Error && 'code' in error && /^(?:ENOENT|ENOTDIR)$/.test(String(error.code));
    return { status: missing ? 'missing' : 'unreadable' };
  }
  const key = parse(source);
  if (!(key instanceof Error)) return key.isPrivateKey() ? { status: 'open', key } : { status: 'not-a-key' };
  // ssh2 tells an encrypted key by its message alone.
  if (!/no passphrase given/i.test(key.message)) return { status: 'not-a-key' };
  const publicKey = publicPart(source) ?? (await readFile(`${path}.pub`).catch(() => null));
  const parsed = publicKey ? parse(publicKey) : null;
  return { status: 'encrypted', source, publicKey: parsed instanceof Error ? null : parsed };
}

/** @returns null when the passphrase is wrong. Takes as long as the key's rounds demand. */
export function decryptKey(source: Buffer, passphrase: string): ParsedKey | null {
  const key = parse(source, passphrase);
  return key instanceof Error ? null : key;
}

function parse(data: Buffer, passphrase?: string): ParsedKey | Error {
  const parsed: ParsedKey | readonly ParsedKey[] | Error = ssh2.utils.parseKey(data, passphrase);
  // ssh2 gives a list for a file in OpenSSH's format, which could hold several keys but never does.
  return Array.isArray(parsed) ? (parsed[0] ?? new Error('no key')) : (parsed as ParsedKey | Error);
}

const MAGIC = Buffer.from('openssh-key-v1\0');

/** The public key that OpenSSH's own format holds in clear before the encrypted part (PROTOCOL.key). */
function publicPart(source: Buffer): Buffer | null {
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
