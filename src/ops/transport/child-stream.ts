/** A child process's stdin and stdout as one duplex. */
import { Duplex, type Readable, type Writable } from 'node:stream';

export interface ChildPipes {
  readonly stdin: Writable;
  readonly stdout: Readable;
}

/**
 * Unlike `Duplex.from`, it outlives the child's stdin: what a command wrote before it ended is read to
 * the end, whatever became of what we still had to say to it. Its own errors are ignored where nobody
 * else listens.
 */
export function childStream({ stdin, stdout }: ChildPipes): Duplex {
  const stream = new Duplex({
    read() {
      stdout.resume();
    },
    write(chunk: Buffer, _encoding, done) {
      if (stdin.writable) stdin.write(chunk, () => done());
      else done();
    },
    final(done) {
      stdin.end();
      done();
    },
    destroy(error, done) {
      stdin.destroy();
      stdout.destroy();
      done(error);
    },
  });
  stdin.on('error', () => {});
  stdout.on('error', () => {});
  stdout.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) stdout.pause();
  });
  stdout.on('end', () => stream.push(null));
  stdout.on('close', () => {
    if (!stdout.readableEnded) stream.destroy();
  });
  stream.on('error', () => {});
  return stream;
}
