/**
 * What decides beside a zone's own list of ports: definitions of services, policies, sets of addresses, rules
 * past the zones, panic mode. Read once and kept until firewalld announces a change of them: at rest nothing is
 * asked, and a port that comes or goes costs no question more than before.
 */
import { Failed } from '../failure.ts';
import { parseRichRule, servicesOf } from '../firewall/rich-rule.ts';
import type { AddressSet, FirewallFacts, PolicyFacts, ServiceDefinition, ZoneSettings } from '../host.ts';
import type { Bus } from './bus.ts';
import { operationFailure } from './bus-error.ts';
import { FIREWALLD, FIREWALLD_PATH } from './firewall-names.ts';
import { parseAddressSet, parseDirect, parsePolicy, parseService, strings } from './zone-settings.ts';

export type Beside = Required<
  Pick<FirewallFacts, 'version' | 'panic' | 'services' | 'policies' | 'sets' | 'direct'>
>;

/** Where names of services and sets stand. */
export interface Naming {
  readonly sources: readonly string[];
  readonly settings: readonly ZoneSettings[];
}

export interface FirewallRules {
  /** Asks for what does not depend on the zones, so that it is on its way with them. */
  begin(): void;
  /** @throws Failed as the bus does; what is refused is null or missing instead */
  read(naming: Naming): Promise<Beside>;
  /** What was read counts no more. */
  forget(): void;
}

/** On nearly every host, asked for with the first questions. */
const LIKELY_SERVICES = ['ssh', 'dhcpv6-client', 'cockpit'];
const LIKELY_POLICY = 'allow-host-ipv6';

type Base = Pick<Beside, 'version' | 'panic' | 'policies' | 'direct'>;

export function createFirewallRules(bus: Bus): FirewallRules {
  let base: Promise<Base> | null = null;
  const services = new Map<string, Promise<ServiceDefinition | null>>();
  const sets = new Map<string, Promise<AddressSet | null>>();

  function ask(subject: string, member: string, ...body: readonly string[]): Promise<unknown> {
    const call = {
      destination: FIREWALLD,
      path: FIREWALLD_PATH,
      interface: `${FIREWALLD}${subject}`,
      member,
    };
    return bus.call(body.length === 0 ? call : { ...call, signature: 's'.repeat(body.length), body });
  }

  function property(path: string, iface: string, name: string): Promise<unknown> {
    const where = {
      destination: FIREWALLD,
      path,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
    };
    return bus.call({ ...where, signature: 'ss', body: [iface, name] });
  }

  async function readPolicies(): Promise<readonly PolicyFacts[] | null> {
    const settings = (name: string) => ask('.policy', 'getPolicySettings', name);
    const early = settings(LIKELY_POLICY);
    early.catch(() => {});
    // Before 0.9 there are none.
    const names = await known(ask('.policy', 'getPolicies').then(strings), []);
    if (names === null) return null;
    const read = names.map(async (name) =>
      known(
        (name === LIKELY_POLICY ? early : settings(name)).then((value) => parsePolicy(name, value)),
        null,
      ),
    );
    const policies = await Promise.all(read);
    return policies.includes(null) ? null : policies.filter((policy) => policy !== null);
  }

  async function readDirect(): Promise<Beside['direct']> {
    const [rules, passthroughs] = await Promise.all([
      known(ask('.direct', 'getAllRules'), []),
      known(ask('.direct', 'getAllPassthroughs'), []),
    ]);
    if (rules === null || passthroughs === null) return null;
    const parsed = parseDirect(rules, passthroughs);
    if (parsed.rules.length + parsed.passthroughs.length === 0) return { ...parsed, final: false };
    const config = property(`${FIREWALLD_PATH}/config`, `${FIREWALLD}.config`, 'FirewallBackend');
    return { ...parsed, final: (await known(config, '')) === 'iptables' };
  }

  async function readBase(): Promise<Base> {
    const [version, panic, policies, direct] = await Promise.all([
      known(property(FIREWALLD_PATH, FIREWALLD, 'version'), ''),
      known(ask('', 'queryPanicMode'), false),
      readPolicies(),
      readDirect(),
    ]);
    return { version: typeof version === 'string' ? version : '', panic: panic === true, policies, direct };
  }

  function service(name: string): Promise<ServiceDefinition | null> {
    return kept(services, name, () => known(ask('', 'getServiceSettings2', name).then(parseService), null));
  }

  function set(name: string): Promise<AddressSet | null> {
    return kept(sets, name, () => known(ask('.ipset', 'getIPSetSettings', name).then(parseAddressSet), null));
  }

  function begin(): void {
    if (base !== null) return;
    base = readBase();
    base.catch(() => {
      base = null;
    });
    for (const name of LIKELY_SERVICES) service(name).catch(() => {});
  }

  /** These services, and all that they include. */
  async function definitions(names: Iterable<string>): Promise<Record<string, ServiceDefinition>> {
    const found: Record<string, ServiceDefinition> = {};
    let wanted = [...new Set(names)];
    const asked = new Set<string>();
    while (wanted.length > 0) {
      for (const name of wanted) asked.add(name);
      const read = await Promise.all(wanted.map(async (name) => [name, await service(name)] as const));
      for (const [name, one] of read) if (one !== null) found[name] = one;
      const included = read.flatMap(([, one]) => one?.includes ?? []);
      wanted = [...new Set(included)].filter((name) => !asked.has(name));
    }
    return found;
  }

  return {
    begin,
    async read({ sources, settings }) {
      begin();
      // Those that the zones name are asked for while the policies are still on their way.
      const early = definitions(settings.flatMap(servicesOf));
      early.catch(() => {});
      const read = await (base ?? readBase());
      const all = [...settings, ...(read.policies ?? []).map((policy) => policy.settings)];
      const setNames = [
        ...sources.filter((source) => source.startsWith('ipset:')).map((source) => source.slice(6)),
        ...all.flatMap(setsOf),
      ];
      const [definition, setsRead] = await Promise.all([
        early.then(() => definitions(all.flatMap(servicesOf))),
        Promise.all([...new Set(setNames)].map(async (name) => [name, await set(name)] as const)),
      ]);
      const found = setsRead.filter((entry): entry is [string, AddressSet] => entry[1] !== null);
      return { ...read, services: definition, sets: Object.fromEntries(found) };
    },
    forget() {
      base = null;
      services.clear();
      sets.clear();
    },
  };
}

function setsOf(settings: ZoneSettings): readonly string[] {
  return (settings.richRules ?? []).flatMap((text) => {
    const rule = parseRichRule(text);
    return [rule?.source, rule?.destination].flatMap((one) => (one?.kind === 'ipset' ? [one.value] : []));
  });
}

function kept<T>(map: Map<string, Promise<T>>, name: string, read: () => Promise<T>): Promise<T> {
  const held = map.get(name);
  if (held !== undefined) return held;
  const reading = read();
  map.set(name, reading);
  // A connection that ended has answered nothing: the next one is asked again.
  reading.catch(() => {
    if (map.get(name) === reading) map.delete(name);
  });
  return reading;
}

/** null for a refusal, `instead` for what this firewalld does not have. @throws Failed */
async function known<T, U>(reply: Promise<T>, instead: U): Promise<T | U | null> {
  try {
    return await reply;
  } catch (error) {
    const failure = operationFailure(error);
    if (failure.code === 'not-permitted') return null;
    if (failure.code === 'host-error') return instead;
    throw error instanceof Failed ? error : new Failed(failure, { cause: error });
  }
}
