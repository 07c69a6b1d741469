/** Netdata's API over dialled streams, which are no sockets: one connection kept, and every way in which it fails. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/ops/clock.ts';
import { Failed } from '../../../src/ops/failure.ts';
import { type NetdataApi, openNetdataApi } from '../../../src/ops/netdata/api.ts';

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

interface Opened {
  readonly api: NetdataApi;
  readonly dials: string[];
}

/** An API whose dials end at `port`; the streams have nothing of a socket's own. */
function open(port: number, options: { readonly timeoutMs?: number } = {}): Opened {
  const dials: string[] = [];
  const host = {
    async dial(address: string, wanted: number): Promise<Duplex> {
      dials.push(`${address}:${wanted}`);
      const socket = connect(port, '127.0.0.1');
      try {
        await once(socket, 'connect');
      } catch {
        throw new Failed({ code: 'unavailable', what: `${address}:${wanted}`, detail: 'Connection refused' });
      }
      return Duplex.from({ readable: socket, writable: socket });
    },
  };
  const api = openNetdataApi(host, { clock: systemClock, ...options });
  onTestFinished(() => api.close());
  return { api, dials };
}

async function http(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  onTestFinished(() => server.closeAllConnections());
  return listening(server);
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Failed ? error.failure : error;
  }
  throw new Error('it did not fail');
}

describe("Netdata's API", () => {
  it('asks everything over one connection, to 127.0.0.1:19999 of the host', async () => {
    const asked: (string | undefined)[] = [];
    const { api, dials } = open(
      await http((request, response) => {
        asked.push(request.url);
        response.writeHead(request.url === '/api/v1/info' ? 200 : 404).end(`to ${request.url}`);
      }),
    );
    expect(await api.get('info')).toEqual({ status: 200, body: 'to /api/v1/info' });
    expect(await api.get('data?chart=nope')).toEqual({ status: 404, body: 'to /api/v1/data?chart=nope' });
    expect(await Promise.all([api.get('info'), api.get('info')])).toHaveLength(2);
    expect(asked).toHaveLength(4);
    expect(dials).toEqual(['127.0.0.1:19999']);
  });

  it('dials again when the connection that was kept is closed', async () => {
    const server = createServer((_, response) => response.end('{}'));
    const { api, dials } = open(await listening(server));
    await api.get('info');
    server.closeAllConnections();
    expect(await api.get('info')).toEqual({ status: 200, body: '{}' });
    expect(dials).toHaveLength(2);
  });

  it('says as the dial does that nobody listens', async () => {
    const server = createTcpServer();
    const port = await listening(server);
    server.close();
    expect(await failure(open(port).api.get('info'))).toMatchObject({ code: 'unavailable' });
  });

  it('gives up on a server that does not answer', async () => {
    const { api } = open(await http(() => undefined), { timeoutMs: 50 });
    expect(await failure(api.get('info'))).toEqual({ code: 'timeout', what: 'netdata', ms: 50 });
  });

  it('fails on what is no HTTP, and on what closes at once', async () => {
    const odd = createTcpServer((socket) =>
      socket.end('SSH-2.0-OpenSSH_9.2\r\n').on('error', () => undefined),
    );
    expect(await failure(open(await listening(odd)).api.get('info'))).toMatchObject({ code: 'host-error' });
    const shut = createTcpServer((socket) => socket.on('error', () => undefined).destroy());
    expect(await failure(open(await listening(shut)).api.get('info'))).toMatchObject({ code: 'host-error' });
  });

  it('reads no more than it was told to', async () => {
    const { api } = open(await http((_, response) => response.end('x'.repeat(5000))));
    expect(await failure(api.get('charts', { maxBytes: 4999 }))).toMatchObject({ code: 'host-error' });
    expect((await api.get('charts', { maxBytes: 5000 })).body).toHaveLength(5000);
  });

  it('stops when it is told to', async () => {
    const { api } = open(await http(() => undefined));
    const ending = new AbortController();
    const asked = api.get('info', { signal: ending.signal });
    ending.abort(new Error('enough'));
    expect(await failure(asked)).toEqual(new Error('enough'));
  });
});
