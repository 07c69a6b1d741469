/** Which of the two carries a connection, and what is said where neither can. */
import { appendFile, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { NO_LIMITS } from '../../../src/ops/transport/algorithms.ts';
import { connectHost, openSshMay, whatSsh2Lacks } from '../../../src/ops/transport/carrier-choice.ts';
import { newMemory } from '../../../src/ops/transport/memory.ts';
import { type SshHost, startSshHost } from '../../support/ssh-host.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function host(): Promise<SshHost> {
  const there = await startSshHost();
  open.push(there);
  await appendFile(there.knownHostsFile, there.knownHostsLine());
  return there;
}

describe('what only the system’s own ssh can do', () => {
  it('is seen in the configuration: options and algorithms', async () => {
    const there = await host();
    expect(whatSsh2Lacks(there.route())).toEqual([]);
    const algorithms = { ...NO_LIMITS, kex: ['sntrup761x25519-sha512@openssh.com'] };
    expect(whatSsh2Lacks(there.route({ algorithms, beyondSsh2: ['PKCS11Provider'] }))).toEqual([
      { kind: 'option', source: 'PKCS11Provider' },
      { kind: 'algorithms', source: 'KexAlgorithms' },
    ]);
  });

  it('is seen in a failure of ssh2, at a jump too', async () => {
    const there = await host();
    const auth = { code: 'auth', user: 'u', host: 'h', port: 22, keys: [], agent: 'none' } as const;
    const route = there.route({
      otherMethods: [{ method: 'gssapi-with-mic', keyword: 'GSSAPIAuthentication' }],
    });
    expect(openSshMay({ ...auth, offered: ['publickey'] }, route)).toBe(false);
    expect(openSshMay({ ...auth, offered: ['publickey', 'gssapi-with-mic'] }, route)).toBe(true);
    const beyond = [{ kind: 'security-key', source: 'yubi' }] as const;
    const cause = { ...auth, offered: ['publickey'], beyond };
    expect(openSshMay({ code: 'jump', via: 'jump', cause }, there.route())).toBe(true);
    expect(openSshMay({ code: 'protocol', host: 'h', detail: 'no matching cipher' }, route)).toBe(true);
    expect(openSshMay({ code: 'resolve', host: 'h', detail: '' }, route)).toBe(false);
  });
});

describe('where the system’s ssh cannot be had', () => {
  it('is said on Windows, and where there is none', async () => {
    const there = await host();
    const asked = { host: 'tp5', route: there.route(), carrier: 'openssh' } as const;
    await expect(connectHost({ ...asked, platform: 'win32' })).rejects.toMatchObject({
      failure: { code: 'no-openssh', reason: 'windows' },
    });
    await expect(
      connectHost({ ...asked, platform: 'linux', env: { PATH: there.folder } }),
    ).rejects.toMatchObject({
      failure: { code: 'no-openssh', reason: 'missing' },
    });
  });

  it('goes by ssh2 with a plain key, though there is a certificate', async () => {
    const there = await host();
    await writeFile(`${there.identityFile}-cert.pub`, 'ssh-ed25519-cert-v01@openssh.com AAAA\n');
    const transport = await connectHost({ host: 'tp5', route: there.route(), platform: 'win32' });
    open.push(transport);
    expect(transport.traffic).not.toBeNull();
  });

  it('names what in the configuration ssh2 cannot do', async () => {
    const there = await host();
    const route = there.route({ beyondSsh2: ['PKCS11Provider'] });
    await expect(connectHost({ host: 'tp5', route, carrier: 'ssh2' })).rejects.toMatchObject({
      failure: { code: 'beyond-ssh2', beyond: [{ kind: 'option', source: 'PKCS11Provider' }] },
    });
  });
});

it('is ssh2 where ssh2 can', async () => {
  const there = await host();
  const memory = newMemory();
  const transport = await connectHost({ host: 'tp5', route: there.route(), memory });
  open.push(transport);
  expect(transport.traffic).not.toBeNull();
  expect(memory.carriers.size).toBe(0);
});
