/** Part I of the exercise: the app is there, it runs, and it answers. */
import { isWildcard } from '../address.ts';
import { accessTo, isPlain } from '../firewall/access.ts';
import { entriesTo } from '../firewall/entry.ts';
import type { PacketJudgement } from '../firewall/judge.ts';
import type { FirewallFacts, InterfaceAddress } from '../host.ts';
import { isAwaitingSign } from '../start-type.ts';
import { zoneOf } from '../zone.ts';
import { interfaceAddresses } from './cards.ts';
import {
  after,
  byHand,
  type Check,
  defineCheck,
  type Evidence,
  fail,
  type Judgement,
  pass,
  type Subject,
  warn,
} from './check.ts';
import type { Answer, Sourced } from './facts.ts';
import type { KeptOut } from './findings.ts';
import { withServices } from './open-services.ts';
import { shellWord } from './shell-word.ts';
import { addressesOf, listenersOn, type Socket } from './sockets.ts';

const appFiles = defineCheck({
  id: 'app-files',
  group: 'test',
  needs: ['appFile'],
  judge({ appFile: { value } }, { expected }) {
    if (value.exists) return pass({ code: 'app-there', path: value.path });
    return fail(
      { code: 'app-missing', path: value.path },
      byHand(`ls -al ${shellWord(expected.folder)}`, `sudo cp bs_server.py ${shellWord(value.path)}`),
    );
  },
});

const pythonExists = defineCheck({
  id: 'python-exists',
  group: 'test',
  needs: ['program'],
  judge({ program: { value } }) {
    return value.exists
      ? pass({ code: 'program-there', path: value.word, version: value.version })
      : fail(
          { code: 'program-missing', path: value.word },
          byHand('which python python3', 'sudo dnf install python3'),
        );
  },
});

const listens = defineCheck({
  id: 'listens',
  group: 'test',
  needs: ['sockets'],
  wants: ['service'],
  judge({ sockets, service }, { port, unit }) {
    const own = listenersOn(sockets.value, port);
    const evidence = [excerptOf(sockets, port)];
    const [first] = own;
    if (first === undefined) {
      if (service !== null && service.value.active !== 'active') return after('active', { evidence });
      const command = `journalctl -u ${shellWord(unit.replace(/\.service$/, ''))} -n 50`;
      return fail({ code: 'not-listening', port }, { evidence, ...byHand(command) });
    }
    const mainPid = service?.value.mainPid ?? 0;
    const owned = own.some((socket) => socket.pid === null || socket.pid === mainPid);
    // Until one of Type=forking has forked, systemd knows no main process of it.
    const unborn = service !== null && mainPid === 0 && isAwaitingSign(service.value);
    if (service !== null && !owned && !unborn && first.pid !== null && first.process !== null) {
      const { process, pid } = first;
      return warn({ code: 'listening-other', port, process, pid, mainPid }, { evidence });
    }
    const { process, pid } = first;
    return pass({ code: 'listening', addresses: addressesOf(own), port, process, pid }, { evidence });
  },
});

/** Of all sockets those on one port, as the command that shows just them. */
export function excerptOf(sockets: Sourced<readonly Socket[]>, port: number): Evidence {
  const lines = listenersOn(sockets.value, port).map((socket) => socket.line);
  return {
    command: `${sockets.evidence[0]?.command ?? 'ss -ltn'} | grep ':${port} '`,
    output: lines.join('\n'),
  };
}

function judgeAnswer(answer: Answer, { port }: Subject): Judgement {
  const { address } = answer;
  switch (answer.state) {
    case 'right':
      return pass({ code: 'answered', address, port, ms: answer.ms });
    case 'wrong':
      return fail({ code: 'answered-wrong', address, port, got: answer.got });
    case 'mute':
      return fail(
        { code: 'answer-mute', address, port, waitedMs: answer.waitedMs },
        byHand(`sudo ss -tnp 'sport = :${port}'`),
      );
    case 'closed':
      return fail({ code: 'answer-closed', address, port });
    case 'no-connection':
      return fail({ code: 'no-connection', address, port, status: answer.status });
  }
}

const answersFromHost = defineCheck({
  id: 'answers-from-host',
  group: 'test',
  needs: ['answerFromHost'],
  judge: ({ answerFromHost }, subject) => judgeAnswer(answerFromHost.value, subject),
});

const answersFromHere = defineCheck({
  id: 'answers-from-here',
  group: 'test',
  needs: ['answerFromHere'],
  wants: ['sockets', 'firewall', 'openServices', 'cards', 'connection'],
  judge({ answerFromHere, sockets, firewall, openServices, cards, connection }, subject) {
    const { value, evidence } = answerFromHere;
    const judged = { ...judgeAnswer(value, subject), evidence };
    if (value.state !== 'no-connection') return judged;
    if (isElsewhere(value.address, subject.port, sockets?.value ?? null)) {
      return after('service-bridge-only', { evidence });
    }
    if (firewall === null) return judged;
    const known = withServices(firewall.value, openServices);
    const interfaces = interfaceAddresses(cards?.value ?? []);
    if (isClosedToAll(value.address, subject.port, known, interfaces)) {
      return after('firewall-follows', { evidence });
    }
    const by = keptOut(value.address, subject.port, known, interfaces, connection?.value ?? null);
    if (by === null || judged.finding.code !== 'no-connection') return judged;
    return { ...judged, finding: { ...judged.finding, by }, evidence: [...evidence, ...firewall.evidence] };
  },
});

/** The service listens, and not where it is dialled. */
function isElsewhere(address: string, port: number, sockets: readonly Socket[] | null): boolean {
  const own = sockets === null ? [] : addressesOf(listenersOn(sockets, port));
  return own.length > 0 && !own.some((held) => held === address || isWildcard(held));
}

/** Which is what the item about the port itself tells. */
function isClosedToAll(
  address: string,
  port: number,
  firewall: FirewallFacts,
  interfaces: readonly InterfaceAddress[],
): boolean {
  const zone = zoneOf(firewall, interfaces, address);
  return zone !== null && entriesTo(zone, firewall, port).runtime?.open === false;
}

/** What of the firewall keeps us out though others get in; null when it does not, or it cannot be told. */
function keptOut(
  address: string,
  port: number,
  firewall: FirewallFacts,
  interfaces: readonly InterfaceAddress[],
  connection: { readonly client: string; readonly server: string } | null,
): KeptOut | null {
  // By another address of the host's the way may be another, and our own address with it.
  const way = connection?.server === address ? { from: connection.client, to: address } : null;
  const { now } = accessTo(firewall, interfaces, { address, port, way });
  const [because] = now.because;
  if (because === undefined || isPlain(now) || !isStopped(now)) return null;
  return { fate: now.verdict, because };
}

function isStopped(now: PacketJudgement): now is PacketJudgement & { readonly verdict: KeptOut['fate'] } {
  return now.verdict === 'reject' || now.verdict === 'drop';
}

export const TEST: readonly Check[] = [appFiles, pythonExists, listens, answersFromHost, answersFromHere];
