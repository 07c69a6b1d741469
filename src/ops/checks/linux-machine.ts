/** Facts about the machine, from a Linux host's own commands. */
import { judgePacket } from '../firewall/judge.ts';
import { parseRichRule, servicesOf } from '../firewall/rich-rule.ts';
import type { FirewallFacts, ServiceDefinition, ZoneFacts, ZoneSettings } from '../host.ts';
import { type Asker, firstLine, type Said } from './asker.ts';
import { parseIpAddresses, parseIpRoutes } from './cards.ts';
import type { Subject } from './check.ts';
import { type Fact, seen, type UnitState, type Unseen, unseen } from './facts.ts';
import { servicesNamed } from './firewall-lines.ts';
import {
  type ListedZone,
  parseActiveZoneNames,
  parseListAll,
  parsePolicies,
  parseService,
} from './firewall-zone-text.ts';
import type { Get, Sources } from './gather.ts';
import { properties } from './service-view.ts';
import { parseSshd } from './sshd.ts';
import { commandsOf } from './unit-file.ts';

export interface MachineOptions {
  readonly ask: Asker;
  readonly subject: Subject;
  readonly user: string;
  /** Over our own SSH, which offers keys alone. */
  readonly overSsh: boolean;
}

/** A command that failed, as the reason why something was not seen. */
export function failed(said: Said): Fact<never> {
  const why: Unseen = said.unseen ?? {
    code: 'command-failed',
    command: said.command,
    detail: firstLine(said.stderr) || `exit ${said.code ?? '?'}`,
  };
  return unseen(why, said.evidence);
}

export async function unitState(ask: Asker, unit: string): Promise<Fact<UnitState>> {
  const said = await ask(['systemctl', 'show', unit, '-p', 'LoadState,ActiveState,SubState,UnitFileState']);
  if (said.code !== 0) return failed(said);
  const has = properties(said.stdout);
  return seen(
    {
      unit,
      load: has.get('LoadState') ?? '',
      active: has.get('ActiveState') ?? '',
      sub: has.get('SubState') ?? '',
      enabled: has.get('UnitFileState') ?? '',
    },
    said.evidence,
  );
}

export function machineSources({ ask, subject, user, overSsh }: MachineOptions): Sources {
  const { expected } = subject;
  return {
    async hostname() {
      const [running, kept] = await Promise.all([ask(['hostname']), ask(['cat', '/etc/hostname'])]);
      if (running.code !== 0) return failed(running);
      const value = { running: running.stdout.trim(), kept: kept.code === 0 ? kept.stdout.trim() : null };
      return seen(value, running.evidence, ...(kept.code === 0 ? [kept.evidence] : []));
    },
    async cards() {
      const said = await ask(['ip', 'a']);
      return said.code === 0 ? seen(parseIpAddresses(said.stdout), said.evidence) : failed(said);
    },
    async routes() {
      const said = await ask(['ip', 'route']);
      return said.code === 0 ? seen(parseIpRoutes(said.stdout), said.evidence) : failed(said);
    },
    async connection() {
      const said = await ask(['printenv', 'SSH_CONNECTION']);
      const [client, , server, port] = said.stdout.trim().split(' ');
      if (client === undefined || server === undefined || port === undefined) {
        return unseen({ code: 'no-ssh-login' }, said.evidence);
      }
      return seen({ client, server, port: Number(port) }, said.evidence);
    },
    async names() {
      const name = expected.outsideName;
      const said = await ask(['timeout', '3', 'getent', 'ahostsv4', name]);
      if (said.unseen !== null) return failed(said);
      return seen({ name, address: said.stdout.trim().split(/\s+/)[0] || null }, said.evidence);
    },
    async login(get) {
      const connection = await get('connection');
      if (!connection.seen) return connection;
      const log = await acceptedLine(ask, connection.evidence[0]?.output ?? '');
      if (log !== null) return seen({ user: log.user, method: log.method }, log.said.evidence);
      // The log may be none of ours to read; our own transport offers nothing but keys.
      return overSsh
        ? seen({ user, method: 'publickey' }, ...connection.evidence)
        : unseen({ code: 'no-ssh-login' }, ...connection.evidence);
    },
    async sshd() {
      const said = await ask(['sshd', '-T'], { root: true });
      return said.code === 0 ? seen(parseSshd(said.stdout), said.evidence) : failed(said);
    },
    firewalld: () => unitState(ask, 'firewalld.service'),
    async selinux() {
      const said = await ask(['getenforce']);
      const mode = said.stdout.trim();
      if (mode === 'Disabled' || mode === 'Permissive' || mode === 'Enforcing')
        return seen(mode, said.evidence);
      // Without the tool the kernel still tells.
      const kernel = await ask(['cat', '/sys/fs/selinux/enforce']);
      const value = kernel.code !== 0 ? 'absent' : kernel.stdout.trim() === '1' ? 'Enforcing' : 'Permissive';
      return seen(value, said.evidence, kernel.evidence);
    },
    firewall: (get) => readFirewall(ask, get),
    sleepingFirewall: (get) => readSleepingFirewall(ask, get),
    openServices: (get) => readServices(ask, get),
  };
}

/** What sshd logged when it let our own connection in. */
async function acceptedLine(ask: Asker, connection: string) {
  const [client = '', port = ''] = connection.split(' ');
  const pattern = `Accepted .* from ${client} port ${port} `;
  // Since OpenSSH 9.8 the process that serves a session has a name of its own.
  const said = await ask(
    ['journalctl', '-b', '-q', '--no-pager', '-n', '1', '-t', 'sshd', '-t', 'sshd-session', '-g', pattern],
    { root: true },
  );
  const match = /Accepted (\S+) for (\S+) from/.exec(said.stdout);
  if (said.code !== 0 || match?.[1] === undefined || match[2] === undefined) return null;
  return { said, method: match[1], user: match[2] };
}

/** The default zone and the other active ones, at runtime and permanently. */
export async function readFirewall(ask: Asker, get: Get): Promise<Fact<FirewallFacts>> {
  const firewalld = await get('firewalld');
  if (firewalld.seen && firewalld.value.active !== 'active') {
    return unseen({ code: 'after', id: 'firewalld-running' }, ...firewalld.evidence);
  }
  const list = (...scope: readonly string[]) => ask(['firewall-cmd', ...scope, '--list-all'], { root: true });
  const [runtime, permanent, active, policies] = await Promise.all([
    list(),
    list('--permanent'),
    ask(['firewall-cmd', '--get-active-zones'], { root: true }),
    // Before firewalld 0.9 there are none, and no such option.
    ask(['firewall-cmd', '--list-all-policies'], { root: true }),
  ]);
  const first = parseListAll(runtime.stdout);
  if (runtime.code !== 0 || first === null) return failed(runtime);
  const others = parseActiveZoneNames(active.stdout).filter((name) => name !== first.name);
  const otherZones = await Promise.all(
    others.map(async (name) => {
      const [now, later] = await Promise.all([list(`--zone=${name}`), list('--permanent', `--zone=${name}`)]);
      return { zone: zoneFacts(parseListAll(now.stdout), parseListAll(later.stdout)), said: [now, later] };
    }),
  );
  const zones = [
    zoneFacts(first, parseListAll(permanent.stdout)),
    ...otherZones.map(({ zone }) => zone),
  ].filter((zone) => zone !== null);
  const evidence = [runtime, permanent, ...otherZones.flatMap(({ said }) => said)].map(
    (said) => said.evidence,
  );
  const facts = { running: true, defaultZone: first.name, zones, refused: null };
  const toHost = parsePolicies(policies.stdout).filter(({ egressZones }) => egressZones.includes('HOST'));
  return seen(
    { ...facts, policies: toHost },
    ...evidence,
    ...(toHost.some(({ target, settings }) => target !== 'CONTINUE' || opensAny(settings))
      ? [policies.evidence]
      : []),
  );
}

/** Rules about ICMP, as in the policies that firewalld comes with, are about no connection. */
function opensAny({
  services,
  ports,
  richRules = [],
  protocols = [],
  sourcePorts = [],
}: ZoneSettings): boolean {
  const rules = richRules.filter((text) => parseRichRule(text)?.element?.kind !== 'other');
  return services.length + ports.length + rules.length + protocols.length + sourcePorts.length > 0;
}

function zoneFacts(now: ListedZone | null, later: ListedZone | null): ZoneFacts | null {
  if (now === null) return null;
  const { name, interfaces, sources, target, settings } = now;
  return { name, interfaces, sources, target, runtime: settings, permanent: later?.settings ?? null };
}

/** The services that are open, those that the unit's own lines name, and all that they include. */
async function readServices(ask: Asker, get: Get): Promise<Fact<ReadonlyMap<string, ServiceDefinition>>> {
  const [firewall, unitFile] = await Promise.all([get('firewall'), get('unitFile')]);
  if (!firewall.seen) return firewall;
  const { zones, policies } = firewall.value;
  const settings = zones.flatMap(({ runtime, permanent }) => [runtime, permanent]);
  const lines = ['ExecStartPre', 'ExecStartPost', 'ExecStop', 'ExecStopPost'].flatMap((key) =>
    unitFile.seen ? servicesNamed(commandsOf(unitFile.value, key)) : [],
  );
  const names = [...settings, ...(policies ?? []).map((policy) => policy.settings)].flatMap((one) =>
    one === null ? [] : servicesOf(one),
  );
  const { services, said } = await readDefinitions(ask, [...names, ...lines]);
  return seen(services, ...said.map((one) => one.evidence));
}

const SERVICE_FOLDERS = ['/etc/firewalld/services', '/usr/lib/firewalld/services'];

/** firewalld's own files of these services; an administrator's definition hides the packaged one. */
async function readDefinitions(ask: Asker, names: readonly string[]) {
  const services = new Map<string, ServiceDefinition>();
  const said: Said[] = [];
  const asked = new Set<string>();
  let wanted = [...new Set(names)].filter(isFileName);
  while (wanted.length > 0) {
    const files = wanted.flatMap((name) => SERVICE_FOLDERS.map((folder) => `${folder}/${name}.xml`));
    const lines = '<(port|protocol|source-port|include|destination) ';
    const one = await ask(['grep', '-sHE', lines, ...files], { root: true });
    said.push(one);
    for (const name of wanted) {
      asked.add(name);
      for (const folder of SERVICE_FOLDERS) {
        const prefix = `${folder}/${name}.xml:`;
        const own = one.stdout.split('\n').filter((line) => line.startsWith(prefix));
        if (own.length > 0 && !services.has(name)) services.set(name, parseService(own.join('\n')));
      }
    }
    const included = wanted.flatMap((name) => services.get(name)?.includes ?? []);
    wanted = [...new Set(included)].filter((name) => !asked.has(name) && isFileName(name));
  }
  return { services, said };
}

/** A name that stays within its folder. */
function isFileName(name: string): boolean {
  return /^[^/\0]+$/.test(name) && !name.startsWith('.');
}

/** Whether the zone that would guard our own connection lets it in, when firewalld is started. */
async function readSleepingFirewall(ask: Asker, get: Get): Promise<Fact<{ readonly letsSshIn: boolean }>> {
  const [firewalld, connection, cards] = await Promise.all([
    get('firewalld'),
    get('connection'),
    get('cards'),
  ]);
  if (!firewalld.seen || firewalld.value.active === 'active') return unseen({ code: 'not-looked' });
  if (!connection.seen) return connection;
  const { client, server, port } = connection.value;
  const card = cards.seen
    ? cards.value.find((one) => one.addresses.some((held) => held.address === server))?.name
    : undefined;
  const offline = (...args: readonly string[]) => ask(['firewall-offline-cmd', ...args], { root: true });
  const bound = card === undefined ? null : await offline(`--get-zone-of-interface=${card}`);
  const zone = bound?.code === 0 ? bound.stdout.trim() : '';
  const said = await Promise.all([
    offline('--list-all'),
    ...(/^[\w-]+$/.test(zone) ? [offline(`--zone=${zone}`, '--list-all')] : []),
  ]);
  const listed = said.map(({ stdout }) => parseListAll(stdout));
  const names = listed.flatMap((one) => (one === null ? [] : servicesOf(one.settings)));
  const { services } = await readDefinitions(ask, names);
  const letsSshIn = listed.every((one) => {
    if (one === null) return false;
    const { name, target, settings } = one;
    const own = { name, target, interfaces: [], sources: [], runtime: settings, permanent: settings };
    const facts: FirewallFacts = {
      running: true,
      defaultZone: name,
      zones: [own],
      refused: null,
      // Its file is not readable everywhere, and its port is known.
      services: { ssh: SSH, ...Object.fromEntries(services) },
    };
    const packet = { clientAddress: client, hostAddress: server, interface: card ?? null, port };
    return judgePacket(facts, packet).verdict === 'accept';
  });
  return seen({ letsSshIn }, ...said.map((one) => one.evidence));
}

const SSH: ServiceDefinition = {
  ports: [{ port: '22', protocol: 'tcp' }],
  protocols: [],
  sourcePorts: [],
  includes: [],
  destination: {},
};
