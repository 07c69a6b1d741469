/** One SSH connection, from an open wire to an authenticated client: host key, then our keys. */
import { type AnyAuthMethod, Client } from 'ssh2';
import { type ConnectFailure, Failed, type KeyAttempt } from '../failure.ts';
import { offeredAlgorithms } from './algorithms.ts';
import { type AskPassphrase, type Credentials, collectCredentials } from './credentials.ts';
import { type AskHostKey, judgeHostKey, preferredHostKeys, readHostFiles } from './host-key.ts';
import type { SshMemory, SshQuestions } from './memory.ts';
import type { SshTarget } from './ssh-config.ts';
import type { Wire } from './wire.ts';

export interface HopOptions {
  readonly target: SshTarget;
  /** The host as the user named it, for messages and questions. */
  readonly host: string;
  /** The key files were named for this host, not found by default. */
  readonly identitiesNamed: boolean;
  readonly questions: SshQuestions;
  readonly memory: SshMemory;
  readonly compress: boolean;
  /**
   * How long the server may say nothing; four times that for the whole handshake, which is seven round trips. The
   * time that questions take does not count.
   */
  readonly handshakeMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** @throws Failed of `ConnectFailure`; the signal's reason, or a question's, when interrupted */
export async function connectHop(wire: Wire, options: HopOptions): Promise<Client> {
  const { target, host, memory } = options;
  const client = new Client();
  // ssh2 tells of late errors after the end: unheard, they would take the process down.
  client.on('error', () => {});
  const attempt = new Handshake(options, () => wire.traffic().received);
  try {
    const [files, credentials] = await attempt.within(
      Promise.all([
        readHostFiles(target),
        collectCredentials(target, options.identitiesNamed, attempt.questions.askPassphrase, memory),
      ]),
    );
    const offering = new Offering(target, host, credentials);
    client.on('error', (error: Error & { level?: string }) => {
      // An agent that refused to sign is one attempt among others.
      if (error.level !== 'agent') attempt.fail(failureOf(error, options, offering));
    });
    client.on('close', () =>
      attempt.fail(failureOf(new Error('the server closed the connection'), options, offering)),
    );
    client.on('ready', () => attempt.succeed());
    client.connect({
      sock: wire.stream,
      username: target.user,
      readyTimeout: 0,
      keepaliveInterval: 0,
      algorithms: {
        compress: options.compress
          ? ['zlib@openssh.com', 'none', 'zlib']
          : ['none', 'zlib@openssh.com', 'zlib'],
        serverHostKey: preferredHostKeys(files, target),
        ...offeredAlgorithms(target.algorithms),
      },
      hostVerifier: (key: Buffer, verify: (accepted: boolean) => void): void => {
        const { askHostKey } = attempt.questions;
        judgeHostKey(key, { target, files, askHostKey, memory }).then(
          () => verify(true),
          (reason: unknown) => {
            attempt.fail(reason);
            verify(false);
          },
        );
      },
      authHandler: (methodsLeft, partial, next): void => {
        const method = offering.next(methodsLeft, partial);
        if (method) next(method);
        else attempt.fail(new Failed(offering.failure()));
      },
    });
    await attempt.finished;
    return client;
  } catch (error) {
    client.destroy();
    wire.stream.destroy();
    throw error;
  } finally {
    attempt.dispose();
  }
}

interface TimedQuestions {
  readonly askHostKey: AskHostKey | undefined;
  readonly askPassphrase: AskPassphrase | undefined;
}

/** In one `handshakeMs`, and in all. */
const SILENT_TURNS = 3;
const MOST_TURNS = 12;

/** The outcome of a handshake: settled once, with a bound that stands still while the user is asked. */
class Handshake {
  readonly finished: Promise<void>;
  readonly questions: TimedQuestions;
  readonly #options: HopOptions;
  #resolve: () => void = () => {};
  #reject: (reason: unknown) => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  readonly #received: () => number;
  /** Turns that are left in which the server may be heard: one that never comes to an end is no server either. */
  #turns = MOST_TURNS;
  #silent = 0;
  readonly #abort: () => void;
  /** Withdraws the question that is open when the handshake fails meanwhile. */
  readonly #withdraw = new AbortController();

  constructor(options: HopOptions, received: () => number) {
    this.#options = options;
    this.#received = received;
    this.finished = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.finished.catch(() => {});
    this.#abort = () => this.fail(options.signal?.reason);
    if (options.signal?.aborted) this.#abort();
    options.signal?.addEventListener('abort', this.#abort, { once: true });
    this.questions = this.#timed(options.questions);
    this.#startTimer();
  }

  /** Waits for `work`, or for the end of the handshake if that comes first. */
  async within<T>(work: Promise<T>): Promise<T> {
    const ended = this.finished.then(() => work);
    return Promise.race([work, ended]);
  }

  succeed(): void {
    this.#resolve();
  }

  fail(reason: unknown): void {
    this.#reject(reason);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#withdraw.abort(new Error('the connection ended meanwhile'));
    this.#options.signal?.removeEventListener('abort', this.#abort);
  }

  #startTimer(): void {
    if (this.#withdraw.signal.aborted) return;
    const { handshakeMs, host, target } = this.#options;
    const before = this.#received();
    const turnMs = handshakeMs / SILENT_TURNS;
    this.#timer = setTimeout(() => {
      this.#turns -= 1;
      this.#silent = this.#received() > before ? 0 : this.#silent + 1;
      if (this.#silent < SILENT_TURNS && this.#turns > 0) return this.#startTimer();
      const detail = `${Math.round(turnMs * (this.#silent || MOST_TURNS))} ms`;
      this.fail(new Failed({ code: 'unreachable', host, port: target.port, reason: 'timeout', detail }));
    }, turnMs);
  }

  #timed(questions: SshQuestions): TimedQuestions {
    const ask =
      <Asked, Answer>(question: (asked: Asked, signal: AbortSignal) => Promise<Answer>) =>
      async (asked: Asked): Promise<Answer> => {
        clearTimeout(this.#timer);
        try {
          return await question(asked, this.#withdraw.signal);
        } catch (error) {
          this.fail(error);
          throw error;
        } finally {
          this.#startTimer();
        }
      };
    return {
      askHostKey: questions.askHostKey && ask(questions.askHostKey),
      askPassphrase: questions.askPassphrase && ask(questions.askPassphrase),
    };
  }
}

/** Offers the credentials one after the other and keeps what became of each. */
class Offering {
  readonly #target: SshTarget;
  readonly #host: string;
  readonly #credentials: Credentials;
  readonly #tried: KeyAttempt[] = [];
  #offered: readonly string[] = [];
  #place = 0;
  #began = false;

  constructor(target: SshTarget, host: string, credentials: Credentials) {
    this.#target = target;
    this.#host = host;
    this.#credentials = credentials;
  }

  /**
   * @param methodsLeft what the server said it would still take; null before it was asked anything
   * @returns null when there is nothing left to offer
   */
  next(methodsLeft: readonly string[] | null, partial: boolean | null): AnyAuthMethod | null {
    if (methodsLeft) this.#offered = methodsLeft;
    const { offers } = this.#credentials;
    if (this.#began) this.#record(partial === true);
    this.#began = true;
    if (methodsLeft && !methodsLeft.includes('publickey')) return null;
    const offer = offers[this.#place];
    if (offer) return offer.method;
    // Nothing of ours was offered yet: `none` makes the server say what it would take.
    return methodsLeft ? null : { type: 'none', username: this.#target.user };
  }

  /** What is known so far; the key in flight counts as refused. */
  failure(): ConnectFailure {
    return {
      code: 'auth',
      user: this.#target.user,
      host: this.#host,
      port: this.#target.port,
      keys: [...this.#tried, ...this.#credentials.unusable],
      agent: this.#credentials.agent,
      offered: this.#offered,
      ...(this.#credentials.beyond.length > 0 && { beyond: this.#credentials.beyond }),
    };
  }

  /** We have begun to log in: host key and encryption are settled. */
  get began(): boolean {
    return this.#began;
  }

  /** The server ended it while this key was in flight (too many attempts). */
  interrupted(): ConnectFailure | null {
    if (!this.#began) return null;
    this.#record(false);
    return this.failure();
  }

  #record(accepted: boolean): void {
    const offer = this.#credentials.offers[this.#place];
    this.#place += 1;
    if (!offer || accepted) return;
    this.#tried.push({
      source: offer.source,
      from: offer.from,
      outcome: offer.ownOutcome() ?? 'refused',
    });
  }
}

/**
 * Reasons of SSH_MSG_DISCONNECT (RFC 4253, section 11.1) that a server gives for having had enough of us while we log
 * in: OpenSSH's is 2 ("Too many authentication failures"), others say 13 to 15. ssh2 hands them on as the code.
 */
const ENOUGH_OF_US: readonly unknown[] = [2, 13, 14, 15];

/**
 * A server that refuses says so. One that merely ends the connection while a key is on its way (a reboot, a cable, a
 * bound on the time for logging in) has judged no key.
 */
function failureOf(
  error: Error & { code?: unknown; level?: string },
  options: HopOptions,
  offering: Offering,
): Failed {
  const { host, target } = options;
  const auth = ENOUGH_OF_US.includes(error.code) ? offering.interrupted() : null;
  if (auth) return new Failed(auth, { cause: error });
  const code = String(error.code ?? '');
  // What ssh2 finds wrong with what came has a level of its own.
  const cut = error.level === undefined || error.level === 'client-socket';
  if (code === 'ECONNRESET' || code === 'EPIPE' || (offering.began && cut)) {
    const failure = {
      code: 'unreachable',
      host,
      port: target.port,
      reason: 'reset',
      detail: error.message,
    } as const;
    return new Failed(failure, { cause: error });
  }
  return new Failed({ code: 'protocol', host, detail: error.message }, { cause: error });
}
