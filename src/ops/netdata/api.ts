/** Netdata's HTTP API as the host itself reaches it: dialled through the link, no process on the host. */
import { Agent, type ClientRequest, request } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import { Failed } from '../failure.ts';
import type { Host } from '../host.ts';

/** Where Netdata listens unless told otherwise; the host's own loopback needs no port opened. */
export const NETDATA_ADDRESS = '127.0.0.1';
export const NETDATA_PORT = 19999;

export interface NetdataAnswer {
  readonly status: number;
  readonly body: string;
}

export interface NetdataApi {
  /**
   * Gets `/api/v1/<path>`; one at a time, over one connection that is kept.
   * @throws Failed `unavailable` when nobody listens, `timeout`, `link-lost`, `host-error` for what is no HTTP
   * or too long; the signal's reason
   */
  get(path: string, options?: GetOptions): Promise<NetdataAnswer>;
  close(): void;
}

export interface GetOptions {
  readonly signal?: AbortSignal;
  /** Longer bodies are refused. @default 1 MiB */
  readonly maxBytes?: number;
}

export interface NetdataApiOptions {
  readonly clock: Clock;
  /** @default 19999 */
  readonly port?: number;
  /** For the connection and the answer together. @default 5000 */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;
const MOST_BYTES = 1024 * 1024;

export function openNetdataApi(host: Pick<Host, 'dial'>, options: NetdataApiOptions): NetdataApi {
  const { clock, port = NETDATA_PORT, timeoutMs = TIMEOUT_MS } = options;
  const agent = new DialAgent(() => host.dial(NETDATA_ADDRESS, port, { timeoutMs }));

  async function get(
    path: string,
    { signal, maxBytes = MOST_BYTES }: GetOptions = {},
  ): Promise<NetdataAnswer> {
    const over = new AbortController();
    const late = new AbortController();
    const limit = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
    clock.sleep(timeoutMs, over.signal).then(
      () => late.abort(new Failed({ code: 'timeout', what: 'netdata', ms: timeoutMs })),
      () => undefined,
    );
    try {
      const ask = (): Promise<NetdataAnswer> => askOnce(agent, `/api/v1/${path}`, limit, maxBytes);
      return await ask().catch((error: unknown) => {
        // Netdata closed the kept connection just as we used it again: on a new one it is no failure.
        if (error instanceof KeptConnectionGone) return ask();
        throw error;
      });
    } catch (error) {
      limit.throwIfAborted();
      throw error instanceof KeptConnectionGone ? noHttp(error.cause) : error;
    } finally {
      over.abort();
    }
  }

  return { get, close: () => agent.destroy() };
}

class KeptConnectionGone extends Error {}

function askOnce(agent: Agent, path: string, signal: AbortSignal, maxBytes: number): Promise<NetdataAnswer> {
  return new Promise((resolve, reject) => {
    const asked: ClientRequest = request({ agent, path, host: NETDATA_ADDRESS, signal, method: 'GET' });
    asked.on('error', (error) => {
      if (error instanceof Failed) return reject(error);
      reject(asked.reusedSocket ? new KeptConnectionGone('', { cause: error }) : noHttp(error));
    });
    asked.on('response', (answer) => {
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      answer.on('data', (chunk: Uint8Array) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes <= maxBytes) return;
        reject(tooLong(maxBytes));
        asked.destroy();
      });
      answer.on('error', (error) => reject(noHttp(error)));
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    asked.end();
  });
}

function tooLong(maxBytes: number): Failed {
  return new Failed({ code: 'host-error', name: 'netdata', detail: `more than ${maxBytes} bytes` });
}

function noHttp(error: unknown): Failed {
  const detail = error instanceof Error ? error.message : String(error);
  return new Failed({ code: 'host-error', name: 'netdata', detail }, { cause: error });
}

/** Node's agent over connections that are dialled. */
class DialAgent extends Agent {
  readonly #dial: () => Promise<Duplex>;

  constructor(dial: () => Promise<Duplex>) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#dial = dial;
  }

  override createConnection(
    _options: unknown,
    done?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#dial().then(
      (stream) => {
        // Who waits for an answer is told by the request; an error that comes later is nobody's.
        stream.on('error', () => undefined);
        done?.(null, likeSocket(stream));
      },
      // The stream is not looked at beside an error; the callback's type has no word for that.
      (error: Error) => (done as ((error: Error) => void) | undefined)?.(error),
    );
  }
}

/** The agent sets a kept connection's socket options without asking; a channel of SSH's has none to set. */
function likeSocket(stream: Duplex): Duplex {
  const nothing = (): Duplex => stream;
  const options = {
    setKeepAlive: nothing,
    setNoDelay: nothing,
    setTimeout: nothing,
    ref: nothing,
    unref: nothing,
  };
  const missing = Object.entries(options).filter(([name]) => !(name in stream));
  return Object.assign(stream, Object.fromEntries(missing));
}
