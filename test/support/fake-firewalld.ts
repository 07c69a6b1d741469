/** org.fedoraproject.FirewallD1 with a few zones: runtime and permanent apart, its errors, its signals. */
import { defineInterface, type MessageBus, Variant } from 'dbus-native';

const NAME = 'org.fedoraproject.FirewallD1';
const PATH = '/org/fedoraproject/FirewallD1';

type Port = readonly [port: string, protocol: string];

export interface FakeZone {
  readonly interfaces: string[];
  readonly sources: string[];
  readonly services: string[];
  readonly runtime: Port[];
  readonly permanent: Port[];
}

export interface FakeService {
  readonly ports?: readonly (readonly string[])[];
  readonly protocols?: readonly string[];
  readonly includes?: readonly string[];
  readonly destination?: Readonly<Record<string, string>>;
}

export interface FakePolicy {
  readonly priority: number;
  readonly target: string;
  readonly ingress: readonly string[];
  readonly egress: readonly string[];
  readonly rules: readonly string[];
}

export interface FakeFirewalld {
  readonly services: Map<string, FakeService>;
  /** Entries of sets of networks. */
  readonly sets: Map<string, readonly string[]>;
  /** Makes a policy, or changes it, and says so. */
  setPolicy(name: string, policy: Partial<FakePolicy>): void;
  /** As `firewall-cmd --add-port` does. */
  addPort(zone: string, port: string): void;
  readonly zones: Map<string, FakeZone>;
  defaultZone: string;
  /** Members that polkit refuses. */
  readonly refused: Set<string>;
  /** Members that were called, in order. */
  readonly calls: readonly string[];
  /** Puts the permanent settings in force, as `firewall-cmd --reload` does. */
  reload(): void;
  stop(): Promise<void>;
  start(): Promise<void>;
}

class FirewallError extends Error {
  readonly dbusName: string;

  constructor(message: string, kind = 'Exception') {
    super(message);
    this.dbusName = `${NAME}.${kind}`;
  }
}

export function emptyZone(values: Partial<FakeZone> = {}): FakeZone {
  return { interfaces: [], sources: [], services: [], runtime: [], permanent: [], ...values };
}

export async function exportFirewalld(
  bus: MessageBus,
  zones: Map<string, FakeZone>,
  defaultZone = 'public',
): Promise<FakeFirewalld> {
  const calls: string[] = [];
  const configPath = (zone: string) => `${PATH}/config/zone/${[...zones.keys()].indexOf(zone)}`;

  function called(member: string): void {
    calls.push(member);
    if (!fake.refused.has(member)) return;
    const action = 'org.fedoraproject.FirewallD1.config.info';
    throw new FirewallError(`Not Authorized(polkit): ${action}`, 'NotAuthorizedException');
  }

  function zone(name: unknown): FakeZone {
    const found = zones.get(String(name));
    if (found === undefined) throw new FirewallError(`INVALID_ZONE: ${String(name)}`);
    return found;
  }

  function settings(of: FakeZone, ports: readonly Port[]) {
    return {
      target: new Variant('s', 'default'),
      // What is empty, firewalld leaves out.
      ...(of.services.length > 0 ? { services: new Variant('as', of.services) } : {}),
      ...(ports.length > 0 ? { ports: new Variant('a(ss)', ports) } : {}),
      ...(of.interfaces.length > 0 ? { interfaces: new Variant('as', of.interfaces) } : {}),
    };
  }

  function add(ports: Port[], port: string, protocol: string): void {
    if (index(ports, port, protocol) !== -1)
      throw new FirewallError(`ALREADY_ENABLED: '${port}:${protocol}'`);
    ports.push([port, protocol]);
  }

  function remove(ports: Port[], port: string, protocol: string): void {
    const at = index(ports, port, protocol);
    if (at === -1) throw new FirewallError(`NOT_ENABLED: '${port}:${protocol}'`);
    ports.splice(at, 1);
  }

  const services = new Map<string, FakeService>();
  const sets = new Map<string, readonly string[]>();
  const policies = new Map<string, FakePolicy>();

  const policy = defineInterface({
    name: `${NAME}.policy`,
    methods: {
      getPolicies: {
        out: { policies: 'as' },
        handler: () => {
          called('getPolicies');
          return [...policies.keys()];
        },
      },
      getPolicySettings: {
        in: { policy: 's' },
        out: { settings: 'a{sv}' },
        handler: (args: { policy: string }) => {
          called('getPolicySettings');
          const one = policies.get(args.policy);
          if (one === undefined) throw new FirewallError(`INVALID_POLICY: ${args.policy}`);
          return policySettings(one);
        },
      },
    },
    signals: { PolicyUpdated: { args: { policy: 's', settings: 'a{sv}' } } },
  });
  const direct = defineInterface({
    name: `${NAME}.direct`,
    methods: {
      getAllRules: { out: { rules: 'a(sssias)' }, handler: () => [] },
      getAllPassthroughs: { out: { passthroughs: 'a(sas)' }, handler: () => [] },
    },
  });
  const ipset = defineInterface({
    name: `${NAME}.ipset`,
    methods: {
      getIPSetSettings: {
        in: { ipset: 's' },
        out: { settings: '(ssssa{ss}as)' },
        handler: (args: { ipset: string }) => {
          called('getIPSetSettings');
          const entries = sets.get(args.ipset);
          if (entries === undefined) throw new FirewallError(`INVALID_IPSET: ${args.ipset}`);
          return ['', '', '', 'hash:net', {}, entries];
        },
      },
    },
  });
  const main = defineInterface({
    name: NAME,
    properties: { version: { type: 's', get: () => '1.3.3' } },
    methods: {
      queryPanicMode: {
        out: { enabled: 'b' },
        handler: () => {
          called('queryPanicMode');
          return false;
        },
      },
      getServiceSettings2: {
        in: { service: 's' },
        out: { settings: 'a{sv}' },
        handler: (args: { service: string }) => {
          called('getServiceSettings2');
          const one = services.get(args.service);
          if (one === undefined) throw new FirewallError(`INVALID_SERVICE: ${args.service}`);
          return {
            ...(one.ports ? { ports: new Variant('a(ss)', one.ports) } : {}),
            ...(one.protocols ? { protocols: new Variant('as', one.protocols) } : {}),
            ...(one.includes ? { includes: new Variant('as', one.includes) } : {}),
            ...(one.destination ? { destination: new Variant('a{ss}', one.destination) } : {}),
          };
        },
      },
      getDefaultZone: {
        out: { zone: 's' },
        handler: () => {
          called('getDefaultZone');
          return fake.defaultZone;
        },
      },
    },
    signals: { Reloaded: {}, DefaultZoneChanged: { args: { zone: 's' } } },
  });
  const runtime = defineInterface({
    name: `${NAME}.zone`,
    methods: {
      getActiveZones: {
        out: { zones: 'a{sa{sas}}' },
        handler: () => {
          called('getActiveZones');
          const active = [...zones].filter(([, one]) => one.interfaces.length + one.sources.length > 0);
          return Object.fromEntries(
            active.map(([name, one]) => [
              name,
              {
                ...(one.interfaces.length > 0 ? { interfaces: one.interfaces } : {}),
                ...(one.sources.length > 0 ? { sources: one.sources } : {}),
              },
            ]),
          );
        },
      },
      getZoneSettings2: {
        in: { zone: 's' },
        out: { settings: 'a{sv}' },
        handler: (args: { zone: string }) => {
          called('getZoneSettings2');
          const one = zone(args.zone);
          return settings(one, one.runtime);
        },
      },
      addPort: {
        in: { zone: 's', port: 's', protocol: 's', timeout: 'i' },
        out: { zone: 's' },
        handler: (args: { zone: string; port: string; protocol: string; timeout: number }) => {
          called('addPort');
          add(zone(args.zone).runtime, args.port, args.protocol);
          runtime.emit.PortAdded?.(args.zone, args.port, args.protocol, args.timeout);
          return args.zone;
        },
      },
      removePort: {
        in: { zone: 's', port: 's', protocol: 's' },
        out: { zone: 's' },
        handler: (args: { zone: string; port: string; protocol: string }) => {
          called('removePort');
          remove(zone(args.zone).runtime, args.port, args.protocol);
          runtime.emit.PortRemoved?.(args.zone, args.port, args.protocol);
          return args.zone;
        },
      },
    },
    signals: {
      PortAdded: { args: { zone: 's', port: 's', protocol: 's', timeout: 'i' } },
      PortRemoved: { args: { zone: 's', port: 's', protocol: 's' } },
    },
  });
  const config = defineInterface({
    name: `${NAME}.config`,
    methods: {
      getZoneByName: {
        in: { zone: 's' },
        out: { path: 'o' },
        handler: (args: { zone: string }) => {
          called('getZoneByName');
          zone(args.zone);
          return configPath(args.zone);
        },
      },
    },
    signals: { ServiceAdded: { args: { service: 's' } } },
  });
  await bus.export(PATH, main);
  await bus.export(PATH, policy);
  await bus.export(PATH, direct);
  await bus.export(PATH, ipset);
  await bus.export(PATH, runtime);
  await bus.export(`${PATH}/config`, config);
  for (const [name, one] of zones) {
    const permanent = defineInterface({
      name: `${NAME}.config.zone`,
      methods: {
        getSettings2: {
          out: { settings: 'a{sv}' },
          handler: () => {
            called('getSettings2');
            return settings(one, one.permanent);
          },
        },
        addPort: permanentChange('config.addPort', (port, protocol) => add(one.permanent, port, protocol)),
        removePort: permanentChange('config.removePort', (port, protocol) =>
          remove(one.permanent, port, protocol),
        ),
      },
      signals: { Updated: { args: { zone: 's' } } },
    });
    function permanentChange(member: string, change: (port: string, protocol: string) => void) {
      return {
        in: { port: 's', protocol: 's' },
        handler: (args: { port: string; protocol: string }) => {
          called(member);
          change(args.port, args.protocol);
          permanent.emit.Updated?.(name);
          return null;
        },
      };
    }
    await bus.export(configPath(name), permanent);
  }

  const fake: FakeFirewalld = {
    zones,
    defaultZone,
    refused: new Set(),
    calls,
    services,
    sets,
    setPolicy(name, changed) {
      const blank = { priority: -1, target: 'CONTINUE', ingress: ['ANY'], egress: ['HOST'], rules: [] };
      const made = { ...blank, ...policies.get(name), ...changed };
      policies.set(name, made);
      policy.emit.PolicyUpdated?.(name, policySettings(made));
    },
    addPort(name, port) {
      add(zone(name).runtime, port, 'tcp');
      runtime.emit.PortAdded?.(name, port, 'tcp', 0);
    },
    reload() {
      for (const one of zones.values()) one.runtime.splice(0, one.runtime.length, ...one.permanent);
      // The flood that a reload sends, of which nothing is news.
      for (let n = 0; n < 300; n += 1) config.emit.ServiceAdded?.(`service-${n}`);
      main.emit.Reloaded?.();
    },
    start: async () => {
      await bus.ownName(NAME);
    },
    stop: async () => {
      await bus.releaseName(NAME);
    },
  };
  await fake.start();
  return fake;
}

function policySettings({ priority, target, ingress, egress, rules }: FakePolicy) {
  return {
    priority: new Variant('i', priority),
    target: new Variant('s', target),
    ingress_zones: new Variant('as', ingress),
    egress_zones: new Variant('as', egress),
    ...(rules.length > 0 ? { rich_rules: new Variant('as', rules) } : {}),
  };
}

function index(ports: readonly Port[], port: string, protocol: string): number {
  return ports.findIndex(([one, other]) => one === port && other === protocol);
}
