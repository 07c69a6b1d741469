/** `tp5-tui check`: every point of the exercise, with evidence and mend; with `--fix`, mended and checked again. */
import { createSpeaker } from '../calc/client.ts';
import type { Restraint } from '../ops/caution/restraint.ts';
import { EVERY_CHECK, type Expected, expectedFor, type Subject } from '../ops/checks/check.ts';
import { planRepairs, type RepairStep } from '../ops/checks/repair.ts';
import { applyStep } from '../ops/checks/repair-apply.ts';
import { type CheckReport, isCheckId, runChecks } from '../ops/checks/run.ts';
import type { Clock } from '../ops/clock.ts';
import type { Connector } from '../ops/connector.ts';
import { Failed } from '../ops/failure.ts';
import type { Host } from '../ops/host.ts';
import { askAnswer, openPromptTerminal, type PromptTerminal } from './ask.ts';
import { type CautiousCall, cautiously } from './cautious.ts';
import { checkDocument, showPlan, showResults } from './check-report.ts';
import { type Invocation, UsageError } from './invocation.ts';
import { type Io, writeJson } from './io.ts';
import { placeName } from './named-hosts.ts';
import type { OpenedHost } from './open-host.ts';
import { painter } from './paint.ts';
import { speechOf } from './speech.ts';
import { DEFAULT_PORT, DEFAULT_UNIT, type Target } from './target.ts';
import { realTools, type Tools, withHost } from './with-host.ts';

export interface CheckOptions {
  readonly json?: boolean;
  readonly fix?: boolean;
  readonly yes?: boolean;
  /** Ids of items; all without it. */
  readonly only?: readonly string[];
}

/** What a check works with, once the host is open. */
export interface CheckCall {
  readonly host: Host;
  readonly connector: Connector;
  readonly clock: Clock;
  readonly subject: Subject;
  readonly invocation: Invocation;
  readonly options: CheckOptions;
  readonly io: Io;
  readonly openTerminal: () => PromptTerminal | null;
  /** Why the service is not dialled; null: it is. */
  readonly restraint: Restraint | null;
}

/**
 * @returns the exit code: 0 when nothing fails; warnings and what was skipped do not count against the host
 * @throws UsageError; Failed when the host cannot be reached, is lost, or does not let us mend; Interrupted
 */
export async function runCheck(
  invocation: Invocation,
  options: CheckOptions,
  io: Io,
  tools: Tools = realTools,
  openTerminal: () => PromptTerminal | null = openPromptTerminal,
): Promise<number> {
  refuseWrongUsage(invocation, options, openTerminal);
  return withHost({ invocation, io, tools }, (opened) => {
    const { host } = opened;
    const subject = subjectOf(opened, invocation);
    const asked = options.json !== true && options.yes !== true ? openTerminal : null;
    return checkCautiously({ invocation, io, tools, openTerminal: asked }, opened, options, (cautious) =>
      checkOn({ host, clock: tools.clock, subject, invocation, options, io, openTerminal, ...cautious }),
    );
  });
}

const DIALLING: readonly string[] = ['answers-from-host', 'answers-from-here'];

/** Looks before it dials, where one of the items dials at all. */
export async function checkCautiously<T>(
  call: CautiousCall,
  opened: OpenedHost,
  { only }: Pick<CheckOptions, 'only'>,
  check: (cautious: Pick<CheckCall, 'connector' | 'restraint'>) => Promise<T>,
): Promise<T> {
  const dials = opened.subject.asksAnswers && (only?.some((id) => DIALLING.includes(id)) ?? true);
  if (!dials) return check({ connector: opened.connector, restraint: null });
  return cautiously(call, opened, true, ({ connector, restraint }) => check({ connector, restraint }));
}

/** What is checked on a host that is open. */
export function subjectOf({ host, subject }: OpenedHost, { target, via }: Invocation): Subject {
  const { unit, port, asksAnswers } = subject;
  const { address } = target;
  return {
    unit,
    port,
    address,
    hostAddress: host.info.address,
    asksAnswers,
    expected: expectedFor(unit, host.info.kind, otherwise(target)),
    named: [
      ...(via === 'ssh' ? ['--host', placeName(target)] : [`--${via}`]),
      ...(unit === DEFAULT_UNIT ? [] : ['--unit', unit]),
      ...(port === DEFAULT_PORT ? [] : ['--port', String(port)]),
      ...(address === null ? [] : ['--address', address]),
    ],
  };
}

/** What the settings say of the host that is not as in the exercise. */
function otherwise({ expect }: Target): Partial<Expected> {
  const { hostname, host_only_network: hostOnlyNetwork, folder, restart_sec: restartSec } = expect;
  return {
    ...(hostname !== undefined && { hostname }),
    ...(hostOnlyNetwork !== undefined && { hostOnlyNetwork }),
    ...(folder !== undefined && { folder }),
    ...(restartSec !== undefined && { restartSecMs: restartSec * 1000 }),
  };
}

/** What can be told before a host is opened. @throws UsageError */
function refuseWrongUsage(
  invocation: Invocation,
  options: CheckOptions,
  openTerminal: () => PromptTerminal | null,
): void {
  const text = invocation.text.checks;
  refuseUnknownIds(options.only, invocation);
  if (options.fix !== true) return;
  if (invocation.readOnly) throw new UsageError(text.readOnly);
  if (options.yes === true) return;
  const terminal = invocation.mayAsk ? openTerminal() : null;
  terminal?.close();
  if (terminal === null) throw new UsageError(text.needsYes);
}

/** @throws UsageError */
export function refuseUnknownIds(only: readonly string[] | undefined, { text }: Invocation): void {
  const unknown = only?.find((id) => !isCheckId(id));
  if (unknown === undefined) return;
  throw new UsageError(text.checks.unknownId(unknown, EVERY_CHECK));
}

/** @returns the exit code. @throws as `runCheck` */
export async function checkOn(call: CheckCall): Promise<number> {
  const { options, io, invocation } = call;
  const { report, refused } = options.fix === true ? await fix(call) : await whole(call);
  if (options.json) writeJson(io.stdout, checkDocument(report.results, call, invocation.text.checks));
  else showResults(report.results, invocation.text.checks, io);
  if (refused) return 4;
  return report.results.some((result) => result.state === 'fail') ? 1 : 0;
}

interface Checked {
  readonly report: CheckReport;
  /** Something was to be mended, and we may not. */
  readonly refused: boolean;
}

async function whole(call: CheckCall): Promise<Checked> {
  return { report: await look(call, true), refused: false };
}

/** The plan, the question, the steps, and the whole once more. */
async function fix(call: CheckCall): Promise<Checked> {
  const { host, clock, subject, invocation, options, io } = call;
  const text = invocation.text.checks;
  const say = (line: string): void => io.stderr.write(`${line}\n`);
  // What is broken is mended before the service is stopped for a proof.
  const report = await look(call, false);
  const { results, facts } = report;
  const stamp = new Date(clock.wall()).toISOString().replace(/[-:]|\.\d+/g, '');
  const steps = planRepairs({ results, facts, subject, host: host.info, stamp });
  const { privilege } = host.info;
  if (privilege.kind === 'none' && results.some((result) => result.state === 'fail')) {
    say(text.noPrivilege(host.info.user, privilege));
    return { report, refused: true };
  }
  if (steps.length === 0) {
    say(text.nothingToFix);
    return { report, refused: false };
  }
  if (!options.json) showResults(results, text, io);
  const people = options.json ? io.stderr : io.stdout;
  showPlan(steps, host.info.label, people, text, painter(io.colour && !options.json));
  if (options.yes !== true && !(await agreed(text.askApply(host.info.label), call))) {
    say(text.declined);
    return { report, refused: false };
  }
  await mend(steps, call);
  say(text.checkingAgain);
  return whole(call);
}

/** @param proving whether the service may be stopped, where that is allowed */
function look(call: CheckCall, proving: boolean): Promise<CheckReport> {
  const { host, connector, clock, subject, invocation, options, io, restraint } = call;
  const { text, readOnly, mayAsk } = invocation;
  const asks = mayAsk && options.json !== true;
  const mayStop = async (): Promise<boolean> =>
    options.yes === true || agreed(text.checks.askStop(subject.unit, host.info.label), call);
  return runChecks({
    host,
    connector,
    clock,
    subject,
    ask: createSpeaker(speechOf(invocation)).ask,
    signal: io.signal,
    restraint,
    only: options.only === undefined ? null : options.only.filter(isCheckId),
    mayStop: proving && !readOnly && (options.yes === true || asks) ? mayStop : null,
  });
}

/** No for an answer when there is nobody to ask. */
async function agreed(question: string, { invocation, io, openTerminal }: CheckCall): Promise<boolean> {
  const terminal = openTerminal();
  if (terminal === null) return false;
  try {
    const answer = (await askAnswer(question, terminal, io.signal)) ?? '';
    const first = answer.trim().charAt(0).toLowerCase();
    return first !== '' && invocation.text.checks.yesLetters.includes(first);
  } finally {
    terminal.close();
  }
}

/** One step after the other; a step that fails ends it, since later ones may rest on it. */
async function mend(steps: readonly RepairStep[], { host, invocation, io }: CheckCall): Promise<void> {
  const text = invocation.text.checks;
  for (const step of steps) {
    io.stderr.write(`${text.applying(text.step(step))}\n`);
    try {
      const problem = await applyStep(host, step, io.signal);
      if (problem === null) continue;
      io.stderr.write(`${text.problem(problem)}\n`);
      return;
    } catch (error) {
      if (error instanceof Failed && error.failure.code === 'link-lost') {
        io.stderr.write(`${text.lostWhileMending}\n`);
      }
      throw error;
    }
  }
}
