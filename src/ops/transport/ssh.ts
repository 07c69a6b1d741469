/** The transport over SSH. */
import type { Client } from 'ssh2';
import { type ConnectFailure, Failed } from '../failure.ts';
import type { HostRequest } from './ask-ssh.ts';
import { type CarryOptions, carry, type Link } from './carried.ts';
import { neverThrow } from './channel.ts';
import { dialOverSsh } from './dial.ts';
import { connectHop } from './hop.ts';
import { keepAlive } from './keepalive.ts';
import type { OwnLoss } from './loss.ts';
import { newMemory, type SshMemory, type SshQuestions } from './memory.ts';
import { type Hop, type Route, resolveRoute } from './route.ts';
import { sftpFiles } from './sftp-files.ts';
import { sftpOverSsh2 } from './sftp-ssh2.ts';
import { startOverSsh } from './ssh-command.ts';
import { expandProxyCommand } from './ssh-config.ts';
import type { Transport } from './transport.ts';
import { dialTcp, dialThrough, spawnWire, type Wire } from './wire.ts';

export interface SshOptions extends HostRequest, CarryOptions {
  /** Decides `PATH`, `HOME` and the agent. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Known from `resolveRoute`: the configuration is then not read again. */
  readonly route?: Route;
  /** What may be asked. @default nothing */
  readonly questions?: SshQuestions;
  /** Answers of earlier connections to the same host. */
  readonly memory?: SshMemory;
  /** Prefer compression: a tenth of the bytes at the same latency. @default true */
  readonly compress?: boolean;
  /** Between two questions whether the link lives; two without an answer end it. @default 2000 */
  readonly keepaliveMs?: number;
}

const KEEPALIVE_MS = 2_000;
const KEEPALIVE_MISSED = 2;
const CONNECT_MS = 10_000;
const HANDSHAKE_MS = 15_000;

/**
 * Connects, authenticates and learns the privilege.
 * @throws Failed of `ConnectFailure`; the signal's reason, or a question's, when interrupted
 */
export async function connectSsh(options: SshOptions, signal?: AbortSignal): Promise<Transport> {
  const { env = process.env, memory = newMemory(), questions = {} } = options;
  const route = options.route ?? (await resolveRoute(options, env, signal));
  const { wire, client, jumps } = await connectRoute(route, { ...options, memory, questions }, signal);
  const link = watchLink({ client, wire }, jumps);
  return carry(
    {
      address: wire.address,
      user: route.host.target.user,
      link,
      start: (argv) => startOverSsh(client, argv, link.lostDetail),
      dial: (address, port, dialOptions) => dialOverSsh(client, address, port, link.lostDetail, dialOptions),
      files: sftpFiles(() => sftpOverSsh2(client), link.lost),
      measure: (clock) =>
        keepAlive(client, {
          clock,
          intervalMs: options.keepaliveMs ?? KEEPALIVE_MS,
          missed: KEEPALIVE_MISSED,
          traffic: () => wire.traffic(),
          onDead: () => link.lose('no answer to keepalives' satisfies OwnLoss),
        }),
      traffic: () => wire.traffic(),
    },
    { ...options, memory, questions },
    signal,
  );
}

interface Connected {
  readonly client: Client;
  /** What the client runs over. */
  readonly wire: Wire;
  /** What it goes through, the nearest to us first. */
  readonly jumps: readonly Hopped[];
}

interface Hopped {
  readonly client: Client;
  readonly wire: Wire;
}

/** A hop that is connected, and that the next one can be dialled through. */
interface Passed extends Hopped {
  readonly name: string;
}

type Means = SshOptions & { readonly memory: SshMemory; readonly questions: SshQuestions };

async function connectRoute(route: Route, means: Means, signal?: AbortSignal): Promise<Connected> {
  const jumps: Passed[] = [];
  let before: Passed | null = null;
  try {
    for (const jump of route.jumps) {
      before = await reportedAs(jump.host, connectOver(before, jump, means, signal));
      jumps.push(before);
      hurry(before.client);
    }
    const { client, wire } = await connectOver(before, route.host, means, signal);
    return { client, wire, jumps };
  } catch (error) {
    for (const jump of jumps.toReversed()) endPolitely(jump.client);
    throw error;
  }
}

/**
 * sshd turns Nagle's algorithm off for a connection that ran a command, and for no other: without one,
 * all that goes through a jump waits 40 ms for the acknowledgement of what went before.
 */
function hurry(jump: Client): void {
  jump.exec(':', (error, channel) => {
    // A jump that lets nobody run anything is merely slower.
    if (error) return;
    neverThrow(channel);
    channel.on('error', () => {});
    channel.resume();
    channel.stderr.resume();
  });
}

async function connectOver(
  before: Passed | null,
  hop: Hop,
  means: Means,
  signal?: AbortSignal,
): Promise<Passed> {
  const wire = await reportedAs(before?.name ?? null, openWire(before, hop, signal));
  const client = await connectHop(wire, {
    ...hop,
    questions: means.questions,
    memory: means.memory,
    compress: means.compress ?? true,
    handshakeMs: HANDSHAKE_MS,
    signal,
  });
  return { client, wire, name: hop.host };
}

function openWire(
  before: Passed | null,
  { target, host }: Hop,
  signal: AbortSignal | undefined,
): Promise<Wire> {
  const options = { timeoutMs: target.connectTimeoutMs ?? CONNECT_MS, signal };
  if (before) return dialThrough(before.client, before.wire, target.hostname, target.port, options);
  if (target.proxyCommand !== null) {
    return Promise.resolve(spawnWire(expandProxyCommand(target.proxyCommand, target, host), target.hostname));
  }
  return dialTcp(target.hostname, target.port, {
    ...options,
    family: target.addressFamily,
    from: target.bindAddress,
  });
}

/** A failure on the way is told together with the jump it happened at. */
async function reportedAs<T>(via: string | null, work: Promise<T>): Promise<T> {
  if (via === null) return work;
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    // What opening and connecting a hop throws is a `ConnectFailure`.
    const cause = error.failure as ConnectFailure;
    if (cause.code === 'jump') throw error;
    throw new Failed({ code: 'jump', via, cause }, { cause: error });
  }
}

/** When a connection is lost, and why; a `close()` of ours is no loss. */
function watchLink(last: Hopped, jumps: readonly Hopped[]): Link {
  const hops = [...jumps, last];
  const gone = new AbortController();
  let detail: string | null = null;
  let closing = false;
  let tell: (lost: { readonly detail: string }) => void = () => {};
  const lost = new Promise<{ readonly detail: string }>((resolve) => {
    tell = resolve;
  });
  const clients = hops.map(({ client }) => client);
  const closed = new Promise<void>((resolve) => last.client.once('close', () => resolve()));

  function lose(why: string): void {
    if (closing || detail !== null) return;
    detail = why;
    tell({ detail });
    gone.abort(new Failed({ code: 'link-lost', detail }));
    // Nothing can be said to the other side any more: waiting for it would leave channels hanging.
    destroy();
  }

  /** ssh2's own `destroy` does nothing once `end` was called: it would wait for a farewell that never comes. */
  function destroy(): void {
    for (const { wire } of hops.toReversed()) wire.stream.destroy();
  }
  for (const each of clients) {
    each.on('error', (error) => lose(error.message));
    each.on('close', () => lose('the connection was closed' satisfies OwnLoss));
  }
  return {
    lost,
    lostDetail: () => detail,
    gone: gone.signal,
    lose,
    close: async () => {
      closing = true;
      gone.abort(new Failed({ code: 'link-lost', detail: 'closed' }));
      if (detail !== null) return;
      const given = setTimeout(destroy, 500);
      endPolitely(last.client);
      await closed;
      clearTimeout(given);
      for (const each of clients.toReversed()) endPolitely(each);
    },
  };
}

/** Says goodbye; a compressed connection whose other side has just gone throws instead of saying it. */
function endPolitely(client: Client): void {
  try {
    client.end();
  } catch {
    client.destroy();
  }
}
