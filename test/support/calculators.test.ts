/** The stand-ins do what their dialect says: other tests lean on that. */
import { once } from 'node:events';
import net from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { BANNER, type CalculatorKind, type StandIn, startCalculator } from './calculators.ts';

const running: { readonly server: StandIn; readonly sockets: net.Socket[] }[] = [];

afterEach(async () => {
  for (const { server, sockets } of running.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await server.close();
  }
});

async function meet(kind: CalculatorKind) {
  const server = await startCalculator(kind, { pauseMs: 5 });
  const sockets: net.Socket[] = [];
  running.push({ server, sockets });
  const client = async () => {
    const socket = net.connect({ host: '127.0.0.1', port: server.port, allowHalfOpen: true });
    sockets.push(socket);
    await once(socket, 'connect');
    const iterator = socket.iterator({ destroyOnReturn: false });
    return {
      socket,
      say: (text: string) => void socket.write(text),
      hear: async (): Promise<string> => String((await iterator.next()).value ?? 'end'),
    };
  };
  return { server, client };
}

it.each(['bare', 'several'] as const)('%s: several expressions on one connection', async (kind) => {
  const { client } = await meet(kind);
  const { say, hear } = await client();
  say('2+3');
  expect(await hear()).toBe('5');
  say('4*5');
  expect(await hear()).toBe('20');
});

it.each(['greets', 'several'] as const)('%s: one client in its life, then exit 0', async (kind) => {
  const { server, client } = await meet(kind);
  const { socket, say, hear } = await client();
  say('2+3');
  if (kind === 'greets') {
    expect(await hear()).toBe('Hello');
    say('2+3');
  }
  expect(await hear()).toBe('5');
  expect(server.exitCode()).toBeNull();
  socket.end();
  expect(await server.exited).toBe(0);
  await expect(client()).rejects.toThrow('ECONNREFUSED');
});

it('greets: a client that only connects and leaves is its last', async () => {
  const { server, client } = await meet('greets');
  (await client()).socket.end();
  expect(await server.exited).toBe(0);
});

it('once: closes after its answer, and takes the next client', async () => {
  const { client } = await meet('once');
  const first = await client();
  first.say('2+3');
  expect(await first.hear()).toBe('5');
  expect(await first.hear()).toBe('end');
  const second = await client();
  second.say('1+1');
  expect(await second.hear()).toBe('2');
});

it('banner: greets before it is sent anything', async () => {
  const { client } = await meet('banner');
  const { say, hear } = await client();
  expect(await hear()).toBe(BANNER);
  say('2+3');
  expect(await hear()).toBe('5');
});

it('line: an answer for each newline, with one', async () => {
  const { client, server } = await meet('line');
  const { say, hear } = await client();
  say('2+');
  while (server.requests.length === 0) await new Promise(setImmediate);
  say('3\n');
  expect(await hear()).toBe('5\n');
});

it('slow: byte by byte', async () => {
  const { client } = await meet('slow');
  const { say, hear } = await client();
  say('10*10');
  expect([await hear(), await hear(), await hear()]).toEqual(['1', '0', '0']);
});

it('mute: takes it and says nothing until the client leaves', async () => {
  const { client, server } = await meet('mute');
  const { socket, say, hear } = await client();
  say('2+3');
  while (server.requests.length === 0) await new Promise(setImmediate);
  socket.end();
  expect(await hear()).toBe('end');
  expect(server.exitCode()).toBeNull();
});

it('dies: of any request, with exit 1 and a traceback; not of a connection', async () => {
  const { client, server } = await meet('dies');
  (await client()).socket.end();
  const { say } = await client();
  say('2+3');
  expect(await server.exited).toBe(1);
  expect(server.lines.at(-1)).toBe("NameError: name 're' is not defined");
});
