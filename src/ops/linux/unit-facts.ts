/** systemd's properties of a unit and its service, see org.freedesktop.systemd1(5), as our facts. */
import type { ActiveState, ServiceFacts } from '../host.ts';
import type { HostTime } from './host-time.ts';

/** Property values as they came off the bus: 64-bit ones are bigints, byte arrays are Buffers. */
export type Properties = Readonly<Record<string, unknown>>;

/** (uint64_t) -1, systemd's "not set" and "not accounted". */
const UNSET = 0xffff_ffff_ffff_ffffn;
/** Values of si_code for SIGCHLD, see waitid(2). */
const EXIT_KINDS = new Map([
  [1, 'exited'],
  [2, 'killed'],
  [3, 'dumped'],
] as const);

export function serviceFacts(
  name: string,
  unit: Properties,
  service: Properties,
  time: Pick<HostTime, 'toMono'>,
): ServiceFacts {
  const sub = text(unit, 'SubState');
  const changedUs = number(unit, 'StateChangeTimestamp');
  const sinceMono = time.toMono(number(unit, 'StateChangeTimestampMonotonic'), changedUs);
  const restartSecMs = number(service, 'RestartUSec') / 1000;
  // RestartSteps= (systemd 254) makes the wait grow; older ones do not have the property.
  const waitMs = (finite(service, 'RestartUSecNext') ?? number(service, 'RestartUSec')) / 1000;
  const how = EXIT_KINDS.get(number(service, 'ExecMainCode') as 1 | 2 | 3);
  return {
    unit: name,
    description: text(unit, 'Description'),
    load: text(unit, 'LoadState'),
    active: text(unit, 'ActiveState') as ActiveState,
    sub,
    result: text(service, 'Result'),
    mainPid: number(service, 'MainPID'),
    sinceMono,
    sinceWall: sinceMono === null ? null : changedUs / 1000,
    restarts: number(service, 'NRestarts'),
    type: text(service, 'Type'),
    restart: text(service, 'Restart'),
    restartSecMs,
    restartAtMono: sub.startsWith('auto-restart') && sinceMono !== null ? sinceMono + waitMs : null,
    enabled: text(unit, 'UnitFileState'),
    needsReload: unit.NeedDaemonReload === true,
    memoryBytes: finite(service, 'MemoryCurrent'),
    cpuNs: finite(service, 'CPUUsageNSec'),
    exit: how === undefined ? null : { how, status: number(service, 'ExecMainStatus') },
    fragmentPath: text(unit, 'FragmentPath'),
    dropInPaths: list(unit, 'DropInPaths'),
    triggeredBy: list(unit, 'TriggeredBy'),
    invocationId: hex(unit.InvocationID),
  };
}

function text(properties: Properties, name: string): string {
  const value = properties[name];
  return typeof value === 'string' ? value : '';
}

function list(properties: Properties, name: string): readonly string[] {
  const value = properties[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

export function number(properties: Properties, name: string): number {
  const value = properties[name];
  return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : 0;
}

function finite(properties: Properties, name: string): number | null {
  const value = properties[name];
  if (typeof value !== 'bigint' && typeof value !== 'number') return null;
  return BigInt(value) === UNSET ? null : Number(value);
}

function hex(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : '';
}
