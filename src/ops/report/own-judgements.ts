/** Judgements on points for which there is no check: they need a kill, an echo from outside, or a raised alarm. Pure. */
import { isLoopback } from '../address.ts';
import type { Gathered } from '../checks/check.ts';
import { addressesOf, listenersOn } from '../checks/sockets.ts';
import { isRaised } from './alarm-log.ts';
import { OUTSIDE } from './commands.ts';
import { byReport, type Judged, judgeDrill, judgeKill, proveBy } from './judged.ts';
import type { Material } from './material.ts';
import type { PointId } from './points.ts';
import { raisedAlarms } from './proofs.ts';

export function ownJudgements(point: PointId, material: Material): readonly Judged[] {
  switch (point) {
    case 'II.5':
      return judgeReturn(material);
    case 'II.8':
      return judgeDashboard(material);
    case 'II.10':
      return judgeAlarms(material);
    case 'III.1':
      return judgePing(material);
    default:
      return [];
  }
}

function judgeReturn(material: Material): readonly Judged[] {
  const { demonstration, second, checks, subject } = material;
  if (demonstration !== null) return [judgeDrill(demonstration.drill)];
  if (second === null)
    return [byReport('came-back-after-kill', 'skip', { code: 'not-demonstrated' }, proveBy(subject))];
  const { kill, journalUnread: detail } = second;
  if (kill === null && detail !== null) {
    return [byReport('came-back-after-kill', 'skip', { code: 'journal-unread', detail })];
  }
  const { service } = checks.facts;
  return [judgeKill(kill, service?.seen === true ? service.value.restart : '', subject)];
}

/** The dashboard is for people on other machines: its port must be open in the firewall. */
function judgeDashboard({ first, checks, subject, sudo }: Material): readonly Judged[] {
  if (first === null) return [];
  const { firewall, sockets } = checks.facts;
  // While there is no Netdata, an open port for it is not what is missing.
  if (!isNetdataActive(checks.facts)) return [];
  const port = subject.expected.netdataPort;
  const zone = firewall?.seen === true ? firewall.value.defaultZone : '';
  const heard = sockets?.seen === true ? addressesOf(listenersOn(sockets.value, port)) : [];
  const [address] = heard;
  if (address !== undefined && heard.every(isLoopback)) {
    return [
      byReport('dashboard', 'fail', { code: 'dashboard-local', port, address }, [
        'cd /etc/netdata && sudo ./edit-config netdata.conf    # [web] bind to = *',
        'sudo systemctl restart netdata',
      ]),
    ];
  }
  const answer = first.dashboardPort.stdout.trim();
  if (answer === 'yes') return [byReport('dashboard', 'pass', { code: 'dashboard-open', port, zone })];
  if (answer !== 'no') return [byReport('dashboard', 'skip', { code: 'dashboard-unseen' })];
  const open = `${sudo ? 'sudo ' : ''}firewall-cmd`;
  return [
    byReport('dashboard', 'fail', { code: 'dashboard-closed', port, zone }, [
      `${open} --add-port=${port}/tcp`,
      `${open} --permanent --add-port=${port}/tcp`,
    ]),
  ];
}

function isNetdataActive({ netdata }: Gathered): boolean {
  return netdata?.seen === true && netdata.value.active === 'active';
}

function judgeAlarms(material: Material): readonly Judged[] {
  const { portAlarms } = material.checks.facts;
  const sent = judgeNotified(material);
  // Without an alarm there is nothing that could have been raised: the check on it says so already.
  if (material.first === null || portAlarms?.seen !== true || portAlarms.value.length === 0) return sent;
  const raised = raisedAlarms(material).filter(isRaised);
  const last = raised.at(-1);
  return [
    last === undefined
      ? byReport('alarm-raised', 'warn', { code: 'alarm-never-raised' })
      : byReport('alarm-raised', 'pass', {
          code: 'alarm-raised',
          alarm: last.name,
          at: last.at,
          count: raised.length,
        }),
    ...sent,
  ];
}

/** Settings that look right prove little: Netdata's own log knows whether the last message went out. */
function judgeNotified({ first, checks }: Material): readonly Judged[] {
  if (!isNetdataActive(checks.facts)) return [];
  const line = first?.notifyLog.output.split('\n').at(-1) ?? '';
  if (/\bfailed to send discord/i.test(line))
    return [byReport('notified', 'fail', { code: 'discord-failed', line })];
  return /\bsent discord/i.test(line) ? [byReport('notified', 'pass', { code: 'discord-sent', line })] : [];
}

function judgePing({ first }: Material): readonly Judged[] {
  if (first === null) return [];
  const { ping } = first;
  if (ping.unseen !== null) return [byReport('ping', 'skip', { code: 'ping-unseen', address: OUTSIDE })];
  return ping.code === 0
    ? [byReport('ping', 'pass', { code: 'ping-answered', address: OUTSIDE })]
    : [byReport('ping', 'warn', { code: 'ping-silent', address: OUTSIDE })];
}
