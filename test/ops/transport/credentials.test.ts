/** Host keys and our own keys: what is asked, what is offered, and how a refusal is told. */
import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/ops/failure.ts';
import { newMemory } from '../../../src/ops/transport/memory.ts';
import { connectSsh } from '../../../src/ops/transport/ssh.ts';
import { startAgent } from '../../support/ssh-agent.ts';
import { newKey, readKey, type SshHost, type SshHostOptions, startSshHost } from '../../support/ssh-host.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function host(options: SshHostOptions = {}, known = true): Promise<SshHost> {
  const started = await startSshHost(options);
  open.push(started);
  if (known) await appendFile(started.knownHostsFile, started.knownHostsLine());
  return started;
}

const PRIVATE = { mode: 0o600 };

type Options = Parameters<typeof connectSsh>[0];

async function connect(options: Options): Promise<void> {
  const transport = await connectSsh(options);
  await transport.close();
}

async function failureOf(options: Options): Promise<Failure> {
  const error = await connect(options).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof Error && 'failure' in error) return error.failure as Failure;
  throw new Error(`no failure, but ${String(error)}`);
}

describe('the host key', () => {
  it('is refused when it is unknown and nobody may be asked', async () => {
    const there = await host({}, false);
    expect(await failureOf({ host: 'tp5', route: there.route() })).toMatchObject({
      code: 'host-key-unknown',
      host: '127.0.0.1',
      algorithm: 'ssh-ed25519',
      files: [there.knownHostsFile],
    });
  });

  it('is asked about once, with its fingerprint, and remembered in known_hosts', async () => {
    const there = await host({}, false);
    const asked: unknown[] = [];
    const askHostKey = async (question: unknown) => asked.push(question) > 0;
    const options = { host: 'tp5', route: there.route(), questions: { askHostKey } };
    await connect(options);
    await connect(options);
    expect(asked).toEqual([
      {
        host: '127.0.0.1',
        port: there.port,
        algorithm: 'ssh-ed25519',
        fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
      },
    ]);
    expect(await readFile(there.knownHostsFile, 'utf8')).toBe(there.knownHostsLine());
    if (process.platform !== 'win32') expect((await stat(there.knownHostsFile)).mode & 0o777).toBe(0o600);
  });

  it('is refused when the answer is no', async () => {
    const there = await host({}, false);
    const questions = { askHostKey: async () => false };
    expect(await failureOf({ host: 'tp5', route: there.route(), questions })).toMatchObject({
      code: 'host-key-unknown',
    });
    await expect(readFile(there.knownHostsFile)).rejects.toThrow('ENOENT');
  });

  it('is never asked about where the configuration says to refuse, and never where it says to accept', async () => {
    const there = await host({}, false);
    const questions = {
      askHostKey: async (): Promise<boolean> => {
        throw new Error('asked');
      },
    };
    const refuse = there.route({ unknownHosts: 'refuse' });
    expect(await failureOf({ host: 'tp5', route: refuse, questions })).toMatchObject({
      code: 'host-key-unknown',
    });
    await connect({
      host: 'tp5',
      route: there.route({ unknownHosts: 'accept', hashKnownHosts: true }),
      questions,
    });
    expect(await readFile(there.knownHostsFile, 'utf8')).toMatch(/^\|1\|\S+ ssh-ed25519 \S+\n$/);
    await connect({ host: 'tp5', route: refuse, questions });
  });

  it('holds for the run where known_hosts cannot be written', async () => {
    const there = await host({}, false);
    let asked = 0;
    const questions = { askHostKey: async () => ++asked > 0 };
    const route = there.route({ userKnownHosts: [join(there.identityFile, 'known_hosts')] });
    const memory = newMemory();
    await connect({ host: 'tp5', route, questions, memory });
    await connect({ host: 'tp5', route, memory });
    expect(asked).toBe(1);
  });

  it('is refused when it changed, with the file and the line', async () => {
    const there = await host({}, false);
    const other = readKey(newKey().public).getPublicSSH().toString('base64');
    await writeFile(there.knownHostsFile, `# school\n[127.0.0.1]:${there.port} ssh-ed25519 ${other}\n`);
    const questions = { askHostKey: async () => true };
    expect(await failureOf({ host: 'tp5', route: there.route(), questions })).toMatchObject({
      code: 'host-key-changed',
      file: there.knownHostsFile,
      line: 2,
    });
  });

  it('is refused when it is revoked, and when only an authority could vouch for it', async () => {
    const there = await host({}, false);
    const questions = { askHostKey: async () => true };
    await writeFile(
      there.knownHostsFile,
      `${there.knownHostsLine()}@revoked * ${there.knownHostsLine().slice(there.knownHostsLine().indexOf(' ') + 1)}`,
    );
    expect(await failureOf({ host: 'tp5', route: there.route(), questions })).toMatchObject({
      code: 'host-key-revoked',
      line: 2,
    });
    const authority = newKey().public;
    await writeFile(there.knownHostsFile, `@cert-authority [127.0.0.1]:* ${authority}\n`);
    expect(await failureOf({ host: 'tp5', route: there.route(), questions })).toMatchObject({
      code: 'host-certificate-unsupported',
      line: 1,
    });
  });

  it('is presented in the type that is known, though the server would rather show another', async () => {
    const ecdsa = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
    const there = await host({ hostKeys: [ecdsa.private, newKey().private] });
    await connect({ host: 'tp5', route: there.route() });
  });

  it('lets the question be withdrawn when the connection is given up meanwhile', async () => {
    const there = await host({}, false);
    const stop = new AbortController();
    let withdrawn: AbortSignal | undefined;
    const questions = {
      askHostKey: (_question: unknown, signal: AbortSignal): Promise<boolean> => {
        withdrawn = signal;
        there.drop();
        return new Promise(() => {});
      },
    };
    await expect(connectSsh({ host: 'tp5', route: there.route(), questions }, stop.signal)).rejects.toThrow();
    expect(withdrawn?.aborted).toBe(true);
  });

  it('ends the connection with the reason of a question that was interrupted', async () => {
    const there = await host({}, false);
    const questions = {
      askHostKey: async (): Promise<boolean> => {
        throw new Error('Ctrl+C');
      },
    };
    await expect(connectSsh({ host: 'tp5', route: there.route(), questions })).rejects.toThrow('Ctrl+C');
  });
});

describe('our keys', () => {
  it('are all named when none was taken', async () => {
    const there = await host();
    const file = (name: string) => join(there.folder, name);
    await writeFile(file('other'), newKey().private, PRIVATE);
    await writeFile(file('prose'), 'not a key');
    await writeFile(file('locked'), newKey('secret').private, PRIVATE);
    const identityFiles = [file('missing'), file('other'), file('prose'), file('locked'), there.folder];
    expect(await failureOf({ host: 'tp5', route: there.route({ identityFiles }) })).toEqual({
      code: 'auth',
      user: 'manon',
      host: '127.0.0.1',
      port: there.port,
      agent: 'none',
      offered: ['publickey'],
      keys: [
        { source: file('other'), from: 'file', outcome: 'refused' },
        { source: file('locked'), from: 'file', outcome: 'refused' },
        { source: file('missing'), from: 'file', outcome: 'missing' },
        { source: file('prose'), from: 'file', outcome: 'not-a-key' },
        { source: there.folder, from: 'file', outcome: 'unreadable' },
      ],
    });
  });

  it('are asked for by the server even when there are none', async () => {
    const there = await host();
    const route = there.route({ identityFiles: [], agent: join(there.folder, 'no-agent') });
    expect(await failureOf({ host: 'tp5', route })).toMatchObject({
      code: 'auth',
      agent: 'unreachable',
      keys: [],
      offered: ['publickey'],
    });
  });

  it('need their passphrase only when the server would take them', async () => {
    const locked = newKey('secret');
    const there = await host({ authorized: [locked.public] });
    const path = join(there.folder, 'locked');
    await writeFile(path, locked.private, PRIVATE);
    await writeFile(join(there.folder, 'locked-too'), newKey('other').private, PRIVATE);
    const route = there.route({ identityFiles: [join(there.folder, 'locked-too'), path] });
    const asked: unknown[] = [];
    const memory = newMemory();
    const questions = {
      askPassphrase: async (question: { attempt: number }) => {
        asked.push(question);
        return question.attempt === 1 ? 'wrong' : 'secret';
      },
    };
    await connect({ host: 'tp5', route, questions, memory });
    expect(asked).toEqual([
      { keyFile: path, attempt: 1 },
      { keyFile: path, attempt: 2 },
    ]);
    // A reconnection asks nothing.
    await connect({ host: 'tp5', route, memory });
  });

  it('say whether the passphrase was wrong or never given', async () => {
    const locked = newKey('secret');
    const there = await host({ authorized: [locked.public] });
    const path = join(there.folder, 'locked');
    await writeFile(path, locked.private, PRIVATE);
    const route = there.route({ identityFiles: [path] });
    let asked = 0;
    const wrong = { askPassphrase: async () => `wrong ${++asked}` };
    expect(await failureOf({ host: 'tp5', route, questions: wrong })).toMatchObject({
      keys: [{ source: path, outcome: 'wrong-passphrase' }],
    });
    expect(asked).toBe(3);
    expect(await failureOf({ host: 'tp5', route })).toMatchObject({
      keys: [{ source: path, outcome: 'passphrase-needed' }],
    });
  });

  it.skipIf(process.platform === 'win32')(
    'come from the agent, and only those wanted with IdentitiesOnly',
    async () => {
      const held = newKey();
      const stranger = newKey();
      const there = await host({ authorized: [held.public] });
      const agent = join(there.folder, 'agent');
      open.push(await startAgent(agent, [stranger.private, held.private]));
      await connect({ host: 'tp5', route: there.route({ identityFiles: [], agent }) });

      const only = there.route({ identityFiles: [there.identityFile], identitiesOnly: true, agent });
      expect(await failureOf({ host: 'tp5', route: only })).toMatchObject({
        agent: 'used',
        keys: [{ source: there.identityFile, from: 'file', outcome: 'refused' }],
      });
    },
  );
});
