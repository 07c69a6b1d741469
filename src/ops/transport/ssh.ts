/** The transport over SSH. */
import { readFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { Client } from 'ssh2';
import { systemClock } from '../clock.ts';
import { Failed } from '../failure.ts';
import { channelStream } from './channel.ts';
import { openCommand, runCommand } from './commands.ts';
import { keepAlive } from './keepalive.ts';
import { sftpFiles } from './sftp-files.ts';
import { startOverSsh } from './ssh-command.ts';
import type { Privilege, Transport } from './transport.ts';

export interface SshOptions {
  readonly host: string;
  readonly user: string;
  readonly port?: number;
  readonly identities: readonly string[];
}

export async function connectSsh(options: SshOptions, _signal?: AbortSignal): Promise<Transport> {
  const { host, user, port = 22 } = options;
  const privateKey = await readFile(options.identities[0] ?? '');
  const socket = connectTcp({ host, port, noDelay: true });
  const client = new Client();
  client.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve);
    client.once('error', reject);
    client.connect({
      sock: socket,
      username: user,
      privateKey,
      hostVerifier: () => true,
      algorithms: { compress: ['zlib@openssh.com', 'none'] },
    });
  });

  let lostDetail: string | null = null;
  let closing = false;
  const lost = new Promise<{ detail: string }>((resolve) => {
    const lose = (detail: string): void => {
      if (closing) return;
      lostDetail ??= detail;
      resolve({ detail: lostDetail });
    };
    client.on('error', (error) => lose(error.message));
    client.on('close', () => lose('the connection was closed'));
  });
  const alive = keepAlive(client, {
    clock: systemClock,
    intervalMs: 2_000,
    missed: 2,
    received: () => socket.bytesRead,
    onDead: () => {
      client.emit('error', new Error('no answer to keepalives'));
      socket.destroy();
    },
  });
  client.on('close', () => alive.stop());

  const start = (argv: readonly string[]) => startOverSsh(client, argv, () => lostDetail);
  const uid = await runCommand(
    {
      start,
      user,
      privilege: { kind: 'root' },
      sudoPassword: null,
      lostDetail: () => lostDetail,
    },
    ['sh', '-c', 'id -u; LC_ALL=C sudo -n true'],
  );
  const privilege: Privilege = uid.stdout.startsWith('0\n')
    ? { kind: 'root' }
    : uid.code === 0
      ? { kind: 'sudo' }
      : { kind: 'none', reason: 'password-not-given', detail: uid.stderr };
  const runner = { start, user, privilege, sudoPassword: null, lostDetail: () => lostDetail };
  const files = sftpFiles(client, lost);

  return {
    kind: 'ssh',
    label: `${user}@${host}`,
    user,
    privilege,
    address: socket.remoteAddress ?? host,
    run: (argv, runOptions) => runCommand(runner, argv, runOptions),
    open: (argv, openOptions) => openCommand(runner, argv, openOptions),
    dial: (address, dialPort) =>
      new Promise((resolve, reject) => {
        client.forwardOut('127.0.0.1', 0, address, dialPort, (error, channel) => {
          if (error) reject(new Failed({ code: 'unavailable', what: address, detail: error.message }));
          else resolve(channelStream(channel));
        });
      }),
    readFile: (path) => files.read(path),
    get roundTripMs() {
      return alive.roundTripMs;
    },
    get traffic() {
      return { received: socket.bytesRead, sent: socket.bytesWritten };
    },
    lost,
    close: async () => {
      closing = true;
      alive.stop();
      client.end();
    },
  };
}
