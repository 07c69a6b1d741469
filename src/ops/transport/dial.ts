/** TCP connections as the host makes them, over its SSH server (`direct-tcpip`). */
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { Failed } from '../failure.ts';
import { channelStream, openFailureDetail } from './channel.ts';
import type { DialOptions } from './transport.ts';

const DEFAULT_TIMEOUT_MS = 5_000;

/** See `Transport.dial`. */
export function dialOverSsh(
  client: Client,
  address: string,
  port: number,
  lostDetail: () => string | null,
  options: DialOptions = {},
): Promise<Duplex> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  const what = `${address}:${port}`;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    let waiting = true;
    const timer = setTimeout(() => give(new Failed({ code: 'timeout', what, ms: timeoutMs })), timeoutMs);
    const abort = (): void => give(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });

    function done(): void {
      waiting = false;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
    function give(reason: unknown): void {
      done();
      reject(reason);
    }
    function fail(error: unknown): void {
      const detail = openFailureDetail(error);
      const lost = lostDetail();
      give(
        lost === null
          ? new Failed({ code: 'unavailable', what, detail }, { cause: error })
          : new Failed({ code: 'link-lost', detail: lost }, { cause: error }),
      );
    }
    try {
      client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
        if (error) return fail(error);
        const stream = channelStream(channel);
        if (!waiting) return stream.destroy();
        done();
        resolve(stream);
      });
    } catch (error) {
      // ssh2 throws `Not connected` at once instead of calling back.
      give(new Failed({ code: 'link-lost', detail: lostDetail() ?? String(error) }, { cause: error }));
    }
  });
}
