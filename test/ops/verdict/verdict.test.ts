import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNRESTRAINED } from '../../../src/ops/caution/restraint.ts';
import type { AnswerCheck, ProbeFacts, ProbeStatus } from '../../../src/ops/probe/facts.ts';
import { RUNGS, type RungId, type RungState, type VerdictFacts } from '../../../src/ops/verdict/ladder.ts';
import { judge } from '../../../src/ops/verdict/verdict.ts';
import { FIREWALL_OPEN, firewallWith, INTERFACES, LISTENING, RUNNING } from '../../support/fake-host.ts';

const NOW = 100_000;

function probe(status: ProbeStatus | null, answer: AnswerCheck | null, atMono = NOW): ProbeFacts {
  const ms = status === 'open' ? 0.4 : null;
  return {
    address: '10.5.1.2',
    port: 13337,
    samples: status === null ? [] : [{ atMono, atWall: 0, status, ms }],
    p50: ms,
    p95: ms,
    max: ms,
    loss: ms === null ? 1 : 0,
    outages: [],
    answer,
    paused: null,
    restraints: UNRESTRAINED,
    effect: null,
    looked: null,
  };
}

const RIGHT: AnswerCheck = { state: 'right', ms: 0.8, dialect: 'bare', atMono: NOW };

const WELL: VerdictFacts = {
  subject: { unit: 'calculatrice.service', port: 13337, address: '10.5.1.2', asksAnswers: true },
  link: { state: 'live', roundTripMs: 0.8 },
  service: { value: RUNNING, atMono: 10 },
  serviceFailure: null,
  listeners: { value: LISTENING, atMono: 20 },
  listenersFailure: null,
  listenersSettling: false,
  changedMono: 20,
  interfaces: INTERFACES,
  firewall: { value: FIREWALL_OPEN, atMono: 10 },
  firewallFailure: null,
  probe: probe('open', RIGHT),
};

function listeningOn(...addresses: readonly string[]): VerdictFacts['listeners'] {
  const listeners = addresses.map((address) => ({ address, port: 13337, waiting: 0 }));
  return { value: { listeners, clients: [] }, atMono: 20 };
}

function unit(patch: Partial<typeof RUNNING>): Pick<VerdictFacts, 'service'> {
  return { service: { value: { ...RUNNING, ...patch }, atMono: 10 } };
}

const WAITING = { active: 'activating', sub: 'auto-restart', mainPid: 0, result: 'exit-code' } as const;
const CLOSED = { value: firewallWith([], []), atMono: 10 };
const NOBODY = { listeners: listeningOn(), firewall: CLOSED, probe: probe('rejected', null) };
const ADMIN_ONLY = { code: 'not-permitted', action: 'info', detail: 'Not Authorized(polkit)' } as const;

interface Case {
  readonly name: string;
  readonly facts: Partial<VerdictFacts>;
  readonly broken: RungId | null;
  readonly warning?: RungId;
  readonly evidence?: string;
  readonly command?: string | null;
  readonly action?: string | null;
  readonly advice?: string;
  readonly subject?: string;
  readonly reachable?: boolean;
  readonly states: readonly RungState[];
}

const ok = 'ok';
const skipped = 'skipped';
const broken = 'broken';
const unknown = 'unknown';
const warning = 'warning';

const CASES: readonly Case[] = [
  { name: 'all well', facts: {}, broken: null, reachable: true, states: [ok, ok, ok, ok, ok, ok] },
  {
    name: 'unit stopped, its port closed with it',
    facts: { ...unit({ active: 'inactive', sub: 'dead', mainPid: 0 }), ...NOBODY },
    broken: 'unit',
    evidence: 'unit-stopped',
    action: 'start',
    command: 'sudo systemctl start calculatrice',
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'the user’s own unit stopped',
    facts: {
      ...unit({ active: 'inactive', sub: 'dead', mainPid: 0 }),
      ...NOBODY,
      subject: { ...WELL.subject, manager: 'user' },
    },
    broken: 'unit',
    action: 'start',
    command: 'systemctl --user start calculatrice',
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'asleep behind its socket',
    facts: unit({ active: 'inactive', sub: 'dead', mainPid: 0, triggeredBy: ['calculatrice.socket'] }),
    broken: null,
    reachable: true,
    states: [ok, ok, ok, ok, ok, ok],
  },
  {
    name: 'asleep, and the socket that would wake it is down',
    facts: {
      ...unit({
        active: 'inactive',
        sub: 'dead',
        mainPid: 0,
        triggeredBy: ['a.timer', 'calculatrice.socket'],
      }),
      listeners: listeningOn(),
      probe: probe('refused', null),
    },
    broken: 'listener',
    evidence: 'not-listening',
    command: 'sudo systemctl enable --now calculatrice.socket',
    action: null,
    states: [ok, ok, broken, ok, skipped, skipped],
  },
  {
    name: 'a oneshot that ran to its end',
    facts: {
      ...unit({
        active: 'inactive',
        sub: 'dead',
        mainPid: 0,
        type: 'oneshot',
        exit: { how: 'exited', status: 0 },
      }),
      ...NOBODY,
    },
    broken: 'unit',
    evidence: 'unit-done',
    advice: 'type-simple',
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'unit stopped, its port left open',
    facts: {
      ...unit({ active: 'inactive', sub: 'dead', mainPid: 0 }),
      listeners: listeningOn(),
      probe: probe('refused', null),
    },
    broken: 'unit',
    states: [ok, broken, skipped, ok, skipped, skipped],
  },
  {
    name: 'unit stopped, yet somebody serves: started by hand',
    facts: unit({ active: 'inactive', sub: 'dead', mainPid: 0 }),
    broken: 'unit',
    evidence: 'unit-stopped',
    advice: 'free-port',
    subject: '13337',
    action: null,
    command: "sudo ss -ltnp 'sport = :13337'",
    states: [ok, broken, warning, ok, ok, ok],
  },
  {
    name: 'crashes because another program holds its port: no restart mends that',
    facts: { ...unit({ ...WAITING, exit: { how: 'exited', status: 1 } }), firewall: CLOSED },
    broken: 'unit',
    evidence: 'unit-waiting-restart',
    advice: 'free-port',
    action: null,
    states: [ok, broken, warning, skipped, ok, ok],
  },
  {
    name: 'killed, and its port last seen while it still ran: not taken by another',
    facts: {
      service: { value: { ...RUNNING, ...WAITING, result: 'signal', sinceMono: 30 }, atMono: 30 },
      probe: probe('rejected', null),
      firewall: CLOSED,
    },
    broken: 'unit',
    advice: 'wait-restart',
    states: [ok, broken, ok, skipped, skipped, skipped],
  },
  {
    name: 'serves, while systemd waits for a sign that never comes',
    facts: unit({ active: 'activating', sub: 'start', type: 'notify' }),
    broken: 'unit',
    evidence: 'unit-not-ready',
    advice: 'type-simple',
    action: null,
    command: 'sudo systemctl edit --full calculatrice && sudo systemctl restart calculatrice',
    states: [ok, broken, ok, ok, ok, ok],
  },
  {
    name: 'was ended because that sign never came',
    facts: { ...unit({ ...WAITING, result: 'timeout', type: 'forking' }), ...NOBODY },
    broken: 'unit',
    evidence: 'unit-waiting-restart',
    advice: 'type-simple',
    action: null,
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'does not listen yet: its sign may still come',
    facts: { ...unit({ active: 'activating', sub: 'start', type: 'notify' }), ...NOBODY },
    broken: 'unit',
    evidence: 'unit-starting',
    command: null,
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'prepares its start, while another still listens: no sign is due',
    facts: unit({ active: 'activating', sub: 'start-pre', type: 'notify' }),
    broken: 'unit',
    evidence: 'unit-starting',
    command: null,
    states: [ok, broken, ok, ok, ok, ok],
  },
  {
    name: 'waits to be started again, though it ends in error each time',
    facts: { ...unit({ ...WAITING, exit: { how: 'exited', status: 1 } }), ...NOBODY },
    broken: 'unit',
    evidence: 'unit-waiting-restart',
    advice: 'read-journal',
    action: 'restart',
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'waits to be started again with a wrong path in ExecStart=',
    facts: { ...unit({ ...WAITING, exit: { how: 'exited', status: 203 } }), ...NOBODY },
    broken: 'unit',
    evidence: 'unit-waiting-restart',
    advice: 'edit-unit',
    action: null,
    command: 'sudo systemctl edit --full calculatrice && sudo systemctl restart calculatrice',
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'failed with a user that does not exist',
    facts: {
      ...unit({
        active: 'failed',
        sub: 'failed',
        mainPid: 0,
        result: 'exit-code',
        exit: { how: 'exited', status: 217 },
      }),
      ...NOBODY,
    },
    broken: 'unit',
    advice: 'edit-unit',
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'given up by systemd, whose result stays that of the last run',
    facts: {
      ...unit({ active: 'failed', sub: 'failed', mainPid: 0, result: 'exit-code', restarts: 5 }),
      ...NOBODY,
    },
    broken: 'unit',
    evidence: 'unit-failed',
    action: 'reset-failed',
    advice: 'read-journal',
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'waiting for its restart',
    facts: {
      ...unit({ active: 'activating', sub: 'auto-restart', mainPid: 0, result: 'signal', restartAtMono: 5 }),
      ...NOBODY,
    },
    broken: 'unit',
    evidence: 'unit-waiting-restart',
    advice: 'wait-restart',
    action: 'restart',
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'waiting for its restart (systemd 254 has a second name for it)',
    facts: { ...unit({ active: 'activating', sub: 'auto-restart-queued', mainPid: 0 }), ...NOBODY },
    broken: 'unit',
    evidence: 'unit-waiting-restart',
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'starting: the firewall lines run',
    facts: { ...unit({ active: 'activating', sub: 'start-pre', mainPid: 0 }), ...NOBODY },
    broken: 'unit',
    evidence: 'unit-starting',
    command: null,
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'stopping',
    facts: { ...unit({ active: 'deactivating', sub: 'stop-post', mainPid: 0 }), ...NOBODY },
    broken: 'unit',
    evidence: 'unit-stopping',
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'failed',
    facts: { ...unit({ active: 'failed', sub: 'failed', mainPid: 0, result: 'exit-code' }), ...NOBODY },
    broken: 'unit',
    evidence: 'unit-failed',
    action: 'start',
    advice: 'read-journal',
    command: 'sudo systemctl start calculatrice',
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'failed: started too often',
    facts: { ...unit({ active: 'failed', sub: 'failed', mainPid: 0, result: 'start-limit-hit' }), ...NOBODY },
    broken: 'unit',
    evidence: 'unit-failed',
    action: 'reset-failed',
    command: 'sudo systemctl reset-failed calculatrice && sudo systemctl start calculatrice',
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'unit missing',
    facts: { ...unit({ load: 'not-found', active: 'inactive', sub: 'dead', mainPid: 0 }), ...NOBODY },
    broken: 'unit',
    evidence: 'unit-missing',
    advice: 'write-unit',
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'unit missing, as the host refused it',
    facts: {
      service: null,
      serviceFailure: { code: 'no-such-unit', unit: 'calculatrice.service' },
      ...NOBODY,
    },
    broken: 'unit',
    evidence: 'unit-missing',
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'unit masked',
    facts: { ...unit({ load: 'masked', active: 'inactive', sub: 'dead', mainPid: 0 }), ...NOBODY },
    broken: 'unit',
    evidence: 'unit-masked',
    command: 'sudo systemctl unmask calculatrice',
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'unit file that systemd could not read',
    facts: { ...unit({ load: 'bad-setting', active: 'inactive', sub: 'dead', mainPid: 0 }), ...NOBODY },
    broken: 'unit',
    evidence: 'unit-bad',
    command: 'sudo systemd-analyze verify /etc/systemd/system/calculatrice.service',
    states: [ok, broken, skipped, skipped, skipped, skipped],
  },
  {
    name: 'unit edited without a reload',
    facts: unit({ needsReload: true }),
    broken: null,
    warning: 'unit',
    evidence: 'unit-needs-reload',
    action: 'daemon-reload',
    command: 'sudo systemctl daemon-reload',
    reachable: true,
    states: [ok, warning, ok, ok, ok, ok],
  },
  {
    name: 'running but not listening yet',
    facts: { listeners: listeningOn(), listenersSettling: true, probe: probe('refused', null) },
    broken: null,
    states: [ok, ok, unknown, ok, skipped, skipped],
  },
  {
    name: 'running and not listening',
    facts: { listeners: listeningOn(), probe: probe('refused', null) },
    broken: 'listener',
    evidence: 'not-listening',
    advice: 'find-port',
    command: 'journalctl -u calculatrice -n 50',
    states: [ok, ok, broken, ok, skipped, skipped],
  },
  {
    name: 'server on 127.0.0.1 only',
    facts: { listeners: listeningOn('127.0.0.1'), probe: probe('refused', null) },
    broken: 'listener',
    evidence: 'listening-loopback-only',
    advice: 'listen-on',
    subject: '10.5.1.2',
    states: [ok, ok, broken, ok, skipped, skipped],
  },
  {
    name: 'server on ::1 and 127.0.0.1',
    facts: { listeners: listeningOn('::1', '127.0.0.1'), probe: probe('refused', null) },
    broken: 'listener',
    evidence: 'listening-loopback-only',
    states: [ok, ok, broken, ok, skipped, skipped],
  },
  {
    name: 'server on another address of the host',
    facts: { listeners: listeningOn('10.33.64.2'), probe: probe('refused', null) },
    broken: 'listener',
    evidence: 'listening-elsewhere',
    subject: '10.5.1.2',
    states: [ok, ok, broken, ok, skipped, skipped],
  },
  {
    name: 'loopback is what was asked for',
    facts: {
      subject: { ...WELL.subject, address: '127.0.0.1' },
      listeners: listeningOn('127.0.0.1'),
    },
    broken: null,
    reachable: true,
    states: [ok, ok, ok, ok, ok, ok],
  },
  {
    name: 'on every address',
    facts: { listeners: listeningOn('0.0.0.0') },
    broken: null,
    reachable: true,
    states: [ok, ok, ok, ok, ok, ok],
  },
  {
    name: 'on every address, as IPv6 sockets print it',
    facts: { listeners: listeningOn('::ffff:10.5.1.2') },
    broken: null,
    states: [ok, ok, ok, ok, ok, ok],
  },
  {
    name: 'behind a forwarded port: dialled at an address that is not the host’s',
    facts: { subject: { ...WELL.subject, address: '192.168.1.50' } },
    broken: null,
    reachable: true,
    states: [ok, ok, ok, ok, ok, ok],
  },
  {
    name: 'forwarded port, but the server is on loopback',
    facts: {
      subject: { ...WELL.subject, address: '192.168.1.50' },
      listeners: listeningOn('127.0.0.1'),
      probe: probe('refused', null),
    },
    broken: 'listener',
    evidence: 'listening-loopback-only',
    subject: '10.5.1.2',
    states: [ok, ok, broken, ok, skipped, skipped],
  },
  {
    name: 'port closed in firewalld',
    facts: { firewall: CLOSED, probe: probe('rejected', null) },
    broken: 'firewall',
    evidence: 'firewall-closed',
    action: 'open-port',
    command: 'sudo firewall-cmd --zone=public --add-port=13337/tcp',
    states: [ok, ok, ok, broken, skipped, skipped],
  },
  {
    name: 'closed in the zone but reached all the same (a rich rule, a service)',
    facts: { firewall: CLOSED },
    broken: null,
    warning: 'firewall',
    evidence: 'firewall-closed',
    reachable: true,
    states: [ok, ok, ok, warning, ok, ok],
  },
  {
    name: 'closed only just now: the last sample is older and proves nothing',
    facts: { firewall: CLOSED, changedMono: NOW + 1 },
    broken: 'firewall',
    states: [ok, ok, ok, broken, skipped, ok],
  },
  {
    name: 'two faults at once: the first rung is the verdict, the second is not hidden',
    facts: { firewall: CLOSED, listeners: listeningOn('127.0.0.1'), probe: probe('rejected', null) },
    broken: 'listener',
    states: [ok, ok, broken, broken, skipped, skipped],
  },
  {
    name: 'open in runtime but not permanently',
    facts: { firewall: { value: firewallWith(['13337'], []), atMono: 10 } },
    broken: null,
    warning: 'firewall',
    evidence: 'firewall-runtime-only',
    action: 'open-port-permanent',
    command: 'sudo firewall-cmd --permanent --zone=public --add-port=13337/tcp',
    reachable: true,
    states: [ok, ok, ok, warning, ok, ok],
  },
  {
    name: 'open permanently but not now',
    facts: { firewall: { value: firewallWith([], ['13337']), atMono: 10 }, probe: probe('rejected', null) },
    broken: 'firewall',
    evidence: 'firewall-permanent-only',
    action: 'open-port',
    states: [ok, ok, ok, broken, skipped, skipped],
  },
  {
    name: 'open as part of a range, the permanent side not readable',
    facts: { firewall: { value: firewallWith(['13000-14000'], null), atMono: 10 } },
    broken: null,
    states: [ok, ok, ok, ok, ok, ok],
  },
  {
    name: 'a zone that accepts everything',
    facts: {
      firewall: {
        value: {
          ...CLOSED.value,
          zones: CLOSED.value.zones.map((zone) => ({ ...zone, target: 'ACCEPT' })),
        },
        atMono: 10,
      },
    },
    broken: null,
    states: [ok, ok, ok, ok, ok, ok],
  },
  {
    name: 'firewalld not running',
    facts: { firewall: { value: { running: false, defaultZone: '', zones: [], refused: null }, atMono: 10 } },
    broken: null,
    reachable: true,
    states: [ok, ok, ok, ok, ok, ok],
  },
  {
    name: 'firewall unreadable (zoe), and reached',
    facts: {
      firewall: {
        value: {
          ...FIREWALL_OPEN,
          zones: FIREWALL_OPEN.zones.map((zone) => ({ ...zone, runtime: null, permanent: null })),
          refused: ADMIN_ONLY,
        },
        atMono: 10,
      },
    },
    broken: null,
    reachable: true,
    states: [ok, ok, ok, unknown, ok, ok],
  },
  {
    name: 'firewall unreadable (zoe), and rejected',
    facts: { firewall: null, firewallFailure: ADMIN_ONLY, probe: probe('rejected', null) },
    broken: 'network',
    evidence: 'rejected',
    action: 'open-port',
    command: 'sudo firewall-cmd --zone=public --add-port=13337/tcp',
    states: [ok, ok, ok, unknown, broken, skipped],
  },
  {
    name: 'listeners unreadable',
    facts: { listeners: null, listenersFailure: { code: 'unavailable', what: 'sftp', detail: '' } },
    broken: null,
    reachable: true,
    states: [ok, ok, unknown, ok, ok, ok],
  },
  {
    name: 'filtered on the way',
    facts: { probe: probe('filtered', null) },
    broken: 'network',
    evidence: 'filtered',
    advice: 'check-network',
    states: [ok, ok, ok, ok, broken, skipped],
  },
  {
    name: 'unreachable from here',
    facts: { probe: probe('unreachable', null) },
    broken: 'network',
    evidence: 'unreachable',
    states: [ok, ok, ok, ok, broken, skipped],
  },
  {
    name: 'accepting but mute',
    facts: { probe: probe('open', { state: 'mute', waitedMs: 2000, atMono: NOW, heldBy: null }) },
    broken: 'answer',
    evidence: 'answer-mute',
    action: 'restart',
    states: [ok, ok, ok, ok, ok, broken],
  },
  {
    name: 'held by another client',
    facts: {
      probe: probe('open', {
        state: 'mute',
        waitedMs: 2000,
        atMono: NOW,
        heldBy: { address: '10.5.1.9', port: 40_658 },
      }),
    },
    broken: 'answer',
    evidence: 'answer-held',
    action: null,
    advice: 'find-client',
    subject: '10.5.1.9:40658',
    command: "sudo ss -tnp 'sport = :13337'",
    states: [ok, ok, ok, ok, ok, broken],
  },
  {
    name: 'wrong answers',
    facts: {
      probe: probe('open', { state: 'wrong', expression: '2+3', expected: '5', got: '6', atMono: NOW }),
    },
    broken: 'answer',
    evidence: 'answer-wrong',
    advice: 'check-server',
    states: [ok, ok, ok, ok, ok, broken],
  },
  {
    name: 'closes without answering',
    facts: { probe: probe('open', { state: 'closed', atMono: NOW }) },
    broken: 'answer',
    evidence: 'answer-closed',
    states: [ok, ok, ok, ok, ok, broken],
  },
  {
    name: 'any other service: nothing is asked',
    facts: { subject: { ...WELL.subject, asksAnswers: false }, probe: probe('open', null) },
    broken: null,
    reachable: true,
    states: [ok, ok, ok, ok, ok, skipped],
  },
  {
    name: 'listening only just now: the refused sample is older and proves nothing',
    facts: { changedMono: NOW + 1, probe: probe('refused', null) },
    broken: null,
    states: [ok, ok, ok, ok, unknown, unknown],
  },
  {
    name: 'answered once, refused since',
    facts: { probe: probe('refused', { ...RIGHT, atMono: NOW - 1 }) },
    broken: 'network',
    evidence: 'refused',
    states: [ok, ok, ok, ok, broken, skipped],
  },
  {
    name: 'the first samples are in before the host has spoken',
    facts: { service: null, listeners: null, firewall: null, probe: probe('rejected', null) },
    broken: null,
    states: [ok, unknown, unknown, unknown, unknown, unknown],
  },
  {
    name: 'on another loopback address than the one that is dialled',
    facts: {
      subject: { ...WELL.subject, address: '127.0.0.2' },
      listeners: listeningOn('127.0.0.1'),
      interfaces: [...INTERFACES, { name: 'enp0s10', address: '127.0.0.2', prefix: 8 }],
      probe: probe('refused', null),
    },
    broken: 'listener',
    evidence: 'listening-loopback-only',
    subject: '127.0.0.2',
    states: [ok, ok, broken, ok, skipped, skipped],
  },
  {
    name: 'link lost, the service not seen since',
    facts: { link: { state: 'lost', detail: 'keepalive', sinceMono: NOW + 1 } },
    broken: 'link',
    evidence: 'link-lost',
    action: 'reconnect',
    command: null,
    advice: 'retrying',
    states: [broken, skipped, skipped, skipped, skipped, skipped],
  },
  {
    name: 'link lost, the service still seen to answer',
    facts: { link: { state: 'lost', detail: 'sshd stopped', sinceMono: NOW - 1 } },
    broken: 'link',
    states: [broken, skipped, skipped, skipped, ok, ok],
  },
  {
    name: 'just begun',
    facts: {
      link: { state: 'connecting' },
      service: null,
      listeners: null,
      firewall: null,
      interfaces: null,
      probe: probe(null, null),
    },
    broken: null,
    states: [unknown, unknown, unknown, unknown, unknown, unknown],
  },
  {
    name: 'restarted a moment ago: what was seen before says nothing',
    facts: {
      service: { value: { ...RUNNING, sinceMono: NOW + 5 }, atMono: NOW + 8 },
    },
    broken: null,
    states: [ok, ok, ok, ok, unknown, unknown],
  },
  {
    name: 'a host clock that runs ahead does not make every sample old',
    facts: { service: { value: { ...RUNNING, sinceMono: NOW + 60_000 }, atMono: 10 } },
    broken: null,
    reachable: true,
    states: [ok, ok, ok, ok, ok, ok],
  },
];

describe('judge', () => {
  it.each(CASES)('$name', (expected) => {
    const verdict = judge({ ...WELL, ...expected.facts });
    expect(verdict.rungs.map((rung) => rung.state)).toEqual(expected.states);
    expect(verdict.broken).toBe(expected.broken);
    expect(verdict.warning).toBe(expected.warning ?? null);
    expect(verdict.reachable).toBe(
      expected.reachable ?? (expected.broken === null && expected.states[5] === ok),
    );
    const faulty = verdict.rungs.find((rung) => rung.id === (verdict.broken ?? verdict.warning));
    if (expected.evidence !== undefined) expect(faulty?.evidence.code).toBe(expected.evidence);
    if (expected.command === null) expect(verdict.mend?.command ?? null).toBeNull();
    else if (expected.command !== undefined) expect(verdict.mend?.command).toBe(expected.command);
    if (expected.action !== undefined) expect(verdict.mend?.action).toBe(expected.action);
    if (expected.advice !== undefined) expect(verdict.mend?.advice).toBe(expected.advice);
    if (expected.subject !== undefined) expect(verdict.mend?.subject).toBe(expected.subject);
  });

  it('quotes a unit name that a shell would act on', () => {
    const verdict = judge({
      ...WELL,
      subject: { ...WELL.subject, unit: "a'; reboot #.service" },
      ...unit({ active: 'inactive', sub: 'dead' }),
      ...NOBODY,
    });
    expect(verdict.mend?.command).toBe("sudo systemctl start 'a'\\''; reboot #'");
  });

  it('takes the zone of the interface that holds the address', () => {
    const [zone] = FIREWALL_OPEN.zones;
    if (zone === undefined) throw new Error('no zone');
    const inner = { ...zone, name: 'internal', interfaces: ['enp0s9'], runtime: { services: [], ports: [] } };
    const firewall = {
      value: { ...FIREWALL_OPEN, zones: [{ ...zone, interfaces: ['enp0s8'] }, inner] },
      atMono: 10,
    };
    const subject = { ...WELL.subject, address: '10.33.64.2' };
    const verdict = judge({
      ...WELL,
      subject,
      firewall,
      listeners: listeningOn('0.0.0.0'),
      probe: probe('rejected', null),
    });
    expect(verdict.mend?.command).toBe('sudo firewall-cmd --zone=internal --add-port=13337/tcp');
  });

  const aCase = fc.constantFrom(...CASES);
  const mixed = fc
    .tuple(aCase, aCase, aCase, aCase, fc.subarray([...RUNGS]))
    .map(([link, service, sockets, wall]): VerdictFacts => {
      const of = (chosen: Case) => ({ ...WELL, ...chosen.facts });
      const { listeners, listenersFailure, listenersSettling } = of(sockets);
      return {
        ...of(link),
        service: of(service).service,
        serviceFailure: of(service).serviceFailure,
        listeners,
        listenersFailure,
        listenersSettling,
        firewall: of(wall).firewall,
        firewallFailure: of(wall).firewallFailure,
      };
    });

  it('holds its own rules for any mixture of facts', () => {
    fc.assert(
      fc.property(mixed, (facts) => {
        const verdict = judge(facts);
        expect(verdict.rungs.map((rung) => rung.id)).toEqual(RUNGS);
        const firstBroken = verdict.rungs.find((rung) => rung.state === 'broken')?.id ?? null;
        expect(verdict.broken).toBe(firstBroken);
        if (firstBroken !== null) expect(verdict.warning).toBeNull();
        expect(verdict.reachable && firstBroken !== null).toBe(false);
        if (firstBroken === null && verdict.warning === null) expect(verdict.mend).toBeNull();
        // What connects is never called unreachable by a rung below the unit.
        const network = verdict.rungs.find((rung) => rung.id === 'network');
        const above = verdict.broken === 'listener' || verdict.broken === 'firewall';
        if (network?.state === 'broken') expect(above).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});
