/** One section for each point of the exercise: what was typed for it, and what is to be said of it. Pure. */
import type { CheckId, CheckResult } from '../checks/check.ts';
import type { FactName } from '../checks/facts.ts';
import type { SecondRound } from './commands.ts';
import { byCheck, type Judged, stateOf } from './judged.ts';
import type { Block, Caption, Material, Section } from './material.ts';
import { ownJudgements } from './own-judgements.ts';
import { CHECKS_OF, POINTS, type PointId } from './points.ts';
import { alarmEntries, killBlocks } from './proofs.ts';
import { grep, type Typed, typedEvidence, typedSaid } from './typed.ts';

export function sectionsOf(material: Material): readonly Section[] {
  return POINTS.map((point) => {
    const judged = [...judgedByChecks(point, material), ...ownJudgements(point, material)];
    const blocks = blocksOf(point, material).filter(
      (block) => block.kind !== 'typed' || block.typed.length > 0,
    );
    return { point, state: stateOf(judged), judged, blocks };
  });
}

/** Warnings of the server's code are remarks on the point: what is right there is not worth a line. */
function judgedByChecks(point: PointId, { checks, demonstration, subject }: Material): readonly Judged[] {
  return CHECKS_OF[point].flatMap((id): Judged[] => {
    const result = checks.results.find((one) => one.id === id);
    if (result === undefined || (result.group === 'app' && result.state !== 'warn')) return [];
    const follows = id === 'firewall-follows' ? (demonstration?.follows ?? null) : null;
    if (follows === null) return [byCheck(result, checks.results, subject)];
    const { passed, finding } = follows;
    return [byCheck({ ...result, state: passed ? 'pass' : 'fail', finding, mend: null }, [], subject)];
  });
}

function blocksOf(point: PointId, material: Material): readonly Block[] {
  const { first, second } = material;
  if (first === null || second === null) return embeddedBlocks(point, material);
  const facts = factsOf(material);
  const results = resultsOf(material);
  switch (point) {
    case '0':
      return [
        shown('cards', ...facts('cards'), ...facts('routes')),
        shown('login', ...facts('login')),
        shown('passwords', ...results('password-login-off')),
        shown('firewalld', first.firewalldStatus),
        shown('selinux', ...facts('selinux')),
        shown('hostname', ...facts('hostname')),
      ];
    case 'I.1':
      return [shown('app-found', first.appFound), shown('app-folder', ...facts('folder'))];
    case 'I.2':
      return [
        shown('process', ...facts('program'), ...some(second.process)),
        shown('first-words', ...some(second.firstWords)),
        shown('sockets', first.sockets),
      ];
    case 'I.3':
      return [...clientBlocks(material, second), shown('client-lines', second.clientLines)];
    case 'II.1':
      return [shown('app-folder', ...facts('folder'))];
    case 'II.2':
      return [
        shown('unit-file', ...facts('unitFile')),
        shown('neighbours', first.neighbours, first.packaged),
        shown('loaded', first.loaded),
      ];
    case 'II.3':
      return [
        shown('status', second.status),
        shown('enabled', first.enabled),
        shown('sockets', first.sockets),
        ...clientBlocks(material, second),
        shown('journal', second.journal),
      ];
    case 'II.4':
      return [shown('unit-file', ...facts('unitFile')), shown('restart-taken', first.restartTaken)];
    case 'II.5':
      return killBlocks(material);
    case 'II.6':
      return [shown('unit-file', ...facts('unitFile')), shown('firewall-path', first.firewallPath)];
    case 'II.7': {
      const follows = material.demonstration?.follows ?? null;
      return [
        follows === null
          ? shown('firewall-now', ...facts('firewall').slice(0, 1))
          : shown('follows', ...follows.typed),
        shown('from-here', ...fromHere(material)),
      ];
    }
    case 'II.8':
      return [
        shown('netdata', first.netdataStatus),
        shown('dashboard', first.dashboard, ...results('netdata-api'), typedSaid(first.dashboardPort)),
      ];
    case 'II.9':
      return [
        shown('portcheck-file', typedSaid(first.portcheck)),
        shown('portcheck-chart', ...facts('portChart')),
      ];
    case 'II.10':
      return [
        shown('discord', ...facts('discord')),
        shown('alarms', ...facts('portAlarms')),
        shown('alarm-log', ...alarmEntries(material)),
        shown('notified', ...(first.notifyLog.output === '' ? [] : [first.notifyLog])),
        { kind: 'remark', remark: 'discord-screenshot' },
      ];
    case 'III.1':
      return [
        shown('cards', ...facts('cards')),
        shown('way-out', ...facts('routes'), first.wayOut),
        shown('ping', typedSaid(first.ping)),
      ];
    case 'III.2':
      return [shown('firewall-now', ...facts('firewall')), shown('listening', ...facts('sockets'))];
    case 'III.3':
      return [
        shown('sockets', first.sockets),
        shown('sshd-settings', ...results('sshd-host-only').slice(1)),
        shown('sshd', first.sshdStatus),
      ];
    case 'III.4':
      return [
        shown('listening', ...results('service-bridge-only')),
        shown('exec-start', ...execStart(material)),
        shown('from-here', ...fromHere(material)),
      ];
  }
}

/** The embedded host shows what its checks could see, and says that the rest is not there. */
function embeddedBlocks(point: PointId, material: Material): readonly Block[] {
  if (point === 'II.5') return killBlocks(material);
  const results = resultsOf(material);
  const typed = withoutTwins(CHECKS_OF[point].flatMap((id) => results(id)));
  return typed.length === 0
    ? [{ kind: 'remark', remark: 'embedded' }]
    : [{ kind: 'typed', caption: 'evidence', typed }];
}

function shown(caption: Caption, ...typed: readonly Typed[]): Block {
  return { kind: 'typed', caption, typed: withoutTwins(typed) };
}

function some(typed: Typed | null): readonly Typed[] {
  return typed === null ? [] : [typed];
}

/** The same command with the same output is shown once in a block. */
function withoutTwins(typed: readonly Typed[]): readonly Typed[] {
  return typed.filter(
    (one, index) =>
      typed.findIndex((other) => other.command === one.command && other.output === one.output) === index,
  );
}

function clientBlocks({ subject, restraint }: Material, { client }: SecondRound): readonly Block[] {
  if (!subject.asksAnswers) return [{ kind: 'remark', remark: 'not-asked' }];
  if (restraint !== null) return [{ kind: 'remark', remark: 'not-dialled' }];
  return [shown('client', ...some(client))];
}

/** What the checks typed to learn a fact; nothing where they had to stop at another one before it. */
function factsOf({ checks }: Material) {
  return (name: FactName, where: Typed['where'] = 'host'): readonly Typed[] => {
    const fact = checks.facts[name];
    if (fact === undefined || (!fact.seen && fact.why.code === 'after')) return [];
    return fact.evidence
      .filter((evidence) => evidence.command !== '')
      .map((evidence) => typedEvidence(evidence, where));
  };
}

/** Of a connection that failed there is no output: what is said of the point tells of it. */
function fromHere(material: Material): readonly Typed[] {
  const answer = material.checks.facts.answerFromHere;
  const connected = answer?.seen === true && answer.value.state !== 'no-connection';
  return connected ? factsOf(material)('answerFromHere', 'here') : [];
}

/** What the checks have to show for an item. */
function resultsOf({ checks }: Material) {
  return (id: CheckId): readonly Typed[] => {
    const result: CheckResult | undefined = checks.results.find((one) => one.id === id);
    const where = id === 'answers-from-here' ? 'here' : 'host';
    return (result?.evidence ?? []).map((evidence) => typedEvidence(evidence, where));
  };
}

/** The line of the unit's file that says where the server listens. */
function execStart({ checks }: Material): readonly Typed[] {
  return (checks.facts.unitFile?.evidence ?? []).flatMap((evidence) => {
    const excerpt = grep(/^ExecStart=/)(evidence.output, evidence.command);
    return excerpt.output === '' ? [] : [typedEvidence(excerpt)];
  });
}
