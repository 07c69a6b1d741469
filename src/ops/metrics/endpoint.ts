/** Where Prometheus reads the metrics: two paths over plain HTTP, on loopback unless an address is named. */
import { createServer } from 'node:http';
import type { Registry } from 'prom-client';
import { parsePlace } from '../place.ts';

export interface ListenAddress {
  readonly address: string;
  readonly port: number;
}

const LOOPBACK = '127.0.0.1';

/** `9113`, `:9113`, `10.5.1.1:9113`, `[::1]:9113`, `[fe80::1%eth0]:9113`; null when it is none of these. Port 0 is any free one. */
export function readListenAddress(text: string): ListenAddress | null {
  const alone = /^:?(\d{1,5})$/.exec(text)?.[1];
  const { user, host, port } = parsePlace(alone === undefined ? text : `${LOOPBACK}:${alone}`);
  if (user !== null || port === null || port > 65_535 || /[\s/]/.test(host)) return null;
  return { address: host, port };
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface EndpointOptions {
  readonly listen: ListenAddress;
  readonly registry: Registry;
  /** Whether everything that should turn does. */
  readonly healthy: () => boolean;
}

/** Who opens connections and says nothing must not use up the files that the guard needs for its own. */
export const MOST_CONNECTIONS = 256;
/** By default Node looks only every half-minute whether a request has come in time. */
const PATIENCE = { requestTimeout: 10_000, connectionsCheckingInterval: 2_000 };

/** @throws the operating system's error when it cannot listen there */
export async function serveMetrics({ listen, registry, healthy }: EndpointOptions): Promise<Endpoint> {
  const server = createServer(PATIENCE, (request, response) => {
    const answer = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const path = request.url?.split('?', 1)[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      answer(405, PLAIN, 'method not allowed\n');
    } else if (path === '/metrics') {
      registry.metrics().then(
        (body) => answer(200, registry.contentType, body),
        (error: unknown) => answer(500, PLAIN, `${String(error)}\n`),
      );
    } else if (path === '/-/healthy') {
      if (healthy()) answer(200, PLAIN, 'healthy\n');
      else answer(503, PLAIN, 'stuck\n');
    } else {
      answer(404, PLAIN, 'here are /metrics and /-/healthy\n');
    }
  });
  server.maxConnections = MOST_CONNECTIONS;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(listen.port, listen.address, resolve);
  await promise;
  server.on('error', () => undefined);
  const bound = server.address();
  return {
    address: listen.address,
    port: typeof bound === 'object' && bound !== null ? bound.port : listen.port,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        // Prometheus keeps its connections for the next scrape.
        server.closeAllConnections();
      }),
  };
}

const PLAIN = 'text/plain; charset=utf-8';
