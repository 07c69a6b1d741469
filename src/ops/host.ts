/**
 * A host as everything above it sees one: what can be learnt from it and done to it.
 *
 * Built twice, `LinuxHost` over any transport and `DemoHost`; verdict, drill, monitor and panes are
 * written once and run on both. A host is one connection's life: after `lost` a new one is made.
 * Every time in these facts is on *our* clocks: monotonic ones (`…Mono`) from `Clock.now()`, already
 * shifted from the host's own, and wall times (`…Wall`, ms since the epoch) as the host printed them.
 */
import type { Duplex } from 'node:stream';
import type { OperationFailure, Refusal } from './failure.ts';
import type { FirewallFacts } from './firewall/facts.ts';
import type { DialOptions, Privilege, RunOptions, RunResult } from './transport/transport.ts';

/** Which service manager a unit belongs to: the system's, or the user's own (`systemctl --user`). */
export type UnitManager = 'system' | 'user';

export interface HostInfo {
  readonly kind: 'ssh' | 'local' | 'demo';
  readonly label: string;
  readonly user: string;
  readonly privilege: Privilege;
  /** Whose unit it is. A user's own is controlled without any privilege. @default 'system' */
  readonly manager?: UnitManager;
  /** Where the service is dialled from here when the settings name no address. */
  readonly address: string;
}

/** ActiveState of systemd's unit, see systemctl(1). */
export type ActiveState =
  | 'active'
  | 'reloading'
  | 'inactive'
  | 'failed'
  | 'activating'
  | 'deactivating'
  | 'maintenance'
  | 'refreshing';

export interface ServiceFacts {
  readonly unit: string;
  readonly description: string;
  /** `loaded`, `not-found`, `bad-setting`, `error`, `masked`. */
  readonly load: string;
  readonly active: ActiveState;
  /** SubState: `running`, `auto-restart`, `dead`, `failed`, `start-pre`… */
  readonly sub: string;
  /** Result of the last run: `success`, `signal`, `exit-code`, `start-limit-hit`… */
  readonly result: string;
  /** 0 when no main process. */
  readonly mainPid: number;
  /** When the state last changed (StateChangeTimestamp); null if never. */
  readonly sinceMono: number | null;
  readonly sinceWall: number | null;
  readonly restarts: number;
  /** `Type=` as systemd took it: `simple`, `exec`, `notify`, `forking`, `oneshot`… '' when unknown. */
  readonly type: string;
  /** `Restart=` as systemd took it: `no`, `on-failure`, `always`… */
  readonly restart: string;
  readonly restartSecMs: number;
  /** When systemd will start it again, while `sub` is `auto-restart`; else null. */
  readonly restartAtMono: number | null;
  /** UnitFileState: `enabled`, `disabled`, `static`, `masked`… '' when unknown. */
  readonly enabled: string;
  readonly needsReload: boolean;
  /** Bytes; null when the host does not account for it. */
  readonly memoryBytes: number | null;
  /** Total CPU time, ns; null when the host does not account for it. */
  readonly cpuNs: number | null;
  /** How the last main process ended, e.g. `killed`/9; null before. */
  readonly exit: { readonly how: 'exited' | 'killed' | 'dumped'; readonly status: number } | null;
  readonly fragmentPath: string;
  /** The files that override it (`systemctl edit`), in the order in which systemd reads them. */
  readonly dropInPaths: readonly string[];
  /** Units that start it when they are called upon: sockets, timers, paths (TriggeredBy). */
  readonly triggeredBy: readonly string[];
  readonly invocationId: string;
}

export type ServiceVerb =
  | 'start'
  | 'stop'
  | 'restart'
  | 'kill'
  | 'enable'
  | 'disable'
  | 'reset-failed'
  | 'daemon-reload';

/** What came of an action: systemd's own job result where a job ran. */
export type ActionOutcome =
  | { readonly ok: true; readonly job: string | null; readonly tookMs: number }
  | { readonly ok: false; readonly failure: Refusal | OperationFailure; readonly tookMs: number };

/** A feed of facts: calls the sink with the facts now, then again at each change the host announces. */
export interface Feed<T> {
  watch(sink: (value: T) => void, fail: (failure: Refusal | OperationFailure) => void): () => void;
}

export interface ServiceSubject extends Feed<ServiceFacts> {
  /** Never rejects: what went wrong is in the outcome. `kill` sends SIGKILL to the main process. */
  act(verb: ServiceVerb, signal?: AbortSignal): Promise<ActionOutcome>;
  /** Reads what is never announced (memory, CPU) into the facts: two property reads, no process. */
  sample(): void;
}

export interface JournalEntry {
  readonly cursor: string;
  /** Wall time on the host, microseconds since the epoch. */
  readonly realtimeUs: number;
  /** Foreign text, cut to 64 KiB, not yet made harmless. Invalid UTF-8 is kept as U+FFFD plus `binary`. */
  readonly message: string;
  readonly binary: boolean;
  /** The message was longer than was kept. */
  readonly cut: boolean;
  /** syslog priority 0–7; 6 when the entry has none. */
  readonly priority: number;
  readonly identifier: string;
  readonly pid: number | null;
  readonly invocationId: string | null;
  /** Lines that journald dropped by its rate limit, as this entry says; 0 for ordinary entries. */
  readonly suppressed: number;
}

export interface JournalFollow {
  /** Resume after this cursor; without it the newest `lines` lines come first. */
  readonly cursor?: string;
  readonly lines: number;
}

export interface JournalSink {
  entries(batch: readonly JournalEntry[]): void;
  /** Entries between the cursor and what the host still has are gone (rotated away). */
  gap(): void;
  /** What failed may work later, and is tried again, or is over for good: a refusal is. */
  fail(failure: Refusal | OperationFailure): void;
  /** The journal is read, whether or not it has anything to say: what failed before is over. */
  live?(): void;
}

export interface JournalSubject {
  /** Follows the unit's journal; entries come in order, each once. Returns the stop function. */
  follow(from: JournalFollow, sink: JournalSink): () => void;
  /** Fetches at once what is there but not announced yet (`-f` lags by up to half a second). */
  nudge(): void;
  /**
   * Reads the newest `lines` entries and ends; they come in order, in batches.
   * @throws Failed `link-lost`, `not-permitted`; the signal's reason
   */
  recent(lines: number, take: (batch: readonly JournalEntry[]) => void, signal?: AbortSignal): Promise<void>;
}

export type {
  AddressSet,
  DirectRules,
  FirewallFacts,
  ForwardedPort,
  PolicyFacts,
  PortSpec,
  ServiceDefinition,
  ZoneFacts,
  ZoneSettings,
} from './firewall/facts.ts';

export interface FirewallChange {
  readonly zone: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly open: boolean;
  readonly scope: 'runtime' | 'permanent';
}

export interface FirewallSubject extends Feed<FirewallFacts> {
  /** Never rejects. Opening what is open, or closing what is closed, is a success. */
  change(change: FirewallChange, signal?: AbortSignal): Promise<ActionOutcome>;
}

export interface Listener {
  /** `0.0.0.0`, `127.0.0.1`, `10.5.1.2`, `::`… */
  readonly address: string;
  readonly port: number;
  /** Connections in the accept queue: done with the handshake, not yet accepted. */
  readonly waiting: number;
}

export interface HeldClient {
  readonly peerAddress: string;
  readonly peerPort: number;
  /** Accepted by the process (has a socket), as opposed to waiting in the accept queue. */
  readonly accepted: boolean;
  /**
   * The client has closed its side (CLOSE_WAIT) and only the server's is left open: it holds nobody up.
   * A server that drops its sockets late, as the exercise's does, always has one such.
   */
  readonly left?: boolean;
}

/** TCP sockets on the service's port, and the addresses of the host's interfaces. */
export interface ListenerFacts {
  readonly listeners: readonly Listener[];
  readonly clients: readonly HeldClient[];
}

export interface InterfaceAddress {
  readonly name: string;
  /** IPv4 or IPv6 address without its prefix. */
  readonly address: string;
  readonly prefix: number;
}

export interface ListenersSubject {
  /** Reads the sockets on `port` now. No process where SFTP works. @throws Failed */
  read(port: number): Promise<ListenerFacts>;
  /** The host's interfaces and addresses, read once per connection. @throws Failed */
  interfaces(): Promise<readonly InterfaceAddress[]>;
}

/** What the unit runs, as far as it can be read. */
export interface ProgramFacts {
  /** The script that ExecStart= names, else the program; '' when systemd names none. Foreign. */
  readonly path: string;
  /** Of a script that may be read; else null. */
  readonly text: string | null;
  readonly python: boolean;
  /** Another one as soon as the program is another; '' where nothing tells. */
  readonly stamp: string;
}

export interface ProgramSubject {
  /** Reads it now: a file of some kilobytes, and no process where it may be read. @throws Failed `link-lost` */
  read(): Promise<ProgramFacts>;
}

export interface Host {
  readonly info: HostInfo;
  readonly service: ServiceSubject;
  readonly journal: JournalSubject;
  readonly firewall: FirewallSubject;
  readonly listeners: ListenersSubject;
  readonly program: ProgramSubject;
  dial(address: string, port: number, options?: DialOptions): Promise<Duplex>;
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  readonly roundTripMs: () => number | null;
  readonly lost: Promise<{ readonly detail: string }>;
  close(): Promise<void>;
}

/** Makes a host, and makes it again after a loss, with nothing asked of the user. @throws Failed */
export type HostMaker = (signal: AbortSignal) => Promise<Host>;
