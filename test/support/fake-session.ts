/** A session in memory: a store that tests set, a journal they append to, and every command that came. */
import { UNRESTRAINED } from '../../src/ops/caution/restraint.ts';
import type { JournalEntry } from '../../src/ops/host.ts';
import type { ProbeFacts, ProbeSample } from '../../src/ops/probe/facts.ts';
import type { VerdictFacts } from '../../src/ops/verdict/ladder.ts';
import { judge } from '../../src/ops/verdict/verdict.ts';
import { createJournalBuffer, type WritableJournalBuffer } from '../../src/state/journal-buffer.ts';
import type { Command, Session } from '../../src/state/session.ts';
import { type ConsoleState, createConsoleStore } from '../../src/state/store.ts';
import { FIREWALL_OPEN, RUNNING } from './fake-host.ts';

export interface FakeSession extends Session {
  readonly journal: WritableJournalBuffer;
  readonly commands: Command[];
  readonly closed: boolean;
  set(change: Partial<ConsoleState>): void;
  /** Appends lines and bumps the store's version, as the journal's feed does. */
  log(...lines: readonly (string | Partial<JournalEntry>)[]): void;
  /** Marks that lines are missing. */
  gap(reason: 'rotated' | 'suppressed', count: number | null): void;
}

export interface FakeSessionOptions {
  readonly nowMono?: number;
  readonly state?: Partial<ConsoleState>;
  /** Which messages are our own probe's. @default those that start with `probe` */
  readonly isProbe?: (message: string) => boolean;
  readonly capacity?: number;
}

/** 2026-11-20 14:00:00 UTC, where the fake clock starts as well. */
const WALL = Date.UTC(2026, 10, 20, 14, 0, 0);

export function createFakeSession(options: FakeSessionOptions = {}): FakeSession {
  const nowMono = options.nowMono ?? 1000;
  const isProbe = options.isProbe ?? ((message: string) => message.startsWith('probe'));
  const journal = createJournalBuffer(options.capacity);
  const commands: Command[] = [];
  const initial = healthyState(nowMono);
  const store = createConsoleStore({ ...initial, ...options.state });
  let closed = false;
  let count = 0;

  return {
    store,
    journal,
    commands,
    get closed() {
      return closed;
    },
    dispatch: (command) => {
      commands.push(command);
    },
    async close() {
      closed = true;
    },
    set: (change) => store.setState(change),
    log(...lines) {
      const entries = lines.map((line) => {
        count += 1;
        return entry(count, typeof line === 'string' ? { message: line } : line);
      });
      journal.append(entries, isProbe);
      store.setState({ journalVersion: journal.version });
    },
    gap(reason, missing) {
      journal.appendGap(reason, missing);
      store.setState({ journalVersion: journal.version });
    },
  };
}

export function entry(number: number, over: Partial<JournalEntry> = {}): JournalEntry {
  return {
    cursor: `s=${number}`,
    realtimeUs: (WALL + number * 1000) * 1000,
    message: `line ${number}`,
    binary: false,
    cut: false,
    priority: 6,
    identifier: 'python',
    pid: 1954,
    invocationId: 'a1',
    suppressed: 0,
    ...over,
  };
}

/** Latencies in ms, newest last; null is a probe that was refused. */
export function probeFacts(latencies: readonly (number | null)[], nowMono = 1000): ProbeFacts {
  const samples = latencies.map((ms, index): ProbeSample => {
    const ago = (latencies.length - 1 - index) * 2000;
    return { atMono: nowMono - ago, atWall: WALL - ago, status: ms === null ? 'refused' : 'open', ms };
  });
  const open = latencies.filter((ms) => ms !== null).sort((one, other) => one - other);
  const at = (share: number): number | null => open[Math.ceil(share * open.length) - 1] ?? null;
  return {
    address: '10.5.1.2',
    port: 13337,
    samples,
    p50: at(0.5),
    p95: at(0.95),
    max: open.at(-1) ?? null,
    loss: latencies.length === 0 ? null : 1 - open.length / latencies.length,
    outages: [],
    answer: null,
    paused: null,
    restraints: UNRESTRAINED,
    effect: null,
    looked: null,
  };
}

/** Everything is well: the unit runs, the port is open, the probe comes through. */
export function healthyState(nowMono = 1000): ConsoleState {
  const facts: Omit<ConsoleState, 'verdict'> = {
    subject: { unit: 'calculatrice.service', port: 13337, address: '10.5.1.2', asksAnswers: true },
    host: {
      kind: 'ssh',
      label: 'manon@hosting.tp5.b1',
      user: 'manon',
      privilege: { kind: 'sudo' },
      address: '10.5.1.2',
    },
    link: { state: 'live', sinceMono: nowMono, roundTripMs: 0.8 },
    service: { value: { ...RUNNING, sinceMono: nowMono - 192_000, restarts: 1 }, atMono: nowMono },
    serviceFailure: null,
    firewall: { value: FIREWALL_OPEN, atMono: nowMono },
    firewallFailure: null,
    listeners: {
      value: { listeners: [{ address: '0.0.0.0', port: 13337, waiting: 0 }], clients: [] },
      atMono: nowMono,
    },
    listenersFailure: null,
    way: null,
    interfaces: [
      { name: 'lo', address: '127.0.0.1', prefix: 8 },
      { name: 'enp0s8', address: '10.5.1.2', prefix: 24 },
    ],
    probe: {
      ...probeFacts([0.5, 0.4, 0.4, 0.9, 0.5, 0.4, 0.4, 0.42], nowMono),
      answer: { state: 'right', ms: 0.8, dialect: 'bare', atMono: nowMono },
    },
    netdata: null,
    journalVersion: 0,
    journalFailure: null,
    calculations: [],
    keptConnection: false,
    actions: [],
    drill: null,
    readOnly: false,
  };
  return { ...facts, verdict: verdictOn(facts) };
}

export function verdictOn(facts: Omit<ConsoleState, 'verdict'>): ConsoleState['verdict'] {
  const seen: VerdictFacts = { ...facts, listenersSettling: false, changedMono: Number.NEGATIVE_INFINITY };
  return judge(seen);
}
