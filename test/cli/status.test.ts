/** `tp5-tui status` as it is typed: what it waits for, and how it ends. */
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { runStatus, type StatusOptions, settleMs } from '../../src/cli/status.ts';
import type { StatusDocument } from '../../src/cli/status-document.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { tcpConnector } from '../../src/ops/connector.ts';
import type { Failure } from '../../src/ops/failure.ts';
import { invoke, recordIo, type ToolsOptions, toolsOn } from '../support/command.ts';
import { eventually } from '../support/eventually.ts';
import { createFakeHost, RUNNING } from '../support/fake-host.ts';
import { listenOnLoopback } from '../support/tcp-server.ts';

async function status(tools: ToolsOptions, options: StatusOptions = { json: true }) {
  const recorded = recordIo();
  const invocation = await invoke({ hostArgument: 'manon@hosting.tp5.b1', lang: 'en' });
  const code = await runStatus(invocation, options, recorded.io, toolsOn(tools));
  return {
    code,
    out: recorded.out(),
    err: recorded.err(),
    documents: (options.json ? recorded.documents() : []) as StatusDocument[],
  };
}

/** A service that listens here, on the host that is pretended. */
async function reachable() {
  const server = await listenOnLoopback();
  const at = { address: '127.0.0.1', port: server.port };
  const host = createFakeHost({
    service: { ...RUNNING, sinceMono: systemClock.now() - 60_000 },
    listeners: { listeners: [{ ...at, waiting: 0 }], clients: [] },
    interfaces: [{ name: 'lo', address: '127.0.0.1', prefix: 8 }],
    firewall: {
      running: false,
      defaultZone: '',
      zones: [],
      refused: null,
    },
  });
  return { server, host, subject: at, connector: tcpConnector };
}

describe('status', () => {
  it('exits 0 with one document when the service is reached, and leaves the journal alone', async () => {
    const { host, ...rest } = await reachable();
    const { code, documents, err } = await status({ host: host.host, ...rest });
    expect(code).toBe(0);
    expect(documents).toHaveLength(1);
    expect(documents[0]?.verdict).toMatchObject({ reachable: true, broken: null });
    expect(documents[0]?.probe.state).toBe('open');
    expect(err).toBe('');
    expect(host.asked.follows).toEqual([]);
    expect(host.asked.closes).toBeGreaterThan(0);
    await rest.server.close();
  });

  it('exits 1 when it is not, and tells people on one page', async () => {
    const host = createFakeHost({ service: { ...RUNNING, active: 'inactive', sub: 'dead', mainPid: 0 } });
    const { code, out } = await status({ host: host.host }, {});
    expect(code).toBe(1);
    expect(out).toMatch(/^✖ Unit +stopped$/m);
    expect(out).toMatch(/mend: sudo systemctl start calculatrice\n$/);
  });

  it('waits for what is still on its way', async () => {
    const { host, ...rest } = await reachable();
    const firewall = host.host.firewall;
    let say: () => void = () => undefined;
    const late = {
      ...host.host,
      firewall: {
        ...firewall,
        watch(...[sink, fail]: Parameters<typeof firewall.watch>) {
          say = () => firewall.watch(sink, fail);
          return () => undefined;
        },
      },
    };
    const running = status({ host: late, ...rest });
    let over = false;
    void running.finally(() => {
      over = true;
    });
    await eventually(() => expect(rest.server.connections).toHaveLength(1));
    expect(over).toBe(false);
    say();
    const { documents } = await running;
    expect(documents[0]?.firewall.running).toBe(false);
    await rest.server.close();
  });

  const unreached: Failure = {
    code: 'unreachable',
    host: 'hosting.tp5.b1',
    port: 22,
    reason: 'timeout',
    detail: 'x',
  };
  const auth: Failure = {
    code: 'auth',
    user: 'manon',
    host: 'hosting.tp5.b1',
    port: 22,
    keys: [],
    agent: 'none',
    offered: ['publickey'],
  };

  it.each([
    ['cannot be reached', unreached],
    ['does not let us in', auth],
  ])('tells of a host that %s, with the probe from here, and exits 3', async (_what, host) => {
    const server = await listenOnLoopback();
    const config = `host = "manon@hosting.tp5.b1"\nport = ${server.port}`;
    const recorded = recordIo();
    const tools = toolsOn({ host, connector: tcpConnector });
    const code = await runStatus(await invoke({ lang: 'en' }, config), { json: true }, recorded.io, tools);
    expect(code).toBe(3);
    expect(recorded.documents()).toMatchObject([
      {
        host: 'manon@hosting.tp5.b1',
        link: { state: 'lost', via: 'ssh', user: 'manon', privilege: null },
        probe: { address: '127.0.0.1', port: server.port, state: 'open' },
        verdict: { reachable: false, broken: 'link' },
      },
    ]);
    expect(tools.named).toEqual(['hosting.tp5.b1']);
    expect(recorded.err()).toMatch(/^tp5-tui: .*hosting\.tp5\.b1/);
    await server.close();
  });

  it('names this machine and its loopback address where it has no systemd to talk to', async () => {
    const recorded = recordIo();
    const failure: Failure = { code: 'no-systemd', host: hostname(), detail: 'the bus connection ended' };
    const tools = toolsOn({ host: failure, connector: tcpConnector });
    const code = await runStatus(await invoke({ local: true }), { json: true }, recorded.io, tools);
    expect(code).toBe(3);
    expect(recorded.documents()).toMatchObject([
      { host: hostname(), probe: { address: '127.0.0.1' }, verdict: { broken: 'link' } },
    ]);
    expect(tools.named).toEqual([]);
  });

  it('leaves a refusal to be told as one', async () => {
    const host: Failure = { code: 'sudo-denied', user: 'zoe', detail: '' };
    await expect(status({ host })).rejects.toMatchObject({ failure: host });
  });

  it('waits longer for a host that is far away, and says so to who watches', async () => {
    const link = { state: 'live', sinceMono: 0 } as const;
    expect(settleMs({ link: { ...link, roundTripMs: 1 } })).toBeLessThan(5100);
    expect(settleMs({ link: { ...link, roundTripMs: 1500 } })).toBeGreaterThan(20_000);

    const { host, server, ...rest } = await reachable();
    const recorded = recordIo();
    const io = { ...recorded.io, stderr: { ...recorded.io.stderr, isTTY: true } };
    const near = toolsOn({ host: host.host, ...rest });
    const arriving = Promise.withResolvers<void>();
    const far: typeof near = {
      ...near,
      async open(...asked) {
        await arriving.promise;
        return near.open(...asked);
      },
    };
    const invocation = await invoke({ hostArgument: 'manon@hosting.tp5.b1', lang: 'en' });
    const running = runStatus(invocation, { json: true }, io, far);
    await expect.poll(recorded.err).toBe('connecting to hosting.tp5.b1…\n');
    arriving.resolve();
    expect(await running).toBe(0);
    expect(recorded.err()).toMatch(/^connecting to .*\nconnected to hosting\.tp5\.b1; .*…\n$/);
    await server.close();
  });

  it('ends at once when it is interrupted, and closes the host', async () => {
    const host = createFakeHost();
    const recorded = recordIo();
    const never = { ...host.host, service: { ...host.host.service, watch: () => () => undefined } };
    const running = runStatus(
      await invoke({ hostArgument: 'h' }),
      { json: true },
      recorded.io,
      toolsOn({ host: never }),
    );
    await new Promise((resolve) => setImmediate(resolve));
    recorded.interrupt();
    await expect(running).rejects.toMatchObject({ name: 'Interrupted', exitCode: 130 });
    expect(recorded.out()).toBe('');
    expect(host.asked.closes).toBeGreaterThan(0);
  });
});
