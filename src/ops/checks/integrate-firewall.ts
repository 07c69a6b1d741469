/** Part II.6 of the exercise: the unit's own lines open the port when it starts and close it when it stops. */
import type { FirewallFacts } from '../host.ts';
import { zoneOf } from '../zone.ts';
import { type Card, interfaceAddresses } from './cards.ts';
import {
  byHand,
  type Check,
  defineCheck,
  fail,
  fixable,
  type Judgement,
  pass,
  type Subject,
} from './check.ts';
import { CLOSED, OPEN, type Played, type PortState, play } from './firewall-lines.ts';
import { shellWord } from './shell-word.ts';
import { commandsOf, type ExecCommand, type UnitFile } from './unit-file.ts';
import { lineEvidence } from './unit-lines.ts';

/** What is still to be done in one scope or both; null when nothing is. */
function scopes(runtime: boolean, permanent: boolean): 'both' | 'runtime' | 'permanent' | null {
  if (runtime && permanent) return 'both';
  if (runtime) return 'runtime';
  return permanent ? 'permanent' : null;
}

export interface GuardingZone {
  readonly zone: string;
  readonly card: string;
  readonly defaultZone: string;
}

/** The zone of the card that the service listens on; null when firewalld or the cards could not be seen. */
export function guardingZone(
  firewall: FirewallFacts | null,
  cards: readonly Card[] | null,
  address: string | null,
): GuardingZone | null {
  if (firewall === null || cards === null || address === null) return null;
  const card = cards.find((one) => one.addresses.some((held) => held.address === address));
  const zone = zoneOf(firewall, interfaceAddresses(cards), address);
  if (card === undefined || zone === null) return null;
  return { zone: zone.name, card: card.name, defaultZone: firewall.defaultZone };
}

/** The lines open or close the port in a zone that does not guard the service. */
function wrongZone(zones: readonly string[], guard: GuardingZone | null, port: number) {
  if (guard === null) return null;
  const used = zones.length === 0 ? [guard.defaultZone] : zones;
  const [zone = guard.defaultZone] = used;
  if (used.includes(guard.zone)) return null;
  return { code: 'wrong-zone', port, zone, expected: guard.zone, card: guard.card } as const;
}

function startCommands(unit: UnitFile): readonly ExecCommand[] {
  return [...commandsOf(unit, 'ExecStartPre'), ...commandsOf(unit, 'ExecStartPost')];
}

/**
 * The stop closes the port in another zone than the start opens it in, which so stays open.
 * @param defaultZone null when it is not known: then a zone with a name is not told from it
 */
function closedElsewhere(opened: Played, closed: Played, defaultZone: string | null) {
  if (!opened.port.runtime && !opened.port.permanent) return null;
  const zoneOf = ({ zones }: Played): string | null => zones[0] ?? defaultZone;
  const [from, to] = [zoneOf(opened), zoneOf(closed)];
  if (from === null || to === null || from === to) return null;
  return { zone: to, opened: from };
}

function firewallMend(subject: Subject, key: FirewallKey) {
  return fixable(
    `sudo systemctl edit --full ${shellWord(subject.unit.replace(/\.service$/, ''))}`,
    ...firewallLines(subject.port, key).map((line) => `# ${line}`),
  );
}

export type FirewallKey = 'ExecStartPre' | 'ExecStopPost';

/**
 * The lines that open or close the port in both scopes. Each by itself and without `--reload`, which would
 * take away what others have opened at runtime alone.
 * @param prefix `+` where the unit has a user of its own, who may not (systemd.service(5))
 */
export function firewallLines(port: number, key: FirewallKey, prefix = '', zone = ''): readonly string[] {
  const verb = key === 'ExecStartPre' ? 'add' : 'remove';
  const where = zone === '' ? '' : ` --zone=${zone}`;
  const program = `${key}=${prefix}/usr/bin/firewall-cmd`;
  return [
    `${program}${where} --${verb}-port=${port}/tcp`,
    `${program} --permanent${where} --${verb}-port=${port}/tcp`,
  ];
}

const opensOnStart = defineCheck({
  id: 'firewall-open-on-start',
  group: 'integrate',
  needs: ['unitFile'],
  wants: ['firewall', 'cards', 'listenAddress', 'openServices'],
  judge({ unitFile: { value }, firewall, cards, listenAddress, openServices }, subject): Judgement {
    const { port } = subject;
    const evidence = lineEvidence(value, '^ExecStart(Pre|Post)=');
    const stage = { port, services: openServices?.value ?? new Map() };
    const played = play(startCommands(value), stage, CLOSED);
    const missing = scopes(!played.port.runtime, !played.port.permanent);
    if (missing !== null) {
      const mend = firewallMend(subject, 'ExecStartPre');
      return fail({ code: 'start-does-not-open', port, missing }, { evidence, ...mend });
    }
    const guard = guardingZone(firewall?.value ?? null, cards?.value ?? null, listenAddress?.value ?? null);
    const wrong = wrongZone(played.zones, guard, port);
    if (wrong !== null) return fail(wrong, { evidence, ...byHand(`firewall-cmd --get-active-zones`) });
    return pass({ code: 'start-opens', port, zone: played.zones[0] ?? guard?.zone ?? '' }, { evidence });
  },
});

const closesOnStop = defineCheck({
  id: 'firewall-close-on-stop',
  group: 'integrate',
  needs: ['unitFile'],
  wants: ['firewall', 'openServices'],
  judge({ unitFile: { value }, firewall, openServices }, subject) {
    const { port } = subject;
    const evidence = lineEvidence(value, '^ExecStop(Post)?=');
    const stage = { port, services: openServices?.value ?? new Map() };
    const opened = play(startCommands(value), stage, CLOSED);
    // What the start opens has to go; in a scope where it opens nothing, the port itself.
    const from = {
      runtime: opened.port.runtime ? opened.openings.runtime : OPEN.runtime,
      permanent: opened.port.permanent ? opened.openings.permanent : OPEN.permanent,
    };
    const played = play(commandsOf(value, 'ExecStopPost'), stage, from);
    const left = scopes(played.port.runtime, played.port.permanent);
    if (left === null) {
      const elsewhere = closedElsewhere(opened, played, firewall?.value.defaultZone ?? null);
      if (elsewhere !== null) {
        const whole = [...lineEvidence(value, '^ExecStart(Pre|Post)='), ...evidence];
        const mend = byHand(
          `sudo systemctl edit --full ${shellWord(subject.unit.replace(/\.service$/, ''))}`,
        );
        return fail({ code: 'stop-closes-elsewhere', port, ...elsewhere }, { evidence: whole, ...mend });
      }
      return pass({ code: 'stop-closes', port, zone: played.zones[0] ?? '' }, { evidence });
    }
    const byStop: PortState = play(commandsOf(value, 'ExecStop'), stage, from).port;
    const onlyExecStop = !byStop.runtime && !byStop.permanent;
    const mend = firewallMend(subject, 'ExecStopPost');
    return fail({ code: 'stop-does-not-close', port, left, onlyExecStop }, { evidence, ...mend });
  },
});

export const FIREWALL_LINES: readonly Check[] = [opensOnStart, closesOnStop];
