/** Keys as OpenSSH takes them: public halves whose other is in the agent, PKCS#8, and which is offered first. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { appendFile, chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { afterEach, describe, expect, it } from 'vitest';
import { NO_LIMITS } from '../../../src/ops/transport/algorithms.ts';
import { collectCredentials } from '../../../src/ops/transport/credentials.ts';
import { loadKeyFile } from '../../../src/ops/transport/key-files.ts';
import { newMemory, type SshQuestions } from '../../../src/ops/transport/memory.ts';
import { connectSsh } from '../../../src/ops/transport/ssh.ts';
import type { SshTarget } from '../../../src/ops/transport/ssh-config.ts';
import { startAgent } from '../../support/ssh-agent.ts';
import { newKey, readKey, type SshHost, startSshHost } from '../../support/ssh-host.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function host(publicKey: string): Promise<SshHost> {
  const there = await startSshHost({ authorized: [publicKey] });
  open.push(there);
  await appendFile(there.knownHostsFile, there.knownHostsLine());
  return there;
}

async function logIn(
  there: SshHost,
  target: Partial<SshTarget>,
  questions: SshQuestions = {},
): Promise<string> {
  const transport = await connectSsh({ host: 'tp5', route: there.route(target), questions }).catch(
    (error: unknown) => {
      if (error instanceof Error && 'failure' in error) return JSON.stringify(error.failure);
      throw error;
    },
  );
  if (typeof transport === 'string') return transport;
  await transport.close();
  return 'in';
}

describe.skipIf(process.platform === 'win32')('the public half on disk, the private one in the agent', () => {
  const held = newKey();
  const others = [newKey(), newKey(), newKey()];

  it.each([
    ['IdentityFile x.pub', { identitiesOnly: false }],
    ['IdentityFile x.pub with IdentitiesOnly', { identitiesOnly: true }],
  ])('%s', async (_name, target) => {
    const there = await host(held.public);
    const file = join(there.folder, 'x.pub');
    await writeFile(file, held.public);
    const agent = join(there.folder, 'agent');
    open.push(
      await startAgent(
        agent,
        [...others, held].map((key) => key.private),
      ),
    );
    expect(await logIn(there, { ...target, identityFiles: [file], agent })).toBe('in');
  });

  it('IdentityFile x, of which only x.pub is there', async () => {
    const there = await host(held.public);
    await writeFile(join(there.folder, 'x.pub'), held.public);
    const agent = join(there.folder, 'agent');
    open.push(await startAgent(agent, [held.private]));
    const identityFiles = [join(there.folder, 'x')];
    expect(await logIn(there, { identityFiles, agent, identitiesOnly: true })).toBe('in');
  });

  it('says that the agent does not hold the other half', async () => {
    const there = await host(held.public);
    const file = join(there.folder, 'x.pub');
    await writeFile(file, held.public);
    const agent = join(there.folder, 'agent');
    open.push(await startAgent(agent, [newKey().private]));
    const said = JSON.parse(await logIn(there, { identityFiles: [file], agent, identitiesOnly: true }));
    expect(said).toMatchObject({
      code: 'auth',
      keys: [{ source: file, from: 'file', outcome: 'not-in-agent' }],
    });
  });

  it('offers the named keys first, in the order of the configuration, before all others of a full agent', async () => {
    const there = await host(held.public);
    const [first, second] = [join(there.folder, 'first.pub'), join(there.folder, 'second')];
    const strangers = Array.from({ length: 8 }, () => newKey());
    const also = newKey();
    await writeFile(first, held.public);
    await writeFile(second, also.private, { mode: 0o600 });
    const agent = join(there.folder, 'agent');
    open.push(
      await startAgent(
        agent,
        [...strangers, also, held].map((key) => key.private),
      ),
    );
    const { target } = there.route({ identityFiles: [first, second, there.identityFile], agent }).host;
    const { offers } = await collectCredentials(target, true, undefined, newMemory());
    const keys = await Promise.all(offers.slice(0, 3).map(publicKeyOf));
    expect(keys).toEqual(
      [held, also].map((key) => wireOf(key.public)).concat(await fileKey(there.identityFile)),
    );
    expect(offers).toHaveLength(3 + strangers.length);
  });
});

describe('keys in PKCS#8', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kinds: readonly [string, { readonly privateKey: KeyObject }][] = [
    ['RSA', rsa],
    ['ECDSA, P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['ECDSA, P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' })],
    ['Ed25519', generateKeyPairSync('ed25519')],
  ];

  it.each(kinds)('%s', async (_name, { privateKey }) => {
    const there = await host(newKey().public);
    const file = join(there.folder, 'pkcs8');
    await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const read = await loadKeyFile(file);
    if (read.status !== 'open') throw new Error(read.status);
    const taking = await host(`${read.key.type} ${read.key.getPublicSSH().toString('base64')}`);
    expect(await logIn(taking, { identityFiles: [file] })).toBe('in');
  });

  it.each(kinds)('%s, encrypted', async (_name, { privateKey }) => {
    const there = await host(newKey().public);
    const [plain, file] = [join(there.folder, 'plain'), join(there.folder, 'locked')];
    await writeFile(plain, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
    await writeFile(file, privateKey.export(cipher), { mode: 0o600 });
    const read = await loadKeyFile(plain);
    if (read.status !== 'open') throw new Error(read.status);
    const taking = await host(`${read.key.type} ${read.key.getPublicSSH().toString('base64')}`);
    const attempts: number[] = [];
    const askPassphrase = async ({ attempt }: { attempt: number }): Promise<string> => {
      attempts.push(attempt);
      return attempt === 1 ? 'wrong' : 'secret';
    };
    expect(await logIn(taking, { identityFiles: [file] }, { askPassphrase })).toBe('in');
    expect(attempts).toEqual([1, 2]);
  });

  it('is no key where the kind is one that no SSH server takes', async () => {
    const there = await host(newKey().public);
    const file = join(there.folder, 'x25519');
    const { privateKey } = generateKeyPairSync('x25519');
    await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    expect((await loadKeyFile(file)).status).toBe('not-a-key');
  });
});

describe('what is not offered', () => {
  it('is a key whose kind the configuration leaves out', async () => {
    const there = await host(newKey().public);
    const algorithms = { ...NO_LIMITS, publicKeys: ['ecdsa-sha2-nistp256'] };
    expect(JSON.parse(await logIn(there, { algorithms }))).toMatchObject({
      keys: [{ source: there.identityFile, from: 'file', outcome: 'left-out' }],
    });
  });

  it.skipIf(process.platform === 'win32')('is a key that others may read, as with ssh', async () => {
    const there = await host(newKey().public);
    await chmod(there.identityFile, 0o644);
    expect(JSON.parse(await logIn(there, {}))).toMatchObject({
      keys: [{ source: there.identityFile, from: 'file', outcome: 'too-open' }],
    });
  });

  it('is a certificate, and the failure names it', async () => {
    const there = await host(newKey().public);
    const certificate = `${there.identityFile}-cert.pub`;
    await writeFile(certificate, 'ssh-ed25519-cert-v01@openssh.com AAAA\n');
    expect(JSON.parse(await logIn(there, {}))).toMatchObject({
      beyond: [{ kind: 'certificate', source: certificate }],
    });
    await rm(certificate);
  });
});

function wireOf(publicKey: string): string {
  return readKey(publicKey).getPublicSSH().toString('base64');
}

async function fileKey(path: string): Promise<string> {
  const file = await loadKeyFile(path);
  if (file.status !== 'open') throw new Error(file.status);
  return file.key.getPublicSSH().toString('base64');
}

/** The key that an offer would show to the server. */
async function publicKeyOf({ method }: { readonly method: ssh2.AnyAuthMethod }): Promise<string> {
  if (method.type === 'publickey') {
    if (typeof method.key === 'object' && 'getPublicSSH' in method.key)
      return method.key.getPublicSSH().toString('base64');
    throw new Error('no parsed key');
  }
  if (method.type !== 'agent' || typeof method.agent === 'string') throw new Error(method.type);
  const { agent } = method;
  return new Promise((resolve, reject) => {
    agent.getIdentities((error, keys) => {
      const [key] = (keys ?? []) as ParsedKey[];
      if (error || !key) reject(error ?? new Error('no key'));
      else resolve(key.getPublicSSH().toString('base64'));
    });
  });
}
