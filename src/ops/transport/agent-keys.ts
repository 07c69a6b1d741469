/**
 * What an agent holds that ssh2 passes over in silence: certificates, and keys of hardware tokens (`sk-…`).
 * The protocol is that of draft-ietf-sshm-ssh-agent: one question, one list.
 */
import { connect } from 'node:net';
import type { BeyondSsh2 } from '../failure.ts';
import { keyTypeOf } from './known-hosts.ts';

const REQUEST_IDENTITIES = Buffer.from([0, 0, 0, 1, 11]);
const IDENTITIES_ANSWER = 12;
/** An agent with more than this is none. */
const MOST_BYTES = 1024 * 1024;

/** @returns nothing where there is no agent, or it does not answer in time: who lists its other keys tells of that */
export async function listForeignKeys(socket: string | null, withinMs: number): Promise<BeyondSsh2[]> {
  if (socket === null || !/[/\\]/.test(socket)) return [];
  const answer = await ask(socket, withinMs);
  return answer === null ? [] : readForeignKeys(answer);
}

/** @param answer the message without its length */
export function readForeignKeys(answer: Buffer): BeyondSsh2[] {
  if (answer[0] !== IDENTITIES_ANSWER) return [];
  const found: BeyondSsh2[] = [];
  let offset = 5;
  const next = (): Buffer | null => {
    if (offset + 4 > answer.length) return null;
    const end = offset + 4 + answer.readUInt32BE(offset);
    if (end > answer.length) return null;
    const piece = answer.subarray(offset + 4, end);
    offset = end;
    return piece;
  };
  for (;;) {
    const key = next();
    const comment = next();
    if (key === null || comment === null) return found;
    const type = keyTypeOf(key);
    const kind = type.includes('-cert-') ? 'certificate' : type.startsWith('sk-') ? 'security-key' : null;
    if (kind) found.push({ kind, source: comment.toString('utf8') || type });
  }
}

function ask(path: string, withinMs: number): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const stream = connect(path);
    let got = Buffer.alloc(0);
    const timer = setTimeout(() => settle(null), withinMs);
    function settle(answer: Buffer | null): void {
      clearTimeout(timer);
      stream.destroy();
      resolve(answer);
    }
    stream.on('error', () => settle(null));
    stream.on('close', () => settle(null));
    stream.on('connect', () => stream.write(REQUEST_IDENTITIES));
    stream.on('data', (chunk: Buffer) => {
      got = Buffer.concat([got, chunk]);
      const length = got.length >= 4 ? got.readUInt32BE(0) : 0;
      if (length > MOST_BYTES) settle(null);
      else if (got.length >= 4 && got.length >= 4 + length) settle(got.subarray(4, 4 + length));
    });
  });
}
