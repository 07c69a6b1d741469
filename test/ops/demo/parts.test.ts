/** The demo's parts by themselves: journal, lines, firewall, start limit, unit file. */
import { describe, expect, it } from 'vitest';
import { createFirewall } from '../../../src/ops/demo/firewall.ts';
import { createJournal } from '../../../src/ops/demo/journal.ts';
import { lineSplitter, type OutputLine } from '../../../src/ops/demo/lines.ts';
import { chooseAddresses, choosePlace } from '../../../src/ops/demo/place.ts';
import { readSockets } from '../../../src/ops/demo/sockets.ts';
import { startLimit } from '../../../src/ops/demo/start-limit.ts';
import { type RestartPolicy, renderUnit, restartsAfter, resultOf } from '../../../src/ops/demo/unit.ts';
import type { JournalEntry, JournalFollow } from '../../../src/ops/host.ts';

const clock = { wall: () => 1_700_000_000_000 };
const line = (message: string) => ({ message, priority: 6, identifier: 'x', pid: 1, invocationId: null });

function collect(journal: ReturnType<typeof createJournal>, from: JournalFollow) {
  const entries: JournalEntry[] = [];
  let gaps = 0;
  const subject = journal.attach();
  const stop = subject.follow(from, {
    entries: (batch) => entries.push(...batch),
    gap() {
      gaps += 1;
    },
    fail: () => undefined,
  });
  return { entries, messages: () => entries.map(({ message }) => message), gaps: () => gaps, subject, stop };
}

/** What a `setImmediate` was to do has been done after the next one. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('journal', () => {
  it('gives the newest lines, then what comes, each once', async () => {
    const journal = createJournal(clock, 'boot');
    for (const message of ['a', 'b', 'c']) journal.append(line(message));
    const { messages, stop } = collect(journal, { lines: 2 });
    await turn();
    expect(messages()).toEqual(['b', 'c']);
    journal.append(line('d'));
    await turn();
    expect(messages()).toEqual(['b', 'c', 'd']);
    stop();
    journal.append(line('e'));
    await turn();
    expect(messages()).toEqual(['b', 'c', 'd']);
  });

  it('resumes after a cursor, and at once when nudged', async () => {
    const journal = createJournal(clock, 'boot');
    for (const message of ['a', 'b', 'c']) journal.append(line(message));
    const first = collect(journal, { lines: 10 });
    await turn();
    const { messages, subject, gaps } = collect(journal, {
      cursor: first.entries[0]?.cursor ?? '',
      lines: 10,
    });
    subject.nudge();
    expect(messages()).toEqual(['b', 'c']);
    await turn();
    expect(messages()).toEqual(['b', 'c']);
    expect(gaps()).toBe(0);
  });

  it('says that there is a gap after a cursor that was rotated away, or is not its own', async () => {
    const journal = createJournal(clock, 'boot', 4);
    journal.append(line('0'));
    const first = collect(journal, { lines: 10 });
    await turn();
    first.stop();
    for (let number = 1; number <= 9; number += 1) journal.append(line(String(number)));
    const rotated = collect(journal, { cursor: first.entries[0]?.cursor ?? '', lines: 2 });
    const foreign = collect(journal, { cursor: 's=1;i=2', lines: 2 });
    await turn();
    expect(rotated.gaps()).toBe(1);
    expect(rotated.messages().at(-1)).toBe('9');
    expect(rotated.messages()).not.toContain('1');
    expect(foreign.gaps()).toBe(1);
    expect(foreign.messages()).toEqual(['8', '9']);
  });
});

describe('lines', () => {
  function split(chunks: readonly Buffer[], limit?: number): OutputLine[] {
    const lines: OutputLine[] = [];
    const splitter = lineSplitter((each) => lines.push(each), limit);
    for (const chunk of chunks) splitter.write(chunk);
    splitter.end();
    return lines;
  }

  it('are put together from any pieces, a character in two of them included', () => {
    const bytes = Buffer.from("Un client s'est connecté.\n\nsans fin");
    const expected = [
      { message: "Un client s'est connecté.", binary: false, cut: false },
      { message: '', binary: false, cut: false },
      { message: 'sans fin', binary: false, cut: false },
    ];
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(split([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
    }
  });

  it('are cut while they stream in, and the cut is no sign of a blob', () => {
    expect(split([Buffer.from('ab'), Buffer.from('écd\nef\n')], 3)).toEqual([
      { message: 'ab', binary: false, cut: true },
      { message: 'ef', binary: false, cut: false },
    ]);
  });

  it('that are no UTF-8 are kept, and marked', () => {
    expect(split([Buffer.from([0x61, 0xff, 0x62, 0x0a])])).toEqual([
      { message: 'a\ufffdb', binary: true, cut: false },
    ]);
  });
});

describe('firewall', () => {
  it('drops on reload what was only in the runtime, and brings back what is permanent', async () => {
    const firewall = createFirewall();
    const ports = (scope: 'runtime' | 'permanent') => firewall.facts().zones[0]?.[scope]?.ports ?? [];
    firewall.change({ port: 1, protocol: 'tcp', open: true, scope: 'runtime' });
    firewall.change({ port: 2, protocol: 'tcp', open: true, scope: 'permanent' });
    expect([firewall.admits(1), firewall.admits(2)]).toEqual([true, false]);
    firewall.reload();
    expect([firewall.admits(1), firewall.admits(2)]).toEqual([false, true]);
    expect(ports('runtime')).toEqual([{ port: '2', protocol: 'tcp' }]);
    firewall.change({ port: 2, protocol: 'udp', open: true, scope: 'runtime' });
    firewall.change({ port: 2, protocol: 'tcp', open: false, scope: 'runtime' });
    expect(firewall.admits(2)).toBe(false);
  });

  it('tells nobody of what changes nothing', async () => {
    const firewall = createFirewall();
    let told = 0;
    firewall.changes.listen(() => {
      told += 1;
    });
    firewall.change({ port: 2, protocol: 'tcp', open: false, scope: 'runtime' });
    firewall.reload();
    await turn();
    expect(told).toBe(0);
  });
});

describe('place', () => {
  it('has two addresses that are not one another, on any system', async () => {
    const having = (...addresses: string[]) =>
      chooseAddresses(async (address) => addresses.includes(address));
    expect(await having('127.0.0.2', '::1')).toEqual({ lan: '127.0.0.2', loopback: '127.0.0.1' });
    expect(await having('::1')).toEqual({ lan: '127.0.0.1', loopback: '::1' });
    expect(await having()).toEqual({ lan: '127.0.0.1', loopback: null });
  });

  it('takes a port once, and again when it was given back', async () => {
    const first = await choosePlace(21_337);
    const second = await choosePlace(first.port);
    expect(second.port).toBeGreaterThan(first.port);
    await first.release();
    const third = await choosePlace(first.port);
    expect(third.port).toBe(first.port);
    await Promise.all([second.release(), third.release()]);
  });
});

describe('sockets', () => {
  const main = {
    listening: { address: '127.0.0.1', port: 13337 },
    clients: { served: { address: '127.0.0.1', port: 1 }, waiting: [{ address: '127.0.0.1', port: 2 }] },
  };
  const client = (port: number) => ({ peerAddress: '127.0.0.1', peerPort: port });

  it('are what the service reports where the kernel shows none', async () => {
    expect(await readSockets(main, 13337, async () => null)).toEqual({
      listeners: [{ address: '127.0.0.1', port: 13337, waiting: 1 }],
      clients: [
        { ...client(1), accepted: true },
        { ...client(2), accepted: false },
      ],
    });
    expect(await readSockets(main, 80, async () => null)).toEqual({ listeners: [], clients: [] });
    expect(await readSockets(null, 13337, async () => null)).toEqual({ listeners: [], clients: [] });
  });

  it("are the kernel's where it shows them, and accepted are those whose turn came", async () => {
    const kernel = {
      listeners: [{ address: '127.0.0.2', port: 13337, waiting: 0 }],
      clients: [
        { ...client(1), accepted: true },
        { ...client(2), accepted: true, left: true },
        { ...client(3), accepted: true },
        { ...client(4), accepted: true, left: true },
      ],
    };
    expect(await readSockets(main, 13337, async () => kernel)).toEqual({
      listeners: [{ address: '127.0.0.2', port: 13337, waiting: 1 }],
      clients: [
        { ...client(1), accepted: true },
        { ...client(2), accepted: false, left: true },
        { ...client(3), accepted: false },
        { ...client(4), accepted: true, left: true },
      ],
    });
  });
});

describe('start limit', () => {
  it('takes as many starts as it says in each window, and all of them again after a reset', () => {
    const limit = startLimit(2, 1000);
    expect([0, 10, 20, 999, 1000, 1001, 1002].map((now) => limit.take(now))).toEqual([
      true,
      true,
      false,
      false,
      true,
      true,
      false,
    ]);
    limit.reset();
    expect(limit.take(1003)).toBe(true);
  });
});

describe('unit', () => {
  const ends = {
    clean: resultOf({ how: 'exited', status: 0 }),
    sigterm: resultOf({ how: 'killed', status: 15, signal: 'SIGTERM' }),
    code: resultOf({ how: 'exited', status: 1 }),
    sigkill: resultOf({ how: 'killed', status: 9, signal: 'SIGKILL' }),
    timeout: 'timeout',
  };
  /** The table of systemd.service(5), Restart=. */
  const table: readonly (readonly [RestartPolicy, readonly (keyof typeof ends)[]])[] = [
    ['no', []],
    ['always', ['clean', 'sigterm', 'code', 'sigkill', 'timeout']],
    ['on-success', ['clean', 'sigterm']],
    ['on-failure', ['code', 'sigkill', 'timeout']],
    ['on-abnormal', ['sigkill', 'timeout']],
    ['on-abort', ['sigkill']],
  ];

  it.each(table)('Restart=%s restarts after %j', (policy, restarted) => {
    const names = Object.keys(ends) as (keyof typeof ends)[];
    expect(names.filter((name) => restartsAfter(policy, ends[name]))).toEqual(restarted);
  });

  it('is written as the exercise has it', () => {
    const text = renderUnit({
      name: 'calculatrice.service',
      description: 'Super calculatrice réseau',
      listen: '10.5.1.2',
      port: 13337,
      restart: 'on-failure',
      restartSecMs: 30_000,
      startPre: ['add-port', 'reload'],
      stopPost: ['remove-port', 'reload'],
      mode: 'normal',
    });
    expect(text).toBe(`[Unit]
Description=Super calculatrice réseau

[Service]
ExecStartPre=/usr/bin/firewall-cmd --add-port=13337/tcp --permanent
ExecStartPre=/usr/bin/firewall-cmd --reload
ExecStart=/usr/bin/python /opt/calculatrice/bs_server.py --listen 10.5.1.2 --port 13337
RestartSec=30
Restart=on-failure
ExecStopPost=/usr/bin/firewall-cmd --remove-port=13337/tcp --permanent
ExecStopPost=/usr/bin/firewall-cmd --reload

[Install]
WantedBy=multi-user.target
`);
  });
});
