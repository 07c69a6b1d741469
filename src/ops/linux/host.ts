/** A Linux host with systemd as a `Host`, over any transport. */
import type { Clock } from '../clock.ts';
import { Failed } from '../failure.ts';
import type { Host, UnitManager } from '../host.ts';
import type { OwnLoss } from '../transport/loss.ts';
import type { Transport } from '../transport/transport.ts';
import { BRIDGES } from './bridge.ts';
import { openBus } from './bus.ts';
import { busReady } from './bus-ready.ts';
import { createFirewallSubject } from './firewall.ts';
import { openHostTime } from './host-time.ts';
import { createJournalSubject } from './journal.ts';
import { createJournalIdentity } from './journal-identity.ts';
import { createListenersSubject } from './listeners.ts';
import { createProgramSubject } from './program.ts';
import { createServiceSubject } from './systemd.ts';

const BUS_MS = 15_000;

export interface LinuxHostOptions {
  readonly unit: string;
  /** Whose unit it is. @default 'system' */
  readonly manager?: UnitManager;
  readonly clock: Clock;
  /** Where the service is reached, when it is not where the transport goes. */
  readonly address?: string;
  /** The port of our own SSH connection, never closed in the firewall. @default 22 */
  readonly sshPort?: number;
  /** What the bus is given to say its first word. @default 15000 */
  readonly busMs?: number;
  /** Told of journal lines that were no entries. */
  readonly onSkippedLines?: (lines: number) => void;
}

export interface LinuxHost extends Host {
  /**
   * Settles when the bus answered: the facts are on their way by then, so that only who must know whether
   * this is a systemd host at all waits for it. @throws Failed `no-systemd`, `no-bus`, `link-lost`
   */
  readonly ready: Promise<void>;
}

/** Returns at once; everything that start-up needs is asked for in one go and arrives through the feeds. */
export function openLinuxHost(transport: Transport, options: LinuxHostOptions): LinuxHost {
  const { unit, clock, manager = 'system' } = options;
  const address = options.address ?? transport.address;
  const bus = openBus({ transport, clock, onFault: (error) => service.fail(error) });
  // The firewall is the system's, whosever unit it is.
  const own =
    manager === 'user'
      ? openBus({ transport, clock, bridge: BRIDGES.user, onFault: (error) => service.fail(error) })
      : bus;
  const ready = busReady(own.ready, { transport, clock, manager, withinMs: options.busMs ?? BUS_MS });
  // A bus that says nothing is as good as lost, also to who does not wait for it.
  const silent = new Promise<{ readonly detail: string }>((resolve) => {
    ready.catch((error: unknown) => {
      if (error instanceof Failed && error.failure.code === 'no-bus' && error.failure.ms !== null)
        resolve({ detail: 'the bus says nothing' satisfies OwnLoss });
    });
  });
  const time = openHostTime(transport, clock, bus.over);
  const identity = createJournalIdentity(unit, manager, clock);
  const journal = createJournalSubject({
    transport,
    clock,
    of: identity,
    ...(options.onSkippedLines ? { onSkipped: options.onSkippedLines } : {}),
  });
  const listeners = createListenersSubject(transport);
  const program = createProgramSubject({ bus: own, transport, unit });
  const service = createServiceSubject({
    bus: own,
    clock,
    unit,
    time,
    onChange: () => journal.nudge(),
    onNamed: identity.learn,
  });
  const firewall = createFirewallSubject({
    bus,
    clock,
    address,
    interfaces: () => listeners.interfaces(),
    keptOpen: [22, options.sshPort ?? 22],
  });

  return {
    info: {
      kind: transport.kind,
      label: transport.label,
      user: transport.user,
      privilege: transport.privilege,
      address,
      manager,
    },
    service,
    journal,
    firewall,
    listeners,
    program,
    dial: (host, port, dialOptions) => transport.dial(host, port, dialOptions),
    run: (argv, runOptions) => transport.run(argv, runOptions),
    roundTripMs: () => transport.roundTripMs,
    ready,
    lost: Promise.race([transport.lost, bus.lost, own.lost, silent]),
    async close() {
      journal.close();
      bus.close();
      own.close();
      await transport.close();
    },
  };
}
