/**
 * An ssh2 channel as a duplex that behaves as Node's streams do.
 *
 * Three habits of ssh2's own (lib/Channel.js) are undone here: a write to a channel that the other side
 * has closed is never called back; `destroy()` ends politely without a `close` event; and on a
 * compressed connection that is gone, all that would send a packet throws, be it from inside a tick of
 * Node's streams where nobody could catch it.
 */
import { Duplex } from 'node:stream';
import type { Channel, ClientChannel } from 'ssh2';
import type { Failure } from '../failure.ts';

/**
 * @returns a duplex over the channel's stdin and stdout; it ends and closes with the channel, and
 *   ignores its own errors where nobody else listens (a lost link is told by the transport). What came before the
 *   other side closed it is read to the end, whatever became of what was still to be written.
 */
export function channelStream(channel: ClientChannel): Duplex {
  let closed = false;
  let unanswered: ((error?: Error | null) => void) | null = null;
  neverThrow(channel);

  const stream = new Duplex({
    read() {
      channel.resume();
    },
    write(chunk: Buffer, _encoding, done) {
      if (closed) return done();
      unanswered = done;
      try {
        channel.write(chunk, () => answer(null));
      } catch (error) {
        answer(error instanceof Error ? error : new Error(String(error)));
      }
    },
    final(done) {
      if (!closed) channel.end();
      done();
    },
    destroy(error, done) {
      channel.close();
      // An unread channel never closes, and would keep its window for the connection's life.
      channel.resume();
      done(error);
    },
  });
  stream.on('error', () => {});

  function answer(error: Error | null): void {
    const done = unanswered;
    unanswered = null;
    done?.(error);
  }

  channel.on('data', (chunk: Buffer) => {
    if (!stream.destroyed && !stream.push(chunk)) channel.pause();
  });
  channel.on('end', () => {
    if (!stream.destroyed) stream.push(null);
  });
  channel.on('error', () => {});
  channel.on('close', () => {
    closed = true;
    answer(null);
    if (stream.readableEnded) stream.destroy();
    else stream.once('end', () => stream.destroy());
  });
  return stream;
}

/** Makes the packets that end a channel silent where there is no connection left to send them on. */
export function neverThrow(channel: Channel): void {
  for (const method of ['eof', 'close'] as const) {
    const send = channel[method].bind(channel);
    channel[method] = () => {
      try {
        send();
      } catch {
        // The connection is gone, and the channel with it.
      }
    };
  }
}

/** ssh2's own words (lib/utils.js, onChannelOpenFailure) before the server's. */
const OPEN_FAILURE = /^\(SSH\) Channel open failure: /;

/** What the server said when it would not open a channel, without ssh2's own preamble. */
export function openFailureDetail(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return said.replace(OPEN_FAILURE, '');
}

/** Whether the server had no room for a session (sshd's MaxSessions): it has again when another one ends. */
export function isRefusedChannel(failure: Failure): boolean {
  return failure.code === 'unavailable' && OPEN_FAILURE.test(failure.detail);
}
