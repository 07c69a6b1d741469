/** What `check` found, in English: one sentence each. */
import type { Finding } from '../../ops/checks/findings.ts';
import type { Because } from '../../ops/firewall/maybe.ts';
import { harmless } from '../foreign.ts';
import { formats } from '../format.ts';
import { placeOf } from '../pieces.ts';
import { unseen } from './check-unseen.ts';
import { firewall } from './firewall.ts';

const { duration, latency, seconds } = formats('en');

/** Names, addresses, values and what programs said are foreign, and long ones say no more. */
const LONGEST = 200;
const said = (foreign: string) => harmless(foreign, LONGEST);
const list = (words: readonly string[]) => words.map(said).join(', ');

const STATUSES = {
  refused: 'the connection was refused',
  rejected: 'a firewall rejected the connection',
  filtered: 'nothing answered (filtered?)',
  unreachable: 'the host could not be reached there',
};

const SCOPES = { both: 'at runtime and permanently', runtime: 'at runtime', permanent: 'permanently' };

export function finding(found: Finding): string {
  switch (found.code) {
    case 'unseen':
      return unseen(found.why);
    case 'static-address':
      return `${said(found.card)} has ${said(found.address)}, set by hand`;
    case 'dynamic-address':
      return `${said(found.card)} has ${said(found.address)} from DHCP: it may change`;
    case 'no-host-only-card':
      return `no card has an address in ${said(found.network)}`;
    case 'default-route':
      return `through ${said(found.card)}${found.gateway === '' ? '' : ` by ${said(found.gateway)}`}`;
    case 'no-default-route':
      return 'there is no default route';
    case 'name-resolved':
      return `${said(found.name)} is ${said(found.address)}`;
    case 'name-unresolved':
      return `${said(found.name)} does not resolve`;
    case 'login-by-key':
      return `${said(found.user)} came in with a key`;
    case 'login-otherwise':
      return `${said(found.user)} came in by ${said(found.method)}`;
    case 'passwords-refused':
      return 'keys only';
    case 'passwords-taken':
      return `passwords still let one in: ${list(found.settings)}`;
    case 'unit-runs':
      return `${said(found.unit)} is active, and enabled for the next boot`;
    case 'unit-runs-until-boot':
      return `${said(found.unit)} is active, but not enabled: it is gone after a boot`;
    case 'unit-not-running':
      return `${said(found.unit)} is ${said(found.active)}`;
    case 'unit-not-installed':
      return `${said(found.unit)} is not installed`;
    case 'selinux-off':
      return found.absent ? 'this system has no SELinux' : 'disabled';
    case 'selinux-permissive':
      return 'permissive: it only complains, and is not disabled';
    case 'selinux-enforcing':
      return 'enforcing';
    case 'hostname-right':
      return said(found.name);
    case 'hostname-localhost':
      return `it is still localhost, not ${said(found.expected)}`;
    case 'hostname-other':
      return `it is ${said(found.name)}, not ${said(found.expected)}`;
    case 'hostname-not-kept':
      return `it is ${said(found.name)} now, but ${said(found.kept)} after a boot`;
    case 'app-there':
      return said(found.path);
    case 'app-missing':
      return `${said(found.path)} is missing`;
    case 'program-there':
      return found.version === null ? said(found.path) : `${said(found.path)}: ${said(found.version)}`;
    case 'program-missing':
      return `${said(found.path)} is missing, or cannot be run`;
    case 'listening':
      return `on ${list(found.addresses.map((address) => placeOf({ address, port: found.port })))}${
        found.process === null ? '' : ` (${said(found.process)}, PID ${found.pid})`
      }`;
    case 'listening-other':
      return `port ${found.port} is held by ${said(found.process)} (PID ${found.pid}), not by the unit (PID ${found.mainPid})`;
    case 'not-listening':
      return `nobody listens on port ${found.port}`;
    case 'answered':
      return `${said(placeOf(found))} answered 5 in ${latency(found.ms)}`;
    case 'answered-wrong':
      return `${said(placeOf(found))} answered “${said(found.got)}”, not 5`;
    case 'answer-mute':
      return `${said(placeOf(found))} takes the connection and says nothing for ${seconds(found.waitedMs)}: busy with another client?`;
    case 'answer-closed':
      return `${said(placeOf(found))} closed the connection without an answer`;
    case 'no-connection':
      return `${said(placeOf(found))}: ${STATUSES[found.status]}${found.by === undefined ? '' : ` (${firewall.keptOutBy(found.by.because, found.by.fate)})`}`;
    case 'folder-holds-app':
      return said(found.folder);
    case 'folder-missing':
      return `there is no folder ${said(found.folder)}`;
    case 'folder-empty':
      return `${said(found.folder)} is empty`;
    case 'app-outside':
      return `the unit starts ${said(found.path)}, which is not in ${said(found.folder)}`;
    case 'unit-placed':
      return said(found.path);
    case 'unit-elsewhere':
      return `it is ${said(found.path)}, not ${said(found.expected)}`;
    case 'unit-missing':
      return `there is no ${said(found.path)}`;
    case 'unit-masked':
      return `it is masked: ${said(found.path)} is a link to /dev/null, or empty`;
    case 'owner-mode-right':
      return `${said(found.owner)} ${said(found.mode)}`;
    case 'owner-mode-wrong':
      return `it is ${said(found.owner)} ${said(found.mode)}, not root:root 644`;
    case 'paths-absolute':
      return found.count === 1 ? 'one command' : `all ${found.count} commands`;
    case 'paths-relative':
      return `no full path: ${list(found.lines.map(({ key, word }) => `${key}=${word}`))}`;
    case 'no-exec-start':
      return 'the unit has no ExecStart=';
    case 'restart-right':
      return `Restart=${said(found.value)}`;
    case 'restart-missing':
      return 'there is no Restart=: systemd leaves it dead';
    case 'restart-unknown':
      return `Restart=${said(found.value)} is no value that systemd knows: it ignores the line`;
    case 'restart-not-any-failure':
      return `Restart=${said(found.value)} does not restart after every failure`;
    case 'restart-sec-right':
      return `RestartSec= is ${found.ms / 1000} s`;
    case 'restart-sec-missing':
      return `there is no RestartSec=: systemd waits 0.1 s, not ${found.expectedMs / 1000} s`;
    case 'restart-sec-wrong':
      return `RestartSec=${said(found.value)}, not ${found.expectedMs / 1000} s`;
    case 'start-opens':
      return `${found.port}/tcp, at runtime and permanently`;
    case 'start-does-not-open':
      return `the start leaves ${found.port}/tcp closed ${SCOPES[found.missing]}`;
    case 'stop-closes':
      return `${found.port}/tcp, at runtime and permanently`;
    case 'stop-closes-elsewhere':
      return `${found.port}/tcp is closed in the zone ${said(found.zone)}, but was opened in ${said(found.opened)}: it stays open`;
    case 'stop-does-not-close':
      return found.onlyExecStop
        ? `only ExecStop= closes ${found.port}/tcp, which a crash does not run`
        : `the stop leaves ${found.port}/tcp open ${SCOPES[found.left]}`;
    case 'wrong-zone':
      return `${found.port}/tcp is opened in the zone ${said(found.zone)}, but ${said(found.card)} is in ${said(found.expected)}`;
    case 'reload-not-pending':
      return 'systemd has read the unit as it is';
    case 'reload-pending':
      return 'the unit was edited since systemd read it: the old one still counts';
    case 'enabled':
      return 'enabled';
    case 'not-enabled':
      return `it is ${found.state === '' ? 'not enabled' : said(found.state)}: not started at boot`;
    case 'no-install-section':
      return 'the unit has no [Install] section: it cannot be enabled';
    case 'active':
      return found.pid === 0 ? 'active' : `PID ${found.pid}`;
    case 'no-ready-sign':
      return `${said(found.active)} (${said(found.sub)}): with Type=${said(found.type)} systemd waits for a sign that this server does not give`;
    case 'not-active':
      return `${said(found.active)} (${said(found.sub)})${found.result === 'success' || found.result === '' ? '' : `: ${said(found.result)}`}`;
    case 'follows':
      return `stopped, ${found.port}/tcp was closed; started, it was open`;
    case 'drifted':
      return drifted(found);
    case 'stays-open':
      return `the service was stopped, and ${found.port}/tcp stayed open in ${said(found.zone)}${reason(found.by)}`;
    case 'stays-closed':
      return `the service was started, and ${found.port}/tcp stayed closed in ${said(found.zone)}${reason(found.by)}`;
    case 'did-not-start':
      return `stopped for the proof, it did not start again: ${said(found.detail)}`;
    case 'did-not-stop':
      return `it could not be stopped: ${said(found.detail)}`;
    case 'api-answers':
      return `${said(found.version)} on port ${found.port}`;
    case 'api-silent':
      return `nothing answers on port ${found.port} of the host`;
    case 'port-watched':
      return said(found.chart);
    case 'port-watched-down':
      return `${said(found.chart)} says that the port is down, though the service runs: does it check the right address?`;
    case 'port-not-watched':
      return `no chart of Netdata's checks port ${found.port}`;
    case 'alarm-fires':
      return `${said(found.alarm)}, ${duration(found.withinMs)} after the port is lost`;
    case 'alarm-slow':
      return `${said(found.alarm)} takes ${duration(found.withinMs)}: longer than a minute`;
    case 'alarm-silent':
      return `${said(found.alarm)} tells nobody`;
    case 'alarm-missing':
      return `there is none on ${said(found.chart)}`;
    case 'discord-on':
      return `by ${said(found.webhook)}`;
    case 'discord-off':
      return `SEND_DISCORD is not YES in ${said(found.file)}`;
    case 'discord-no-webhook':
      return `${said(found.file)} names no webhook`;
    case 'discord-bad-webhook':
      return `the webhook in ${said(found.file)} is no address of a Discord webhook`;
    case 'discord-no-recipient':
      return `DEFAULT_RECIPIENT_DISCORD is empty in ${said(found.file)}`;
    case 'bridge':
      return `${said(found.card)} has ${said(found.address)}`;
    case 'bridge-beside-nat':
      return `${said(found.card)} has ${said(found.address)}, but the NAT card ${said(found.nat)} is still there`;
    case 'no-bridge':
      return found.nat === null
        ? 'there is no card besides the host-only one'
        : `${said(found.nat)} is a NAT card: nobody outside can reach it`;
    case 'sshd-only-on':
      return `${said(placeOf(found))}`;
    case 'sshd-elsewhere':
      return found.restartPending
        ? `set to ${said(found.wanted)}, but not restarted: it still listens on ${list(found.addresses)}`
        : `it listens on ${list(found.addresses)}, not on ${said(found.wanted)} alone`;
    case 'service-only-on':
      return `${said(placeOf(found))}`;
    case 'service-elsewhere':
      return `it listens on ${list(found.addresses)}, not on ${said(found.wanted)} alone`;
    case 'nothing-needless':
      return found.open.length === 0 ? 'nothing is open' : `open and needed: ${list(found.open)}`;
    case 'needless':
      return `open, and nobody listens behind: ${list(found.open)}`;
    case 'open-too-wide':
      return [
        ...found.ranges.map((range) => `of ${said(range)} most is open for nobody`),
        ...found.zones.map((zone) => `the zone ${said(zone)} lets everything in`),
        ...found.rules.map((rule) => `${said(rule)} opens every port`),
      ].join(', ');
    case 'serves-many':
      return 'accept() is reached again, or is not there';
    case 'serves-one':
      return `line ${found.line} accepts once: it serves one client and leaves, and any TCP check, Netdata’s too, is that client${found.restarts ? ' (Restart=always brings it back)' : ''}`;
    case 'no-eval':
      return 'none is called';
    case 'evaluates-input':
      return `line ${found.lines.join(', ')}: whoever connects can run any Python on the host`;
    case 'own-user':
      return `it runs as ${said(found.user)}`;
    case 'root-user':
      return 'it runs as root: a hole in it is a hole in the whole host';
    case 'thread-fine':
      return 'none was seen';
    case 'thread-dies':
      return `line ${found.line} reads ${said(found.name)} before the first client has set it: the thread dies, loudly, after a minute`;
    case 'log-folders-there':
      return list(found.folders);
    case 'no-log-folder':
      return 'it writes no log of its own';
    case 'log-folder-missing':
      return `${said(found.folder)} is missing: the server may die at its start`;
    case 'output-immediate':
      return 'nothing is held back';
    case 'output-buffered':
      return `line ${found.lines.join(', ')}: print() waits in Python's buffer until it is full`;
  }
}

function drifted(found: Extract<Finding, { code: 'drifted' }>): string {
  const where = `${found.port}/tcp in ${said(found.zone)}`;
  const scope = scopeOf(found.runtime !== found.running, found.permanent !== found.running);
  return found.running
    ? `the service runs, and ${where} is closed ${SCOPES[scope]}${reason(found.by)}`
    : `the service does not run, and ${where} is open ${SCOPES[scope]}${reason(found.by)}`;
}

/** What opens it beside its own entry in the list, or keeps it out in spite of it. */
function reason(by: Because | undefined): string {
  return by === undefined ? '' : ` (${firewall.by(by)})`;
}

function scopeOf(runtime: boolean, permanent: boolean): keyof typeof SCOPES {
  if (runtime && permanent) return 'both';
  return runtime ? 'runtime' : 'permanent';
}
