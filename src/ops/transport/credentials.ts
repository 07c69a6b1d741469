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
import type { AgentAttempt, KeyAttempt } from '../failure.ts';
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
}

/** Collects what can be offered for `target`: nothing is asked and nothing decrypted yet. */
export async function collectCredentials(
  target: SshTarget,
  named: boolean,
  askPassphrase: AskPassphrase | undefined,
  memory: SshMemory,
): Promise<Credentials> {
  const [agentKeys, files] = await Promise.all([
    listAgent(target.agent),
    Promise.all(target.identityFiles.map(async (path) => ({ path, file: await openKey(path, memory) }))),
  ]);
  const unusable: KeyAttempt[] = [];
  const fromFiles: { readonly publicKey: ParsedKey | null; readonly credential: Credential }[] = [];
  for (const { path, file } of files) {
    if (file.status === 'open') {
      fromFiles.push({ publicKey: file.key, credential: plainKey(target.user, path, file.key) });
    } else if (file.status === 'encrypted') {
      const credential = encryptedKey(target.user, path, file, askPassphrase, memory);
      fromFiles.push({ publicKey: file.publicKey, credential });
    } else unusable.push({ source: path, from: 'file', outcome: file.status });
  }

  const matches = (agentKey: ParsedKey, file: { readonly publicKey: ParsedKey | null }): boolean =>
    file.publicKey?.getPublicSSH().equals(agentKey.getPublicSSH()) ?? false;
  const wanted = agentKeys.keys.filter((key) => fromFiles.some((file) => matches(key, file)));
  const others = target.identitiesOnly ? [] : agentKeys.keys.filter((key) => !wanted.includes(key));
  // What the agent holds need not be decrypted here.
  const remaining = fromFiles.filter((file) => !wanted.some((key) => matches(key, file)));
  const offer = (key: ParsedKey): Credential => agentKey(target.user, agentKeys.agent, key);
  const ownFiles = remaining.map((file) => file.credential);
  return {
    // A full agent uses up the server's patience (MaxAuthTries 6): a key named for this host goes first.
    offers: named
      ? [...wanted.map(offer), ...ownFiles, ...others.map(offer)]
      : [...wanted.map(offer), ...others.map(offer), ...ownFiles],
    unusable,
    agent: agentKeys.status,
  };
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
