/**
 * One connection of the system's own ssh, shared: `ControlMaster` (ssh_config(5)), on a socket in a folder that is
 * ours alone. Commands, files and dials go over that socket by further, short-lived ssh processes.
 */
import { access, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { Failed } from '../failure.ts';
import { type Askpass, listenForQuestions } from './askpass.ts';
import type { Link } from './carried.ts';
import type { SshMemory, SshQuestions } from './memory.ts';
import { addressOf, complaintsOf, failureOf, lossOf } from './openssh-log.ts';
import { privateFolder } from './private-folder.ts';
import type { Route } from './route.ts';
import type { SshOptions } from './ssh.ts';

export interface Master {
  /** The control socket. */
  readonly socket: string;
  readonly address: string;
  readonly link: Link;
  /** What ssh has complained of so far, the newest last. */
  complaints(): readonly string[];
  /** Whether the process behind the socket still answers: a client that failed asks why. */
  isAlive(): Promise<boolean>;
}

export interface MasterOptions extends SshOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly route: Route;
  readonly questions: SshQuestions;
  readonly memory: SshMemory;
}

/** From the start to the last of the handshake; the time that questions take does not count. */
const WITHIN_MS = 60_000;
const CONNECT_S = 10;
const LOOK_EVERY_MS = 50;
const FAREWELL_MS = 500;
const LOG_KEPT = 64 * 1024;
/**
 * Runs ssh in a session of its own, so that it finds no terminal, and ends it when we are gone, however we went:
 * its keeper reads a pipe that only we hold.
 */
const KEPT = [
  'exec 3<&0',
  '"$@" </dev/null 3<&- &',
  'ssh=$!',
  '{ cat; kill "$ssh"; } <&3 3<&- >/dev/null 2>&1 &',
  'keeper=$!',
  'wait "$ssh"',
  'code=$?',
  'kill "$keeper" 2>/dev/null',
  'exit "$code"',
].join('\n');

/** @throws Failed of `ConnectFailure`; the signal's reason, or a question's */
export async function startMaster(options: MasterOptions, signal?: AbortSignal): Promise<Master> {
  const { env, route, questions, memory } = options;
  signal?.throwIfAborted();
  const folder = await privateFolder(env);
  const socket = join(folder, 's');
  const attempt = new Attempt(route, signal);
  let askpass: Askpass | null = null;
  const tidy = async (): Promise<void> => {
    askpass?.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    askpass = await listenForQuestions({
      folder,
      questions,
      memory,
      signal: attempt.over,
      asking: (ask) => attempt.untimed(ask),
      interrupted: (reason) => attempt.fail(reason),
    });
  } catch (error) {
    await tidy();
    throw error;
  }
  const { declined } = askpass;
  const child = execa('sh', ['-c', KEPT, 'sh', 'ssh', ...masterArgs(options, socket)], {
    // Before OpenSSH 8.4, SSH_ASKPASS counted only where there is a display.
    env: { DISPLAY: ':0', ...env, ...askpass.env, LC_ALL: 'C' },
    extendEnv: false,
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    detached: true,
  });
  child.stdin.on('error', () => {});
  child.stderr.on('error', () => {});
  let log = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (piece: string) => {
    log = `${log}${piece}`.slice(-LOG_KEPT);
  });
  // Its own words are read to the end before anything is made of its end.
  const ended = child.then(() => undefined);

  const gone = new AbortController();
  const loss = Promise.withResolvers<{ readonly detail: string }>();
  let detail: string | null = null;
  let closing = false;
  const lose = (why: string): void => {
    if (closing || detail !== null) return;
    detail = why;
    loss.resolve({ detail });
    gone.abort(new Failed({ code: 'link-lost', detail }));
    endAll('SIGTERM');
    ended.then(tidy).catch(() => {});
  };
  function endAll(how: 'SIGTERM' | 'SIGKILL'): void {
    try {
      // The whole session: a ProxyCommand, or the ssh of a jump, is in it.
      if (child.pid !== undefined) process.kill(-child.pid, how);
    } catch {
      // It has ended already.
    }
  }
  async function end(): Promise<void> {
    const late = setTimeout(() => endAll('SIGKILL'), FAREWELL_MS);
    child.stdin.end();
    endAll('SIGTERM');
    await ended;
    clearTimeout(late);
    await tidy();
  }

  ended.then(() => attempt.fail(new Failed(failureOf(log, { route, declined }))));
  const look = setInterval(() => {
    access(socket).then(
      () => attempt.succeed(),
      () => undefined,
    );
  }, LOOK_EVERY_MS);
  try {
    await attempt.finished;
  } catch (error) {
    closing = true;
    await end();
    throw error;
  } finally {
    clearInterval(look);
    attempt.dispose();
  }
  const address = addressOf(log) ?? route.host.target.hostname;
  ended.then(() => lose(lossOf(log)));
  return {
    socket,
    address,
    complaints: () => complaintsOf(log),
    isAlive: () => greets(socket),
    link: {
      lost: loss.promise,
      lostDetail: () => detail,
      gone: gone.signal,
      lose,
      close: async () => {
        if (detail !== null || closing) return;
        closing = true;
        detail = 'closed';
        gone.abort(new Failed({ code: 'link-lost', detail }));
        await end();
      },
    },
  };
}

/** The options that make an ssh of the user's configuration the carrier of ours, and nothing else. */
function masterArgs(options: MasterOptions, socket: string): string[] {
  const { host, user, port, identities = [], configFile, route, compress = true } = options;
  const { target } = route.host;
  const interval = Math.max(1, Math.round((options.keepaliveMs ?? 2_000) / 1000));
  const set = {
    ControlMaster: 'yes',
    ControlPersist: 'no',
    RemoteCommand: 'none',
    RequestTTY: 'no',
    PermitLocalCommand: 'no',
    ClearAllForwardings: 'yes',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    Compression: compress ? 'yes' : 'no',
    // Keys, tickets and certificates: a password has no place in a program that connects again by itself.
    PasswordAuthentication: 'no',
    KbdInteractiveAuthentication: 'no',
    ServerAliveInterval: String(interval),
    ServerAliveCountMax: '2',
    LogLevel: 'DEBUG1',
    ...(target.connectTimeoutMs === null && { ConnectTimeout: String(CONNECT_S) }),
    // `no` would go on with a key that has changed.
    ...(target.unknownHosts === 'accept' && { StrictHostKeyChecking: 'accept-new' }),
  };
  return [
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...Object.entries(set).flatMap(([keyword, value]) => ['-o', `${keyword}=${value}`]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...identities.flatMap((file) => ['-i', file]),
    '-N',
    '-S',
    socket,
    '--',
    host,
  ];
}

/** A master says hello to whoever connects; one that is about to end does not any more. */
function greets(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const stream = connect(socket);
    const settle = (alive: boolean): void => {
      stream.destroy();
      resolve(alive);
    };
    stream.on('error', () => settle(false));
    stream.on('close', () => settle(false));
    stream.on('data', () => settle(true));
  });
}

/** The outcome of getting in: settled once, with a bound that stands still while the user is asked. */
class Attempt {
  readonly finished: Promise<void>;
  readonly #settle = Promise.withResolvers<void>();
  readonly #over = new AbortController();
  readonly #route: Route;
  readonly #signal: AbortSignal | undefined;
  readonly #abort: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(route: Route, signal: AbortSignal | undefined) {
    this.#route = route;
    this.#signal = signal;
    this.finished = this.#settle.promise;
    this.finished.catch(() => {});
    this.#abort = () => this.fail(signal?.reason);
    signal?.addEventListener('abort', this.#abort, { once: true });
    this.#start();
  }

  /** Aborted when it is over, one way or the other. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  succeed(): void {
    this.#settle.resolve();
  }

  fail(reason: unknown): void {
    this.#settle.reject(reason);
  }

  async untimed<T>(ask: () => Promise<T>): Promise<T> {
    clearTimeout(this.#timer);
    try {
      return await ask();
    } finally {
      if (!this.#over.signal.aborted) this.#start();
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#over.abort(new Error('the connection ended meanwhile'));
    this.#signal?.removeEventListener('abort', this.#abort);
  }

  #start(): void {
    const { host, target } = this.#route.host;
    this.#timer = setTimeout(() => {
      const detail = `${WITHIN_MS} ms`;
      this.fail(new Failed({ code: 'unreachable', host, port: target.port, reason: 'timeout', detail }));
    }, WITHIN_MS);
  }
}
