/** The ways to carry a connection over SSH, for tests that hold of all: each takes a route as if `ssh -G` had told it. */
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { connectOpenSsh } from '../../src/ops/transport/openssh.ts';
import type { Hop } from '../../src/ops/transport/route.ts';
import { connectSsh, type SshOptions } from '../../src/ops/transport/ssh.ts';
import type { Transport } from '../../src/ops/transport/transport.ts';

export interface CarrierUnderTest {
  readonly name: 'ssh2' | 'openssh';
  readonly connect: (options: SshOptions, signal?: AbortSignal) => Promise<Transport>;
}

const hasSsh =
  process.platform !== 'win32' &&
  (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, 'ssh'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** Without an ssh that can share a connection, ssh2 alone. */
export const carriers: readonly CarrierUnderTest[] = [
  { name: 'ssh2', connect: connectSsh },
  ...(hasSsh ? [{ name: 'openssh', connect: openSsh } as const] : []),
];

async function openSsh(options: SshOptions, signal?: AbortSignal): Promise<Transport> {
  const { route } = options;
  if (!route) return connectOpenSsh(options, signal);
  const folder = await mkdtemp(join(tmpdir(), 'tp5-config-'));
  const configFile = join(folder, 'config');
  const jumps = route.jumps.map(({ host }) => host).join(',');
  const hosts = [
    hostBlock(options.host, route.host, jumps === '' ? [] : [`ProxyJump ${jumps}`]),
    ...route.jumps.map((hop) => hostBlock(hop.host, hop, [])),
  ];
  await writeFile(configFile, hosts.join('\n'));
  try {
    return await connectOpenSsh({ ...options, configFile }, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const STRICTNESS = { ask: 'ask', refuse: 'yes', accept: 'accept-new' } as const;

function hostBlock(name: string, { target }: Hop, more: readonly string[]): string {
  const lines = [
    `HostName ${target.hostname}`,
    `Port ${target.port}`,
    `User ${target.user}`,
    ...target.identityFiles.map((file) => `IdentityFile ${file}`),
    ...(target.identityFiles.length === 0 ? ['IdentityFile none'] : []),
    `IdentitiesOnly ${target.identitiesOnly ? 'yes' : 'no'}`,
    `IdentityAgent ${target.agent ?? 'none'}`,
    `UserKnownHostsFile ${target.userKnownHosts.join(' ') || 'none'}`,
    `GlobalKnownHostsFile ${target.globalKnownHosts.join(' ') || 'none'}`,
    `StrictHostKeyChecking ${STRICTNESS[target.unknownHosts]}`,
    `HashKnownHosts ${target.hashKnownHosts ? 'yes' : 'no'}`,
    ...(target.connectTimeoutMs === null
      ? []
      : [`ConnectTimeout ${Math.ceil(target.connectTimeoutMs / 1000)}`]),
    ...more,
  ];
  return [`Host ${name}`, ...lines.map((line) => `  ${line}`), ''].join('\n');
}
