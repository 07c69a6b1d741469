/** How long a handshake may take: a slow link is not a dead one, and a server that never comes to the point is none. */
import { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connectHop } from '../../../src/ops/transport/hop.ts';
import { newMemory } from '../../../src/ops/transport/memory.ts';
import { defaultTarget } from '../../../src/ops/transport/ssh-config.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** A handshake with a server that says nothing by itself. */
function begun() {
  const traffic = { received: 0, sent: 0 };
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const env = {};
  const target = defaultTarget({ home: '/nowhere', env, platform: 'linux', localUser: 'me', typedHost: 'h' });
  const outcome = vi.fn();
  connectHop(
    { stream, address: '192.0.2.1', traffic: () => traffic },
    {
      target: { ...target, userKnownHosts: [], agent: null },
      host: 'h',
      identitiesNamed: false,
      questions: {},
      memory: newMemory(),
      compress: false,
      handshakeMs: 15_000,
    },
  ).catch(outcome);
  return {
    outcome,
    /** So many seconds later, having said something at the end of each or not. */
    async seconds(count: number, heard: boolean) {
      for (let second = 0; second < count; second += 1) {
        await vi.advanceTimersByTimeAsync(1000);
        if (heard) traffic.received += 16;
      }
    },
  };
}

const gaveUpAfter = (detail: string) =>
  expect.objectContaining({ failure: expect.objectContaining({ reason: 'timeout', detail }) });

it('gives up a server that says nothing for fifteen seconds', async () => {
  const { outcome, seconds } = begun();
  await seconds(14, false);
  expect(outcome).not.toHaveBeenCalled();
  await seconds(1, false);
  expect(outcome).toHaveBeenCalledWith(gaveUpAfter('15000 ms'));
});

it('does not give up one that answers slowly, until it falls silent', async () => {
  const { outcome, seconds } = begun();
  await seconds(29, true);
  await seconds(14, false);
  expect(outcome).not.toHaveBeenCalled();
  await seconds(6, false);
  expect(outcome).toHaveBeenCalledWith(gaveUpAfter('15000 ms'));
});

it('gives up one that never comes to the point', async () => {
  const { outcome, seconds } = begun();
  await seconds(59, true);
  expect(outcome).not.toHaveBeenCalled();
  await seconds(1, true);
  expect(outcome).toHaveBeenCalledWith(gaveUpAfter('60000 ms'));
});
