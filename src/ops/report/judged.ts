/** What a report says of a point: the checks' judgements, and those that only a report can make. */
import { type CheckResult, type CheckState, type Mend, ownCommand, type Subject } from '../checks/check.ts';
import type { DrillProgress, DrillReason } from '../drill/progress.ts';
import { restartsAfterKill } from '../drill/steps.ts';
import type { KillSeen } from './killed.ts';

export type OwnFinding =
  | { readonly code: 'came-back'; readonly pidBefore: number; readonly pidAfter: number }
  | { readonly code: 'did-not-come-back'; readonly reason: DrillReason | null }
  | { readonly code: 'journal-came-back'; readonly killedAt: string; readonly waitedMs: number }
  | { readonly code: 'journal-no-return'; readonly killedAt: string }
  /** It came back then, and would not today. */
  | { readonly code: 'journal-outdated'; readonly killedAt: string; readonly restart: string }
  | { readonly code: 'journal-no-kill' }
  /** The embedded host was not asked to be killed, and has no past. */
  | { readonly code: 'not-demonstrated' }
  | { readonly code: 'journal-unread'; readonly detail: string }
  /** It was asked for, and nothing was killed. */
  | { readonly code: 'drill-not-made'; readonly reason: DrillReason | null }
  | { readonly code: 'dashboard-open'; readonly port: number; readonly zone: string }
  | { readonly code: 'dashboard-closed'; readonly port: number; readonly zone: string }
  /** It answers to this machine alone. */
  | { readonly code: 'dashboard-local'; readonly port: number; readonly address: string }
  | { readonly code: 'dashboard-unseen' }
  | { readonly code: 'ping-answered'; readonly address: string }
  | { readonly code: 'ping-unseen'; readonly address: string }
  | { readonly code: 'ping-silent'; readonly address: string }
  | { readonly code: 'alarm-raised'; readonly alarm: string; readonly at: number; readonly count: number }
  | { readonly code: 'alarm-never-raised' }
  /** `line` of Netdata's log, secrets masked. */
  | { readonly code: 'discord-sent'; readonly line: string }
  | { readonly code: 'discord-failed'; readonly line: string };

export interface Judged {
  readonly id: string;
  readonly state: CheckState;
  readonly finding:
    | { readonly by: 'check'; readonly result: CheckResult }
    | { readonly by: 'report'; readonly own: OwnFinding };
  readonly mend: Mend | null;
}

/**
 * A point that could not be looked at because another one is not done is not done either: only what was
 * hidden from us is left open.
 * @param results all of the run
 */
export function byCheck(result: CheckResult, results: readonly CheckResult[], subject: Named): Judged {
  const { id, finding } = result;
  const unproved = finding.code === 'unseen' && finding.why.code === 'not-stopped';
  const mend = unproved ? { commands: proveBy(subject), fixable: false } : result.mend;
  const state = restsOnFailure(result, results) ? 'fail' : result.state;
  return { id, state, finding: { by: 'check', result }, mend };
}

function restsOnFailure({ state, finding }: CheckResult, results: readonly CheckResult[]): boolean {
  if (state !== 'skip' || finding.code !== 'unseen' || finding.why.code !== 'after') return false;
  const { id } = finding.why;
  const before = results.find((one) => one.id === id);
  // The checks that an item leans on come before it or are gone: there is no going round in circles.
  const rest = results.filter((one) => one.id !== id);
  return before !== undefined && (before.state === 'fail' || restsOnFailure(before, rest));
}

export function byReport(
  id: string,
  state: CheckState,
  own: OwnFinding,
  commands: readonly string[] = [],
): Judged {
  const mend = commands.length === 0 ? null : { commands, fixable: false };
  return { id, state, finding: { by: 'report', own }, mend };
}

type Named = Pick<Subject, 'named'>;

const PROVE = 'report --with-drill';

/** What makes the proofs that nobody has made yet. */
export function proveBy(subject: Named): readonly string[] {
  return [ownCommand(subject, PROVE)];
}

/** Whether that is what the commands do: they put nothing right. */
export function isProof({ commands }: Mend): boolean {
  return commands.some((command) => command.startsWith(ownCommand({}, PROVE)));
}

/** What becomes of a point by what is said of it: one failure is enough. */
export type PointState = 'done' | 'not-done' | 'doubtful' | 'partly' | 'unseen';

export function stateOf(judged: readonly Judged[]): PointState {
  const has = (state: CheckState): boolean => judged.some((one) => one.state === state);
  if (has('fail')) return 'not-done';
  // What could not be seen is not passed over: part of the proof is missing.
  if (has('skip')) return has('pass') || has('warn') ? 'partly' : 'unseen';
  return has('warn') ? 'doubtful' : 'done';
}

const COME_BACK = 'came-back-after-kill';

export function judgeDrill(drill: DrillProgress): Judged {
  const { passed, reason, pidBefore, pidAfter } = drill;
  if (passed === true)
    return byReport(COME_BACK, 'pass', { code: 'came-back', pidBefore, pidAfter: pidAfter ?? 0 });
  const notMade = reason !== null && ['refused', 'cancelled', 'link-lost'].includes(reason.code);
  return notMade
    ? byReport(COME_BACK, 'skip', { code: 'drill-not-made', reason })
    : byReport(COME_BACK, 'fail', { code: 'did-not-come-back', reason });
}

/** @param restart `Restart=` as systemd has it today */
export function judgeKill(kill: KillSeen | null, restart: string, subject: Named): Judged {
  const prove = proveBy(subject);
  if (kill === null) return byReport(COME_BACK, 'fail', { code: 'journal-no-kill' }, prove);
  const { killedAt, waitedMs } = kill;
  if (waitedMs === null) return byReport(COME_BACK, 'fail', { code: 'journal-no-return', killedAt }, prove);
  return restartsAfterKill(restart)
    ? byReport(COME_BACK, 'pass', { code: 'journal-came-back', killedAt, waitedMs })
    : byReport(COME_BACK, 'fail', { code: 'journal-outdated', killedAt, restart });
}
