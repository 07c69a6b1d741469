/**
 * Rules given past firewalld's zones (firewalld.direct(5)), as far as they are of the plain kind: protocol,
 * port, addresses, interface. They are asked before any zone. With nftables a packet that they let in still
 * has to get past the zones; with iptables it is in.
 */
import type { DirectRules } from '../host.ts';
import { isWithin, spansPort } from './addresses.ts';
import { type Because, both, type Decision, decide, doubt, type Maybe, not, type Step } from './maybe.ts';
import { comesBy, familyOfPacket, isTcp, type Packet } from './packet.ts';

/** `accept`: not stopped by them. */
export function throughDirect(direct: DirectRules | null, packet: Packet): Decision {
  if (direct === null) return { verdict: 'accept', because: [] };
  const ipv = familyOfPacket(packet);
  const own = direct.rules.filter((rule) => rule.ipv === ipv).sort((a, b) => a.priority - b.priority);
  const passed = direct.passthroughs.filter((one) => one.ipv === ipv);
  const rules = [
    ...passed.map(({ args }) => passthrough(args)),
    ...own.map(({ chain, args }) => ({ chain, args, sure: true })),
  ];
  const steps = rules.flatMap(({ chain, args, sure }): readonly Step[] => {
    const because: Because = { code: 'direct', place: null, detail: args.join(' ') };
    if (!ON_THE_WAY.test(chain)) return [];
    const { holds, jump } = read(args, packet);
    const unsure = doubt('direct-unread', because.detail);
    const known = sure ? holds : both(holds, unsure);
    switch (jump) {
      case 'ACCEPT':
      case 'RETURN':
        return [{ holds: known, fate: 'accept', because }];
      case 'REJECT':
        return [{ holds: known, fate: 'reject', because }];
      case 'DROP':
        return [{ holds: known, fate: 'drop', because }];
      default:
        if (HARMLESS.has(jump)) return [];
        return (['reject', 'drop'] as const).map((fate) => ({ holds: both(holds, unsure), fate, because }));
    }
  });
  const end: Step = { holds: true, fate: 'accept', because: { code: 'direct', place: null, detail: '' } };
  return decide([...steps, end]) ?? { verdict: 'accept', because: [] };
}

const HARMLESS = new Set(['LOG', 'NFLOG', 'AUDIT', 'MARK', 'CONNMARK', 'TRACE', 'CT', '']);

/** Chains of one's own are reached by a jump, which is met as a rule of these. */
const ON_THE_WAY = /^(?:INPUT|PREROUTING)(?:_direct)?$/;

interface Passed {
  readonly chain: string;
  readonly args: readonly string[];
  /** Where it stands among the others is known. */
  readonly sure: boolean;
}

/** The words of an iptables command that adds a rule; others may have changed anything. */
function passthrough(args: readonly string[]): Passed {
  const rest = [...args];
  let chain = 'INPUT';
  let sure = false;
  for (const [index, word] of args.entries()) {
    const next = args[index + 1] ?? '';
    if (word === '-t' || word === '--table') {
      rest.splice(rest.indexOf(word), 2);
    } else if (['-A', '--append', '-I', '--insert'].includes(word)) {
      chain = next;
      sure = true;
      const numbered = /^\d+$/.test(args[index + 2] ?? '');
      rest.splice(rest.indexOf(word), numbered ? 3 : 2);
    } else if (['-N', '--new-chain'].includes(word)) {
      chain = next;
      sure = true;
    }
  }
  return { chain, args: sure ? rest : args, sure };
}

function read(args: readonly string[], packet: Packet): { readonly holds: Maybe; readonly jump: string } {
  const conditions: Maybe[] = [];
  let jump = '';
  let invert = false;
  const unsure = doubt('direct-unread', args.join(' '));
  const address = (value: string, own: string | null): Maybe =>
    own === null ? unsure : (isWithin(own, value) ?? unsure);
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    const value = args[index + 1] ?? '';
    const add = (holds: Maybe): void => {
      conditions.push(invert ? not(holds) : holds);
      invert = false;
      index += 1;
    };
    switch (word) {
      case '!':
        invert = true;
        break;
      case '-p':
      case '--protocol':
        add(isTcp(value) || value === 'all');
        break;
      case '--dport':
      case '--destination-port':
        add(spansPort(value, packet.port));
        break;
      case '--dports':
      case '--destination-ports':
        add(value.split(',').some((one) => spansPort(one, packet.port)));
        break;
      case '-s':
      case '--source':
        add(address(value, packet.clientAddress));
        break;
      case '-d':
      case '--destination':
        add(address(value, packet.hostAddress));
        break;
      case '-i':
      case '--in-interface':
        add(comesBy(value, packet));
        break;
      case '--ctstate':
      case '--state':
        add(value.split(',').includes('NEW'));
        break;
      case '--syn':
        conditions.push(!invert);
        invert = false;
        break;
      case '-j':
      case '--jump':
      case '-g':
      case '--goto':
        jump = value;
        index += 1;
        break;
      case '-m':
      case '--match':
        // What a known match asks for is among the words that follow it.
        if (!['tcp', 'multiport', 'conntrack', 'state', 'comment'].includes(value)) conditions.push(unsure);
        index += 1;
        break;
      case '--comment':
      case '--reject-with':
      case '--log-prefix':
      case '--log-level':
        index += 1;
        break;
      default:
        conditions.push(unsure);
    }
  }
  return { holds: both(...conditions), jump };
}
