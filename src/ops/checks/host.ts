/** Part III of the exercise: on the school's network, and nowhere else than there. */
import { isLoopback } from '../address.ts';
import type { FirewallFacts } from '../host.ts';
import { rolesOf } from './cards.ts';
import { after, byHand, type Check, defineCheck, type Expected, fail, fixable, pass, warn } from './check.ts';
import type { FactValues, Sourced } from './facts.ts';
import { shellWord, typed } from './shell-word.ts';
import { addressesOf, listenersOn, type Socket } from './sockets.ts';
import { excerpt, sshdAddresses, sshdPorts } from './sshd.ts';
import { excerptOf } from './test.ts';

interface Network {
  readonly cards: Sourced<FactValues['cards']>;
  readonly routes: Sourced<FactValues['routes']> | null;
  readonly connection: Sourced<FactValues['connection']> | null;
}

function roles({ cards, routes, connection }: Network, expected: Expected) {
  return rolesOf(cards.value, routes?.value ?? null, connection?.value.server ?? null, expected);
}

const bridgeCard = defineCheck({
  id: 'bridge-card',
  group: 'host',
  needs: ['cards'],
  wants: ['routes', 'connection'],
  judge(network, { expected }) {
    const evidence = [...network.cards.evidence, ...(network.routes?.evidence ?? [])];
    const { bridge, nat } = roles(network, expected);
    if (bridge === null) return fail({ code: 'no-bridge', nat: nat?.card ?? null }, { evidence });
    const { card } = bridge;
    const address = `${bridge.address}/${bridge.prefix}`;
    return nat === null
      ? pass({ code: 'bridge', card, address }, { evidence })
      : warn({ code: 'bridge-beside-nat', card, address, nat: nat.card }, { evidence });
  },
});

const sshdHostOnly = defineCheck({
  id: 'sshd-host-only',
  group: 'host',
  needs: ['sockets', 'cards'],
  wants: ['routes', 'connection', 'sshd'],
  judge({ sockets, sshd, ...network }, { expected }) {
    const { hostOnly } = roles(network, expected);
    const port = network.connection?.value.port ?? sshdPorts(sshd?.value ?? new Map())[0] ?? 22;
    const evidence = [
      excerptOf(sockets, port),
      ...(sshd === null ? [] : [excerpt(sshd, ['port', 'listenaddress'])]),
    ];
    if (hostOnly === null) return after('host-only-static', { evidence });
    const wanted = hostOnly.address;
    const addresses = addressesOf(listenersOn(sockets.value, port));
    if (addresses.length === 0) return fail({ code: 'not-listening', port }, { evidence });
    if (addresses.every((address) => address === wanted)) {
      return pass({ code: 'sshd-only-on', address: wanted, port }, { evidence });
    }
    const set = sshd === null ? [] : sshdAddresses(sshd.value);
    const restartPending = set.length > 0 && set.every((address) => address === wanted);
    const write = `printf 'ListenAddress ${wanted}\\n' | sudo tee /etc/ssh/sshd_config.d/00-listen.conf`;
    return fail(
      { code: 'sshd-elsewhere', addresses, wanted, restartPending },
      {
        evidence,
        ...fixable(...(restartPending ? [] : [write]), 'sudo sshd -t && sudo systemctl restart sshd'),
      },
    );
  },
});

const serviceBridgeOnly = defineCheck({
  id: 'service-bridge-only',
  group: 'host',
  needs: ['sockets', 'cards'],
  wants: ['routes', 'connection'],
  judge({ sockets, ...network }, { expected, port, unit }) {
    const evidence = [excerptOf(sockets, port)];
    const { bridge } = roles(network, expected);
    const addresses = addressesOf(listenersOn(sockets.value, port));
    if (addresses.length === 0) return after('listens', { evidence });
    if (bridge === null) return after('bridge-card', { evidence });
    const wanted = bridge.address;
    if (addresses.every((address) => address === wanted)) {
      return pass({ code: 'service-only-on', address: wanted, port }, { evidence });
    }
    const command = `sudo systemctl edit --full ${shellWord(unit.replace(/\.service$/, ''))}    # --listen ${wanted}`;
    return fail({ code: 'service-elsewhere', addresses, port, wanted }, { evidence, ...byHand(command) });
  },
});

/** Something open in a zone that nobody listens behind. */
export interface Needless {
  readonly zone: string;
  readonly kind: 'service' | 'port';
  /** `cockpit`, or `8080/tcp`. */
  readonly name: string;
  readonly runtime: boolean;
  readonly permanent: boolean;
}

/**
 * What is open though nobody listens behind it, but for the service's own port, which the unit opens, and
 * sshd's, which is never closed.
 */
export function needlessOf(
  firewall: FirewallFacts,
  services: ReadonlyMap<string, readonly string[]>,
  sockets: readonly Socket[],
  keep: readonly number[],
): { readonly needless: readonly Needless[]; readonly needed: readonly string[] } {
  const needless: Needless[] = [];
  const needed = new Set<string>();
  const used = (spec: string): boolean => isKept(spec, keep) || listensBehind(spec, sockets);
  for (const { name: zone, runtime, permanent } of firewall.zones) {
    const specs = (settings: typeof runtime): readonly string[] =>
      settings?.ports.map(({ port, protocol }) => `${port}/${protocol}`) ?? [];
    const sort = (kind: Needless['kind'], now: readonly string[], later: readonly string[]): void => {
      for (const name of new Set([...now, ...later])) {
        // A service that we know nothing of is not called needless.
        const ports = kind === 'port' ? [name] : services.get(name);
        if (name === 'ssh' || ports === undefined || ports.some(used)) needed.add(name);
        else
          needless.push({ zone, kind, name, runtime: now.includes(name), permanent: later.includes(name) });
      }
    };
    sort('service', runtime?.services ?? [], permanent?.services ?? []);
    sort('port', specs(runtime), specs(permanent));
  }
  return { needless, needed: [...needed] };
}

function isKept(spec: string, keep: readonly number[]): boolean {
  return keep.some((port) => spec === `${port}/tcp`);
}

function listensBehind(spec: string, sockets: readonly Socket[]): boolean {
  const match = /^(\d+)(?:-(\d+))?\/(\w+)$/.exec(spec);
  if (match?.[1] === undefined) return false;
  const low = Number(match[1]);
  const high = Number(match[2] ?? low);
  return sockets.some(
    ({ port, protocol, address }) =>
      protocol === match[3] && port >= low && port <= high && !isLoopback(address),
  );
}

/**
 * What lets more in than anybody listens behind: ranges of ports that somebody listens behind in part, and
 * zones of a card that accept everything whatever their list says (firewalld.zone(5), "target").
 */
export function tooWideOf(firewall: FirewallFacts, sockets: readonly Socket[]) {
  const ranges = new Set<string>();
  const zones: string[] = [];
  const commands: string[] = [];
  const command = (...argv: readonly string[]): void => {
    commands.push(typed(['firewall-cmd', ...argv], true));
  };
  for (const { name, interfaces, sources, target, runtime, permanent } of firewall.zones) {
    const moves = [
      ...interfaces.map((card) => `--change-interface=${card}`),
      ...sources.map((source) => `--change-source=${source}`),
    ];
    if (target === 'ACCEPT' && moves.length > 0) {
      zones.push(name);
      for (const move of moves) {
        command('--zone=public', move);
        command('--permanent', '--zone=public', move);
      }
    }
    const close = (settings: typeof runtime, ...scope: readonly string[]): void => {
      for (const { port, protocol } of settings?.ports ?? []) {
        const spec = `${port}/${protocol}`;
        const behind = wideRange(spec, sockets);
        if (behind === null) continue;
        ranges.add(spec);
        // A port that is in an open range already is not added to the list: the range goes first.
        command(...scope, `--zone=${name}`, `--remove-port=${spec}`);
        for (const one of behind) command(...scope, `--zone=${name}`, `--add-port=${one}/${protocol}`);
      }
    };
    close(runtime);
    close(permanent, '--permanent');
  }
  return { ranges: [...ranges], zones, commands };
}

/** The ports of a range that somebody listens on, where that is some of them and not all. */
function wideRange(spec: string, sockets: readonly Socket[]): readonly number[] | null {
  const match = /^(\d+)-(\d+)\/(\w+)$/.exec(spec);
  if (match === null) return null;
  const [, low = '', high = '', protocol = ''] = match;
  const behind = sockets.filter(
    (one) =>
      one.protocol === protocol &&
      one.port >= Number(low) &&
      one.port <= Number(high) &&
      !isLoopback(one.address),
  );
  const held = [...new Set(behind.map(({ port }) => port))].sort((a, b) => a - b);
  return held.length > 0 && held.length < Number(high) - Number(low) + 1 ? held : null;
}

/** The commands that close it where it is open. */
export function closeCommands(one: Needless): readonly (readonly string[])[] {
  const change = `--remove-${one.kind}=${one.name}`;
  const zone = `--zone=${one.zone}`;
  return [
    ...(one.runtime ? [['firewall-cmd', zone, change]] : []),
    ...(one.permanent ? [['firewall-cmd', '--permanent', zone, change]] : []),
  ];
}

const nothingNeedless = defineCheck({
  id: 'firewall-nothing-needless',
  group: 'host',
  needs: ['firewall', 'openServices', 'sockets'],
  wants: ['connection'],
  judge({ firewall, openServices, sockets, connection }, { port }) {
    const keep = [port, 22, connection?.value.port ?? 22];
    const found = needlessOf(firewall.value, openServices.value, sockets.value, keep);
    const evidence = [...firewall.evidence, ...sockets.evidence];
    const wide = tooWideOf(firewall.value, sockets.value);
    if (wide.ranges.length > 0 || wide.zones.length > 0) {
      // Others may come in by it, ourselves among them: it is not for us to close.
      const finding = { code: 'open-too-wide', ranges: wide.ranges, zones: wide.zones } as const;
      return fail(finding, { evidence, ...byHand(...wide.commands) });
    }
    if (found.needless.length === 0)
      return pass({ code: 'nothing-needless', open: found.needed }, { evidence });
    const open = found.needless.map((one) => one.name);
    const commands = found.needless.flatMap(closeCommands).map((argv) => typed(argv, true));
    return fail({ code: 'needless', open: [...new Set(open)] }, { evidence, ...fixable(...commands) });
  },
});

export const HOST: readonly Check[] = [bridgeCard, sshdHostOnly, serviceBridgeOnly, nothingNeedless];
