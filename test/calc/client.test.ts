/** One question over real sockets: what comes back, when it counts as whole, and how politely we leave. */
import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, type Reply } from '../../src/calc/client.ts';
import { type CalculatorMode, createCalculator } from '../../src/calc/server.ts';
import { systemClock as clock } from '../../src/ops/clock.ts';

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
  it('is read, timed, and ends at once when it is the expected one', async () => {
    const { port, crashes } = await calculator();
    const reply = await ask(dialer(port), '2+3', { clock, timeoutMs: 2000, expected: '5' });
    expect(reply).toMatchObject({ state: 'answered', text: '5', bytes: 1 });
    expect((reply as { ms: number }).ms).toBeGreaterThan(0);
    expect(crashes).toEqual([]);
  });

  it('is a wrong one, shown as it came', async () => {
    const { port } = await calculator('wrong');
    const reply = await ask(dialer(port), '2+3', { clock, timeoutMs: 2000, expected: '5' });
    expect(reply).toMatchObject({ state: 'answered', text: '6' });
  });

  it('comes in pieces and is put together', async () => {
    const { port } = await serverThat((socket) => {
      socket.setNoDelay(true);
      socket.once('data', () => {
        socket.write('-1234', () => setTimeout(() => socket.write('5678'), 10));
      });
    });
    const reply = await ask(dialer(port), '1*1', { clock, timeoutMs: 2000, expected: '-12345678' });
    expect(reply).toMatchObject({ text: '-12345678', bytes: 9 });
  });

  it('ends with a quiet time when nothing is expected, long before the deadline', async () => {
    const { port } = await calculator();
    const started = clock.now();
    const reply = await ask(dialer(port), '10*10', { clock, timeoutMs: 5000 });
    expect(reply).toMatchObject({ text: '100' });
    expect(clock.now() - started).toBeLessThan(4000);
  });

  it('is kept to 1024 bytes, and is shown where it is no text', async () => {
    const { port } = await serverThat((socket) => {
      socket.once('data', () => socket.write(Buffer.alloc(1_000_000, 0xff)));
    });
    const reply = await ask(dialer(port), '1+1', { clock, timeoutMs: 2000, expected: '2' });
    expect(reply).toMatchObject({ state: 'answered', text: '\ufffd'.repeat(1024), bytes: 1024 });
  });
});

describe('no answer', () => {
  it('is `mute` when the server takes the question and says nothing', async () => {
    const { port, lines } = await calculator('mute');
    const reply = await ask(dialer(port), '2+3', { clock, timeoutMs: 100 });
    expect(reply.state).toBe('mute');
    expect((reply as { waitedMs: number }).waitedMs).toBeGreaterThanOrEqual(95);
    expect(lines.at(-1)).toMatch(/^Le client \('127\.0\.0\.1', \d+\) a envoyé 2\+3$/);
  });

  it.each([
    ['closes', (socket: net.Socket) => socket.end()],
    ['resets', (socket: net.Socket) => socket.resetAndDestroy()],
  ])('is `closed` when the server %s', async (_, close) => {
    const { port } = await serverThat((socket) => void socket.once('data', () => close(socket)));
    expect(await ask(dialer(port), '2+3', { clock, timeoutMs: 2000 })).toEqual({ state: 'closed' });
  });

  it('rejects with the reason when the caller aborts, and when the dial does', async () => {
    const { port } = await calculator('mute');
    const abort = new AbortController();
    const asked = ask(dialer(port), '2+3', { clock, timeoutMs: 5000, signal: abort.signal });
    setTimeout(() => abort.abort(new Error('changed my mind')), 50);
    await expect(asked).rejects.toThrow('changed my mind');

    const refused = ask(() => Promise.reject(new Error('no way')), '2+3', { clock, timeoutMs: 5000 });
    await expect(refused).rejects.toThrow('no way');
  });

  it('gives up a dial that never settles', async () => {
    const asked = ask(() => new Promise(() => undefined), '2+3', { clock, timeoutMs: 50 });
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
    await ask(dialer(port), '2+3', { clock, timeoutMs: 2000, expected: '5' });
    await ended.promise;
  });

  it('does not reset a server that answers in two writes after we gave up', async () => {
    const second = Promise.withResolvers<unknown>();
    const { port } = await serverThat((socket) => {
      socket.resume();
      socket.once('end', () => {
        socket.write('1', () => setTimeout(() => socket.write('0', second.resolve), 50));
      });
    });
    expect((await ask(dialer(port), '5*2', { clock, timeoutMs: 50 })).state).toBe('mute');
    // What the second write failed with: a reset would have come in the meantime.
    expect((await second.promise) ?? null).toBeNull();
  });

  it('does not reset a server in the middle of a long wrong answer', async () => {
    const written = Promise.withResolvers<string>();
    const { port, reset } = await serverThat((socket) => {
      socket.once('data', () =>
        socket.write(Buffer.alloc(4_000_000, 'x'), (error) => written.resolve(error ? 'reset' : 'written')),
      );
    });
    await ask(dialer(port), '2+3', { clock, timeoutMs: 2000, expected: '5' });
    expect(await Promise.race([written.promise, reset])).toBe('written');
  });

  it('hears the late answer out while another client holds the server', async () => {
    const { port, lines, crashes } = await calculator();
    const holder = net.connect(port, '127.0.0.1');
    await once(holder, 'connect');
    expect((await ask(dialer(port), '2+3', { clock, timeoutMs: 60 })).state).toBe('mute');
    holder.end();
    const replies = await Promise.all([
      ask(dialer(port), '1+1', { clock, timeoutMs: 2000, expected: '2' }),
      ask(dialer(port), '2+2', { clock, timeoutMs: 2000, expected: '4' }),
    ]);
    expect(replies.map((reply: Reply) => reply.state === 'answered' && reply.text)).toEqual(['2', '4']);
    expect(lines.filter((line) => line.startsWith('Réponse'))).toHaveLength(3);
    expect(crashes).toEqual([]);
    holder.destroy();
  });
});
