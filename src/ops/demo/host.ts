/**
 * The demo's world: `hosting.tp5.b1` with its service, without a VM, without root, on any OS.
 *
 * Real where it can be: the service is a child process on a loopback port, killed with SIGKILL and
 * brought back by a small supervisor; its output is the journal; every connection is TCP. Imagined
 * is only the firewall, which the world's own connector obeys. The world outlives its connections,
 * as a host does.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Connector } from '../connector.ts';
import { Failed } from '../failure.ts';
import type { HostInfo, HostMaker } from '../host.ts';
import { createAnnouncer } from './announcer.ts';
import { openConnection } from './connection.ts';
import { createDefinition } from './definition.ts';
import { createFirewall } from './firewall.ts';
import { createJournal } from './journal.ts';
import { createLink } from './link.ts';
import { type MainProcess, spawnMain } from './main-process.ts';
import { choosePlace } from './place.ts';
import { createSupervisor } from './supervisor.ts';
import { createTroublemaker, type Trouble } from './trouble.ts';
import type { FirewallCommand, UnitFile } from './unit.ts';

export interface DemoOptions {
  readonly clock: Clock;
  /** Path of the calculator's server: `src/calc/serve.ts`, or what it was bundled to. */
  readonly serverEntry: string;
  /** @default 'calculatrice.service' */
  readonly unit?: string;
  /** Taken when free, else the next one that is. @default 13337 */
  readonly port?: number;
  /** RestartSec= in ms. @default 3000 */
  readonly restartSecMs?: number;
  /** How long each imagined `firewall-cmd` takes, in ms; a real one takes about 190. @default 150 */
  readonly commandMs?: number;
  /** Start the service at once, as booting would. @default true */
  readonly autostart?: boolean;
}

export interface DemoWorld {
  /** Resolves once the service that booting started listens; at once when none was, never rejects. */
  readonly booted: Promise<void>;
  readonly connect: HostMaker;
  /** Dials the service as a client on the network would: obeys the imagined firewall and the wire. */
  readonly connector: Connector;
  readonly unit: string;
  readonly address: string;
  readonly port: number;
  /**
   * Mends whatever trouble there is, then brings this one about. Resolves once it is so.
   * @throws the signal's reason; a TimeoutError when it does not come about
   */
  trouble(kind: Trouble, signal?: AbortSignal): Promise<void>;
  /** Writes the unit file without a daemon-reload, as an editor would. */
  editUnit(change: Partial<Pick<UnitFile, 'description' | 'restart' | 'restartSecMs'>>): void;
  /** Ends the service and every connection. Idempotent. */
  close(): Promise<void>;
}

const HOST_NAME = 'hosting.tp5.b1';
/** Longer than any trouble takes, a whole restart included. */
const TROUBLE_TIMEOUT_MS = 20_000;
/** A service that does not come up is worth looking at, too. */
const BOOT_MS = 1000;
const NEVER = new AbortController().signal;

/** @throws Error when this machine has no free port for it. */
export async function createDemo(options: DemoOptions): Promise<DemoWorld> {
  const { clock, serverEntry } = options;
  const commandMs = options.commandMs ?? 150;
  const place = await choosePlace(options.port ?? 13_337);
  const journal = createJournal(clock, randomUUID());
  const firewall = createFirewall();
  const link = createLink(firewall);
  const reports = createAnnouncer();
  const closed = new AbortController();

  const unit: UnitFile = {
    name: options.unit ?? 'calculatrice.service',
    description: 'Super calculatrice réseau',
    listen: place.lan,
    port: place.port,
    restart: 'on-failure',
    restartSecMs: options.restartSecMs ?? 3000,
    startPre: ['add-port', 'reload'],
    stopPost: ['remove-port', 'reload'],
    mode: 'normal',
  };

  async function execute(command: FirewallCommand, { port }: UnitFile, signal: AbortSignal): Promise<void> {
    // What booting takes is over before anybody looks.
    if (!booting) await clock.sleep(commandMs, AbortSignal.any([signal, closed.signal]));
    if (command === 'reload') firewall.reload();
    else firewall.change({ port, protocol: 'tcp', open: command === 'add-port', scope: 'permanent' });
    journal.append({
      message: 'success',
      priority: 6,
      identifier: 'firewall-cmd',
      pid: null,
      invocationId: invocation(),
    });
  }

  let booting = options.autostart ?? true;
  const boot = Promise.withResolvers<void>();
  function endBoot(): void {
    booting = false;
    boot.resolve();
  }

  const invocation = (): string | null => supervisor.facts().invocationId || null;
  const changes = createAnnouncer();
  const definition = createDefinition(unit, changes.announce);
  const supervisor = createSupervisor({
    clock,
    definition,
    changes,
    execute,
    spawn: (loaded, invocationId): MainProcess =>
      spawnMain({
        serverEntry,
        unit: loaded,
        events: (main) => ({
          line: (line) =>
            journal.append({ ...line, priority: 6, identifier: 'python', pid: main.pid, invocationId }),
          listening() {
            endBoot();
            reports.announce();
            // Before, its memory was still that of a program being loaded.
            void supervisor.sample();
          },
          clients: reports.announce,
        }),
      }),
    say: (message, priority) =>
      journal.append({ message, priority, identifier: 'systemd', pid: 1, invocationId: invocation() }),
  });
  const troublemaker = createTroublemaker({
    place,
    definition,
    supervisor,
    changes,
    firewall,
    link,
    reports,
  });

  const info: HostInfo = {
    kind: 'demo',
    label: `demo@${HOST_NAME}`,
    user: 'demo',
    privilege: { kind: 'root' },
    address: place.lan,
  };
  if (booting) void supervisor.start();
  else endBoot();
  void clock.sleep(BOOT_MS, closed.signal).then(endBoot, endBoot);

  return {
    async connect(signal) {
      signal.throwIfAborted();
      if (closed.signal.aborted || !link.up) {
        const detail = 'connect ENETUNREACH';
        throw new Failed({ code: 'unreachable', host: HOST_NAME, port: 22, reason: 'no-route', detail });
      }
      return openConnection({ clock, info, place, definition, supervisor, changes, firewall, journal, link });
    },
    connector: link.connector,
    booted: boot.promise,
    unit: unit.name,
    address: place.lan,
    port: place.port,
    trouble(kind, signal = NEVER) {
      const bounds = [signal, closed.signal, AbortSignal.timeout(TROUBLE_TIMEOUT_MS)];
      return troublemaker.make(kind, AbortSignal.any(bounds));
    },
    editUnit: definition.edit,
    async close() {
      if (closed.signal.aborted) return;
      closed.abort(new Error('the demo is closed'));
      troublemaker.release();
      await supervisor.destroy();
      await place.release();
    },
  };
}
