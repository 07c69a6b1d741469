/** The embedded calculator as a process: its words, its turns, its faults, its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const ENTRY = fileURLToPath(new URL('../../src/calc/serve.ts', import.meta.url));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function serve(...options: string[]) {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as net.AddressInfo;
  probe.close();
  await once(probe, 'close');
  const child = spawn(process.execPath, [ENTRY, '--listen', '127.0.0.1', '--port', String(port), ...options]);
  children.push(child);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  /** Waits until the log holds it; the test's own time limit is the bound. */
  const logged = async (text: string): Promise<void> => {
    while (!output.includes(text)) await once(child.stdout, 'data');
  };
  await logged('Le serveur tourne sur');
  return { child, port, logged, output: () => output, errors: () => errors };
}

async function client(port: number): Promise<net.Socket> {
  const socket = net.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  return socket;
}

async function answer(socket: net.Socket, question: string): Promise<string> {
  socket.write(question);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString();
}

describe('serve', () => {
  it('speaks and logs as the original does', async () => {
    const { port, logged, output } = await serve();
    const socket = await client(port);
    const me = `('127.0.0.1', ${socket.localPort})`;
    expect(await answer(socket, '2+3')).toBe('5');
    expect(await answer(socket, '2*-3')).toBe('-6');
    await logged(': -6.');
    expect(output().split('\n')).toEqual([
      `${port}`,
      `Le serveur tourne sur 127.0.0.1:${port}`,
      `Un client ${me} s'est connecté.`,
      `Le client ${me} a envoyé 2+3`,
      `Réponse envoyée au client ${me} : 5.`,
      `Le client ${me} a envoyé 2*-3`,
      `Réponse envoyée au client ${me} : -6.`,
      '',
    ]);
    socket.destroy();
  });

  it('serves one client at a time: the second is connected, and waits', async () => {
    const { port, logged, output } = await serve();
    const [first, second] = [await client(port), await client(port)];
    second.write('1+1');
    expect(await answer(first, '2+3')).toBe('5');
    expect(output()).not.toContain(`${second.localPort}`);
    const late = once(second, 'data');
    first.end();
    expect(String((await late)[0])).toBe('2');
    await logged(`Réponse envoyée au client ('127.0.0.1', ${second.localPort}) : 2.`);
  });

  it.each(['6/2', '__import__("os")', '2+'])('dies of %j', async (question) => {
    const { child, port, errors } = await serve();
    const socket = await client(port);
    const closed = once(child, 'close');
    socket.write(question);
    expect(await closed).toEqual([1, null]);
    expect(errors()).toMatch(/^Traceback \(most recent call last\):\n[\s\S]*SyntaxError: invalid syntax\n$/);
  });

  it('dies of a client that resets', async () => {
    const { child, port, logged, errors } = await serve();
    const socket = await client(port);
    await logged('connecté');
    const closed = once(child, 'close');
    socket.resetAndDestroy();
    expect(await closed).toEqual([1, null]);
    expect(errors()).toContain('ConnectionResetError');
  });

  it('answers wrong with --mode wrong', async () => {
    const { port } = await serve('--mode', 'wrong');
    expect(await answer(await client(port), '2+3')).toBe('6');
  });

  it('dies when its port is taken', async () => {
    const { port } = await serve();
    const child = spawn(process.execPath, [ENTRY, '--port', String(port)]);
    children.push(child);
    expect(await once(child, 'close')).toEqual([1, null]);
  });

  it('ends with its parent, that is with its stdin', async () => {
    const { child } = await serve('--with-parent');
    const closed = once(child, 'close');
    child.stdin?.end();
    expect(await closed).toEqual([0, null]);
  });
});
