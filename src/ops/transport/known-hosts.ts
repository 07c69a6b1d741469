/**
 * known_hosts: whether a host's key is the one that is known. Pure; see sshd(8), SSH_KNOWN_HOSTS FILE
 * FORMAT.
 *
 * Stricter than OpenSSH in one point: a host that is known by keys of other types alone counts as
 * changed. The known types are asked of the server first (`knownKeyTypes`), so an honest server that
 * still has the known key presents it.
 */
import { createHash, createHmac } from 'node:crypto';

export interface KnownHostsFile {
  readonly path: string;
  readonly text: string;
}

/** The name a host is known by. */
export interface HostName {
  /** Host name, address, or `HostKeyAlias`. */
  readonly name: string;
  /** 22 and aliases stand without a port in the file. */
  readonly port: number;
}

export type HostKeyVerdict =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'known' | 'changed' | 'revoked' | 'certificate-authority';
      readonly file: string;
      /** 1-based. */
      readonly line: number;
    };

type Marker = 'none' | 'revoked' | 'cert-authority';

interface Entry {
  readonly marker: Marker;
  readonly hosts: string;
  readonly keyType: string;
  readonly key: Buffer;
  readonly file: string;
  readonly line: number;
}

const DEFAULT_PORT = 22;

/**
 * Judges the key that a server presented.
 * @param key the public key in the wire format of RFC 4253, section 6.6
 */
export function checkHostKey(files: readonly KnownHostsFile[], host: HostName, key: Buffer): HostKeyVerdict {
  const lookup = lookupName(host);
  const matching = entriesFor(files, lookup);
  const same = (entry: Entry): boolean => entry.key.equals(key);

  const revoked = matching.find((entry) => entry.marker === 'revoked' && same(entry));
  if (revoked) return at('revoked', revoked);
  const plain = matching.filter((entry) => entry.marker === 'none');
  const known = plain.find(same);
  if (known) return at('known', known);
  const type = keyTypeOf(key);
  const changed = plain.find((entry) => entry.keyType === type) ?? plain[0];
  if (changed) return at('changed', changed);
  const authority = matching.find((entry) => entry.marker === 'cert-authority');
  if (authority) return at('certificate-authority', authority);

  if (lookup !== host.name.toLowerCase()) {
    // As ssh does: the same key under the name without its port is good enough, but no more than that.
    const portless = checkHostKey(files, { name: host.name, port: DEFAULT_PORT }, key);
    if (portless.status === 'known' || portless.status === 'revoked') return portless;
  }
  return { status: 'unknown' };
}

/** Types of the keys a host is known by (`ssh-ed25519`, `ssh-rsa`…), in the order of the files. */
export function knownKeyTypes(files: readonly KnownHostsFile[], host: HostName): string[] {
  const names = new Set([lookupName(host), host.name.toLowerCase()]);
  const types = [...names].flatMap((name) =>
    entriesFor(files, name)
      .filter((entry) => entry.marker === 'none')
      .map((entry) => entry.keyType),
  );
  return [...new Set(types)];
}

/** The line to add for an accepted key. `salt`, 20 random bytes, hashes the name. */
export function knownHostsLine(host: HostName, key: Buffer, salt: Buffer | null): string {
  const name = lookupName(host);
  const shown = salt ? `|1|${salt.toString('base64')}|${hashName(name, salt)}` : name;
  return `${shown} ${keyTypeOf(key)} ${key.toString('base64')}`;
}

/** The name as ssh looks it up, and as `ssh-keygen -F` and `-R` take it: `host` or `[host]:port`. */
export function lookupName({ name, port }: HostName): string {
  const lower = name.toLowerCase();
  return port === DEFAULT_PORT ? lower : `[${lower}]:${port}`;
}

/** The algorithm a public key in wire format says it is of; '' for what is no key. */
export function keyTypeOf(key: Buffer): string {
  if (key.length < 4) return '';
  const length = key.readUInt32BE(0);
  return length > key.length - 4 || length > 64 ? '' : key.toString('latin1', 4, 4 + length);
}

/** `SHA256:…`, as ssh shows fingerprints. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function at(status: 'known' | 'changed' | 'revoked' | 'certificate-authority', entry: Entry): HostKeyVerdict {
  return { status, file: entry.file, line: entry.line };
}

function entriesFor(files: readonly KnownHostsFile[], name: string): Entry[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const entry = parseLine(line, path, index + 1);
      return entry && matchesHosts(entry.hosts, name) ? [entry] : [];
    }),
  );
}

/** @returns null for comments, blank lines and what cannot be understood */
function parseLine(text: string, file: string, line: number): Entry | null {
  const words = text.trim().split(/[ \t]+/);
  if (words[0] === undefined || words[0] === '' || words[0].startsWith('#')) return null;
  const marker = readMarker(words[0]);
  if (marker === null) return null;
  if (marker !== 'none') words.shift();
  const [hosts, keyType, encoded] = words;
  if (hosts === undefined || keyType === undefined || encoded === undefined) return null;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return null;
  const key = Buffer.from(encoded, 'base64');
  return keyTypeOf(key) === keyType ? { marker, hosts, keyType, key, file, line } : null;
}

function readMarker(word: string): Marker | null {
  if (!word.startsWith('@')) return 'none';
  if (word === '@revoked') return 'revoked';
  return word === '@cert-authority' ? 'cert-authority' : null;
}

/** One negated pattern that matches excludes the host, whatever the others say. */
function matchesHosts(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) return matchesHash(hosts, name);
  let matched = false;
  for (const pattern of hosts.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!matchesPattern(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

/** `*` and `?` alone are special (match.c of OpenSSH): linear in the name for each `*`. */
function matchesPattern(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let resume = 0;
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p;
      resume = n;
      p += 1;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p += 1;
      n += 1;
    } else if (star >= 0) {
      p = star + 1;
      resume += 1;
      n = resume;
    } else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

function matchesHash(hosts: string, name: string): boolean {
  const [, version, salt, hash, ...rest] = hosts.split('|');
  if (version !== '1' || salt === undefined || hash === undefined || rest.length > 0) return false;
  const bytes = Buffer.from(salt, 'base64');
  return bytes.length > 0 && hashName(name, bytes) === hash;
}

function hashName(name: string, salt: Buffer): string {
  return createHmac('sha1', salt).update(name).digest('base64');
}
