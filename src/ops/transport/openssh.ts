/**
 * The transport over the system's own ssh: what ssh2 cannot do, OpenSSH does (certificates, security keys, GSSAPI,
 * any option there will ever be), for a process a command. See `carrier-choice.ts` for when.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { type Duplex, PassThrough } from 'node:stream';
import type { Clock } from '../clock.ts';
import { Failed, type OperationFailure } from '../failure.ts';
import { carry } from './carried.ts';
import { childStream } from './child-stream.ts';
import { newMemory } from './memory.ts';
import { type Master, startMaster } from './openssh-master.ts';
import type { Exit, RunningCommand } from './process.ts';
import { quoteCommand } from './quote.ts';
import { resolveRoute } from './route.ts';
import { sftpFiles } from './sftp-files.ts';
import { sftpOverStream, type WireSession } from './sftp-wire.ts';
import type { SshOptions } from './ssh.ts';
import type { DialOptions, Transport } from './transport.ts';

const PING_MS = 2_000;
const DIAL_TIMEOUT_MS = 5_000;
/** ssh's own exit code for its own trouble. */
const TROUBLE = 255;
const STDERR_KEPT = 2 * 1024;

/**
 * Connects, authenticates and learns the privilege.
 * @throws Failed of `ConnectFailure`; the signal's reason, or a question's, when interrupted
 */
export async function connectOpenSsh(options: SshOptions, signal?: AbortSignal): Promise<Transport> {
  const { env = process.env, memory = newMemory(), questions = {} } = options;
  const route = options.route ?? (await resolveRoute(options, env, signal));
  const master = await startMaster({ ...options, env, route, memory, questions }, signal);
  const client = new MuxClient(master, env);
  const sftp = sharedSession(client, master);
  return carry(
    {
      address: master.address,
      user: route.host.target.user,
      link: master.link,
      start: (argv) => client.start(argv),
      dial: (address, port, dialOptions) => client.dial(address, port, dialOptions),
      files: sftpFiles(sftp, master.link.lost),
      measure: (clock) => measure(sftp, clock, options.keepaliveMs ?? PING_MS),
      // On a wire that only ssh sees.
      traffic: () => null,
    },
    { ...options, memory, questions },
    signal,
  );
}

/** ssh processes that go over the master's socket, and nowhere else. */
class MuxClient {
  readonly #master: Master;
  readonly #env: NodeJS.ProcessEnv;

  constructor(master: Master, env: NodeJS.ProcessEnv) {
    this.#master = master;
    this.#env = env;
  }

  async start(argv: readonly string[]): Promise<RunningCommand> {
    return this.#command(['-T', '--', 'master', quoteCommand(argv)]);
  }

  subsystem(name: string): RunningCommand {
    return this.#command(['-T', '-s', '--', 'master', name]);
  }

  dial(address: string, port: number, options: DialOptions = {}): Promise<Duplex> {
    const { timeoutMs = DIAL_TIMEOUT_MS, signal } = options;
    const what = `${address}:${port}`;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const lost = this.#master.link.lostDetail();
      if (lost !== null) return reject(new Failed({ code: 'link-lost', detail: lost }));
      const before = this.#master.complaints().length;
      const place = address.includes(':') ? `[${address}]:${port}` : what;
      const child = this.#spawn(['-o', 'LogLevel=DEBUG1', '-W', place, '--', 'master']);
      const stream = childStream(child);
      let said = '';
      const timer = setTimeout(() => give(new Failed({ code: 'timeout', what, ms: timeoutMs })), timeoutMs);
      const abort = (): void => give(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });

      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      }
      function give(reason: unknown): void {
        done();
        child.kill();
        stream.destroy();
        child.stderr.destroy();
        reject(reason);
      }
      child.stderr.setEncoding('utf8');
      child.stderr.on('error', () => {});
      child.stderr.on('data', (piece: string) => {
        said = `${said}${piece}`.slice(-STDERR_KEPT);
        // The master answers once the far side has: that is when the connection stands.
        if (!/master session id/.test(said)) return;
        done();
        resolve(stream);
      });
      stream.on('close', () => child.kill());
      child.once('exit', async () => {
        const why = await this.#whyLost();
        if (why !== null) return give(new Failed({ code: 'link-lost', detail: why }));
        // The reason is told to the master alone.
        const news = this.#master.complaints().slice(before);
        const refused = news
          .map((line) => /open failed: (.+)$/.exec(line)?.[1])
          .find((each) => each !== undefined);
        const detail = refused ?? said.trim().split('\n').at(-1) ?? '';
        give(new Failed({ code: 'unavailable', what, detail }));
      });
    });
  }

  #command(args: readonly string[]): RunningCommand {
    const { link } = this.#master;
    const lost = link.lostDetail();
    if (lost !== null) throw new Failed({ code: 'link-lost', detail: lost });
    const child = this.#spawn(['-o', 'LogLevel=ERROR', ...args]);
    const stream = childStream(child);
    const stderr = new PassThrough();
    let said = '';
    let failure: Failed<OperationFailure> | null = null;
    child.stderr.on('error', () => {});
    child.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString('utf8')}`.slice(-STDERR_KEPT);
      stderr.write(chunk);
    });
    child.stderr.on('close', () => stderr.end());
    // What it wrote is read to the end; what it never read is nobody's any more.
    // The master holds the pipes as well, and may keep them longer than the process lives: its exit is what counts.
    const exited = new Promise<Exit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    exited.then(() => (stream.readableEnded ? stream.destroy() : stream.once('end', () => stream.destroy())));
    const ended = exited.then(async (exit): Promise<Exit> => {
      if (exit.code !== TROUBLE) return exit;
      // A command's own 255, or ssh's word for a channel that was refused, or for a master that is gone.
      if ((await this.#whyLost()) !== null) return { code: null, signal: null };
      const [, refused] = /session request failed: (.+)/i.exec(said) ?? [];
      if (refused !== undefined)
        failure = new Failed({ code: 'unavailable', what: 'exec', detail: refused.trim() });
      return { code: TROUBLE, signal: null };
    });
    return {
      stream,
      stderr,
      ended,
      failure: () => failure,
      stop: () => {
        child.kill();
        stream.destroy();
        child.stderr.destroy();
      },
    };
  }

  /** Why the link is gone, or null when it is not: a client may learn of the end before its master's is seen. */
  async #whyLost(): Promise<string | null> {
    const { link, isAlive } = this.#master;
    if (link.lostDetail() !== null || (await isAlive())) return link.lostDetail();
    if (!link.gone.aborted)
      await new Promise<void>((resolve) => {
        link.gone.addEventListener('abort', () => resolve(), { once: true });
      });
    return link.lostDetail();
  }

  #spawn(args: readonly string[]): ChildProcessWithoutNullStreams {
    const only = [
      // No configuration: all is settled by the master, and its absence must not become a connection of its own.
      '-F',
      'none',
      '-S',
      this.#master.socket,
      '-o',
      'ControlMaster=no',
      '-o',
      'ProxyCommand=false',
      '-o',
      'BatchMode=yes',
    ];
    const child = spawn('ssh', [...only, ...args], { env: this.#env, stdio: 'pipe' });
    // That it could not be started is told by its exit, which then never comes: the master could not have been, either.
    child.on('error', () => child.emit('exit', TROUBLE, null));
    return child;
  }
}

/** One SFTP session for files and for measuring. */
function sharedSession(client: MuxClient, { link }: Master): () => Promise<WireSession> {
  let current: Promise<WireSession> | null = null;
  async function open(): Promise<WireSession> {
    const command = client.subsystem('sftp');
    command.stderr.resume();
    link.gone.addEventListener('abort', () => command.stop(), { once: true });
    return sftpOverStream(command.stream);
  }
  return () => {
    if (current) return current;
    const opening = open();
    current = opening;
    const forget = (): void => {
      if (current === opening) current = null;
    };
    opening.then((session) => session.closed.then(forget), forget);
    return opening;
  };
}

/** The round trip of a question that changes nothing. Whether the link lives, ssh itself watches. */
function measure(
  session: () => Promise<WireSession>,
  clock: Clock,
  everyMs: number,
): { readonly roundTripMs: number | null; stop(): void } {
  let roundTripMs: number | null = null;
  let waiting = false;
  let stopped = false;
  async function ping(): Promise<void> {
    waiting = true;
    try {
      const sftp = await session();
      const sent = clock.now();
      await sftp.ping();
      roundTripMs = clock.now() - sent;
    } finally {
      waiting = false;
    }
  }
  const stop = (): void => {
    stopped = true;
    clearInterval(timer);
  };
  const look = (): void => {
    // A server without SFTP is not asked again and again: the round trip stays unknown.
    if (!waiting && !stopped) ping().catch(stop);
  };
  const timer = setInterval(look, everyMs);
  look();
  return {
    get roundTripMs() {
      return roundTripMs;
    },
    stop,
  };
}
