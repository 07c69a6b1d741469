/** What a host gets of us, whatever the user's ssh configuration grants it: over each transport, by a real file. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { carriers } from '../../support/carriers.ts';
import { startAgent } from '../../support/ssh-agent.ts';
import {
  finish,
  newKey,
  readKey,
  type SshHost,
  type SshHostOptions,
  startSshHost,
} from '../../support/ssh-host.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function startHost(options: SshHostOptions = {}): Promise<SshHost> {
  const there = await startSshHost({ exec: (_command, channel) => finish(channel, 0), ...options });
  open.push(there);
  return there;
}

/** As the user may have it in ~/.ssh/config. */
async function configFor(there: SshHost, lines: readonly string[]): Promise<string> {
  const file = join(there.folder, 'config');
  const all = [
    'HostName 127.0.0.1',
    `Port ${there.port}`,
    'User manon',
    `IdentityFile ${there.identityFile}`,
    `UserKnownHostsFile ${there.knownHostsFile}`,
    'GlobalKnownHostsFile none',
    ...lines,
  ];
  await writeFile(file, ['Host tp5', ...all.map((line) => `  ${line}`), ''].join('\n'));
  return file;
}

describe.each(carriers)('over $name', ({ connect }) => {
  it('a changed key is refused, though the configuration checks none', async () => {
    const there = await startHost();
    const other = readKey(newKey().public).getPublicSSH().toString('base64');
    await writeFile(there.knownHostsFile, `[127.0.0.1]:${there.port} ssh-ed25519 ${other}\n`);
    const configFile = await configFor(there, ['StrictHostKeyChecking no', 'IdentityAgent none']);
    const questions = { askHostKey: async () => true };
    await expect(connect({ host: 'tp5', configFile, questions })).rejects.toMatchObject({
      failure: { code: 'host-key-changed' },
    });
    expect(there.offers()).toBe(0);
    expect(there.commands).toEqual([]);
  });

  it('is given nothing but commands, whatever the configuration forwards', async () => {
    const there = await startHost();
    await writeFile(there.knownHostsFile, there.knownHostsLine());
    const agent = join(there.folder, 'agent');
    open.push(await startAgent(agent, [newKey().private]));
    const trace = join(there.folder, 'ran-here');
    const configFile = await configFor(there, [
      `IdentityAgent ${agent}`,
      'ForwardAgent yes',
      'ForwardX11 yes',
      'ForwardX11Trusted yes',
      'RemoteForward 45999 127.0.0.1:9',
      'RequestTTY force',
      'PermitLocalCommand yes',
      `LocalCommand touch ${trace}`,
    ]);
    const env = { ...process.env, SSH_AUTH_SOCK: agent, DISPLAY: ':0' };
    const transport = await connect({ host: 'tp5', configFile, env });
    open.push(transport);
    expect(await transport.run(['true'])).toMatchObject({ code: 0 });
    expect(there.commands).toContain('true');
    expect(there.others).toEqual([]);
    expect(existsSync(trace)).toBe(false);
  });

  it('is told no password, and has no question of its own answered', async () => {
    const there = await startHost({
      authorized: [],
      methods: ['publickey', 'password', 'keyboard-interactive'],
    });
    await writeFile(there.knownHostsFile, there.knownHostsLine());
    const configFile = await configFor(there, [
      'IdentityAgent none',
      'PasswordAuthentication yes',
      'KbdInteractiveAuthentication yes',
      'PreferredAuthentications password,keyboard-interactive,publickey',
    ]);
    const asked: unknown[] = [];
    const questions = { askPassphrase: async (question: unknown) => `${asked.push(question)}` };
    await expect(connect({ host: 'tp5', configFile, questions })).rejects.toMatchObject({
      failure: { code: 'auth' },
    });
    expect(there.offers()).toBeGreaterThan(0);
    expect(there.others).toEqual([]);
    expect(asked).toEqual([]);
  });
});
