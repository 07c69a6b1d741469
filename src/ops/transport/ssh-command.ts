/** Starting commands on an SSH connection's channels. */
import type { Client, ClientChannel } from 'ssh2';
import { Failed } from '../failure.ts';
import { channelStream } from './channel.ts';
import type { Exit, RunningCommand } from './process.ts';
import { quoteCommand } from './quote.ts';

/**
 * @param lostDetail why the connection is gone, or null while it lives
 * @throws Failed `link-lost`; `unavailable` when the server opens no channel for a command
 */
export function startOverSsh(
  client: Client,
  argv: readonly string[],
  lostDetail: () => string | null,
): Promise<RunningCommand> {
  const command = quoteCommand(argv);
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      const lost = lostDetail();
      reject(
        lost === null
          ? new Failed({ code: 'unavailable', what: 'exec', detail: error.message }, { cause: error })
          : new Failed({ code: 'link-lost', detail: lost }, { cause: error }),
      );
    };
    try {
      client.exec(command, (error, channel) => {
        if (error) fail(error);
        else resolve(runningCommand(channel));
      });
    } catch (error) {
      // ssh2 throws `Not connected` at once instead of calling back.
      const detail = lostDetail() ?? (error instanceof Error ? error.message : String(error));
      reject(new Failed({ code: 'link-lost', detail }, { cause: error }));
    }
  });
}

function runningCommand(channel: ClientChannel): RunningCommand {
  const stream = channelStream(channel);
  const ended = new Promise<Exit>((resolve) => {
    let exit: Exit = { code: null, signal: null };
    channel.on('exit', (code: number | null, signal?: string) => {
      exit = { code, signal: signal ?? null };
    });
    channel.on('close', () => resolve(exit));
  });
  channel.stderr.on('error', () => {});
  return {
    stream,
    stderr: channel.stderr,
    ended,
    failure: () => null,
    stop: () => {
      // Refused by some servers, impossible on a lost connection; closing the channel is what counts.
      try {
        if (channel.writable) channel.signal('TERM');
      } catch {
        // Nobody is left to be told.
      }
      stream.destroy();
    },
  };
}
