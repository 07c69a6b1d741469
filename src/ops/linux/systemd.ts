/** The unit as systemd announces it: read once, then told by signals. */
import type { Clock } from '../clock.ts';
import { Failed } from '../failure.ts';
import type { ServiceFacts, ServiceSubject } from '../host.ts';
import { persist } from '../retries.ts';
import type { Bus, BusSignal } from './bus.ts';
import { operationFailure } from './bus-error.ts';
import { createFeed } from './feed.ts';
import type { HostTime } from './host-time.ts';
import { DBUS } from './name-owners.ts';
import { createUnitActions, type FinishedJob } from './unit-actions.ts';
import { number, type Properties, serviceFacts } from './unit-facts.ts';
import { unitPath } from './unit-path.ts';

export const SYSTEMD = 'org.freedesktop.systemd1';
export const MANAGER_PATH = '/org/freedesktop/systemd1';
export const MANAGER = `${SYSTEMD}.Manager`;
const UNIT = `${SYSTEMD}.Unit`;
const SERVICE = `${SYSTEMD}.Service`;
const PROPERTIES = 'org.freedesktop.DBus.Properties';

/** systemd sends a service's change as two signals; the second one is at most this far behind. */
const PAIR_MS = 5;

/** What we show of each interface; of all else a change is no news. */
const SHOWN = new Set([
  'LoadState',
  'UnitFileState',
  'NeedDaemonReload',
  'Description',
  'FragmentPath',
  'DropInPaths',
  'Restart',
  'RestartUSec',
]);

export interface ServiceOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly unit: string;
  readonly time: HostTime;
  /** Something happened to the unit that the journal may have lines about. */
  readonly onChange: () => void;
  /** Told what the unit is called, and which journal namespace it logs to, at each reading. */
  readonly onNamed?: (name: string, logNamespace: string) => void;
}

export interface LinuxService extends ServiceSubject {
  /** Tells the watchers of something that went wrong on the way here. */
  fail(error: unknown): void;
}

export function createServiceSubject(options: ServiceOptions): LinuxService {
  const { bus, clock, time, onChange } = options;
  const feed = createFeed<ServiceFacts>();
  const jobs = new Set<(job: FinishedJob) => void>();
  const watched = new Set<string>();
  let unit: Properties | null = null;
  let service: Properties = {};
  /** The unit's own name: an alias such as `sshd.service` announces nothing by itself. */
  let name = options.unit;
  let pairing = 0;
  /** Ends what is left of the reading before this one. */
  let reading = new AbortController();
  /** A change was announced since the last reading began. */
  let overtaken = false;

  function emit(): void {
    pairing += 1;
    if (unit !== null) feed.emit(serviceFacts(name, unit, service, time));
  }

  function get(iface: string, property: string): Promise<unknown> {
    return bus.call(properties('Get', 'ss', [iface, property]));
  }

  function properties(member: string, signature: string, body: readonly unknown[]) {
    return { destination: SYSTEMD, path: unitPath(name), interface: PROPERTIES, member, signature, body };
  }

  /**
   * Reads until nothing was announced meanwhile: which is newer, an answer or a signal beside it, cannot be told.
   * Again, later, where no answer came.
   */
  async function readAll(): Promise<void> {
    reading.abort();
    const mine = new AbortController();
    reading = mine;
    const signal = AbortSignal.any([mine.signal, bus.over]);
    try {
      await persist(
        async () => {
          do {
            overtaken = false;
            await readOnce();
          } while (overtaken && !signal.aborted);
        },
        { clock, signal, onFailure: (failure) => feed.fail(operationFailure(new Failed(failure))) },
      );
    } catch (error) {
      if (signal.aborted) return;
      const failure = operationFailure(error);
      // A connection that ended is opened again, or the whole host is lost: both are told elsewhere.
      if (failure.code !== 'link-lost') feed.fail(failure);
    }
  }

  /** Both interfaces at once. GetAll on the path loads a unit that systemd had let go. */
  async function readOnce(): Promise<void> {
    const [ofUnit, ofService] = await Promise.all([
      bus.call(properties('GetAll', 's', [UNIT])),
      bus.call(properties('GetAll', 's', [SERVICE])).catch(nothingOfAService),
    ]);
    unit = dictionary(ofUnit);
    service = dictionary(ofService);
    const id = unit.Id;
    if (typeof id === 'string' && id !== '' && id !== name) {
      name = id;
      watch();
    }
    const namespace = service.LogNamespace;
    options.onNamed?.(name, typeof namespace === 'string' ? namespace : '');
    emit();
  }

  function merge(iface: string, values: Properties): void {
    if (iface === UNIT) unit = { ...unit, ...values };
    else if (iface === SERVICE) service = { ...service, ...values };
  }

  async function reread(iface: string, names: readonly string[]): Promise<void> {
    const answers = await Promise.all(
      names.map(async (property) => {
        const value = await get(iface, property).catch(() => undefined);
        if (value !== undefined) merge(iface, { [property]: value });
        return value !== undefined;
      }),
    );
    // Without an answer, what was known before is not what the host says now.
    if (answers.includes(true)) emit();
  }

  function changed({ body: [iface, values, invalidated] }: BusSignal): void {
    overtaken = true;
    if (typeof iface !== 'string' || unit === null) return;
    const before = unit.SubState;
    merge(iface, dictionary(values));
    const stale = strings(invalidated).filter((property) => SHOWN.has(property));
    if (stale.length > 0) void reread(iface, stale);
    onChange();
    if (iface === UNIT) {
      const stamp = number(dictionary(values), 'StateChangeTimestampMonotonic');
      if (unit.SubState !== before) {
        time.observe(stamp);
        // Grows with each try where RestartSteps= is set, and is never announced.
        if ('RestartUSecNext' in service) void reread(SERVICE, ['RestartUSecNext']);
      }
      emit();
    } else if (iface === SERVICE) {
      // The state that belongs to these values is right behind: shown without it, a process that was
      // just killed would be `running` with no PID.
      const mine = ++pairing;
      void clock.sleep(PAIR_MS).then(() => mine === pairing && emit());
    }
  }

  function watch(): void {
    if (watched.has(name)) return;
    watched.add(name);
    const path = unitPath(name);
    bus.watch({ sender: SYSTEMD, path, interface: PROPERTIES, member: 'PropertiesChanged' }, changed);
    bus.watch({ sender: SYSTEMD, interface: MANAGER, member: 'JobRemoved', arg2: name }, ({ body }) => {
      const [, job, , result] = body;
      for (const finished of jobs) finished({ job: String(job), result: String(result) });
      onChange();
    });
  }

  watch();
  bus.watch({ sender: SYSTEMD, interface: MANAGER, member: 'Reloading' }, ({ body: [active] }) => {
    if (active === false) void readAll();
  });
  bus.watch({ sender: SYSTEMD, interface: MANAGER, member: 'UnitFilesChanged' }, () => void readAll());
  function begin(): void {
    // Without a subscriber systemd may send no signals at all.
    const subscribe = { destination: SYSTEMD, path: MANAGER_PATH, interface: MANAGER, member: 'Subscribe' };
    bus.call(subscribe).catch(() => {});
    void readAll();
  }
  bus.onOpen(begin);
  const owner = { sender: DBUS, interface: DBUS, member: 'NameOwnerChanged', arg0: SYSTEMD };
  bus.watch(owner, ({ body: [, , now] }) => {
    // `daemon-reexec`: what happened while nobody had the name, nobody announced.
    if (now !== '') begin();
  });
  bus.onAway(feed.fail);
  bus.ready.catch((error: unknown) => feed.fail(operationFailure(error)));
  void time.ready.then(emit);

  const act = createUnitActions({
    bus,
    clock,
    unit: () => name,
    facts: () => feed.latest(),
    onJob: (listener) => {
      jobs.add(listener);
      return () => jobs.delete(listener);
    },
  });

  return {
    watch: feed.watch,
    fail(error) {
      feed.fail(operationFailure(error));
      void readAll();
    },
    async act(verb, signal) {
      const outcome = await act(verb, signal);
      onChange();
      return outcome;
    },
    sample() {
      void reread(SERVICE, ['MemoryCurrent', 'CPUUsageNSec']);
      void reread(UNIT, ['NeedDaemonReload']);
    },
  };
}

/** A unit that is no service has no such interface: its own facts are still facts. @throws whatever else went wrong */
function nothingOfAService(error: unknown): Properties {
  const failure = operationFailure(error);
  if (failure.code === 'host-error' && failure.name.startsWith(`${DBUS}.Error.Unknown`)) return {};
  throw error;
}

function dictionary(value: unknown): Properties {
  return typeof value === 'object' && value !== null ? (value as Properties) : {};
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
