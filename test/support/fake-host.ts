/** A host in memory that a test scripts: it says what it is told to say, and keeps what it was asked. */
import type { Duplex } from 'node:stream';
import { Failed, type OperationFailure, type Refusal } from '../../src/ops/failure.ts';
import type {
  ActionOutcome,
  Feed,
  FirewallChange,
  FirewallFacts,
  Host,
  HostInfo,
  InterfaceAddress,
  JournalEntry,
  JournalFollow,
  JournalSink,
  ListenerFacts,
  ProgramFacts,
  ServiceFacts,
  ServiceVerb,
} from '../../src/ops/host.ts';

export const RUNNING: ServiceFacts = {
  unit: 'calculatrice.service',
  description: 'Super calculatrice réseau',
  load: 'loaded',
  active: 'active',
  sub: 'running',
  result: 'success',
  mainPid: 1954,
  sinceMono: 0,
  sinceWall: 0,
  restarts: 0,
  type: 'simple',
  restart: 'on-failure',
  restartSecMs: 30_000,
  restartAtMono: null,
  enabled: 'enabled',
  needsReload: false,
  memoryBytes: null,
  cpuNs: null,
  exit: null,
  fragmentPath: '/etc/systemd/system/calculatrice.service',
  dropInPaths: [],
  triggeredBy: [],
  invocationId: 'a1',
};

const OPEN_PORT = { services: ['ssh', 'cockpit'], ports: [{ port: '13337', protocol: 'tcp' }] };

export const FIREWALL_OPEN: FirewallFacts = {
  running: true,
  defaultZone: 'public',
  zones: [
    {
      name: 'public',
      interfaces: ['enp0s8', 'enp0s9'],
      sources: [],
      target: 'default',
      runtime: OPEN_PORT,
      permanent: OPEN_PORT,
    },
  ],
  refused: null,
};

/** `FIREWALL_OPEN` with other port lists. */
export function firewallWith(runtime: readonly string[], permanent: readonly string[] | null): FirewallFacts {
  const settings = (ports: readonly string[]) => ({
    services: ['ssh'],
    ports: ports.map((port) => ({ port, protocol: 'tcp' })),
  });
  return {
    ...FIREWALL_OPEN,
    zones: FIREWALL_OPEN.zones.map((zone) => ({
      ...zone,
      runtime: settings(runtime),
      permanent: permanent === null ? null : settings(permanent),
    })),
  };
}

export const NOBODY_LISTENS: ListenerFacts = { listeners: [], clients: [] };

export const LISTENING: ListenerFacts = {
  listeners: [{ address: '10.5.1.2', port: 13337, waiting: 0 }],
  clients: [],
};

export const INTERFACES: readonly InterfaceAddress[] = [
  { name: 'lo', address: '127.0.0.1', prefix: 8 },
  { name: 'enp0s8', address: '10.5.1.2', prefix: 24 },
  { name: 'enp0s9', address: '10.33.64.2', prefix: 20 },
];

const INFO: HostInfo = {
  kind: 'ssh',
  label: 'manon@hosting.tp5.b1',
  user: 'manon',
  privilege: { kind: 'sudo' },
  address: '10.5.1.2',
};

export interface FakeHostScript {
  readonly info?: Partial<HostInfo>;
  readonly service?: ServiceFacts;
  readonly firewall?: FirewallFacts;
  readonly listeners?: ListenerFacts;
  readonly interfaces?: readonly InterfaceAddress[];
  readonly journal?: readonly JournalEntry[];
  readonly program?: Partial<ProgramFacts>;
}

interface FakeFeed<T> extends Feed<T> {
  say(value: T): void;
  refuse(failure: Refusal | OperationFailure): void;
  readonly watchers: number;
}

function createFeed<T>(first: T): FakeFeed<T> {
  let value = first;
  const sinks = new Set<{ value(value: T): void; fail(failure: Refusal | OperationFailure): void }>();
  return {
    watch(sink, fail) {
      const entry = { value: sink, fail };
      sinks.add(entry);
      sink(value);
      return () => sinks.delete(entry);
    },
    say(next) {
      value = next;
      for (const sink of [...sinks]) sink.value(next);
    },
    refuse(failure) {
      for (const sink of [...sinks]) sink.fail(failure);
    },
    get watchers() {
      return sinks.size;
    },
  };
}

let cursors = 0;

/** An entry as journald would hold it; each call has a cursor of its own. */
export function journalEntry(message: string, more: Partial<JournalEntry> = {}): JournalEntry {
  cursors += 1;
  return {
    cursor: `s=1;i=${cursors.toString(16)}`,
    realtimeUs: 1_790_000_000_000_000 + cursors,
    message,
    binary: false,
    cut: false,
    priority: 6,
    identifier: 'python',
    pid: 1954,
    invocationId: 'a1',
    suppressed: 0,
    ...more,
  };
}

const DONE: ActionOutcome = { ok: true, job: 'done', tookMs: 5 };

export type FakeHost = ReturnType<typeof createFakeHost>;

export function createFakeHost(script: FakeHostScript = {}) {
  let service = script.service ?? RUNNING;
  const serviceFeed = createFeed<ServiceFacts>(service);
  const firewallFeed = createFeed<FirewallFacts>(script.firewall ?? FIREWALL_OPEN);
  const history: JournalEntry[] = [...(script.journal ?? [])];
  const followers = new Set<JournalSink>();
  const lost = Promise.withResolvers<{ readonly detail: string }>();
  /** Everything that was asked of this host, in order. */
  const asked = {
    verbs: [] as ServiceVerb[],
    changes: [] as FirewallChange[],
    follows: [] as JournalFollow[],
    dials: [] as string[],
    nudges: 0,
    samples: 0,
    listenerReads: 0,
    closes: 0,
  };
  /** What the host answers when asked; a test replaces what it needs. */
  const answers = {
    act: async (_verb: ServiceVerb, _signal?: AbortSignal): Promise<ActionOutcome> => DONE,
    change: async (_change: FirewallChange): Promise<ActionOutcome> => DONE,
    listeners: async (): Promise<ListenerFacts> =>
      script.listeners ?? (service.active === 'active' ? LISTENING : NOBODY_LISTENS),
    interfaces: async (): Promise<readonly InterfaceAddress[]> => script.interfaces ?? INTERFACES,
    program: async (): Promise<ProgramFacts> => ({
      path: '/opt/calculatrice/bs_server.py',
      text: null,
      python: true,
      stamp: '1',
      ...script.program,
    }),
    dial: async (address: string, port: number): Promise<Duplex> => {
      throw new Failed({ code: 'unavailable', what: `${address}:${port}`, detail: 'nobody listens' });
    },
    roundTripMs: 0.8 as number | null,
  };

  const host: Host = {
    info: { ...INFO, ...script.info },
    service: {
      watch: serviceFeed.watch,
      act: (verb, signal) => {
        asked.verbs.push(verb);
        return answers.act(verb, signal);
      },
      sample: () => {
        asked.samples += 1;
      },
    },
    journal: {
      follow(from, sink) {
        asked.follows.push(from);
        const after = history.findIndex((entry) => entry.cursor === from.cursor);
        const first = after >= 0 ? history.slice(after + 1) : history.slice(-from.lines);
        if (first.length > 0) sink.entries(first);
        followers.add(sink);
        return () => followers.delete(sink);
      },
      nudge: () => {
        asked.nudges += 1;
      },
      recent: async (lines, take) => {
        const newest = lines === 0 ? [] : history.slice(-lines);
        if (newest.length > 0) take(newest);
      },
    },
    firewall: {
      watch: firewallFeed.watch,
      change: (change) => {
        asked.changes.push(change);
        return answers.change(change);
      },
    },
    listeners: {
      read: () => {
        asked.listenerReads += 1;
        return answers.listeners();
      },
      interfaces: () => answers.interfaces(),
    },
    program: { read: () => answers.program() },
    dial: (address, port) => {
      asked.dials.push(`${address}:${port}`);
      return answers.dial(address, port);
    },
    run: async () => {
      throw new Failed({ code: 'unavailable', what: 'run', detail: 'not scripted' });
    },
    roundTripMs: () => answers.roundTripMs,
    lost: lost.promise,
    close: async () => {
      asked.closes += 1;
    },
  };

  return {
    host,
    asked,
    answers,
    serviceFeed,
    firewallFeed,
    /** The unit announces a change. */
    service(patch: Partial<ServiceFacts>): void {
      service = { ...service, ...patch };
      serviceFeed.say(service);
    },
    firewall: firewallFeed.say,
    /** Lines are logged and reach every follower. */
    log(...entries: readonly JournalEntry[]): void {
      history.push(...entries);
      for (const follower of [...followers]) follower.entries(entries);
    },
    /** Lines are logged but reach nobody, as while the link is down. */
    logUnheard(...entries: readonly JournalEntry[]): void {
      history.push(...entries);
    },
    gap(): void {
      for (const follower of [...followers]) follower.gap();
    },
    lose(detail: string): void {
      lost.resolve({ detail });
    },
    history: history as readonly JournalEntry[],
    get followers(): number {
      return followers.size;
    },
  };
}
