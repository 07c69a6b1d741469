/** One question over real sockets: what comes back, when it counts as whole, and how politely we leave. */
import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, type Reply } from '../../src/calc/client.ts';
import { type CalculatorMode, createCalculator } from '../../src/calc/server.ts';
import { BOUND_MS as timeoutMs } from '../support/bound.ts';
import { eventually } from '../support/eventually.ts';
import { createFakeClock } from '../support/fake-clock.ts';

/** Stands still: what ends in a test has ended by what came, unless the test moves it. */
const clock = createFakeClock();

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server that does `behave` with each client; its `reset` settles when one of them reset. */
async function serverThat(behave: (socket: net.Socket) => void) {
  const sockets = new Set<net.Socket>();
  const reset = Promise.withResolvers<Error>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', reset.resolve);
    behave(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as net.AddressInfo;
  return { port, sockets, reset: reset.promise };
}

async function calculator(mode: CalculatorMode = 'normal') {
  const lines: string[] = [];
  const crashes: (readonly string[])[] = [];
  const server = createCalculator({
    mode,
    log: (line) => lines.push(line),
    crash: (traceback) => crashes.push(traceback),
  });
  const port = await server.listen('127.0.0.1', 0);
  closers.push(() => server.close());
  return { port, lines, crashes };
}

function dialer(port: number): (signal: AbortSignal) => Promise<Duplex> {
  return (signal) =>
    new Promise((resolve, reject) => {
      const socket = net.connect({ host: '127.0.0.1', port, signal });
      socket.once('connect', () => resolve(socket));
      socket.once('error', reject);
    });
}

describe('the answer', () => {
  it('is read, and ends at once when it is the expected one', async () => {
    const { port, crashes } = await calculator();
    const reply = await ask(dialer(port), '2+3', { clock, timeoutMs, expected: '5' });
    expect(reply).toMatchObject({ state: 'answered', text: '5', bytes: 1 });
    expect(crashes).toEqual([]);
  });

  it('is a wrong one, shown as it came', async () => {
    const { port } = await calculator('wrong');
    const clock = createFakeClock();
    const asked = ask(dialer(port), '2+3', { clock, timeoutMs, expected: '5' });
    await eventually(() => expect(clock.sleepers).toBe(2));
    await clock.advance(30);
    expect(await asked).toMatchObject({ state: 'answered', text: '6' });
  });

  it('comes in pieces and is put together', async () => {
    const { port } = await serverThat((socket) => {
      socket.setNoDelay(true);
      socket.once('data', () => {
        socket.write('-1234', () => setImmediate(() => socket.write('5678')));
      });
    });
    const reply = await ask(dialer(port), '1*1', { clock, timeoutMs, expected: '-12345678' });
    expect(reply).toMatchObject({ text: '-12345678', bytes: 9 });
  });

  it('ends with a quiet time when nothing is expected, long before the deadline', async () => {
    const { port } = await calculator();
    const clock = createFakeClock();
    const asked = ask(dialer(port), '10*10', { clock, timeoutMs: 5000 });
    // The deadline, and the quiet time from when the answer has come.
    await eventually(() => expect(clock.sleepers).toBe(2));
    await clock.advance(30);
    expect(await asked).toMatchObject({ text: '100', ms: 0 });
  });

  it('waits the longer for more of it, the longer it took to come', async () => {
    const taken = Promise.withResolvers<net.Socket>();
    const { port } = await serverThat((socket) => void socket.once('data', () => taken.resolve(socket)));
    const clock = createFakeClock();
    const asked = ask(dialer(port), '10*10', { clock, timeoutMs: 5000 });
    const server = await taken.promise;
    await clock.advance(400);
    server.write('10');
    await eventually(() => expect(clock.sleepers).toBe(2));
    await clock.advance(799);
    expect(clock.sleepers).toBe(2);
    await clock.advance(1);
    expect(await asked).toMatchObject({ text: '10', ms: 400 });
  });

  it('is kept to 1024 bytes, and is shown where it is no text', async () => {
    const { port } = await serverThat((socket) => {
      socket.once('data', () => socket.write(Buffer.alloc(1_000_000, 0xff)));
    });
    const reply = await ask(dialer(port), '1+1', { clock, timeoutMs, expected: '2' });
    expect(reply).toMatchObject({ state: 'answered', text: '\ufffd'.repeat(1024), bytes: 1024 });
  });
});

describe('no answer', () => {
  it('is `mute` when the server takes the question and says nothing', async () => {
    const { port, lines } = await calculator('mute');
    const clock = createFakeClock();
    const asked = ask(dialer(port), '2+3', { clock, timeoutMs: 100 });
    await eventually(() => expect(lines.at(-1)).toMatch(/^Le client \('127\.0\.0\.1', \d+\) a envoyé 2\+3$/));
    await clock.advance(99);
    expect(clock.sleepers).toBe(1);
    await clock.advance(1);
    expect(await asked).toEqual({ state: 'mute', waitedMs: 100 });
  });

  it.each([
    ['closes', (socket: net.Socket) => socket.end()],
    ['resets', (socket: net.Socket) => socket.resetAndDestroy()],
  ])('is `closed` when the server %s', async (_, close) => {
    const { port } = await serverThat((socket) => void socket.once('data', () => close(socket)));
    expect(await ask(dialer(port), '2+3', { clock, timeoutMs })).toEqual({ state: 'closed' });
  });

  it('rejects with the reason when the caller aborts, and when the dial does', async () => {
    const { port, lines } = await calculator('mute');
    const abort = new AbortController();
    const asked = ask(dialer(port), '2+3', { clock, timeoutMs, signal: abort.signal });
    asked.catch(() => undefined);
    await eventually(() => expect(lines.at(-1)).toContain('a envoyé 2+3'));
    abort.abort(new Error('changed my mind'));
    await expect(asked).rejects.toThrow('changed my mind');

    const refused = ask(() => Promise.reject(new Error('no way')), '2+3', { clock, timeoutMs });
    await expect(refused).rejects.toThrow('no way');
  });

  it('gives up a dial that never settles', async () => {
    const clock = createFakeClock();
    const asked = ask(() => new Promise(() => undefined), '2+3', { clock, timeoutMs: 50 });
    asked.catch(() => undefined);
    await clock.advance(50);
    await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('leaving', () => {
  it('ends with FIN once the answer is read', async () => {
    const ended = Promise.withResolvers<void>();
    const { port } = await serverThat((socket) => {
      socket.once('data', () => socket.write('5'));
      socket.once('end', ended.resolve);
    });
    await ask(dialer(port), '2+3', { clock, timeoutMs, expected: '5' });
    await ended.promise;
  });

  it('does not reset a server that answers in two writes after we gave up', async () => {
    const left = Promise.withResolvers<net.Socket>();
    const { port, reset } = await serverThat((socket) => {
      socket.resume();
      socket.once('end', () => left.resolve(socket));
    });
    const clock = createFakeClock();
    const client = Promise.withResolvers<Duplex>();
    const dial = async (signal: AbortSignal): Promise<Duplex> => {
      const stream = await dialer(port)(signal);
      client.resolve(stream);
      return stream;
    };
    const asked = ask(dial, '5*2', { clock, timeoutMs: 50 });
    const stream = await client.promise;
    await eventually(() => expect(clock.sleepers).toBe(1));
    await clock.advance(50);
    expect((await asked).state).toBe('mute');
    const server = await left.promise;
    const hears = async (text: string): Promise<unknown> => {
      const heard = Promise.race([once(stream, 'data'), once(stream, 'close'), reset]);
      server.write(text);
      return heard;
    };
    expect(String(await hears('1'))).toBe('1');
    expect(String(await hears('0'))).toBe('0');
  });

  it('does not reset a server in the middle of a long wrong answer', async () => {
    const written = Promise.withResolvers<string>();
    const { port, reset } = await serverThat((socket) => {
      socket.once('data', () =>
        socket.write(Buffer.alloc(4_000_000, 'x'), (error) => written.resolve(error ? 'reset' : 'written')),
      );
    });
    await ask(dialer(port), '2+3', { clock, timeoutMs, expected: '5' });
    expect(await Promise.race([written.promise, reset])).toBe('written');
  });

  it('hears the late answer out while another client holds the server', async () => {
    const { port, lines, crashes } = await calculator();
    const holder = net.connect(port, '127.0.0.1');
    await once(holder, 'connect');
    const clock = createFakeClock();
    const first = ask(dialer(port), '2+3', { clock, timeoutMs: 60 });
    await eventually(() => expect(clock.sleepers).toBe(1));
    await clock.advance(60);
    expect((await first).state).toBe('mute');
    holder.end();
    const replies = await Promise.all([
      ask(dialer(port), '1+1', { clock, timeoutMs, expected: '2' }),
      ask(dialer(port), '2+2', { clock, timeoutMs, expected: '4' }),
    ]);
    expect(replies.map((reply: Reply) => reply.state === 'answered' && reply.text)).toEqual(['2', '4']);
    expect(lines.filter((line) => line.startsWith('Réponse'))).toHaveLength(3);
    expect(crashes).toEqual([]);
    holder.destroy();
  });
});
