/** Our own server, as a process on loopback: the exercise's protocol and log lines, and no input that ends it. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const SERVER = fileURLToPath(new URL('../../../src/ops/deploy/assets/server.py', import.meta.url));
const PYTHON = spawnSync('python3', ['--version']).status === 0;
const REFUSAL = 'Opération refusée : deux entiers de -100000 à 100000, et + - ou * entre eux.';

interface Running {
  readonly port: number;
  readonly child: ChildProcess;
  readonly lines: () => readonly string[];
  /** Resolves once the log holds a line that matches. */
  logged(pattern: RegExp): Promise<void>;
  readonly exited: Promise<number | null>;
}

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function freePort(): Promise<number> {
  const listener = net.createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  await once(listener, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function start(...args: readonly string[]): Promise<Running> {
  const port = await freePort();
  // A locale that knows no UTF-8, as a unit's may be.
  const env = { ...process.env, LC_ALL: 'C', PYTHONUTF8: '0', PYTHONCOERCECLOCALE: '0' };
  const child = spawn('python3', [SERVER, '-l', '127.0.0.1', '-p', `${port}`, ...args], { env });
  children.push(child);
  let text = '';
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  child.stdout.setEncoding('utf8');
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const logged = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(text)) done(resolve);
      };
      const done = (then: () => void): void => {
        child.stdout.off('data', look);
        then();
      };
      child.stdout.on('data', look);
      child.once('exit', () => done(() => reject(new Error(`the server ended:\n${text}`))));
      look();
    });
  child.stdout.on('data', (chunk: string) => {
    text += chunk;
  });
  await logged(/Le serveur tourne sur/);
  return { port, child, lines: () => text.trimEnd().split('\n'), logged, exited };
}

async function connect(port: number): Promise<net.Socket> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  await once(socket, 'connect');
  // A server that ends resets what it has not accepted yet: an end like any other, for who waits for none.
  socket.on('error', () => undefined);
  return socket;
}

/** What comes until the other side is silent after `length` characters, or ends. */
function read(socket: net.Socket, length: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = Buffer.alloc(0);
    const look = (chunk: Buffer): void => {
      text = Buffer.concat([text, chunk]);
      if (text.toString().length >= length) done();
    };
    const done = (): void => {
      socket.off('data', look);
      resolve(text.toString());
    };
    socket.on('data', look);
    socket.once('end', done);
    socket.once('error', reject);
  });
}

async function ask(port: number, request: string | Uint8Array, length = 1): Promise<string> {
  const socket = await connect(port);
  socket.write(request);
  const answer = await read(socket, length);
  socket.destroy();
  return answer;
}

describe.skipIf(!PYTHON)('our server', () => {
  it('writes the lines of the exercise’s server', async () => {
    const server = await start();
    const socket = await connect(server.port);
    const name = `('127.0.0.1', ${socket.localPort})`;
    socket.end('2+3');
    expect(await read(socket, 9)).toBe('5');
    await server.logged(/Réponse/);
    expect(server.lines()).toEqual([
      `${server.port}`,
      `Le serveur tourne sur 127.0.0.1:${server.port}`,
      `Un client ${name} s'est connecté.`,
      `Le client ${name} a envoyé 2+3`,
      `Réponse envoyée au client ${name} : 5.`,
    ]);
  });

  it.each([
    ['2+3', '5'],
    ['-4 * 7', '-28'],
    ['100000*-100000', '-10000000000'],
    ['2--3', '5'],
    ['007+1\n', '8'],
    ['\t1 - 2 \r\n', '-1'],
  ])('answers %j with %s', async (request, answer) => {
    expect(await ask((await start()).port, request, answer.length)).toBe(answer);
  });

  it('refuses what is no operation, with a word, and lives', async () => {
    const server = await start();
    const requests: ReadonlyArray<string | Uint8Array> = [
      '100001+1',
      '2/0',
      '2**9',
      '1.5+1',
      '2+3+4',
      '__import__("os").abort()',
      '9'.repeat(5000),
      '2+3\n4+5',
      '٢+٣',
      '\0',
      new Uint8Array([0xff, 0xfe, 0x1b, 0x5b]),
      '%s%s%n{}',
    ];
    for (const request of requests) expect(await ask(server.port, request, REFUSAL.length)).toBe(REFUSAL);
    expect(await ask(server.port, '2+3')).toBe('5');
  });

  it('keeps foreign bytes in its log on one line, printable', async () => {
    const server = await start();
    await ask(server.port, 'a\x1b[2J\nUn client (forged)\u202e', REFUSAL.length);
    await server.logged(/Réponse/);
    expect(server.lines()[3]).toMatch(/a envoyé a\\x1b\[2J\\nUn client \(forged\)\\u202e$/);
  });

  it('takes an operation in pieces, and refuses one that never ends', async () => {
    const { port } = await start('--idle', '1');
    const socket = await connect(port);
    for (const piece of ['1', '2', ' ', '+', ' ']) socket.write(piece);
    socket.write('30');
    expect(await read(socket, 2)).toBe('42');
    const slow = await connect(port);
    slow.write('2+');
    expect(await read(slow, 9999)).toBe(REFUSAL);
  });

  it('answers what a client sent before it ended its side', async () => {
    const { port } = await start();
    const socket = await connect(port);
    socket.end('2+');
    expect(await read(socket, 9999)).toBe(REFUSAL);
  });

  it('serves others while one is silent, and forgets the silent one', async () => {
    const { port } = await start('--idle', '0.5');
    const silent = await connect(port);
    const ended = once(silent, 'end');
    silent.resume();
    expect(await ask(port, '2+3')).toBe('5');
    await ended;
  });

  it('serves newcomers when a crowd of silent clients fills it', async () => {
    const { port } = await start();
    const crowd = await Promise.all(Array.from({ length: 300 }, () => connect(port)));
    for (const socket of crowd) socket.on('error', () => undefined);
    expect(await ask(port, '2+3')).toBe('5');
    for (const socket of crowd) socket.destroy();
  });

  it('survives resets, at once and with an answer on the way', async () => {
    const server = await start();
    for (let round = 0; round < 20; round += 1) {
      const socket = await connect(server.port);
      socket.write('2+3');
      socket.resetAndDestroy();
    }
    expect(await ask(server.port, '2+3')).toBe('5');
  });

  it('closes a client that only ever asks what is refused', async () => {
    const { port } = await start();
    const socket = await connect(port);
    let refused = 0;
    const ended = once(socket, 'end');
    socket.on('data', (chunk: Buffer) => {
      refused += chunk.toString().split('Opération').length - 1;
      socket.write('x');
    });
    socket.on('error', () => undefined);
    socket.write('x');
    await ended;
    expect(refused).toBe(10);
  });

  it('ends at SIGTERM with exit 0, clients or not', async () => {
    const server = await start();
    await connect(server.port);
    server.child.kill('SIGTERM');
    expect(await server.exited).toBe(0);
  });

  it('goes on when nobody reads its log any more', async () => {
    const server = await start();
    server.child.stdout?.destroy();
    expect(await ask(server.port, '2+3')).toBe('5');
    expect(await ask(server.port, '2+3')).toBe('5');
  });

  it.each([
    [['-p', '80'], 2, 'privilégié'],
    [['-p', '70000'], 1, 'port possible'],
    [['-l', '192.0.2.1'], 1, "Impossible d'écouter sur 192.0.2.1:13337"],
  ])('says why it does not start: %j', (args, code, words) => {
    const run = spawnSync('python3', [SERVER, ...args], { encoding: 'utf8' });
    expect(run.status).toBe(code);
    expect(run.stdout).toContain(words);
    expect(run.stderr).toBe('');
  });

  it('is Python 3.6 and imports the standard library alone', () => {
    // Pythons before 3.8 do not know the option; on them the tests above are the proof.
    const check =
      'import ast,sys; ast.parse(sys.stdin.read(), **({"feature_version": (3, 6)} if sys.version_info >= (3, 8) else {}))';
    execFileSync('python3', ['-c', check], {
      input: readFileSync(SERVER),
      env: { ...process.env, PYTHONUTF8: '1' },
    });
    const imported = [...readFileSync(SERVER, 'utf8').matchAll(/^(?:import|from) (\w+)/gm)].map(
      ([, name]) => name,
    );
    expect(imported).toEqual(['argparse', 're', 'selectors', 'signal', 'socket', 'sys', 'time']);
  });
});
