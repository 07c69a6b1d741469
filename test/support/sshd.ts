/** A real sshd on loopback, as a process of this user's own, for tests that hold us against OpenSSH. */
import { spawn } from 'node:child_process';
import { accessSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

export const sshdPath: string | null =
  process.platform === 'win32'
    ? null
    : (['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find((path) => {
        try {
          accessSync(path);
          return true;
        } catch {
          return false;
        }
      }) ?? null);

export interface Sshd {
  readonly port: number;
  /** Its folder: keys and configurations may be put there. */
  readonly folder: string;
  close(): Promise<void>;
}

/** @param settings lines of sshd_config(5), from the folder that all is in */
export async function startSshd(settings: (folder: string) => readonly string[]): Promise<Sshd> {
  const folder = await mkdtemp(join(tmpdir(), 'tp5-sshd-'));
  const port = await freePort();
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'host')]);
  const file = join(folder, 'sshd_config');
  const lines = [
    ...settings(folder),
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'Subsystem sftp internal-sftp',
    `AuthorizedKeysFile ${join(folder, 'authorized')}`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = spawn(sshdPath ?? 'sshd', ['-D', '-e', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (/listening on/.test(said)) resolve();
    });
    child.once('exit', () => reject(new Error(`sshd: ${said}`)));
  });
  return {
    port,
    folder,
    close: async () => {
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
