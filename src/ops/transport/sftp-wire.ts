/**
 * SFTP over any duplex: the few messages of version 3 that reading a file takes (draft-ietf-secsh-filexfer-02).
 *
 * For a subsystem that the system's own ssh carries; over an ssh2 connection there is ssh2's own.
 */
import type { Duplex } from 'node:stream';
import type { SftpSession } from './sftp-files.ts';

const INIT = 1;
const VERSION = 2;
const OPEN = 3;
const CLOSE = 4;
const READ = 5;
const REALPATH = 16;
const STATUS = 101;
const HANDLE = 102;
const DATA = 103;
const NAME = 104;
const EOF_STATUS = 1;
const READ_ONLY = 1;
const GREETING_MS = 8_000;
/** As other clients bound it; no server sends more than it was asked for. */
const MOST = 256 * 1024;

export interface WireSession extends SftpSession {
  /** Asks what changes nothing and waits for the answer. */
  ping(): Promise<void>;
}

interface Answer {
  readonly type: number;
  readonly body: Buffer;
}

/** Rejects when the other side speaks no SFTP, or ends. */
export async function sftpOverStream(stream: Duplex): Promise<WireSession> {
  const waiting = new Map<number, { take(answer: Answer): void; fail(error: Error): void }>();
  const greeted = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  let next = 0;
  let held: Buffer = Buffer.alloc(0);
  let ended = false;

  function end(why: string): void {
    if (ended) return;
    ended = true;
    const error = new Error(why);
    greeted.reject(error);
    for (const { fail } of waiting.values()) fail(error);
    waiting.clear();
    stream.destroy();
    over.resolve();
  }

  function take(message: Buffer): void {
    if (message[0] === VERSION) return greeted.resolve();
    if (message.length < 5) return end('not SFTP');
    const id = message.readUInt32BE(1);
    waiting.get(id)?.take({ type: message[0] ?? 0, body: message.subarray(5) });
    waiting.delete(id);
  }

  stream.on('data', (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (!ended && held.length >= 4) {
      const length = held.readUInt32BE(0);
      // What is no SFTP (a shell that prints) looks like a length beyond all reason.
      if (length === 0 || length > MOST) return end('the server does not speak SFTP');
      if (held.length < 4 + length) return;
      const message = held.subarray(4, 4 + length);
      held = held.subarray(4 + length);
      take(message);
    }
  });
  stream.on('end', () => end('the SFTP session ended'));
  stream.on('close', () => end('the SFTP session ended'));
  stream.on('error', () => end('the SFTP session ended'));

  function ask(type: number, ...parts: readonly Buffer[]): Promise<Answer> {
    const id = next;
    next = (next + 1) >>> 0;
    return new Promise((resolve, reject) => {
      if (ended) return reject(new Error('the SFTP session ended'));
      waiting.set(id, { take: resolve, fail: reject });
      stream.write(packet(type, number(id), ...parts));
    });
  }

  stream.write(packet(INIT, number(3)));
  // One that is refused may be left open, with nobody at its other end.
  const late = setTimeout(() => end('no answer from SFTP'), GREETING_MS);
  await greeted.promise.finally(() => clearTimeout(late));
  return {
    open: async (path) => {
      const answer = await ask(OPEN, sized(Buffer.from(path)), number(READ_ONLY), number(0));
      if (answer.type !== HANDLE) throw refusal(answer);
      // Copied: it outlives the packet it came in.
      return Buffer.from(readSized(answer.body, 0));
    },
    read: async (handle, position, length) => {
      const answer = await ask(READ, sized(handle), large(position), number(length));
      if (answer.type === DATA) return readSized(answer.body, 0);
      if (answer.type === STATUS && statusOf(answer.body) === EOF_STATUS) return Buffer.alloc(0);
      throw refusal(answer);
    },
    close: (handle) => {
      ask(CLOSE, sized(handle)).catch(() => {});
    },
    ping: async () => {
      const answer = await ask(REALPATH, sized(Buffer.from('.')));
      if (answer.type !== NAME && answer.type !== STATUS) throw refusal(answer);
    },
    closed: over.promise,
  };
}

function refusal({ type, body }: Answer): Error {
  if (type !== STATUS) return new Error(`an SFTP answer of type ${type}`);
  const said = body.length >= 8 ? readSized(body, 4).toString('utf8') : '';
  return new Error(said || `SFTP status ${statusOf(body)}`);
}

function statusOf(body: Buffer): number {
  return body.length >= 4 ? body.readUInt32BE(0) : -1;
}

function readSized(body: Buffer, offset: number): Buffer {
  if (body.length < offset + 4) throw new Error('an SFTP answer that is cut off');
  const end = offset + 4 + body.readUInt32BE(offset);
  if (end > body.length) throw new Error('an SFTP answer that is cut off');
  return body.subarray(offset + 4, end);
}

function packet(type: number, ...parts: readonly Buffer[]): Buffer {
  return sized(Buffer.concat([Buffer.from([type]), ...parts]));
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function large(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
