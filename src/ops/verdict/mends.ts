/** What puts a broken rung right: an action of ours where there is one, and the command one would type. */
import { isLoopback } from '../address.ts';
import type { Because } from '../firewall/maybe.ts';
import { gaveNoSign, wakingSocket } from '../start-type.ts';
import { zoneOf } from '../zone.ts';
import type { Evidence, Mend, VerdictFacts } from './ladder.ts';

function mend(action: Mend['action'], command: string | null, more: Partial<Mend> = {}): Mend {
  return { action, command, advice: null, subject: null, ...more };
}

/** null: nothing is to be mended, or it mends itself. */
export function mendFor(evidence: Evidence, facts: VerdictFacts): Mend | null {
  const found = mendOfSystem(evidence, facts);
  if (found === null || found.command === null || facts.subject.manager !== 'user') return found;
  return { ...found, command: asUser(found.command) };
}

/** The same command to the user's own manager, which takes no sudo. */
function asUser(command: string): string {
  return command
    .replaceAll('sudo systemctl ', 'systemctl --user ')
    .replace('sudo systemd-analyze ', 'systemd-analyze --user ')
    .replace('journalctl -u ', 'journalctl --user-unit ');
}

function mendOfSystem(evidence: Evidence, facts: VerdictFacts): Mend | null {
  const unit = shellWord(facts.subject.unit.replace(/\.service$/, ''));
  switch (evidence.code) {
    case 'link-lost':
      return mend('reconnect', null, { advice: 'retrying' });
    case 'unit-missing':
      return mend(null, 'sudo systemctl daemon-reload', {
        advice: 'write-unit',
        subject: facts.subject.unit,
      });
    case 'unit-masked':
      return mend(null, `sudo systemctl unmask ${unit}`);
    case 'unit-bad':
      return mend(
        null,
        `sudo systemd-analyze verify ${shellWord(facts.service?.value.fragmentPath || unit)}`,
      );
    case 'unit-not-ready':
      return editUnit(unit, 'type-simple');
    case 'unit-done':
      return editUnit(unit, 'type-simple');
    case 'unit-stopped':
      return mend('start', `sudo systemctl start ${unit}`);
    case 'ended-by-us':
      // It is not dialled any more, so that a start leads somewhere.
      return evidence.effect.how === 'restarts'
        ? mend(null, null, { advice: 'serve-many' })
        : mend('start', `sudo systemctl start ${unit}`, { advice: 'serve-many' });
    case 'not-dialled':
      return evidence.why.code === 'set' ? null : mend(null, null, { advice: 'serve-many' });
    case 'answer-withheld':
      return evidence.why.code === 'ended-it'
        ? mend(null, `journalctl -u ${unit} -n 50`, { advice: 'read-journal' })
        : null;
    case 'unit-waiting-restart': {
      if (neverRan(evidence)) return editUnit(unit);
      if (signNeverCame(evidence.result, facts)) return editUnit(unit, 'type-simple');
      // One that was killed is well again by itself; one that ended in error may do so each time.
      const advice = evidence.result === 'exit-code' ? 'read-journal' : 'wait-restart';
      return mend('restart', `sudo systemctl restart ${unit}`, { advice });
    }
    case 'unit-failed':
      if (neverRan(evidence)) return editUnit(unit);
      if (signNeverCame(evidence.result, facts)) return editUnit(unit, 'type-simple');
      return gaveUp(evidence.result, facts)
        ? mend('reset-failed', `sudo systemctl reset-failed ${unit} && sudo systemctl start ${unit}`, {
            advice: 'read-journal',
          })
        : mend('start', `sudo systemctl start ${unit}`, { advice: 'read-journal' });
    case 'port-taken':
      return mend(null, `sudo ss -ltnp 'sport = :${evidence.port}'`, {
        advice: 'free-port',
        subject: String(evidence.port),
      });
    case 'unit-needs-reload':
      return mend('daemon-reload', 'sudo systemctl daemon-reload');
    case 'not-listening': {
      const socket = evidence.running || facts.service === null ? null : wakingSocket(facts.service.value);
      if (socket !== null) return mend(null, `sudo systemctl enable --now ${shellWord(socket)}`);
      return mend(null, `journalctl -u ${unit} -n 50`, { advice: 'find-port' });
    }
    case 'listening-loopback-only':
    case 'listening-elsewhere':
      return mend(null, `sudo systemctl edit --full ${unit} && sudo systemctl restart ${unit}`, {
        advice: 'listen-on',
        subject: outwardAddress(evidence.wanted, facts),
      });
    case 'firewall-closed':
      return evidence.by === undefined ? openMend(evidence) : mendOfRule(evidence, evidence.by);
    case 'firewall-permanent-only':
      return openMend(evidence);
    case 'firewall-runtime-only':
      // Open by something else than the port itself: that is to be kept, not the port added to it.
      return evidence.by === undefined
        ? mend('open-port-permanent', openPort(evidence.zone, evidence.port, true))
        : mend(null, 'sudo firewall-cmd --runtime-to-permanent');
    case 'rejected': {
      // The rung above could not be read (an ordinary user's view), or something else rejects.
      const readable = facts.firewall !== null && facts.firewall.value.refused === null;
      // firewalld lets it in: a table that is not its own may not, and one command shows them all.
      if (readable) return mend(null, 'sudo nft list ruleset', { advice: 'other-tables' });
      return mend('open-port', openPort(zoneName(facts), evidence.port, false), { advice: 'check-network' });
    }
    case 'refused':
    case 'filtered':
    case 'unreachable':
      return mend(null, null, { advice: 'check-network' });
    case 'answer-held':
      return mend(null, `sudo ss -tnp 'sport = :${facts.subject.port}'`, {
        advice: 'find-client',
        subject: `${evidence.peerAddress}:${evidence.peerPort}`,
      });
    case 'answer-mute':
      return mend('restart', `sudo systemctl restart ${unit}`, { advice: 'check-server' });
    case 'answer-wrong':
      return mend(null, null, { advice: 'check-server' });
    case 'answer-closed':
      return mend(null, `journalctl -u ${unit} -n 50`, { advice: 'read-journal' });
    default:
      return null;
  }
}

/** systemd itself could not get as far as the program: its unit file is at fault (systemd.exec(5), "Process Exit Codes"). */
function neverRan({
  result,
  exit,
}: Pick<Extract<Evidence, { code: 'unit-failed' }>, 'result' | 'exit'>): boolean {
  return result === 'exit-code' && exit?.how === 'exited' && exit.status >= 200 && exit.status <= 245;
}

function signNeverCame(result: string, { service }: VerdictFacts): boolean {
  return service !== null && gaveNoSign({ type: service.value.type, result });
}

/** As `edit --full` ends with a reload, what is left is to run it. */
function editUnit(unit: string, advice: 'edit-unit' | 'type-simple' = 'edit-unit'): Mend {
  return mend(null, `sudo systemctl edit --full ${unit} && sudo systemctl restart ${unit}`, { advice });
}

/**
 * systemd has stopped restarting it. `start-limit-hit` is said of a start by hand alone: of restarts
 * by itself the result stays that of the last run.
 */
function gaveUp(result: string, { service }: VerdictFacts): boolean {
  if (result === 'start-limit-hit') return true;
  return service !== null && service.value.restarts > 0 && service.value.restart !== 'no';
}

/** Of a unit that ends again and again: no start of it mends that, and its own words tell why. */
export function mendOfCrashes(unit: string): Mend {
  const name = shellWord(unit.replace(/\.service$/, ''));
  return mend(null, `journalctl -u ${name} -n 50`, { advice: 'read-journal' });
}

/** What the server should be told to listen on: the address asked for, or one that others can reach. */
function outwardAddress(wanted: string, { interfaces }: VerdictFacts): string {
  if (interfaces === null || interfaces.some((held) => held.address === wanted)) return wanted;
  const outward = interfaces.find((held) => !isLoopback(held.address) && !held.address.includes(':'));
  return outward?.address ?? wanted;
}

function zoneName(facts: VerdictFacts): string {
  if (facts.firewall === null) return 'public';
  const { value } = facts.firewall;
  return zoneOf(value, facts.interfaces, facts.subject.address)?.name ?? value.defaultZone;
}

function openMend({ zone, port }: { readonly zone: string; readonly port: number }): Mend {
  return mend('open-port', openPort(zone, port, false));
}

/** What takes away a rule that keeps us out; a port opened beside it would change nothing. */
function mendOfRule(
  closed: { readonly zone: string; readonly port: number },
  { code, place, detail }: Because,
) {
  const where = place === null ? '' : `--${place.kind}=${shellWord(place.name)}`;
  switch (code) {
    case 'panic':
      return mend(null, 'sudo firewall-cmd --panic-off');
    case 'direct':
      return mend(null, 'sudo firewall-cmd --direct --get-all-rules', { advice: 'direct-decides' });
    case 'rich-rule':
      return mend(null, `sudo firewall-cmd ${where} --remove-rich-rule=${shellWord(detail)}`);
    default:
      return place?.kind === 'policy'
        ? mend(null, `sudo firewall-cmd --info-policy=${shellWord(place.name)}`, {
            advice: 'policy-decides',
            subject: place.name,
          })
        : openMend(closed);
  }
}

function openPort(zone: string, port: number, permanent: boolean): string {
  const scope = permanent ? '--permanent ' : '';
  return `sudo firewall-cmd ${scope}--zone=${shellWord(zone)} --add-port=${port}/tcp`;
}

/** As it must be typed: unit and zone names are foreign, and a command is there to be copied. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
