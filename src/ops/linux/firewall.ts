/** The zones of firewalld, runtime beside permanent: read at once, and again whenever it announces a change. */
import type { Clock } from '../clock.ts';
import { Failed, type Refusal } from '../failure.ts';
import type {
  ActionOutcome,
  FirewallChange,
  FirewallFacts,
  FirewallSubject,
  InterfaceAddress,
  ZoneFacts,
} from '../host.ts';
import { createRetries, isTransient, persist } from '../retries.ts';
import type { Bus } from './bus.ts';
import { operationFailure } from './bus-error.ts';
import { createFeed } from './feed.ts';
import { FIREWALLD, FIREWALLD_PATH } from './firewall-names.ts';
import { createFirewallRules } from './firewall-rules.ts';
import { DBUS } from './name-owners.ts';
import { type ActiveZone, parseActiveZones, parseZone, type ReadZone } from './zone-settings.ts';

const PATH = FIREWALLD_PATH;
const CONFIG_PATH = `${PATH}/config`;
const ZONE = `${FIREWALLD}.zone`;
const CONFIG = `${FIREWALLD}.config`;
const CONFIG_ZONE = `${FIREWALLD}.config.zone`;

/** firewalld's own default: read along with the question which zones there are. */
const LIKELY_ZONE = 'public';
const SSH_PORT = 22;

export interface FirewallOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  /** The address that the service is reached at: the zone of its interface comes first. */
  readonly address: string;
  readonly interfaces: () => Promise<readonly InterfaceAddress[]>;
  /** Ports that are never closed, since they carry our own connection. @default [22] */
  readonly keptOpen?: readonly number[];
}

type Reading<T> = { readonly value: T } | { readonly refused: Refusal } | null;

export function createFirewallSubject(options: FirewallOptions): FirewallSubject {
  const { bus, clock, address, interfaces, keptOpen = [SSH_PORT] } = options;
  const feed = createFeed<FirewallFacts>();
  const rules = createFirewallRules(bus);
  let nic: string | null = null;
  /** Zones read last time: read again before firewalld has said which ones there are. */
  let likely: readonly string[] = [LIKELY_ZONE];
  let reading = false;
  let stale = false;
  /** Ends the rest after a reading that failed. */
  let hurry = new AbortController();
  const retries = createRetries({ clock });

  function ask(member: string, body: readonly string[] = [], iface = ZONE, path = PATH): Promise<unknown> {
    const signature = 's'.repeat(body.length);
    const call = { destination: FIREWALLD, path, interface: iface, member };
    return bus.call(body.length === 0 ? call : { ...call, signature, body });
  }

  async function permanentPath(zone: string): Promise<string> {
    return String(await ask('getZoneByName', [zone], CONFIG, CONFIG_PATH));
  }

  function readZone(zone: string) {
    const runtime = ask('getZoneSettings2', [zone]).then(parseZone);
    const permanent = permanentPath(zone)
      .then((path) => ask('getSettings2', [], CONFIG_ZONE, path))
      .then(parseZone);
    const replies = { runtime: readable(runtime), permanent: readable(permanent) };
    // A zone that was only guessed may be nobody's question: then its failure is nobody's either.
    for (const reply of Object.values(replies)) reply.catch(() => {});
    return replies;
  }

  async function readFacts(): Promise<FirewallFacts> {
    rules.begin();
    const early = new Map(likely.map((zone) => [zone, readZone(zone)]));
    const [defaultZone, active] = await Promise.all([
      ask('getDefaultZone', [], FIREWALLD).then(String),
      ask('getActiveZones').then(parseActiveZones),
    ]);
    const zones = inOrder(active, defaultZone);
    likely = zones.map((zone) => zone.name);
    let refused: Refusal | null = null;
    const facts = await Promise.all(
      zones.map(async (zone): Promise<ZoneFacts> => {
        const asked = early.get(zone.name) ?? readZone(zone.name);
        const [runtime, permanent] = await Promise.all([asked.runtime, asked.permanent]);
        for (const one of [runtime, permanent]) if (one !== null && 'refused' in one) refused ??= one.refused;
        return {
          ...zone,
          target: known(runtime)?.target ?? known(permanent)?.target ?? '',
          ...(known(runtime)?.priority ? { priority: known(runtime)?.priority ?? 0 } : {}),
          runtime: known(runtime)?.settings ?? null,
          permanent: known(permanent)?.settings ?? null,
        };
      }),
    );
    const settings = facts.flatMap(({ runtime, permanent }) => [runtime, permanent]);
    const beside = await rules.read({
      sources: facts.flatMap(({ sources }) => sources),
      settings: settings.filter((one) => one !== null),
    });
    return { running: true, defaultZone, zones: facts, refused, ...beside };
  }

  /** The service's zone first. What no zone claims is the default zone's, so that one always counts. */
  function inOrder(active: readonly ActiveZone[], defaultZone: string): ActiveZone[] {
    const all = active.some((zone) => zone.name === defaultZone)
      ? [...active]
      : [...active, { name: defaultZone, interfaces: [], sources: [] }];
    const own = all.find((zone) => nic !== null && zone.interfaces.includes(nic));
    const first = own ?? all.find((zone) => zone.name === defaultZone);
    return first === undefined ? all : [first, ...all.filter((zone) => zone !== first)];
  }

  /** One reading at a time; what changes during one is read in the next. Again, later, where no answer came. */
  async function refresh(): Promise<void> {
    stale = true;
    hurry.abort();
    if (reading) return;
    reading = true;
    while (stale && !bus.over.aborted) {
      stale = false;
      try {
        feed.emit(await readFacts());
        retries.worked();
      } catch (error) {
        await failed(operationFailure(error));
      }
    }
    reading = false;
  }

  async function failed(failure: ReturnType<typeof operationFailure>): Promise<void> {
    if (failure.code === 'unavailable')
      return feed.emit({ running: false, defaultZone: '', zones: [], refused: null });
    // A connection that ended is opened again, or the whole host is lost: both are told elsewhere.
    if (failure.code === 'link-lost') return;
    feed.fail(failure);
    if (!isTransient(failure)) return;
    hurry = new AbortController();
    if (!stale) await retries.rest(AbortSignal.any([hurry.signal, bus.over])).catch(() => {});
    stale = true;
  }

  const changed = (): void => void refresh();
  const changedBeside = (): void => {
    rules.forget();
    changed();
  };
  bus.watch({ sender: FIREWALLD, path: PATH, interface: ZONE }, changed);
  // Not the whole interface: a reload announces some three hundred services and ICMP types.
  for (const member of ['Reloaded', 'PanicModeEnabled', 'PanicModeDisabled']) {
    bus.watch({ sender: FIREWALLD, path: PATH, interface: FIREWALLD, member }, changedBeside);
  }
  bus.watch({ sender: FIREWALLD, path: PATH, interface: FIREWALLD, member: 'DefaultZoneChanged' }, changed);
  // At runtime these change one by one, and seldom; a service's definition only with a reload.
  for (const subject of ['policy', 'direct', 'ipset']) {
    bus.watch({ sender: FIREWALLD, path: PATH, interface: `${FIREWALLD}.${subject}` }, changedBeside);
  }
  for (const member of ['Updated', 'Removed', 'Renamed']) {
    bus.watch({ sender: FIREWALLD, interface: CONFIG_ZONE, member }, changed);
  }
  bus.ready.catch((error: unknown) => feed.fail(operationFailure(error)));
  bus.onAway(feed.fail);
  bus.watch({ sender: DBUS, interface: DBUS, member: 'NameOwnerChanged', arg0: FIREWALLD }, changedBeside);
  bus.onOpen(() => {
    changedBeside();
    persist(interfaces, { clock, signal: bus.over }).then(
      (all) => {
        nic = all.find((one) => one.address === address)?.name ?? null;
        if (nic !== null) changed();
      },
      // Without the interfaces the default zone stays first.
      () => {},
    );
  });

  async function apply({ zone, port, protocol, open, scope }: FirewallChange, signal?: AbortSignal) {
    if (!open && protocol === 'tcp' && keptOpen.includes(port)) {
      throw new Failed({ code: 'not-permitted', action: 'close-port', detail: `${port}/tcp: ssh` });
    }
    const member = open ? 'addPort' : 'removePort';
    const bound = signal ? { signal } : {};
    const call = { destination: FIREWALLD, member };
    if (scope === 'permanent') {
      const path = await permanentPath(zone);
      const body = [String(port), protocol];
      await bus.call({ ...call, path, interface: CONFIG_ZONE, signature: 'ss', body }, bound);
    } else {
      const body = [zone, String(port), protocol, ...(open ? [FOREVER] : [])];
      await bus.call({ ...call, path: PATH, interface: ZONE, signature: open ? 'sssi' : 'sss', body }, bound);
    }
  }

  return {
    watch: feed.watch,
    async change(change, signal): Promise<ActionOutcome> {
      const began = clock.now();
      try {
        await apply(change, signal);
      } catch (error) {
        const failure = operationFailure(error);
        if (!isAlreadySo(failure)) return { ok: false, failure, tookMs: clock.now() - began };
      }
      return { ok: true, job: null, tookMs: clock.now() - began };
    },
  };
}

/** The timeout of a runtime port, s. */
const FOREVER = 0;

function isAlreadySo(failure: ReturnType<typeof operationFailure>): boolean {
  return failure.code === 'host-error' && /^(ALREADY_ENABLED|NOT_ENABLED)\b/.test(failure.detail);
}

/** A refusal is an answer of its own; whatever else went wrong makes the whole reading fail. */
async function readable(reply: Promise<ReadZone>): Promise<Reading<ReadZone>> {
  try {
    return { value: await reply };
  } catch (error) {
    const failure = operationFailure(error);
    if (failure.code === 'not-permitted') return { refused: failure };
    // A zone that was deleted meanwhile, or one that was only guessed.
    if (failure.code === 'host-error' && failure.detail.startsWith('INVALID_ZONE')) return null;
    throw error;
  }
}

function known<T>(reading: Reading<T>): T | null {
  return reading !== null && 'value' in reading ? reading.value : null;
}
