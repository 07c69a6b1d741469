/**
 * The calculator of the exercise, spoken as its Python server speaks it, faults included.
 *
 * One client at a time, the others wait; no framing, what one read brings is one request; the
 * answer has no newline; what cannot be evaluated, and a client that resets, ends the process. It
 * does not close its side when a client leaves: the socket is dropped when the next one is served.
 * Unlike the original it evaluates nothing but the grammar.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { parse } from './grammar.ts';

/** `mute` accepts and reads but never answers; `wrong` answers one more than the truth. */
export type CalculatorMode = 'normal' | 'mute' | 'wrong';

export interface Peer {
  readonly address: string;
  readonly port: number;
}

/** Who is being served and who waits for their turn, oldest first. */
export interface CalculatorClients {
  readonly served: Peer | null;
  readonly waiting: readonly Peer[];
}

export interface CalculatorOptions {
  readonly mode: CalculatorMode;
  /** One line of the server's log, without its newline. */
  readonly log: (line: string) => void;
  /** The server is to die; the lines are what Python would print on stderr. */
  readonly crash: (traceback: readonly string[]) => void;
  readonly clients?: (clients: CalculatorClients) => void;
}

export interface Calculator {
  /** Resolves with the port once it listens. @throws the `listen` error, EADDRINUSE for one */
  listen(address: string, port: number): Promise<number>;
  setMode(mode: CalculatorMode): void;
  close(): Promise<void>;
}

/** Most that one read takes, as the original's `recv(1024)`. */
const READ_LIMIT = 1024;

export function createCalculator(options: CalculatorOptions): Calculator {
  const queue: Socket[] = [];
  let served: Socket | null = null;
  let lingering: Socket | null = null;
  let mode = options.mode;

  // Paused until its turn, so that a waiting client's bytes and its end stay where they are.
  const server: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    queue.push(socket);
    next();
  });

  function next(): void {
    if (served === null) {
      const socket = queue.shift();
      if (socket !== undefined) serve(socket);
    }
    options.clients?.({ served: served === null ? null : peerOf(served), waiting: queue.map(peerOf) });
  }

  function serve(socket: Socket): void {
    served = socket;
    lingering?.destroy();
    lingering = null;
    const name = pythonTuple(peerOf(socket));
    options.log(`Un client ${name} s'est connecté.`);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      for (let at = 0; at < chunk.length; at += READ_LIMIT) {
        answer(socket, name, chunk.subarray(at, at + READ_LIMIT).toString('utf8'));
      }
    });
    socket.on('error', () => {
      options.crash([
        'Traceback (most recent call last):',
        'ConnectionResetError: [Errno 104] Connection reset by peer',
      ]);
    });
    socket.on('end', () => {
      served = null;
      lingering = socket;
      next();
    });
    socket.resume();
  }

  function answer(socket: Socket, name: string, message: string): void {
    options.log(`Le client ${name} a envoyé ${message}`);
    if (mode === 'mute') return;
    // As eval() does, which bears a newline behind an expression.
    const parsed = parse(message.trimEnd());
    if (!parsed.ok) {
      options.crash([
        'Traceback (most recent call last):',
        '  File "<string>", line 1',
        `    ${message}`,
        'SyntaxError: invalid syntax',
      ]);
      return;
    }
    const reply = String(mode === 'wrong' ? parsed.value + 1 : parsed.value);
    socket.write(reply);
    options.log(`Réponse envoyée au client ${name} : ${reply}.`);
  }

  return {
    listen: (address, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host: address, port, backlog: 1 }, () => {
          server.off('error', reject);
          const bound = server.address();
          const taken = typeof bound === 'object' && bound !== null ? bound.port : port;
          options.log(`Le serveur tourne sur ${address}:${taken}`);
          resolve(taken);
        });
      }),
    setMode(value) {
      mode = value;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of [served, lingering, ...queue.splice(0)]) socket?.destroy();
        server.close(() => resolve());
      }),
  };
}

function peerOf(socket: Socket): Peer {
  return { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
}

/** How Python prints a socket's address. */
function pythonTuple(peer: Peer): string {
  return `('${peer.address}', ${peer.port})`;
}
