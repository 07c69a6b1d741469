/**
 * A host's system bus in this process: dbus-native's broker with an imagined systemd1 and FirewallD1 on it.
 *
 * `exec` answers `systemd-stdio-bridge` as a real host would, so that it serves behind an in-process SSH
 * server as well as behind a transport that is only a table.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { createBroker, createClient, type MessageBus } from 'dbus-native';
import { emptyZone, exportFirewalld, type FakeFirewalld, type FakeZone } from './fake-firewalld.ts';
import { exportSystemd, type FakeSystemd, type FakeSystemdOptions } from './fake-systemd.ts';
import type { FakeCommand, FakeExec } from './fake-transport.ts';

export interface BusHost {
  readonly systemd: FakeSystemd;
  readonly firewalld: FakeFirewalld;
  /** Runs `systemd-stdio-bridge`; null for any other command. */
  readonly exec: FakeExec;
  /** Another client of the bus, as any user of the host may be one. */
  join(): Promise<MessageBus>;
  /** Ends every bridge, as a restart of the bus does. */
  dropBridges(): void;
  close(): Promise<void>;
}

export interface BusHostOptions extends Partial<FakeSystemdOptions> {
  readonly zones?: ReadonlyMap<string, FakeZone>;
}

export async function openBusHost(options: BusHostOptions = {}): Promise<BusHost> {
  const broker = createBroker();
  const address = await new Promise<string>((resolve, reject) => {
    broker.listen({ host: '127.0.0.1', port: 0 }, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  const port = Number(/port=(\d+)/.exec(address)?.[1]);
  const dial = () => connect({ host: '127.0.0.1', port, noDelay: true });

  async function join(): Promise<MessageBus> {
    const bus = createClient({ stream: dial() });
    // An answer to a client that is gone when the test is over.
    bus.connection.on('error', () => {});
    await once(bus.connection, 'connect');
    return bus;
  }

  const [one, two] = await Promise.all([join(), join()]);
  const systemd = await exportSystemd(one, { unit: 'calculatrice.service', ...options });
  const zones = new Map(
    options.zones ?? [['public', emptyZone({ interfaces: ['enp0s8'], services: ['ssh'] })]],
  );
  const firewalld = await exportFirewalld(two, zones);
  const bridges = new Set<FakeCommand>();

  function bridge(): FakeCommand {
    const stream = dial();
    const command = {
      stream,
      ended: new Promise<{ code: number | null; signal: string | null }>((resolve) => {
        stream.once('close', () => resolve({ code: 0, signal: null }));
      }),
      close: () => stream.destroy(),
    };
    bridges.add(command);
    void command.ended.then(() => bridges.delete(command));
    return command;
  }

  return {
    systemd,
    firewalld,
    join,
    exec: ([program]) => (program === 'systemd-stdio-bridge' ? bridge() : null),
    dropBridges() {
      for (const command of bridges) command.close();
    },
    async close() {
      await Promise.all([one.close(), two.close()]);
      await new Promise<void>((resolve) => broker.close(() => resolve()));
    },
  };
}
