/**
 * An SSH host in this process, on loopback: ssh2's Server with a table of commands behind it.
 *
 * It plays what the transport leans on: public keys, `id` and sudo (with its prompt on stderr), SFTP,
 * TCP forwarding, and a link that can be dropped or frozen. Runs on any OS, needs no ssh.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AuthenticationType, type Connection, type ParsedKey, type ServerChannel } from 'ssh2';
import { NO_LIMITS } from '../../src/ops/transport/algorithms.ts';
import { neverThrow } from '../../src/ops/transport/channel.ts';
import { quoteWord } from '../../src/ops/transport/quote.ts';
import type { Route } from '../../src/ops/transport/route.ts';
import type { SshTarget } from '../../src/ops/transport/ssh-config.ts';
import { unframe } from './shell-words.ts';
import { type Account, runAs } from './ssh-accounts.ts';
import { serveFiles } from './ssh-files.ts';

/** A command as it reaches the program: after the shell, and after sudo. */
export interface SshRequest {
  readonly argv: readonly string[];
  readonly privileged: boolean;
  readonly user: string;
}

/** Answers a command: writes to the channel, and ends it with `exit(code)` and `end()`. */
export type SshExec = (command: string, channel: ServerChannel, request: SshRequest) => void;

export interface SshHostOptions {
  /** @default every command is unknown (127) */
  readonly exec?: SshExec;
  /** What the login shell does around a command. @default runs it at once, without a word */
  readonly shell?: (channel: ServerChannel, run: () => void) => void;
  /** What a login may do. @default uid 1000 with sudo and no password */
  readonly account?: Account;
  /** Files by path, for SFTP; a function is asked at each read. */
  readonly files?: Readonly<Record<string, string | (() => string)>>;
  /** @default true */
  readonly sftp?: boolean;
  /** Lets nobody in whose key is not among these. @default the key of `identityFile` alone */
  readonly authorized?: readonly string[];
  /** @default a new ed25519 key */
  readonly hostKeys?: readonly string[];
  /** What it says it takes of those who log in. @default public keys */
  readonly methods?: readonly AuthenticationType[];
  /** What it does at each key that is offered, rather than judge it. @default nothing */
  readonly atKey?: (login: { cut(): void; hadEnough(): void }) => void;
  /** Leave a direct-tcpip request without any answer. @default false */
  readonly muteForwarding?: boolean;
}

export interface SshHost {
  readonly port: number;
  /** A private key that the host takes, without a passphrase. */
  readonly identityFile: string;
  /** Empty until somebody accepts the host's key. */
  readonly knownHostsFile: string;
  /** The folder of both; removed by `close`. */
  readonly folder: string;
  readonly hostKeys: readonly ParsedKey[];
  /** Command lines, as the shell that frames them runs them. */
  readonly commands: readonly string[];
  /** What else was asked for or tried, and refused: a way back to who connects, a terminal, to log in by a password. */
  readonly others: readonly string[];
  /** Keys that were offered, by any client. */
  readonly offers: () => number;
  /** Connections that are open now. */
  readonly connections: () => number;
  /** The host's line for known_hosts. */
  knownHostsLine(): string;
  /** The way there, as `ssh -G` would have told it. */
  route(target?: Partial<SshTarget>): Route;
  /** Ends every connection, as a reboot does. */
  drop(): void;
  /** Reads nothing more: the cable is out. `thaw` puts it back. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

export interface KeyPair {
  readonly private: string;
  readonly public: string;
}

/** A new key pair in OpenSSH's format. */
export function newKey(passphrase?: string): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', {
      comment: 'test',
      ...(passphrase === undefined ? {} : { passphrase, cipher: 'aes256-ctr', rounds: 4 }),
    });
    // ssh2 1.17 loses a leading zero byte: one key in 256 is malformed.
    if (isKey(ssh2.utils.parseKey(pair.public)) && isKey(ssh2.utils.parseKey(pair.private, passphrase)))
      return pair;
  }
}

function isKey(parsed: ParsedKey | Error): boolean {
  return !(parsed instanceof Error);
}

/** A parsed key. @throws what ssh2 says of a key that is none */
export function readKey(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
}

export async function startSshHost(options: SshHostOptions = {}): Promise<SshHost> {
  const folder = await mkdtemp(join(tmpdir(), 'tp5-ssh-'));
  const identityFile = join(folder, 'id_ed25519');
  const knownHostsFile = join(folder, 'known_hosts');
  const own = newKey();
  await writeFile(identityFile, own.private, { mode: 0o600 });
  const authorized = (options.authorized ?? [own.public]).map(readKey);
  const hostKeyTexts = options.hostKeys ?? [newKey().private];
  const hostKeys = hostKeyTexts.map(readKey);
  const commands: string[] = [];
  const others: string[] = [];
  const sockets = new Set<Socket>();
  let offers = 0;
  const account = options.account ?? { uid: 1000, groups: ['user', 'sudo'], sudo: 'free' };

  const server = new ssh2.Server({ hostKeys: [...hostKeyTexts] }, (connection) => {
    connection.on('error', () => {});
    const takes = {
      authorized,
      methods: [...(options.methods ?? ['publickey' as const])],
      otherwise: (method: string) => void others.push(method),
      atKey() {
        offers += 1;
        options.atKey?.({
          cut: () => {
            for (const socket of sockets) socket.destroy();
          },
          hadEnough: () => disconnect(connection, 2),
        });
        return options.atKey !== undefined;
      },
    };
    authenticate(connection, takes, (user) => {
      connection.on('request', (_accept, reject, name) => {
        // A keepalive asks for the end of a forward that never began.
        if (name !== 'cancel-tcpip-forward') others.push(name);
        reject?.();
      });
      connection.on('session', (accept) => {
        const session = accept();
        for (const kind of ['auth-agent', 'x11', 'pty', 'shell'] as const) {
          session.on(kind as 'pty', (_accept, reject) => {
            others.push(kind);
            reject?.();
          });
        }
        session.on('exec', (acceptExec, _reject, { command }) => {
          const words = unframe(command);
          commands.push(words.argv.map(quoteWord).join(' '));
          const channel = acceptExec();
          neverThrow(channel);
          channel.on('error', () => {});
          const run = (): void => {
            channel.stderr.write(words.stderr);
            channel.write(words.stdout);
            runAs(account, words.argv, channel, (argv, privileged) => {
              if (options.exec) options.exec(argv.join(' '), channel, { argv, privileged, user });
              else finish(channel, 127, `${argv[0]}: command not found\n`);
            });
          };
          if (options.shell) options.shell(channel, run);
          else run();
        });
        if (options.sftp !== false)
          session.on('sftp', (acceptSftp) => serveFiles(acceptSftp(), options.files));
      });
    });
    if (!options.muteForwarding) forward(connection);
    else connection.on('tcpip', () => {});
  });

  const listener = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => {});
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    server.injectSocket(socket);
  });
  const port = await listen(listener);

  return {
    port,
    identityFile,
    knownHostsFile,
    folder,
    hostKeys,
    commands,
    others,
    offers: () => offers,
    connections: () => sockets.size,
    knownHostsLine: () => {
      const [key] = hostKeys;
      return `[127.0.0.1]:${port} ${key?.type} ${key?.getPublicSSH().toString('base64')}\n`;
    },
    route: (target = {}) => ({
      jumps: [],
      host: {
        host: '127.0.0.1',
        identitiesNamed: false,
        target: {
          hostname: '127.0.0.1',
          port,
          user: 'manon',
          identityFiles: [identityFile],
          identitiesOnly: false,
          agent: null,
          proxyJump: [],
          proxyCommand: null,
          userKnownHosts: [knownHostsFile],
          globalKnownHosts: [],
          hostKeyAlias: null,
          unknownHosts: 'ask',
          hashKnownHosts: false,
          connectTimeoutMs: 5_000,
          identitiesConfigured: false,
          certificateFiles: [],
          addressFamily: null,
          publicKeys: true,
          bindAddress: null,
          algorithms: NO_LIMITS,
          otherMethods: [],
          beyondSsh2: [],
          ...target,
        },
      },
    }),
    drop: () => {
      for (const socket of sockets) socket.destroy();
    },
    freeze: () => {
      for (const socket of sockets) socket.pause();
    },
    thaw: () => {
      for (const socket of sockets) socket.resume();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => listener.close(() => resolve()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Ends a command. */
export function finish(channel: ServerChannel, code: number, stderr = ''): void {
  if (stderr !== '' && channel.stderr.writable) channel.stderr.write(stderr);
  channel.exit(code);
  channel.end();
}

/** SSH_MSG_DISCONNECT with a reason of RFC 4253, section 11.1: ssh2's own `end` knows only a goodbye. */
function disconnect(connection: Connection, reason: number): void {
  const protocol: unknown = Reflect.get(connection, '_protocol');
  if (typeof protocol !== 'object' || protocol === null) throw new Error('not a connection of ssh2');
  Reflect.apply(Reflect.get(protocol, 'disconnect'), protocol, [reason]);
}

interface Takes {
  readonly authorized: readonly ParsedKey[];
  readonly methods: AuthenticationType[];
  /** Told of a try to log in without a key; not of the question which ways there are. */
  readonly otherwise: (method: string) => void;
  /** @returns whether the key is not judged */
  readonly atKey: () => boolean;
}

function authenticate(
  connection: Connection,
  { authorized, methods, otherwise, atKey }: Takes,
  ready: (user: string) => void,
): void {
  connection.on('authentication', (context) => {
    if (context.method !== 'publickey') {
      if (context.method !== 'none') otherwise(context.method);
      return context.reject(methods);
    }
    if (atKey()) return;
    if (!methods.includes('publickey')) return context.reject(methods);
    const { key, blob, signature, hashAlgo } = context;
    const known = authorized.find((candidate) => candidate.getPublicSSH().equals(key.data));
    if (!known) return context.reject(methods);
    if (signature && blob && !known.verify(blob, signature, hashAlgo)) return context.reject(methods);
    if (signature) connection.once('ready', () => ready(context.username));
    context.accept();
  });
}

function forward(connection: Connection): void {
  connection.on('tcpip', (accept, reject, { destIP, destPort }) => {
    const target = connect({ host: destIP, port: destPort, noDelay: true });
    target.once('error', () => reject());
    target.once('connect', () => {
      const channel = accept();
      neverThrow(channel);
      channel.on('error', () => {});
      target.on('error', () => channel.end());
      channel.on('close', () => target.destroy());
      target.pipe(channel).pipe(target);
    });
  });
}

function listen(server: NetServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address) resolve(address.port);
      else reject(new Error('no port'));
    });
  });
}
