/**
 * Keys in PKCS#8 (`BEGIN PRIVATE KEY`, as openssl and many a cloud hand them out), made into what ssh2 takes.
 *
 * Node reads them, encrypted or not; ssh2 reads the older PEM kinds and OpenSSH's own. So RSA and EC keys are
 * written as PKCS#1 and SEC 1 in between, and Ed25519, which has no older kind, as OpenSSH does (PROTOCOL.key).
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';

const ARMOUR = /-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/;

/** Whether a file holds such a key, and whether it wants a passphrase; null for any other file. */
export function pkcs8Kind(source: Buffer): 'plain' | 'encrypted' | null {
  const found = ARMOUR.exec(source.toString('latin1'));
  if (!found) return null;
  return found[1] === undefined ? 'plain' : 'encrypted';
}

/** @returns the same key for ssh2 to parse; null when it is of another kind, damaged, or the passphrase is wrong */
export function fromPkcs8(source: Buffer, passphrase?: string): string | null {
  let key: KeyObject;
  try {
    key = createPrivateKey({
      key: source,
      format: 'pem',
      ...(passphrase === undefined ? {} : { passphrase }),
    });
  } catch {
    return null;
  }
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }).toString();
    case 'ed25519':
      return openSshEd25519(key);
    default:
      return null;
  }
}

function openSshEd25519(key: KeyObject): string {
  const { d = '', x = '' } = key.export({ format: 'jwk' });
  const seed = Buffer.from(d, 'base64url');
  const point = Buffer.from(x, 'base64url');
  const kind = text('ssh-ed25519');
  // Two equal numbers tell a reader whether its decryption worked; nothing is encrypted here.
  const check = Buffer.alloc(8);
  const secret = Buffer.concat([check, kind, sized(point), sized(Buffer.concat([seed, point])), text('')]);
  const padding = Buffer.from(
    Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_none, index) => index + 1),
  );
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    text('none'),
    text('none'),
    text(''),
    number(1),
    sized(Buffer.concat([kind, sized(point)])),
    sized(Buffer.concat([secret, padding])),
  ]);
  const armoured = file.toString('base64').replace(/.{1,70}/g, '$&\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${armoured}-----END OPENSSH PRIVATE KEY-----\n`;
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([number(bytes.length), bytes]);
}

function text(value: string): Buffer {
  return sized(Buffer.from(value));
}
