/** `--all`: every host of the settings at once, none stopping the others; rows, documents and exit codes. */
import { describe, expect, it } from 'vitest';
import { alignedRows, tableOf } from '../../src/cli/aligned.ts';
import { visitAll, wantedOf, worstOf } from '../../src/cli/all-hosts.ts';
import { runCheckAll } from '../../src/cli/check-all.ts';
import { UsageError } from '../../src/cli/invocation.ts';
import type { Io } from '../../src/cli/io.ts';
import { everyHost, namedInvocation, placeName, placesOf } from '../../src/cli/named-hosts.ts';
import { painter } from '../../src/cli/paint.ts';
import { runStatusAll } from '../../src/cli/status-all.ts';
import type { Tools } from '../../src/cli/with-host.ts';
import { tcpConnector } from '../../src/ops/connector.ts';
import { Failed, type Failure } from '../../src/ops/failure.ts';
import type { Host } from '../../src/ops/host.ts';
import { widthOf } from '../../src/text/measure.ts';
import { demoWorld } from '../ops/demo/world.ts';
import { invoke, recordIo, toolsOn } from '../support/command.ts';
import { createFakeHost, RUNNING } from '../support/fake-host.ts';
import { listenOnLoopback } from '../support/tcp-server.ts';

const table = (name: string): string => `[hosts.${name}]\nhost = "manon@${name}.tp5.b1"\n`;
const tables = (...names: readonly string[]): string => names.map(table).join('\n');

const UNREACHED: Failure = {
  code: 'unreachable',
  host: 'gone.tp5.b1',
  port: 22,
  reason: 'timeout',
  detail: 'x',
};
const UNKNOWN_KEY: Failure = {
  code: 'host-key-unknown',
  host: 'new.tp5.b1',
  port: 22,
  algorithm: 'ssh-ed25519',
  fingerprint: 'SHA256:x',
  files: [],
};
const AUTH: Failure = {
  code: 'auth',
  user: 'manon',
  host: 'h',
  port: 22,
  keys: [{ source: '/k', from: 'file', outcome: 'passphrase-needed' }],
  agent: 'none',
  offered: ['publickey'],
};

/** Hosts by their name in the settings; a failure for one that cannot be opened. */
function toolsFor(hosts: Readonly<Record<string, Host | Failure>>, address = '127.0.0.1', port = 9): Tools {
  const base = toolsOn({ connector: tcpConnector });
  return {
    ...base,
    async open(invocation, io) {
      const name = (invocation.target.host ?? '').replace('.tp5.b1', '');
      const host = hosts[name];
      expect(invocation.mayAsk).toBe(false);
      if (host === undefined) throw new Error(`${name} was not to be opened`);
      const opened = toolsOn({
        host,
        connector: tcpConnector,
        subject: { address, port, unit: invocation.target.unit },
      });
      return opened.open(invocation, io);
    },
  };
}

async function service() {
  const server = await listenOnLoopback();
  const up = createFakeHost({
    service: RUNNING,
    listeners: { listeners: [{ address: '127.0.0.1', port: server.port, waiting: 0 }], clients: [] },
    interfaces: [{ name: 'lo', address: '127.0.0.1', prefix: 8 }],
    firewall: { running: false, defaultZone: '', zones: [], refused: null },
  });
  const down = createFakeHost({
    service: { ...RUNNING, active: 'inactive', sub: 'dead', mainPid: 0 },
    interfaces: [{ name: 'lo', address: '127.0.0.1', prefix: 8 }],
    firewall: { running: false, defaultZone: '', zones: [], refused: null },
  });
  return { server, up, down };
}

describe('status --all', () => {
  it('tells of each host in the order of the settings, and exits with the worst', async () => {
    const { server, up, down } = await service();
    const invocation = await invoke({ lang: 'en' }, tables('gone', 'up', 'down'));
    const hosts = { gone: UNREACHED, up: up.host, down: down.host };
    const tools = toolsFor(hosts, '127.0.0.1', server.port);

    const json = recordIo();
    expect(await runStatusAll(invocation, [], { json: true }, json.io, tools)).toBe(3);
    expect(json.documents()).toMatchObject([
      {
        hosts: [
          { name: 'gone', error: { code: 'unreachable' }, wanted: null, link: { state: 'lost' } },
          { name: 'up', error: null, link: { state: 'live' }, verdict: { reachable: true } },
          { name: 'down', error: null, unit: { active: 'inactive' }, verdict: { broken: 'unit' } },
        ],
        summary: { reachable: 1, broken: 1, unreached: 1 },
      },
    ]);

    const people = recordIo();
    expect(await runStatusAll(invocation, [], {}, people.io, tools)).toBe(3);
    const rows = people.out().split('\n');
    expect(rows[1]).toMatch(
      // The probe's column is as wide as the milliseconds that the other hosts took.
      /^✖ {2}gone {2}manon@gone\.tp5\.b1 {2}lost {2}- {17}refused {2,}gone\.tp5\.b1, port 22/,
    );
    expect(rows[2]).toMatch(
      /^● {2}up {4}manon@up\.tp5\.b1 {4}live {2}active \(running\) {2}open .* reachable$/,
    );
    expect(rows[3]).toMatch(
      /^✖ {2}down {2}manon@down\.tp5\.b1 {2}live {2}inactive \(dead\) .* unit stopped$/,
    );
    expect(rows.slice(4)).toEqual(['', '3 hosts: 1 reachable, 1 broken, 1 not reached', '']);
    expect(people.err()).toBe('');
    await server.close();
  });

  it('exits 1 when all were reached and one is broken', async () => {
    const { server, up, down } = await service();
    const invocation = await invoke({ lang: 'en' }, tables('up', 'down'));
    const tools = toolsFor({ up: up.host, down: down.host }, '127.0.0.1', server.port);
    expect(await runStatusAll(invocation, [], { json: true }, recordIo().io, tools)).toBe(1);
    await server.close();
  });

  it('says who wanted to be asked, and how that is done', async () => {
    const invocation = await invoke({ lang: 'en' }, tables('new'));
    const { io, err, documents } = recordIo();
    expect(await runStatusAll(invocation, [], { json: true }, io, toolsFor({ new: UNKNOWN_KEY }))).toBe(3);
    expect(documents()).toMatchObject([{ hosts: [{ wanted: 'host-key' }] }]);
    expect(err()).toMatch(/^new wanted its host key confirmed.*: tp5-tui status new asks\.$/m);
  });

  it('needs hosts in the settings, and shows how they are written', async () => {
    const run = runStatusAll(await invoke({ lang: 'en' }, 'unit = "x"'), [], {}, recordIo().io, toolsFor({}));
    await expect(run).rejects.toThrow(UsageError);
    await expect(run).rejects.toThrow(/config\.toml names no host[\s\S]*\[hosts\.tp5\]/);
  });

  it.each([
    ['a host as its argument', ['up'], {}],
    ['--host', [], { host: 'up' }],
    ['--local', [], { local: true }],
    ['--demo', [], { demo: true }],
  ] as const)('goes not with %s', async (_what, words, options) => {
    const invocation = await invoke({ lang: 'en', ...options }, tables('up'));
    await expect(runStatusAll(invocation, words, options, recordIo().io, toolsFor({}))).rejects.toThrow(
      /--all is every host/,
    );
  });

  it('ends at once when it is interrupted, whatever it waits for', async () => {
    const host = createFakeHost();
    const never = { ...host.host, service: { ...host.host.service, watch: () => () => undefined } };
    const invocation = await invoke({}, tables('one', 'other'));
    const recorded = recordIo();
    const running = runStatusAll(invocation, [], {}, recorded.io, toolsFor({ one: never, other: never }));
    await new Promise((resolve) => setImmediate(resolve));
    recorded.interrupt();
    await expect(running).rejects.toMatchObject({ name: 'Interrupted', exitCode: 130 });
    expect(recorded.out()).toBe('');
  });
});

describe('the visits', () => {
  it('are eight at a time, and told on a terminal', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `h${index}`);
    const invocation = await invoke({ lang: 'en' }, tables(...names));
    const recorded = recordIo();
    let told = '';
    const io: Io = {
      ...recorded.io,
      stderr: {
        isTTY: true,
        columns: 40,
        write: (text) => {
          told += text;
        },
      },
    };
    let inside = 0;
    let most = 0;
    const visits = await visitAll(everyHost(invocation, [], {}), io, async ({ name }) => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      if (name === 'h3') throw new Failed(UNREACHED);
      return name;
    });
    expect(most).toBe(8);
    expect(visits.map(({ found }) => found)).toEqual(names.map((name) => (name === 'h3' ? null : name)));
    expect(told).toContain('\r0 of 20 hosts, waiting for h0');
    const lines = told.split('\r');
    for (const line of lines) expect(line.length).toBeLessThan(40);
    // The line is gone when it is over.
    expect(lines.at(-2)).toMatch(/^ +$/);
    expect(lines.at(-1)).toBe('');
  });

  it('call the others off for a fault of our own', async () => {
    const invocation = await invoke({}, tables('one', 'other'));
    let calledOff = false;
    const running = visitAll(everyHost(invocation, [], {}), recordIo().io, async ({ name }, { signal }) => {
      if (name === 'one') throw new TypeError('ours');
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      calledOff = true;
    });
    await expect(running).rejects.toThrow('ours');
    await new Promise((resolve) => setImmediate(resolve));
    expect(calledOff).toBe(true);
  });
});

describe('check --all', () => {
  it('counts on each host, names what failed, and stops nothing', async () => {
    const world = await demoWorld();
    const base = toolsFor({ gone: UNREACHED });
    const tools: Tools = {
      ...base,
      async open(invocation, io) {
        if (invocation.target.host !== 'demo.tp5.b1') return base.open(invocation, io);
        const { unit, port, address, connector } = world;
        const host = await world.connect(io.signal);
        const subject = { unit, port, address, asksAnswers: true };
        return { host, makeHost: world.connect, connector, subject, close: async () => undefined };
      },
    };
    const invocation = await invoke({ lang: 'en' }, tables('demo', 'gone'));
    const only = ['active', 'enabled', 'firewall-follows'];
    const json = recordIo();
    expect(await runCheckAll(invocation, [], { json: true, only }, json.io, tools)).toBe(3);
    const [document] = json.documents() as [{ hosts: { items?: { id: string; state: string }[] }[] }];
    expect(document).toMatchObject({
      hosts: [
        { name: 'demo', error: null },
        { name: 'gone', error: { code: 'unreachable' } },
      ],
      summary: { unreached: 1 },
    });
    expect(document.hosts[0]?.items?.map(({ id }) => id).sort()).toEqual([...only].sort());
    expect(document.hosts[1]).not.toHaveProperty('items');
    // It would have to stop the service to know.
    const follows = document.hosts[0]?.items?.find(({ id }) => id === 'firewall-follows');
    expect(follows?.state).toBe('skip');

    const people = recordIo();
    await runCheckAll(invocation, [], { only }, people.io, tools);
    expect(people.out()).toMatch(/^ +name +host +pass +fail +warn +skip +failed$/m);
    expect(people.out()).toMatch(/^✖ {2}gone +manon@gone\.tp5\.b1 +- +- +- +- {2}gone\.tp5\.b1/m);
  });

  it.each(['fix', 'yes'] as const)('refuses --%s', async (option) => {
    const invocation = await invoke({ lang: 'en' }, tables('up'));
    const run = runCheckAll(invocation, [], { [option]: true }, recordIo().io, toolsFor({}));
    await expect(run).rejects.toThrow(new RegExp(`--${option} is for one host`));
  });
});

describe('what is told of many', () => {
  it('the worst exit code wins: not reached, not permitted, broken, well', () => {
    expect(worstOf([])).toBe(0);
    expect(worstOf([0, 1, 0])).toBe(1);
    expect(worstOf([1, 4, 0])).toBe(4);
    expect(worstOf([4, 3, 1])).toBe(3);
  });

  it('what was wanted is told from how it failed, also at a host on the way', () => {
    expect(wantedOf(UNKNOWN_KEY, null)).toBe('host-key');
    expect(wantedOf({ code: 'jump', via: 'gate', cause: AUTH }, null)).toBe('passphrase');
    expect(wantedOf({ ...AUTH, keys: [] }, null)).toBeNull();
    expect(wantedOf(null, { kind: 'none', reason: 'password-not-given', detail: '' })).toBe('sudo-password');
    expect(wantedOf(null, { kind: 'none', reason: 'no-sudo', detail: '' })).toBeNull();
    expect(wantedOf(null, { kind: 'sudo' })).toBeNull();
  });

  it('rows are aligned by cells, cut at the end of the terminal, and never blank at their end', () => {
    const rows = [
      [{ text: 'a' }, { text: '日本' }, { text: '7', align: 'right' as const }, { text: 'the reason' }],
      [{ text: 'bbb' }, { text: 'x' }, { text: '12', align: 'right' as const }, { text: '' }],
    ];
    expect(alignedRows(rows, null, painter(false))).toEqual(['a    日本   7  the reason', 'bbb  x     12']);
    expect(alignedRows(rows, 18, painter(false))).toEqual(['a    日本   7  th…', 'bbb  x     12']);
    expect(alignedRows(rows, 6, painter(false))).toEqual(['a    …', 'bbb  …']);
  });

  it('a long name takes neither the verdict nor the reason off an ordinary terminal', () => {
    const verdict = '10.5.1.77, port 22: no way there from here';
    const rows = [
      ['✖', 'a-very-long-name-of-a-host-in-the-class', 'zoe@10.5.1.77', 'lost', '-', 'unreachable', verdict],
      ['●', 'tp5', 'manon@10.5.1.2', 'live', 'active (running)', 'open 1.2 ms', 'reachable'],
    ].map((row) => row.map((text) => ({ text })));
    const lines = tableOf(rows, 1, 80, painter(false));
    expect(lines[0]).toMatch(/^✖ {2}a-very-\S*… .* 10\.5\.1\.77, po.*…$/);
    expect(lines[1]).toMatch(/ reachable$/);
    for (const line of lines.slice(0, 2)) expect(widthOf(line)).toBeLessThanOrEqual(80);
    expect(lines.slice(2)).toEqual(['', `a-very-long-name-of-a-host-in-the-class: ${verdict}`]);
    expect(tableOf(rows, 1, null, painter(false))).toHaveLength(2);
  });
});

describe('hosts of the settings', () => {
  const SETTINGS = `unit = "nginx"\n${table('one')}address = "10.1.1.1"\nport = 8080\n${table('two')}user = "paul"\n`;

  it('are what their name would open, with the options on top under --all', async () => {
    const invocation = await invoke({}, SETTINGS);
    expect(namedInvocation(invocation, 'one').target).toMatchObject({
      host: 'one.tp5.b1',
      user: 'manon',
      address: '10.1.1.1',
      port: 8080,
      unit: 'nginx.service',
    });
    const all = everyHost(invocation, [], { unit: 'sshd', port: '22' });
    expect(all.map(({ invocation: { target } }) => [target.host, target.unit, target.port])).toEqual([
      ['one.tp5.b1', 'sshd.service', 22],
      ['two.tp5.b1', 'sshd.service', 22],
    ]);
  });

  it('know which one the console starts on: by its name, or as the same host and service', async () => {
    const names = async (hostArgument: string | undefined, demo = false) => {
      const invocation = await invoke(
        { ...(hostArgument !== undefined && { hostArgument }), demo },
        SETTINGS,
      );
      const { start, places } = placesOf(invocation, hostArgument);
      expect(places).toContain(start);
      return [start.name, places.map(({ name }) => name)];
    };
    expect(await names('two')).toEqual(['two', ['one', 'two']]);
    expect(await names('paul@two.tp5.b1')).toEqual(['two', ['one', 'two']]);
    expect(await names('zoe@two.tp5.b1')).toEqual([null, [null, 'one', 'two']]);
    expect(await names(undefined, true)).toEqual([null, [null, 'one', 'two']]);
  });

  it('keep the options that the start was given', async () => {
    const invocation = await invoke({ hostArgument: 'one', unit: 'other' }, SETTINGS);
    const { start, places } = placesOf(invocation, 'one');
    expect(places[0]).toBe(start);
    expect(start.invocation.target.unit).toBe('other.service');
  });

  it('are shown as one types them', () => {
    expect(placeName({ host: 'h', user: null, sshPort: null })).toBe('h');
    expect(placeName({ host: '10.5.1.2', user: 'manon', sshPort: 2222 })).toBe('manon@10.5.1.2:2222');
    expect(placeName({ host: '::1', user: null, sshPort: 22 })).toBe('[::1]:22');
  });
});
