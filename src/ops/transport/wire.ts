/** What an SSH connection runs over: a TCP connection, a command's stdin and stdout, or another connection's channel. */
import { connect, isIP, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { execa } from 'execa';
import type { Client } from 'ssh2';
import { type ConnectFailure, Failed } from '../failure.ts';
import { channelStream, openFailureDetail } from './channel.ts';
import { childStream } from './child-stream.ts';

export interface Wire {
  readonly stream: Duplex;
  /** The address it leads to as far as is known here. */
  readonly address: string;
  /** Bytes on the outermost connection so far. */
  traffic(): { readonly received: number; readonly sent: number };
}

export interface WireOptions {
  readonly timeoutMs: number;
  /** Of the addresses that a name has, those of one family alone. @default null, any */
  readonly family?: 4 | 6 | null;
  /** An address of ours to go out from. @default null, any */
  readonly from?: string | null;
  readonly signal?: AbortSignal | undefined;
}

type Unreachable = Extract<ConnectFailure, { code: 'unreachable' }>;

const REASONS: Record<string, Unreachable['reason']> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'no-route',
  ENETUNREACH: 'no-route',
  EHOSTDOWN: 'no-route',
  ENETDOWN: 'no-route',
  ECONNRESET: 'reset',
};

/** @throws Failed `resolve`, `unreachable`; the signal's reason when aborted */
export function dialTcp(host: string, port: number, options: WireOptions): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const { signal, timeoutMs } = options;
    if (signal?.aborted) return reject(signal.reason);
    const literal = isIP(host);
    if (options.family && literal !== 0 && literal !== options.family) {
      // Node takes an address as it is; ssh refuses it as a name that has none of this family.
      const detail = `AddressFamily inet${options.family === 6 ? '6' : ''}`;
      return reject(new Failed({ code: 'resolve', host, detail }));
    }
    // Without noDelay the handshake takes 160 ms longer (Nagle against delayed acknowledgements).
    const socket: Socket = connect({
      host,
      port,
      noDelay: true,
      family: options.family ?? 0,
      ...(options.from ? { localAddress: options.from } : {}),
    });
    // Stays for the socket's life: a late error must never be unhandled.
    socket.on('error', (error) => fail(connectFailure(error, host, port)));
    const timer = setTimeout(() => fail(new Failed(timedOut(host, port, timeoutMs))), timeoutMs);
    const abort = (): void => fail(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });

    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
    function fail(reason: unknown): void {
      done();
      socket.destroy();
      reject(reason);
    }
    socket.once('connect', () => {
      done();
      resolve({
        stream: socket,
        address: socket.remoteAddress ?? host,
        traffic: () => ({ received: socket.bytesRead, sent: socket.bytesWritten }),
      });
    });
  });
}

function timedOut(host: string, port: number, ms: number): Unreachable {
  return { code: 'unreachable', host, port, reason: 'timeout', detail: `${ms} ms` };
}

function connectFailure(error: Error, host: string, port: number): Failed<ConnectFailure> {
  const code = 'code' in error ? String(error.code) : '';
  const detail = error.message || code;
  if (/^(?:ENOTFOUND|EAI_)/.test(code))
    return new Failed({ code: 'resolve', host, detail }, { cause: error });
  const reason = REASONS[code] ?? 'other';
  return new Failed({ code: 'unreachable', host, port, reason, detail }, { cause: error });
}

/**
 * The next hop, dialled by the one before it.
 * @throws Failed `unreachable`
 */
export function dialThrough(
  client: Client,
  before: Wire,
  host: string,
  port: number,
  options: WireOptions,
): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const { signal, timeoutMs } = options;
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(
      () => settle(() => reject(new Failed(timedOut(host, port, timeoutMs)))),
      timeoutMs,
    );
    const abort = (): void => settle(() => reject(signal?.reason));
    signal?.addEventListener('abort', abort, { once: true });
    function settle(then: () => void): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      then();
    }
    const refused = (error: unknown): void => {
      const detail = openFailureDetail(error);
      const reason = /refused/i.test(detail) ? 'refused' : /timed out/i.test(detail) ? 'timeout' : 'other';
      settle(() => reject(new Failed({ code: 'unreachable', host, port, reason, detail }, { cause: error })));
    };
    try {
      client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
        if (error) return refused(error);
        const stream = channelStream(channel);
        settle(() => resolve({ stream, address: host, traffic: before.traffic }));
      });
    } catch (error) {
      refused(error);
    }
  });
}

/** `ProxyCommand`: run by the shell, as ssh does. What it writes to stderr is dropped. */
export function spawnWire(command: string, address: string): Wire {
  const child = execa(command, {
    shell: true,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'ignore',
    buffer: false,
    reject: false,
    encoding: 'buffer',
  });
  const stream = childStream(child);
  stream.on('close', () => child.kill());
  return {
    stream,
    address,
    traffic: () => ({
      received: child.stdout instanceof Socket ? child.stdout.bytesRead : 0,
      sent: child.stdin instanceof Socket ? child.stdin.bytesWritten : 0,
    }),
  };
}
