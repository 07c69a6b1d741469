/** Whether the key that a server presented is taken: by known_hosts, or by the user's one answer. */
import { Failed } from '../failure.ts';
import { isLeft } from './algorithms.ts';
import {
  checkHostKey,
  fingerprintOf,
  type HostName,
  type KnownHostsFile,
  keyTypeOf,
  knownKeyTypes,
  lookupName,
} from './known-hosts.ts';
import { appendKnownHost, readKnownHosts } from './known-hosts-files.ts';
import type { HostKeyQuestion, SshMemory } from './memory.ts';
import type { SshTarget } from './ssh-config.ts';

/** Algorithms that ssh2 can check, the strongest first; the last is for old servers. */
const ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
] as const;

type HostKeyAlgorithm = (typeof ALGORITHMS)[number];

/** The user's own files first: that is where an accepted key is written. */
export function readHostFiles(target: SshTarget): Promise<KnownHostsFile[]> {
  return readKnownHosts([...target.userKnownHosts, ...target.globalKnownHosts]);
}

/** All algorithms that the configuration leaves, those of the host's known keys first: it must present a key that can be compared. */
export function preferredHostKeys(files: readonly KnownHostsFile[], target: SshTarget): HostKeyAlgorithm[] {
  const known = new Set(knownKeyTypes(files, hostName(target)));
  const isKnown = (algorithm: HostKeyAlgorithm): boolean =>
    known.has(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  const left = ALGORITHMS.filter((algorithm) => isLeft(algorithm, target.algorithms.hostKeys));
  return [...left.filter(isKnown), ...left.filter((algorithm) => !isKnown(algorithm))];
}

export type AskHostKey = (question: HostKeyQuestion) => Promise<boolean>;

export interface HostKeyContext {
  readonly target: SshTarget;
  readonly files: readonly KnownHostsFile[];
  readonly askHostKey: AskHostKey | undefined;
  readonly memory: SshMemory;
}

/**
 * Resolves when the key is taken.
 * @throws Failed `host-key-unknown`, `host-key-changed`, `host-key-revoked`, `host-certificate-unsupported`
 */
export async function judgeHostKey(key: Buffer, context: HostKeyContext): Promise<void> {
  const { target, files, askHostKey, memory } = context;
  const name = hostName(target);
  // The name in known_hosts, not the alias that was typed: it is what ssh-keygen takes.
  const shown = {
    host: name.name,
    port: name.port,
    algorithm: keyTypeOf(key),
    fingerprint: fingerprintOf(key),
  };
  const verdict = checkHostKey(files, name, key);
  if (verdict.status === 'known') return;
  if (verdict.status === 'changed' || verdict.status === 'revoked') {
    const { file, line } = verdict;
    throw new Failed({ code: `host-key-${verdict.status}`, ...shown, file, line });
  }
  if (verdict.status === 'certificate-authority') {
    const { file, line } = verdict;
    throw new Failed({ code: 'host-certificate-unsupported', host: name.name, file, line });
  }

  const remembered = `${lookupName(name)} ${key.toString('base64')}`;
  if (memory.hostKeys.has(remembered)) return;
  const accepted =
    target.unknownHosts === 'accept' ||
    (target.unknownHosts === 'ask' && ((await askHostKey?.(shown)) ?? false));
  if (!accepted) {
    throw new Failed({ code: 'host-key-unknown', ...shown, files: files.map((file) => file.path) });
  }
  memory.hostKeys.add(remembered);
  const [file] = target.userKnownHosts;
  if (file === undefined) return;
  // A read-only home is no reason to refuse: the answer holds for this run then.
  await appendKnownHost(file, { host: name, key, hashed: target.hashKnownHosts }).catch(() => {});
}

function hostName(target: SshTarget): HostName {
  if (target.hostKeyAlias !== null) return { name: target.hostKeyAlias, port: 22 };
  return { name: target.hostname, port: target.port };
}
