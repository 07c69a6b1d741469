/**
 * Keys, from files and from the agent, in the order they are offered, with what became of each.
 *
 * An encrypted key is offered by its public half first: its passphrase is asked for only once the
 * server has said that it would take the key.
 */
import ssh2, {
  type AnyAuthMethod,
  BaseAgent,
  createAgent,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';
import type { AgentAttempt, BeyondSsh2, KeyAttempt } from '../failure.ts';
import { listForeignKeys } from './agent-keys.ts';
import { isKeyTypeLeft } from './algorithms.ts';
import { certificatesOf } from './certificates.ts';
import { decryptKey, type KeyFile, loadKeyFile } from './key-files.ts';
import type { PassphraseQuestion, SshMemory } from './memory.ts';
import type { SshTarget } from './ssh-config.ts';

const PASSPHRASE_TRIES = 3;

export type AskPassphrase = (question: PassphraseQuestion) => Promise<string | null>;

type Outcome = KeyAttempt['outcome'];

/** One key that can be offered. */
export interface Credential {
  readonly source: string;
  readonly from: 'file' | 'agent';
  readonly method: AnyAuthMethod;
  /** What it was refused for, where that is not the server's doing. */
  readonly ownOutcome: () => Outcome | null;
}

export interface Credentials {
  readonly offers: readonly Credential[];
  /** Files that cannot even be offered. */
  readonly unusable: readonly KeyAttempt[];
  readonly agent: AgentAttempt;
  /** What the user has for this host and ssh2 cannot offer: certificates and keys of hardware tokens. */
  readonly beyond: readonly BeyondSsh2[];
}

/** Collects what can be offered for `target`: nothing is asked and nothing decrypted yet. */
export async function collectCredentials(
  target: SshTarget,
  named: boolean,
  askPassphrase: AskPassphrase | undefined,
  memory: SshMemory,
): Promise<Credentials> {
  if (!target.publicKeys) {
    const unusable = target.identityFiles.map(
      (source): KeyAttempt => ({ source, from: 'file', outcome: 'switched-off' }),
    );
    return { offers: [], unusable, agent: 'none', beyond: [] };
  }
  const [agentKeys, foreign, files, certificates] = await Promise.all([
    listAgent(target.agent),
    listForeignKeys(target.agent, AGENT_WITHIN_MS),
    Promise.all(target.identityFiles.map(async (path) => ({ path, file: await openKey(path, memory) }))),
    certificatesOf(target),
  ]);
  const unusable: KeyAttempt[] = [];
  const beyond: BeyondSsh2[] = certificates.map((source) => ({ kind: 'certificate', source }));
  const fromFiles: NamedKey[] = [];
  const leaveOut = (source: string, outcome: Outcome): number =>
    unusable.push({ source, from: 'file', outcome });
  for (const { path, file } of files) {
    if (file.status === 'certificate' || file.status === 'security-key') {
      beyond.push({ kind: file.status, source: path });
      continue;
    }
    if (file.status !== 'open' && file.status !== 'encrypted' && file.status !== 'public') {
      leaveOut(path, file.status);
      continue;
    }
    const publicKey = file.status === 'encrypted' ? file.publicKey : file.key;
    if (publicKey && !isKeyTypeLeft(publicKey.type, target.algorithms)) leaveOut(path, 'left-out');
    else if (file.status === 'public') fromFiles.push({ path, publicKey, credential: null });
    else if (file.status === 'open')
      fromFiles.push({ path, publicKey, credential: plainKey(target.user, path, file.key) });
    else {
      const credential = encryptedKey(target.user, path, file, askPassphrase, memory);
      fromFiles.push({ path, publicKey, credential });
    }
  }

  const matches = (agentKey: ParsedKey, file: NamedKey): boolean =>
    file.publicKey?.getPublicSSH().equals(agentKey.getPublicSSH()) ?? false;
  const held = agentKeys.keys.filter((key) => isKeyTypeLeft(key.type, target.algorithms));
  // In the order in which the files are named, not in the agent's.
  const wanted = fromFiles.flatMap((file) => held.filter((key) => matches(key, file)).slice(0, 1));
  const others = target.identitiesOnly ? [] : held.filter((key) => !wanted.includes(key));
  // What the agent holds need not be decrypted here.
  const remaining = fromFiles.filter((file) => !wanted.some((key) => matches(key, file)));
  const offer = (key: ParsedKey): Credential => agentKey(target.user, agentKeys.agent, key);
  const ownFiles = remaining.flatMap(({ credential }) => (credential ? [credential] : []));
  for (const { path, credential } of remaining) if (!credential) leaveOut(path, 'not-in-agent');
  if (!target.identitiesOnly) beyond.push(...foreign);
  return {
    // A full agent uses up the server's patience (MaxAuthTries 6): a key named for this host goes first.
    offers: named
      ? [...new Set(wanted)].map(offer).concat(ownFiles, others.map(offer))
      : [...new Set(wanted)].map(offer).concat(others.map(offer), ownFiles),
    unusable,
    agent: agentKeys.status,
    beyond,
  };
}

/** A key that a file names; without a credential where the file is its public half alone. */
interface NamedKey {
  readonly path: string;
  readonly publicKey: ParsedKey | null;
  readonly credential: Credential | null;
}

async function openKey(path: string, memory: SshMemory): Promise<KeyFile> {
  const remembered = memory.keys.get(path);
  return remembered ? { status: 'open', key: remembered } : loadKeyFile(path);
}

function plainKey(username: string, source: string, key: ParsedKey): Credential {
  return { source, from: 'file', method: { type: 'publickey', username, key }, ownOutcome: () => null };
}

function agentKey(username: string, agent: BaseAgent | null, key: ParsedKey): Credential {
  const one = new OneKeyAgent(key, (data, options, done) => {
    if (agent) agent.sign(key, data, options, done);
    else done(new Error('no agent'));
  });
  return {
    source: key.comment || key.type,
    from: 'agent',
    method: { type: 'agent', username, agent: one },
    ownOutcome: () => null,
  };
}

function encryptedKey(
  username: string,
  path: string,
  file: Extract<KeyFile, { status: 'encrypted' }>,
  askPassphrase: AskPassphrase | undefined,
  memory: SshMemory,
): Credential {
  const failed: { outcome: Outcome | null } = { outcome: null };
  async function unlock(): Promise<ParsedKey | null> {
    // Unlocked to be shown, where its public half was not known, and then to sign.
    const opened = memory.keys.get(path);
    if (opened) return opened;
    if (!askPassphrase || memory.declinedKeys.has(path)) {
      failed.outcome = 'passphrase-needed';
      return null;
    }
    for (let attempt = 1; attempt <= PASSPHRASE_TRIES; attempt += 1) {
      const passphrase = await askPassphrase({ keyFile: path, attempt });
      if (passphrase === null || passphrase === '') {
        failed.outcome = attempt === 1 ? 'passphrase-needed' : 'wrong-passphrase';
        memory.declinedKeys.add(path);
        return null;
      }
      const key = decryptKey(file.source, passphrase);
      if (key) {
        memory.keys.set(path, key);
        return key;
      }
    }
    failed.outcome = 'wrong-passphrase';
    memory.declinedKeys.add(path);
    return null;
  }
  const one = new OneKeyAgent(
    file.publicKey,
    (data, options, done) => {
      unlock().then((key) => {
        if (!key) return done(new Error('the key stays locked'));
        const signature: Buffer | Error = key.sign(data, options.hash);
        if (signature instanceof Error) done(signature);
        else done(null, signature);
      }, done);
    },
    unlock,
  );
  return {
    source: path,
    from: 'file',
    method: { type: 'agent', username, agent: one },
    ownOutcome: () => failed.outcome,
  };
}

type Sign = (data: Buffer, options: SigningRequestOptions, done: SignCallback) => void;

/** Offers one key by its public half, and signs with it when the server would take it. */
class OneKeyAgent extends BaseAgent<ParsedKey> {
  readonly #key: ParsedKey | null;
  readonly #sign: Sign;
  readonly #reveal: () => Promise<ParsedKey | null>;

  /** @param reveal finds the key when its public half is not known beforehand */
  constructor(key: ParsedKey | null, sign: Sign, reveal: () => Promise<ParsedKey | null> = async () => null) {
    super();
    this.#key = key;
    this.#sign = sign;
    this.#reveal = reveal;
  }

  override getIdentities(done: (error?: Error | null, keys?: ParsedKey[]) => void): void {
    if (this.#key) return done(null, [this.#key]);
    this.#reveal().then((key) => done(null, key ? [key] : []), done);
  }

  override sign(
    _key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): void {
    if (typeof options === 'function') this.#sign(data, {}, options);
    else if (done) this.#sign(data, options, done);
  }
}

interface AgentKeys {
  readonly agent: BaseAgent | null;
  readonly keys: readonly ParsedKey[];
  readonly status: AgentAttempt;
}

/** An agent that accepts and says nothing must not keep us from the key files. */
const AGENT_WITHIN_MS = 3_000;

function listAgent(socket: string | null): Promise<AgentKeys> {
  if (socket === null) return Promise.resolve({ agent: null, keys: [], status: 'none' });
  const agent: BaseAgent = createAgent(socket);
  return new Promise((resolve) => {
    const unreachable = (): void => resolve({ agent: null, keys: [], status: 'unreachable' });
    const timer = setTimeout(unreachable, AGENT_WITHIN_MS);
    agent.getIdentities((error, identities) => {
      clearTimeout(timer);
      if (error) return unreachable();
      const keys = (identities ?? []).flatMap((identity) => {
        const key = readIdentity(identity);
        return key ? [key] : [];
      });
      resolve({ agent, keys, status: keys.length > 0 ? 'used' : 'empty' });
    });
  });
}

/** @returns null for a kind of key that ssh2 cannot use (a hardware token's `sk-` key, a certificate) */
function readIdentity(identity: unknown): ParsedKey | null {
  if (typeof identity !== 'string' && !Buffer.isBuffer(identity))
    return isParsedKey(identity) ? identity : null;
  const parsed = ssh2.utils.parseKey(identity);
  return parsed instanceof Error ? null : parsed;
}

function isParsedKey(value: unknown): value is ParsedKey {
  return typeof value === 'object' && value !== null && 'getPublicSSH' in value;
}
