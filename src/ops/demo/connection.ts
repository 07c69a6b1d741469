/** One connection to the demo's host: the `Host` that everything above sees, until it is lost. */
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import { connectErrorCode, tcpConnector } from '../connector.ts';
import { Failed, type OperationFailure } from '../failure.ts';
import type { Feed, Host, HostInfo } from '../host.ts';
import { createActor, hostError } from './actions.ts';
import type { Announcer } from './announcer.ts';
import { runCommand } from './commands.ts';
import type { UnitDefinition } from './definition.ts';
import { DEMO_ZONE, type DemoFirewall } from './firewall.ts';
import type { DemoJournal } from './journal.ts';
import type { DemoLink } from './link.ts';
import type { Place } from './place.ts';
import { readSockets } from './sockets.ts';
import type { Supervisor } from './supervisor.ts';

export interface DemoParts {
  readonly clock: Clock;
  readonly info: HostInfo;
  readonly place: Place;
  readonly definition: UnitDefinition;
  readonly supervisor: Supervisor;
  /** Announces changes of the service's facts. */
  readonly changes: Announcer;
  readonly firewall: DemoFirewall;
  readonly journal: DemoJournal;
  readonly link: DemoLink;
}

/** Opens a connection over the wire, which must be up. */
export function openConnection(parts: DemoParts): Host {
  const { clock, info, place, definition, supervisor, changes, firewall, link } = parts;
  const journal = parts.journal.attach();
  const sockets = new Set<Duplex>();
  const lost = Promise.withResolvers<{ readonly detail: string }>();
  const ended = new AbortController();
  let loss: OperationFailure | null = null;

  function end(failure: OperationFailure): void {
    if (loss !== null) return;
    loss = failure;
    journal.detach();
    for (const socket of sockets) socket.destroy();
    ended.abort(new Failed(failure));
  }
  const detach = link.attach({
    drop(detail) {
      end({ code: 'link-lost', detail });
      lost.resolve({ detail });
    },
  });

  function feed<T>(read: () => T, announcer: Announcer): Feed<T> {
    return {
      watch(sink) {
        let stopped = false;
        const tell = (): void => {
          if (!stopped && loss === null) sink(read());
        };
        const stop = announcer.listen(tell);
        queueMicrotask(tell);
        return () => {
          stopped = true;
          stop();
        };
      },
    };
  }

  const act = createActor({ clock, definition, supervisor, ended: ended.signal });

  const alive = (): void => {
    if (loss !== null) throw new Failed(loss);
  };

  return {
    info,
    service: {
      ...feed(supervisor.facts, changes),
      act: act.verb,
      sample: () => void supervisor.sample(),
    },
    journal,
    firewall: {
      ...feed(firewall.facts, firewall.changes),
      change: (change, signal) =>
        act.run(async () => {
          if (change.zone !== DEMO_ZONE) throw new Failed(hostError('INVALID_ZONE', change.zone));
          firewall.change(change);
          return null;
        }, signal),
    },
    // It runs the calculator's own server, which serves one client after the other.
    program: {
      async read() {
        alive();
        return { path: '', text: null, python: false, stamp: 'demo' };
      },
    },
    listeners: {
      async read(port) {
        alive();
        return readSockets(supervisor.main, port);
      },
      async interfaces() {
        alive();
        return [
          ...(place.loopback === null ? [] : [{ name: 'lo', address: place.loopback, prefix: 8 }]),
          { name: 'enp0s8', address: place.lan, prefix: 24 },
        ];
      },
    },
    async dial(address, port, options = {}) {
      alive();
      const timeoutMs = options.timeoutMs ?? 5000;
      const signal = AbortSignal.any([
        ended.signal,
        ...(options.signal === undefined ? [] : [options.signal]),
      ]);
      try {
        const socket = await tcpConnector(address, port, { timeoutMs, signal });
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        return socket;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const what = `${address}:${port}`;
        if (connectErrorCode(error) === 'ETIMEDOUT') {
          throw new Failed({ code: 'timeout', what, ms: timeoutMs }, { cause: error });
        }
        throw new Failed({ code: 'unavailable', what, detail: detailOf(error) }, { cause: error });
      }
    },
    async run(argv, options = {}) {
      alive();
      options.signal?.throwIfAborted();
      return runCommand(argv, parts);
    },
    // Nothing is on a wire here, and a made-up figure would be a lie.
    roundTripMs: () => null,
    lost: lost.promise,
    async close() {
      detach();
      end({ code: 'link-lost', detail: 'closed' });
    },
  };
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
