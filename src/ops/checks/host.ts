/** Part III of the exercise: on the school's network, and nowhere else than there. */
import { rolesOf } from './cards.ts';
import { after, byHand, type Check, defineCheck, type Expected, fail, fixable, pass, warn } from './check.ts';
import type { FactValues, Sourced } from './facts.ts';
import { closeCommands, needlessOf, tooWideOf } from './needless.ts';
import { shellWord, typed } from './shell-word.ts';
import { addressesOf, listenersOn } from './sockets.ts';
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
    const { ranges, zones, rules, commands: narrowing } = wide;
    if (ranges.length + zones.length + rules.length > 0) {
      // Others may come in by it, ourselves among them: it is not for us to close.
      const finding = { code: 'open-too-wide', ranges, zones, rules } as const;
      return fail(finding, { evidence, ...byHand(...narrowing) });
    }
    if (found.needless.length === 0)
      return pass({ code: 'nothing-needless', open: found.needed }, { evidence });
    const open = found.needless.map((one) => one.name);
    const commands = found.needless.flatMap(closeCommands).map((argv) => typed(argv, true));
    return fail({ code: 'needless', open: [...new Set(open)] }, { evidence, ...fixable(...commands) });
  },
});

export const HOST: readonly Check[] = [bridgeCard, sshdHostOnly, serviceBridgeOnly, nothingNeedless];
