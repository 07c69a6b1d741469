/** The endpoint: where it listens, and the two things that it answers. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type Endpoint,
  MOST_CONNECTIONS,
  readListenAddress,
  serveMetrics,
} from '../../../src/ops/metrics/endpoint.ts';

async function serve(healthy = () => true): Promise<string> {
  const registry = new Registry();
  registry.setDefaultLabels({});
  const endpoint: Endpoint = await serveMetrics({
    listen: { address: '127.0.0.1', port: 0 },
    registry,
    healthy,
  });
  onTestFinished(() => endpoint.close());
  return `http://127.0.0.1:${endpoint.port}`;
}

describe('an address to listen at', () => {
  it.each([
    ['9113', '127.0.0.1', 9113],
    [':9113', '127.0.0.1', 9113],
    ['0.0.0.0:9113', '0.0.0.0', 9113],
    ['localhost:0', 'localhost', 0],
    ['[::1]:9113', '::1', 9113],
  ])('%s', (text, address, port) => {
    expect(readListenAddress(text)).toEqual({ address, port });
  });

  it.each(['', 'x', '127.0.0.1', '127.0.0.1:', '::1:9113', '1:2:3', '70000', '127.0.0.1:99999', 'a b:1'])(
    'is not %j',
    (text) => {
      expect(readListenAddress(text)).toBeNull();
    },
  );
});

describe('the endpoint', () => {
  it('serves the metrics in Prometheus’s format', async () => {
    const response = await fetch(`${await serve()}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('says whether the guard turns', async () => {
    let turns = true;
    const place = await serve(() => turns);
    expect((await fetch(`${place}/-/healthy`)).status).toBe(200);
    turns = false;
    expect((await fetch(`${place}/-/healthy`)).status).toBe(503);
  });

  it.each([
    ['GET', '/', 404],
    ['GET', '/metrics/../etc', 404],
    ['POST', '/metrics', 405],
    ['DELETE', '/-/healthy', 405],
    ['HEAD', '/metrics', 200],
  ])('answers %s %s with %i', async (method, path, status) => {
    expect((await fetch(`${await serve()}${path}`, { method })).status).toBe(status);
  });

  it('holds no more connections than it can bear, and serves again when they are gone', async () => {
    const place = await serve();
    const port = Number(new URL(place).port);
    const more = 20;
    const sockets = Array.from({ length: MOST_CONNECTIONS + more }, () => connect(port, '127.0.0.1'));
    let refused = 0;
    await new Promise<void>((done) => {
      for (const socket of sockets) {
        socket.on('error', () => undefined);
        socket.once('connect', () => socket.write('GET /metrics HTTP/1.1\r\nX: '));
        socket.once('close', () => {
          refused += 1;
          if (refused === more) done();
        });
      }
    });
    const gone = sockets.filter(({ closed }) => !closed).map((socket) => once(socket, 'close'));
    expect(gone).toHaveLength(MOST_CONNECTIONS);
    for (const socket of sockets) socket.destroy();
    await Promise.all(gone);
    await expect
      .poll(() =>
        fetch(`${place}/metrics`).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });

  it('says when it cannot listen there', async () => {
    const taken = Number(new URL(await serve()).port);
    const registry = new Registry();
    const listen = { address: '127.0.0.1', port: taken };
    await expect(serveMetrics({ listen, registry, healthy: () => true })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
