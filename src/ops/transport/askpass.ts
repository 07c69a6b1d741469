/**
 * The questions of the system's own ssh, brought to us.
 *
 * ssh asks through the program that SSH_ASKPASS names. Ours is a script in a folder that is the user's alone; it
 * hands the prompt over a socket in that folder, and prints what comes back. ssh itself never gets a terminal:
 * it would draw over the console, and eat its keys.
 */
import { writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { HostKeyQuestion, SshMemory, SshQuestions } from './memory.ts';
import { quoteWord } from './quote.ts';

export interface Askpass {
  /** What ssh needs in its environment to find it. */
  readonly env: NodeJS.ProcessEnv;
  /** Key files whose passphrase was asked for and not given. */
  readonly declined: ReadonlySet<string>;
  close(): void;
}

export interface AskpassOptions {
  readonly folder: string;
  readonly questions: SshQuestions;
  readonly memory: SshMemory;
  /** Withdraws the question that is open. */
  readonly signal: AbortSignal;
  /** Around each question: its time is the user's. */
  readonly asking: <T>(ask: () => Promise<T>) => Promise<T>;
  /** A question that was interrupted ends the connection with its reason. */
  readonly interrupted: (reason: unknown) => void;
}

const MOST_PROMPT = 16 * 1024;

/** Runs in a process of its own, started by ssh: prompt in, answer out. Exit code 1 is "no answer". */
const ASKING = `
const { createConnection } = require('node:net');
const { writeSync } = require('node:fs');
const socket = createConnection(process.argv[2]);
let answer = '';
socket.on('error', () => process.exit(1));
socket.on('data', (piece) => { answer += piece; });
socket.on('end', () => {
  if (!answer.startsWith('=')) process.exit(1);
  writeSync(1, answer.slice(1) + '\\n');
  process.exit(0);
});
socket.end(JSON.stringify({ prompt: process.argv[3] || '', told: process.argv[4] === 'none' }));
`;

export async function listenForQuestions(options: AskpassOptions): Promise<Askpass> {
  const { folder } = options;
  const socketPath = join(folder, 'a');
  const program = join(folder, 'ask.cjs');
  const script = join(folder, 'ask');
  await writeFile(program, ASKING, { mode: 0o600 });
  const words = [process.execPath, program, socketPath].map(quoteWord).join(' ');
  await writeFile(script, `#!/bin/sh\nexec ${words} "$1" "$SSH_ASKPASS_PROMPT"\n`, { mode: 0o700 });
  const declined = new Set<string>();
  const attempts = new Map<string, number>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    readAll(socket)
      .then((text) => answerTo(JSON.parse(text), { ...options, declined, attempts }))
      .then(
        (answer) => socket.end(answer === null ? '' : `=${answer}`),
        () => socket.end(),
      );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, () => resolve());
  });
  return {
    env: {
      SSH_ASKPASS: script,
      SSH_ASKPASS_REQUIRE: 'force',
    },
    declined,
    close: () => server.close(),
  };
}

function readAll(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', reject);
    socket.on('data', (piece: string) => {
      text += piece;
      if (text.length > MOST_PROMPT) socket.destroy(new Error('too long'));
    });
    socket.on('end', () => resolve(text));
  });
}

interface Answering extends AskpassOptions {
  readonly declined: Set<string>;
  readonly attempts: Map<string, number>;
}

export type Prompt =
  | { readonly kind: 'host-key'; readonly question: HostKeyQuestion }
  | { readonly kind: 'passphrase'; readonly keyFile: string }
  | { readonly kind: 'touch'; readonly key: string }
  /** A password, or what we do not know: it is not answered. */
  | { readonly kind: 'other' };

/** What ssh asks (sshconnect.c, sshconnect2.c); its words have been the same since 2001 but for the host's key. */
export function readPrompt(prompt: string): Prompt {
  const [, name] = /^The authenticity of host '([^\n]+?)' can't be established/.exec(prompt) ?? [];
  const [, algorithm, fingerprint] = /(\S+) key fingerprint is (\S+?)\.?(?:\n|$)/.exec(prompt) ?? [];
  if (name !== undefined && algorithm !== undefined && fingerprint !== undefined) {
    return { kind: 'host-key', question: { ...placeOf(name), algorithm: typeOf(algorithm), fingerprint } };
  }
  const [, keyFile] = /^Enter (?:passphrase|PIN) for (?:\S+ )?key '?(.+?)'?: ?$/.exec(prompt) ?? [];
  if (keyFile !== undefined) return { kind: 'passphrase', keyFile };
  const [, key] = /^Confirm user presence for key (.+)$/.exec(prompt.trim()) ?? [];
  return key === undefined ? { kind: 'other' } : { kind: 'touch', key };
}

async function answerTo(
  { prompt, told }: { readonly prompt: string; readonly told: boolean },
  answering: Answering,
): Promise<string | null> {
  const { questions, memory, signal, asking, interrupted } = answering;
  const asked = readPrompt(prompt);
  try {
    switch (asked.kind) {
      case 'host-key': {
        const { host, port, fingerprint } = asked.question;
        const remembered = `${host}:${port} ${fingerprint}`;
        if (memory.hostKeys.has(remembered)) return 'yes';
        const accepted = questions.askHostKey
          ? await asking(async () => questions.askHostKey?.(asked.question, signal))
          : false;
        if (accepted) memory.hostKeys.add(remembered);
        return accepted ? 'yes' : 'no';
      }
      case 'passphrase':
        return await passphrase(asked.keyFile, answering);
      case 'touch':
        if (told) questions.tellTouch?.(asked.key);
        return null;
      case 'other':
        return null;
    }
  } catch (reason) {
    interrupted(reason);
    return null;
  }
}

async function passphrase(keyFile: string, answering: Answering): Promise<string | null> {
  const { questions, memory, signal, asking, declined, attempts } = answering;
  const attempt = (attempts.get(keyFile) ?? 0) + 1;
  attempts.set(keyFile, attempt);
  const remembered = memory.passphrases.get(keyFile);
  // One that did not open the key is not offered again.
  if (remembered !== undefined && attempt === 1) return remembered;
  memory.passphrases.delete(keyFile);
  const given =
    memory.declinedKeys.has(keyFile) || !questions.askPassphrase
      ? null
      : await asking(async () => questions.askPassphrase?.({ keyFile, attempt }, signal) ?? null);
  if (given === null || given === '') {
    declined.add(keyFile);
    if (questions.askPassphrase) memory.declinedKeys.add(keyFile);
    return null;
  }
  memory.passphrases.set(keyFile, given);
  return given;
}

/** `host`, `host (address)`, `[host]:port` or `[host]:port ([address]:port)`. */
function placeOf(name: string): { readonly host: string; readonly port: number } {
  const first = name.replace(/ \([^()]*\)$/, '');
  const [, host, port] = /^\[(.+)\]:(\d+)$/.exec(first) ?? [];
  return host === undefined ? { host: first, port: 22 } : { host, port: Number(port) };
}

/** ssh says `ED25519` where known_hosts says `ssh-ed25519`. */
function typeOf(name: string): string {
  return { ED25519: 'ssh-ed25519', RSA: 'ssh-rsa', ECDSA: 'ecdsa-sha2' }[name] ?? name;
}
