/** `tp5-tui probe`: its lines, its summary, its end. */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/invocation.ts';
import { type ProbeOptions, runProbe } from '../../src/cli/probe.ts';
import { createTally } from '../../src/cli/probe-tally.ts';
import { type Connector, tcpConnector } from '../../src/ops/connector.ts';
import type { ProbeSample } from '../../src/ops/probe/facts.ts';
import { invoke, recordIo, toolsOn } from '../support/command.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeHost } from '../support/fake-host.ts';
import { refusing } from '../support/session.ts';
import { listenOnLoopback } from '../support/tcp-server.ts';

/** Connects when `opens` says so, in its order; then as the last one. */
function connectorThat(port: number, ...opens: readonly boolean[]): Connector {
  let asked = 0;
  return (address, _port, options) => {
    const open = opens[Math.min(asked, opens.length - 1)] ?? true;
    asked += 1;
    return open ? tcpConnector(address, port, options) : refusing(address, port, options);
  };
}

describe('--local', () => {
  it('dials where the service listens, which need not be the loopback address', async () => {
    const recorded = recordIo();
    const invocation = await invoke({ local: true, lang: 'en' });
    await runProbe(
      invocation,
      { count: '1', json: true },
      recorded.io,
      toolsOn({ served: '10.33.64.2', host: createFakeHost().host }),
    );
    expect(recorded.documents()[0]).toMatchObject({ address: '10.33.64.2' });
  });
});

describe('a run of probes', () => {
  async function run(options: ProbeOptions, opens: readonly boolean[]) {
    const server = await listenOnLoopback();
    const recorded = recordIo();
    const invocation = await invoke({ address: '127.0.0.1', port: '4242', lang: 'en' });
    const tools = toolsOn({ connector: connectorThat(server.port, ...opens) });
    const code = await runProbe(invocation, { interval: '0.2', ...options }, recorded.io, tools);
    await server.close();
    return {
      code,
      out: recorded.out(),
      documents: () => recorded.documents(),
      connections: server.connections,
    };
  }

  it('has a line for each and a summary, and exits 0 when all were open', async () => {
    const { code, out } = await run({ count: '3' }, [true]);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'probing 127.0.0.1:4242 (TCP)',
      expect.stringMatching(/^127\.0\.0\.1:4242: 1 open [\d.]+ ms$/),
      expect.stringMatching(/^127\.0\.0\.1:4242: 2 open [\d.]+ ms$/),
      expect.stringMatching(/^127\.0\.0\.1:4242: 3 open [\d.]+ ms$/),
      '--- 127.0.0.1:4242 ---',
      '3 probes, 3 open, 0 % lost',
      expect.stringMatching(/^min .* p50 .* p95 .* max .* ms$/),
      '',
    ]);
  });

  it('tells no length of an outage that one probe alone saw', async () => {
    const { code, out } = await run({ count: '1' }, [false]);
    expect(code).toBe(1);
    expect(out).toMatch(/^1 outage$/m);
  });

  it('exits 1 when one failed, and tells the outage', async () => {
    const { code, out } = await run({ count: '3' }, [true, false, true]);
    expect(code).toBe(1);
    expect(out).toContain('127.0.0.1:4242: 2 refused');
    expect(out).toContain('3 probes, 2 open, 33 % lost');
    expect(out).toMatch(/1 outage, the longest 0\.2 s/);
  });

  it('is one document a probe with --json, and one for the summary', async () => {
    const { code, documents } = await run({ count: '2', json: true }, [true, false]);
    expect(code).toBe(1);
    expect(documents()).toMatchObject([
      { number: 1, address: '127.0.0.1', port: 4242, state: 'open', ms: expect.any(Number) },
      { number: 2, state: 'refused', ms: null },
      { summary: { sent: 2, open: 1, loss: 0.5, outages: 1 }, address: '127.0.0.1', port: 4242 },
    ]);
  });

  it('leaves its connections with FIN: a reset would end the server', async () => {
    const { connections } = await run({ count: '2' }, [true]);
    expect(connections.map(({ ended }) => ended())).not.toContain('reset');
    expect(connections).toHaveLength(2);
  });

  it('that is interrupted still has its summary', async () => {
    const recorded = recordIo();
    const clock = createFakeClock();
    const tools = { ...toolsOn({ clock }), connector: refusing };
    const running = runProbe(await invoke({ address: '127.0.0.1', lang: 'en' }), {}, recorded.io, tools);
    await clock.settle();
    await clock.advance(2000);
    recorded.interrupt();
    expect(await running).toBe(1);
    expect(recorded.out()).toContain('2 probes, 0 open, 100 % lost');
  });
});

describe('what is probed', () => {
  it('is the host as ssh would reach it, opened once to look before the first connection', async () => {
    const server = await listenOnLoopback();
    const recorded = recordIo();
    const tools = toolsOn({ connector: tcpConnector, host: createFakeHost().host });
    const invocation = await invoke({}, `[hosts.tp5]\nhost = "manon@alias"\nport = ${server.port}\n`);
    const named = await invoke(
      { hostArgument: 'tp5' },
      `[hosts.tp5]\nhost = "manon@alias"\nport = ${server.port}\n`,
    );
    await expect(runProbe(invocation, { count: '1' }, recorded.io, tools)).rejects.toThrow(UsageError);
    expect(await runProbe(named, { count: '1' }, recorded.io, tools)).toBe(0);
    expect(tools.named).toEqual(['alias']);
    expect(tools.opened()).toBe(1);
    await server.close();
  });

  it('is an IPv6 address in brackets', async () => {
    const recorded = recordIo();
    const invocation = await invoke({ address: '::1', lang: 'en' });
    await runProbe(invocation, { count: '1' }, recorded.io, toolsOn({ connector: refusing }));
    expect(recorded.out()).toContain('[::1]:13337: 1 refused');
  });
});

describe('wrong usage', () => {
  it.each<ProbeOptions>([
    { count: '0' },
    { count: '-1' },
    { count: 'x' },
    { count: '1.5' },
    { interval: '0.1' },
    { interval: '0' },
    { interval: '' },
    { interval: 'x' },
    { interval: '-2' },
    { interval: '1e3' },
  ])('is %j', async (options) => {
    const recorded = recordIo();
    const running = runProbe(await invoke({ address: '127.0.0.1' }), options, recorded.io, toolsOn());
    await expect(running).rejects.toThrow(UsageError);
    expect(recorded.out()).toBe('');
  });
});

describe('the tally', () => {
  const sample = (atMono: number, ms: number | null): ProbeSample => ({
    atMono,
    atWall: atMono,
    ms,
    status: ms === null ? 'filtered' : 'open',
  });
  const tallied = (...samples: readonly ProbeSample[]) => {
    const tally = createTally();
    for (const each of samples) tally.add(each);
    return tally.summary();
  };

  it('of nothing has no figures', () => {
    expect(tallied()).toEqual({
      sent: 0,
      open: 0,
      loss: null,
      min: null,
      p50: null,
      p95: null,
      max: null,
      outages: 0,
      longestOutageMs: null,
    });
  });

  it('counts outages from the first failed probe to the next open one', () => {
    const summary = tallied(
      sample(0, 1),
      sample(1000, null),
      sample(2000, null),
      sample(3500, 2),
      sample(4000, null),
    );
    expect(summary).toMatchObject({ sent: 5, open: 2, loss: 0.6, outages: 2, longestOutageMs: 2500 });
  });

  it('ranks latencies, to the microsecond', () => {
    const latencies = Array.from({ length: 100 }, (_, index) => sample(index, 100 - index + 0.000_4));
    expect(tallied(...latencies)).toMatchObject({ min: 1, p50: 50, p95: 95, max: 100 });
  });
});
