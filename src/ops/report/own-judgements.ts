/** Judgements on points for which there is no check: they need a kill, an echo from outside, or a raised alarm. Pure. */
import { isRaised } from './alarm-log.ts';
import { OUTSIDE } from './commands.ts';
import { byReport, type Judged, judgeDrill, judgeKill } from './judged.ts';
import type { PointId } from './points.ts';
import { killCommands, raisedAlarms } from './proofs.ts';
import type { Material } from './sections.ts';

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
  const { demonstration, second } = material;
  if (demonstration !== null) return [judgeDrill(demonstration.drill)];
  if (second === null) return [byReport('came-back-after-kill', 'skip', { code: 'not-demonstrated' })];
  const { unseen } = second.searched;
  if (second.kill === null && unseen !== null) {
    const detail = 'detail' in unseen ? unseen.detail : unseen.code;
    return [byReport('came-back-after-kill', 'skip', { code: 'journal-unread', detail })];
  }
  return [judgeKill(second.kill, killCommands(material))];
}

/** The dashboard is for people on other machines: its port must be open in the firewall. */
function judgeDashboard({ first, checks, subject, sudo }: Material): readonly Judged[] {
  if (first === null) return [];
  const { netdata, firewall } = checks.facts;
  // While there is no Netdata, an open port for it is not what is missing.
  if (netdata?.seen !== true || netdata.value.active !== 'active') return [];
  const port = subject.expected.netdataPort;
  const zone = firewall?.seen === true ? firewall.value.defaultZone : '';
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

function judgeAlarms(material: Material): readonly Judged[] {
  const { portAlarms } = material.checks.facts;
  // Without an alarm there is nothing that could have been raised: the check on it says so already.
  if (material.first === null || portAlarms?.seen !== true || portAlarms.value.length === 0) return [];
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
  ];
}

function judgePing({ first }: Material): readonly Judged[] {
  if (first === null) return [];
  const { ping } = first;
  if (ping.unseen !== null) return [byReport('ping', 'skip', { code: 'ping-unseen', address: OUTSIDE })];
  return ping.code === 0
    ? [byReport('ping', 'pass', { code: 'ping-answered', address: OUTSIDE })]
    : [byReport('ping', 'warn', { code: 'ping-silent', address: OUTSIDE })];
}
