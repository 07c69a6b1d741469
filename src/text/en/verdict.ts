/** The layer verdict in English: each rung's name, what was seen, and what puts it right. */
import type { Dialect } from '../../calc/dialect.ts';
import type { ServiceFacts } from '../../ops/host.ts';
import type { Evidence, Mend, RungId, RungState, Verdict } from '../../ops/verdict/ladder.ts';
import { harmless } from '../foreign.ts';
import { formats } from '../format.ts';
import { placeOf } from '../pieces.ts';
import { caution } from './caution.ts';
import { firewall } from './firewall.ts';

const { latency, seconds, duration } = formats('en');

/** Units, addresses, replies and the host's own words are foreign, and long ones say no more. */
const LONGEST = 200;
const said = (foreign: string) => harmless(foreign, LONGEST);
const because = (detail: string) => (detail === '' ? '' : ` (${said(detail)})`);

/** How it is spoken to, where that is not the exercise's own way. */
function spoken(dialect: Dialect | null): string {
  switch (dialect) {
    case 'line':
      return ', in lines';
    case 'greeting':
      return ', after a greeting';
    case 'several':
      return ', all on one connection';
    case 'bare':
    case null:
      return '';
  }
}

const RUNG_NAMES: Record<RungId, string> = {
  link: 'Link',
  unit: 'Unit',
  listener: 'Listener',
  firewall: 'Firewall',
  network: 'Network',
  answer: 'Answer',
};

const STATES: Record<RungState, string> = {
  ok: 'ok',
  warning: 'warning',
  broken: 'broken',
  unknown: 'not known',
  skipped: 'skipped',
};

/** A result of systemd's, as systemctl(1) has it, said in words where there are some. */
function result(code: string): string {
  switch (code) {
    case 'signal':
      return 'killed by a signal';
    case 'exit-code':
      return 'it ended with an error';
    case 'core-dump':
      return 'it crashed';
    case 'timeout':
      return 'it took too long';
    case 'start-limit-hit':
      return 'started too often in a short time';
    case 'oom-kill':
      return 'killed for want of memory';
    default:
      return said(code);
  }
}

/** What kept systemd from running it (systemd.exec(5), “Process Exit Codes”); null when it ran. */
function neverRan(status: number): string | null {
  switch (status) {
    case 200:
      return 'its WorkingDirectory= cannot be entered';
    case 203:
      return 'the program of ExecStart= cannot be run';
    case 216:
    case 217:
      return 'its User= or Group= does not exist';
    default:
      return status > 200 && status <= 245 ? 'systemd could not set it up' : null;
  }
}

function ended(code: string, exit: ServiceFacts['exit']): string {
  if (code !== 'exit-code' || exit?.how !== 'exited') return result(code);
  return `${neverRan(exit.status) ?? result(code)} (exit ${exit.status})`;
}

function unitFailed(evidence: Extract<Evidence, { code: 'unit-failed' }>): string {
  const { exit } = evidence;
  const why = (exit?.how === 'exited' ? neverRan(exit.status) : null) ?? result(evidence.result);
  if (exit === null || evidence.result === 'start-limit-hit') return `failed: ${why}`;
  // What ended the main process is not always what failed: a command before or after it may have.
  if ((exit.how === 'exited') !== (evidence.result === 'exit-code')) return `failed: ${why}`;
  return exit.how === 'exited'
    ? `failed: ${why} (exit ${exit.status})`
    : `failed: ${why} (signal ${exit.status})`;
}

/** The sign that ends a start, by `Type=` (systemd.service(5)). */
function awaited(type: string): string {
  switch (type) {
    case 'forking':
      return 'for it to fork and leave';
    case 'oneshot':
      return 'for it to end';
    case 'dbus':
      return 'for its name on the bus';
    default:
      return 'for its READY=1';
  }
}

type Rested = { readonly assumed?: string };
const assuming = ({ assumed }: Rested) => (assumed === undefined ? '' : firewall.assuming(assumed));

function opened(seen: Extract<Evidence, { code: 'firewall-open' }>): string {
  const how = seen.by === undefined ? `in zone ${said(seen.zone)}` : `by ${firewall.by(seen.by)}`;
  return `${seen.port}/tcp open ${how}${assuming(seen)}`;
}

function closed(seen: Extract<Evidence, { code: 'firewall-closed' }>): string {
  if (seen.by === undefined) return `${seen.port}/tcp closed in zone ${said(seen.zone)}${assuming(seen)}`;
  return `${seen.port}/tcp ${firewall.keptOutBy(seen.by, seen.fate ?? 'reject')}${assuming(seen)}`;
}

/** The sentence about one rung. `nowMono` is the monotonic time at which it is read. */
function evidence(seen: Evidence, nowMono: number): string {
  switch (seen.code) {
    case 'link-live':
      return seen.roundTripMs === null ? 'live' : `live, ${latency(seen.roundTripMs)}`;
    case 'link-lost':
      return `link lost ${duration(nowMono - seen.sinceMono)} ago${because(seen.detail)}`;
    case 'link-connecting':
      return 'connecting';
    case 'unit-running':
      return seen.pid === 0 ? 'active' : `running, PID ${seen.pid}`;
    case 'unit-missing':
      return `the host has no unit ${said(seen.unit)}`;
    case 'unit-masked':
      return `${said(seen.unit)} is masked: it cannot be started`;
    case 'unit-bad':
      return `systemd cannot use the file of ${said(seen.unit)} (${said(seen.load)})`;
    case 'unit-stopped':
      return 'stopped';
    case 'unit-asleep':
      return `asleep: ${said(seen.socket)} starts it at the first connection`;
    case 'unit-done':
      return 'it ran to its end without a fault, and stays down: Type=oneshot is for what ends';
    case 'unit-starting':
      return `starting (${said(seen.sub)})`;
    case 'unit-not-ready':
      return `it listens, but systemd still waits ${awaited(seen.type)} (Type=${said(seen.type)})`;
    case 'unit-stopping':
      return `stopping (${said(seen.sub)})`;
    case 'unit-waiting-restart': {
      const leftMs = seen.restartAtMono === null ? 0 : seen.restartAtMono - nowMono;
      // “in 0.0 s” says no more than that it does.
      const when = leftMs < 50 ? '' : ` in ${seconds(leftMs)}`;
      return `down: ${ended(seen.result, seen.exit)}; systemd restarts it${when}`;
    }
    case 'unit-failed':
      return unitFailed(seen);
    case 'unit-needs-reload':
      return 'its file changed on disk: systemd still goes by the old one';
    case 'listening':
      return `listening on ${said(placeOf(seen))}`;
    case 'not-listening':
      return `${seen.running ? 'running, but ' : ''}nothing listens on port ${seen.port}`;
    case 'not-listening-yet':
      return `not listening on port ${seen.port} yet`;
    case 'listening-loopback-only':
      return `listening on ${said(seen.address)} only: nobody outside can reach it`;
    case 'listening-elsewhere':
      return `listening on ${seen.addresses.map(said).join(', ')}, not on ${said(seen.wanted)}`;
    case 'port-taken':
      return `something else already listens on port ${seen.port}`;
    case 'listeners-unreadable':
      return 'the sockets of the host cannot be read';
    case 'firewall-open':
      return opened(seen);
    case 'firewall-off':
      return 'firewalld is not running: it closes nothing';
    case 'firewall-closed':
      return closed(seen);
    case 'firewall-unsure':
      return `whether ${seen.port}/tcp is let in cannot be told: ${firewall.doubt(seen.why)}`;
    case 'firewall-runtime-only':
      return `${seen.port}/tcp open now but not permanently: a reload or reboot closes it`;
    case 'firewall-permanent-only':
      return `${seen.port}/tcp open permanently but not now: firewalld has not taken it over`;
    case 'firewall-unreadable':
      return `the ports of the firewall cannot be read${because(seen.detail)}`;
    case 'connects':
      return `connects from here in ${latency(seen.ms)}`;
    case 'refused':
      return `${said(placeOf(seen))} refuses connections from here`;
    case 'rejected':
      return `a firewall rejects ${said(placeOf(seen))} from here`;
    case 'filtered':
      return `${said(placeOf(seen))} does not answer from here: dropped on the way`;
    case 'unreachable':
      return `no way from here to ${said(seen.address)}`;
    case 'not-dialled':
      return caution.notDialled(seen.why);
    case 'others-connect':
      return `${said(seen.peerAddress)} is connected; ${caution.notDialled(seen.why)}`;
    case 'ended-by-us':
      return caution.effect(seen.effect, seen.servesOne);
    case 'answer-withheld':
      return caution.notAsked(seen.why);
    case 'answer-right':
      return `answers rightly in ${latency(seen.ms)}${spoken(seen.dialect)}`;
    case 'answer-wrong':
      return `${seen.expression} gives ${said(seen.got) || 'nothing'}, not ${seen.expected}`;
    case 'answer-mute':
      return `accepts but does not answer (waited ${seconds(seen.waitedMs)})`;
    case 'answer-held':
      return `held by another client, ${said(seen.peerAddress)}:${seen.peerPort}`;
    case 'answer-closed':
      return 'closes without an answer';
    case 'answer-not-asked':
      return 'not asked: not the calculator';
    case 'not-looked':
      return 'not known yet';
  }
}

function advice(mend: Mend): string | null {
  const subject = said(mend.subject ?? '');
  switch (mend.advice) {
    case 'wait-restart':
      return 'wait for systemd, or start it now';
    case 'read-journal':
      return 'read its journal for the reason';
    case 'listen-on':
      return `start it with the address ${subject}`;
    case 'find-client':
      return `the client ${subject} must leave first: one at a time`;
    case 'check-network':
      return 'look at what lies between: address, route, other firewalls';
    case 'check-server':
      return 'the fault is in the server itself: look at its program';
    case 'retrying':
      return 'trying again by itself';
    case 'write-unit':
      return `write /etc/systemd/system/${subject} (or give the right --unit), then`;
    case 'find-port':
      return 'read its journal for the reason, or give the right --port';
    case 'edit-unit':
      return 'correct its unit file';
    case 'type-simple':
      return 'a server that stays in the foreground wants Type=simple';
    case 'free-port':
      return `port ${subject} is taken: stop what holds it first`;
    case 'serve-many':
      return caution.mend;
    case 'policy-decides':
      return `policy ${subject} decides before the zone, or after it: change it, or ask who keeps it`;
    case 'direct-decides':
      return 'a rule past the zones decides: remove it where it was made';
    case 'other-tables':
      return 'firewalld lets it in: look for a table that is not its own, on the host or on the way';
    case null:
      return null;
  }
}

export const verdict = {
  title: 'Verdict',
  rung: (id: RungId): string => RUNG_NAMES[id],
  state: (state: RungState): string => STATES[state],
  evidence,
  /** What puts it right: the advice, the command, or both. */
  mend(mend: Mend): string {
    const parts = [advice(mend), mend.command === null ? null : said(mend.command)];
    return parts.filter((part) => part !== null).join(': ');
  },
  advice,
  /** The verdict in one short line. */
  headline(judged: Verdict, nowMono: number): string {
    const faulty = judged.rungs.find((rung) => rung.id === (judged.broken ?? judged.warning));
    if (faulty === undefined && judged.untried !== null) return caution.notDialled(judged.untried);
    if (faulty === undefined) return judged.reachable ? 'reachable from here' : 'looking';
    const sentence = evidence(faulty.evidence, nowMono);
    return judged.broken === null && judged.reachable ? `reachable, but: ${sentence}` : sentence;
  },
};
