/** org.freedesktop.systemd1 with one unit, as far as a client can tell: properties, jobs, signals, refusals. */
import { defineInterface, type MessageBus } from 'dbus-native';
import { unitPath } from '../../src/ops/linux/unit-path.ts';

const NAME = 'org.freedesktop.systemd1';
const PATH = '/org/freedesktop/systemd1';
const UNSET = 0xffff_ffff_ffff_ffffn;

/** Types and values of a unit that was never started, as systemd 252 has them. */
const UNIT_PROPERTIES: Record<string, [string, unknown]> = {
  Id: ['s', ''],
  Description: ['s', 'Super calculatrice réseau'],
  LoadState: ['s', 'loaded'],
  ActiveState: ['s', 'inactive'],
  SubState: ['s', 'dead'],
  FragmentPath: ['s', '/etc/systemd/system/calculatrice.service'],
  UnitFileState: ['s', 'disabled'],
  StateChangeTimestamp: ['t', 0n],
  StateChangeTimestampMonotonic: ['t', 0n],
  NeedDaemonReload: ['b', false],
  InvocationID: ['ay', Buffer.alloc(0)],
};

const SERVICE_PROPERTIES: Record<string, [string, unknown]> = {
  Restart: ['s', 'on-failure'],
  RestartUSec: ['t', 30_000_000n],
  MainPID: ['u', 0],
  Result: ['s', 'success'],
  NRestarts: ['u', 0],
  ExecMainCode: ['i', 0],
  ExecMainStatus: ['i', 0],
  MemoryCurrent: ['t', UNSET],
  CPUUsageNSec: ['t', UNSET],
};

export interface UnitChange {
  readonly unit?: Readonly<Record<string, unknown>>;
  readonly service?: Readonly<Record<string, unknown>>;
  /** Properties of the unit interface that are announced as changed, but without their value. */
  readonly invalidated?: readonly string[];
}

export interface FakeSystemd {
  /** Members that were called on the manager, with their arguments. */
  readonly calls: readonly { readonly member: string; readonly args: Readonly<Record<string, unknown>> }[];
  /** Members that polkit refuses. */
  readonly refused: Set<string>;
  /** What the next jobs come to. @default 'done' */
  jobResult: string;
  /** False keeps jobs queued until `finishJobs()`. @default true */
  jobsFinish: boolean;
  finishJobs(): void;
  /** Whether the unit has an [Install] section. @default true */
  installable: boolean;
  /** Changes properties and announces them as systemd does: the service's first, the unit's after them. */
  change(change: UnitChange): void;
  /** Changes a property and says nothing, as an edited unit file does. */
  alter(change: UnitChange): void;
  announceReload(): void;
}

export interface FakeSystemdOptions {
  readonly unit: string;
  /** Further names of the unit, each with a path of its own. */
  readonly aliases?: readonly string[];
  readonly initial?: UnitChange;
  /** Happens once, between the answers to the first reading of the unit and of its service. */
  readonly meanwhile?: UnitChange;
}

class BusError extends Error {
  readonly dbusName: string;

  constructor(dbusName: string, message: string) {
    super(message);
    this.dbusName = dbusName;
  }
}

export async function exportSystemd(bus: MessageBus, options: FakeSystemdOptions): Promise<FakeSystemd> {
  const { unit: id, aliases = [], initial = {} } = options;
  const values = {
    unit: { ...defaults(UNIT_PROPERTIES), Id: id, ...initial.unit } as Record<string, unknown>,
    service: { ...defaults(SERVICE_PROPERTIES), ...initial.service } as Record<string, unknown>,
  };
  const calls: { member: string; args: Record<string, unknown> }[] = [];
  let jobs = 0;
  let queued: (() => void)[] = [];

  const unitInterface = () => definition(`${NAME}.Unit`, UNIT_PROPERTIES, values.unit);
  let { meanwhile } = options;
  const serviceInterface = () =>
    definition(`${NAME}.Service`, SERVICE_PROPERTIES, values.service, () => {
      const change = meanwhile;
      meanwhile = undefined;
      if (change) fake.change(change);
    });
  for (const name of [id, ...aliases]) {
    await bus.export(unitPath(name), unitInterface());
    await bus.export(unitPath(name), serviceInterface());
  }

  function called(member: string, args: Record<string, unknown>): void {
    calls.push({ member, args });
    if (fake.refused.has(member)) {
      throw new BusError(
        'org.freedesktop.DBus.Error.InteractiveAuthorizationRequired',
        'Interactive authentication required.',
      );
    }
  }

  function known(name: unknown): void {
    if (name !== id && !aliases.includes(String(name))) {
      throw new BusError(`${NAME}.NoSuchUnit`, `Unit ${String(name)} not found.`);
    }
  }

  function job(member: string) {
    return {
      in: { name: 's', mode: 's' },
      out: { job: 'o' },
      handler: (args: Record<string, unknown>) => {
        called(member, args);
        known(args.name);
        jobs += 1;
        const number = jobs;
        const path = `${PATH}/job/${number}`;
        const finish = () => manager.emit.JobRemoved?.(number, path, id, fake.jobResult);
        if (fake.jobsFinish) setImmediate(finish);
        else queued.push(finish);
        return path;
      },
    };
  }

  function plain(
    member: string,
    input: Record<string, string>,
    check: (args: Record<string, unknown>) => void,
  ) {
    return {
      in: input,
      handler: (args: Record<string, unknown>) => {
        called(member, args);
        check(args);
        // No reply body: what the library reads `null` as.
        return null;
      },
    };
  }

  const manager = defineInterface({
    name: `${NAME}.Manager`,
    methods: {
      Subscribe: plain('Subscribe', {}, () => {}),
      StartUnit: job('StartUnit'),
      StopUnit: job('StopUnit'),
      RestartUnit: job('RestartUnit'),
      KillUnit: plain('KillUnit', { name: 's', who: 's', signal: 'i' }, ({ name }) => {
        known(name);
        if (values.service.MainPID === 0) {
          throw new BusError(`${NAME}.NoSuchProcess`, 'No main process to kill');
        }
      }),
      ResetFailedUnit: plain('ResetFailedUnit', { name: 's' }, ({ name }) => known(name)),
      Reload: plain('Reload', {}, () => fake.announceReload()),
      EnableUnitFiles: {
        in: { files: 'as', runtime: 'b', force: 'b' },
        out: { carries_install_info: 'b', changes: 'a(sss)' },
        handler: (args: Record<string, unknown>) => {
          called('EnableUnitFiles', args);
          if (fake.installable) values.unit.UnitFileState = 'enabled';
          return { carries_install_info: fake.installable, changes: [] };
        },
      },
      DisableUnitFiles: {
        in: { files: 'as', runtime: 'b' },
        out: { changes: 'a(sss)' },
        handler: (args: Record<string, unknown>) => {
          called('DisableUnitFiles', args);
          values.unit.UnitFileState = 'disabled';
          return [];
        },
      },
    },
    signals: {
      JobRemoved: { args: { id: 'u', job: 'o', unit: 's', result: 's' } },
      Reloading: { args: { active: 'b' } },
      UnitFilesChanged: {},
    },
  });
  await bus.export(PATH, manager);
  await bus.ownName(NAME);

  const fake: FakeSystemd = {
    calls,
    refused: new Set(),
    jobResult: 'done',
    jobsFinish: true,
    finishJobs() {
      for (const finish of queued) finish();
      queued = [];
    },
    installable: true,
    alter(change) {
      Object.assign(values.unit, change.unit);
      Object.assign(values.service, change.service);
    },
    change(change) {
      fake.alter(change);
      const path = unitPath(id);
      if (change.service) bus.emitPropertiesChanged(path, `${NAME}.Service`, change.service);
      if (change.unit || change.invalidated) {
        bus.emitPropertiesChanged(path, `${NAME}.Unit`, { ...change.unit }, [...(change.invalidated ?? [])]);
      }
    },
    announceReload() {
      manager.emit.Reloading?.(true);
      manager.emit.Reloading?.(false);
    },
  };
  return fake;
}

function defaults(declared: Record<string, [string, unknown]>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(declared).map(([name, [, value]]) => [name, value]));
}

function definition(
  name: string,
  declared: Record<string, [string, unknown]>,
  values: Record<string, unknown>,
  onRead: () => void = () => {},
) {
  function read(property: string): unknown {
    onRead();
    return values[property];
  }
  const properties = Object.entries(declared).map(
    ([property, [type]]) => [property, { type, access: 'read' as const, get: () => read(property) }] as const,
  );
  return defineInterface({ name, properties: Object.fromEntries(properties) });
}
