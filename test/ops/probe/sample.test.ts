import type net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Connector, tcpConnector } from '../../../src/ops/connector.ts';
import { sampleOnce } from '../../../src/ops/probe/sample.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { listenOnLoopback, type TestServer } from '../../support/tcp-server.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Samples a real server whose handshake takes `took` ms of the clock, `busy` of which this process worked. */
async function sampling(handshakes: readonly { took: number; busy: number }[]) {
  const server = await listenOnLoopback();
  servers.push(server);
  const clock = createFakeClock();
  const opened: net.Socket[] = [];
  let count = 0;
  let worked = 0;
  const connector: Connector = async (...args) => {
    const socket = await tcpConnector(...args);
    await clock.advance(handshakes[count]?.took ?? 0);
    worked += handshakes[count]?.busy ?? 0;
    count += 1;
    return socket;
  };
  const { sample, socket } = await sampleOnce({
    connector,
    clock,
    target: { address: '127.0.0.1', port: server.port },
    timeoutMs: 1000,
    linkLive: () => true,
    signal: new AbortController().signal,
    opened: (each) => opened.push(each),
    busyMs: () => worked,
  });
  socket?.destroy();
  return { sample, connections: opened.length };
}

describe('sampleOnce', () => {
  it('measures a handshake again that ended while this process was busy', async () => {
    const { sample, connections } = await sampling([
      { took: 190, busy: 185 },
      { took: 68, busy: 68 },
      { took: 0.5, busy: 0.5 },
    ]);
    expect(sample.ms).toBe(0.5);
    expect(connections).toBe(3);
  });

  it('believes a slow network', async () => {
    const { sample, connections } = await sampling([{ took: 190, busy: 10 }]);
    expect(sample.ms).toBe(190);
    expect(connections).toBe(1);
  });

  it('does not try for ever on a machine that is always busy', async () => {
    const busy = [190, 180, 170, 160, 0].map((took) => ({ took, busy: took }));
    const { sample, connections } = await sampling(busy);
    expect(sample.ms).toBe(160);
    expect(connections).toBe(4);
  });
});
