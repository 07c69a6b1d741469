/**
 * The calculators that are met in the field, one a dialect, in this process: the same as the programs of
 * test/lab/host/calculators, with their exit code in place of their end.
 *
 * One client at a time, as theirs: the next one is served when the one before has left.
 */
import { once } from 'node:events';
import net from 'node:net';
import { parse } from '../../src/calc/grammar.ts';

/**
 * - `bare`: the exercise's own, expressions as bare bytes, any number on a connection
 * - `once`: closes after the first answer
 * - `several`: one client in its life, bare expressions; exit 0 when that one leaves
 * - `greets`: the same, but whatever it first gets is answered with `Hello`
 * - `banner`: greets right at the connection, then as `bare`
 * - `line`: answers only when a newline has come, with a newline
 * - `slow`: as `bare`, byte by byte with pauses
 * - `mute`: says nothing, ever
 * - `dies`: of any request, with exit 1
 */
export type CalculatorKind =
  | 'bare'
  | 'once'
  | 'several'
  | 'greets'
  | 'banner'
  | 'line'
  | 'slow'
  | 'mute'
  | 'dies';

export const CALCULATOR_KINDS: readonly CalculatorKind[] = [
  'bare',
  'once',
  'several',
  'greets',
  'banner',
  'line',
  'slow',
  'mute',
  'dies',
];

export interface StandIn {
  readonly port: number;
  /** What each read brought, oldest first, as the server saw it. */
  readonly requests: readonly string[];
  /** The ports of its clients, in the order in which they were served. */
  readonly clients: readonly number[];
  /** Its log, and its traceback when it died. */
  readonly lines: readonly string[];
  /** null while it runs. */
  exitCode(): number | null;
  readonly exited: Promise<number>;
  close(): Promise<void>;
}

export interface StandInOptions {
  /** 0: any that is free. @default 0 */
  readonly port?: number;
  /** Between two bytes of `slow`. @default 40 ms */
  readonly pauseMs?: number;
  readonly log?: (line: string) => void;
}

export const GREETING = 'Hello';
export const BANNER = 'Bienvenue sur la calculatrice\n';

/** Starts one on the loopback address. */
export async function startCalculator(
  kind: CalculatorKind,
  { port = 0, pauseMs = 40, log = () => undefined }: StandInOptions = {},
): Promise<StandIn> {
  const requests: string[] = [];
  const clients: number[] = [];
  const lines: string[] = [];
  const queue: net.Socket[] = [];
  const exited = Promise.withResolvers<number>();
  let served: net.Socket | null = null;
  let lingering: net.Socket | null = null;
  let exitCode: number | null = null;

  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    socket.on('error', () => exit(1, ['ConnectionResetError: [Errno 104] Connection reset by peer']));
    queue.push(socket);
    next();
  });

  function say(line: string): void {
    lines.push(line);
    log(line);
  }

  function next(): void {
    if (served !== null || exitCode !== null) return;
    const socket = queue.shift();
    if (socket === undefined) return;
    served = socket;
    // The name is bound anew only when the next client comes: until then Python keeps the old socket.
    lingering?.destroy();
    lingering = null;
    clients.push(socket.remotePort ?? 0);
    say(`Un client ('${socket.remoteAddress}', ${socket.remotePort}) s'est connecté.`);
    socket.setNoDelay(true);
    const hear = conversation(socket);
    socket.on('data', (chunk) => {
      requests.push(chunk.toString());
      say(`Le client ('${socket.remoteAddress}', ${socket.remotePort}) a envoyé ${chunk.toString()}`);
      hear(chunk.toString());
    });
    socket.on('end', () => {
      if (kind === 'greets' || kind === 'several') return exit(0);
      leave(socket);
    });
    socket.resume();
  }

  function leave(socket: net.Socket): void {
    if (served !== socket) return;
    served = null;
    if (kind === 'bare') lingering = socket;
    else socket.end();
    next();
  }

  /** What one connection does with each thing that it reads. */
  function conversation(socket: net.Socket): (text: string) => void {
    let greeted = false;
    let rest = '';
    if (kind === 'banner') socket.write(BANNER);
    return (text) => {
      switch (kind) {
        case 'bare':
        case 'several':
        case 'banner':
          return reply(text, (answer) => void socket.write(answer));
        case 'once':
          return reply(text, (answer) => {
            socket.write(answer);
            leave(socket);
          });
        case 'greets':
          if (greeted) return reply(text, (answer) => void socket.write(answer));
          greeted = true;
          socket.write(GREETING);
          return;
        case 'line': {
          const parts = `${rest}${text}`.split('\n');
          rest = parts.pop() ?? '';
          for (const part of parts) reply(part, (answer) => void socket.write(`${answer}\n`));
          return;
        }
        case 'slow':
          return reply(text, (answer) => void spell(socket, answer));
        case 'mute':
          return;
        case 'dies':
          return exit(1, [
            'Traceback (most recent call last):',
            '  File "/opt/calculatrice/bs_server.py", line 19, in <module>',
            "NameError: name 're' is not defined",
          ]);
      }
    };
  }

  async function spell(socket: net.Socket, answer: string): Promise<void> {
    for (const character of answer) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (!socket.destroyed) socket.write(character);
    }
  }

  /** As `eval` does: what surrounds the expression is borne, what is none is the end. */
  function reply(text: string, write: (answer: string) => void): void {
    const parsed = parse(text.trim());
    if (parsed.ok) return write(String(parsed.value));
    exit(1, ['Traceback (most recent call last):', `    ${text}`, 'SyntaxError: invalid syntax']);
  }

  function exit(code: number, last: readonly string[] = []): void {
    if (exitCode !== null) return;
    exitCode = code;
    for (const line of last) say(line);
    // As the kernel does for a process that is gone: what it served and what waited is closed.
    for (const socket of [served, lingering, ...queue.splice(0)]) socket?.destroy();
    server.close();
    exited.resolve(code);
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address() as net.AddressInfo;
  say(`Le serveur tourne sur 127.0.0.1:${bound.port}`);
  return {
    port: bound.port,
    requests,
    clients,
    lines,
    exitCode: () => exitCode,
    exited: exited.promise,
    async close() {
      if (exitCode !== null) return;
      const closed = once(server, 'close');
      for (const socket of [served, lingering, ...queue.splice(0)]) socket?.destroy();
      server.close();
      await closed;
    },
  };
}
