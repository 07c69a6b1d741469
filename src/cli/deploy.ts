/** `tp5-tui deploy`: shows what would change on the host, asks, changes it, proves it; or puts it back. */
import { isIP } from 'node:net';
import type { Clock } from '../ops/clock.ts';
import type { Connector } from '../ops/connector.ts';
import { type DeployOutcome, deploy } from '../ops/deploy/deploy.ts';
import { look } from '../ops/deploy/look.ts';
import { placeOf } from '../ops/deploy/place.ts';
import { type DeployProblem, DeployStopped, problemOf } from '../ops/deploy/problem.ts';
import { type DeployWish, type Survey, samePlan, survey } from '../ops/deploy/survey.ts';
import { forgetTransaction, openTransaction } from '../ops/deploy/transaction.ts';
import { Failed } from '../ops/failure.ts';
import type { Host } from '../ops/host.ts';
import { askAnswer, openPromptTerminal, type PromptTerminal } from './ask.ts';
import { readFiles } from './deploy-files.ts';
import { showPlan } from './deploy-plan.ts';
import { asJson, exitCode, stopped, tell } from './deploy-report.ts';
import { type Invocation, UsageError } from './invocation.ts';
import { Interrupted, type Io, writeJson } from './io.ts';
import { realTools, type Tools, withHost } from './with-host.ts';

export interface DeployCommandOptions {
  readonly files: readonly string[];
  readonly listen?: string;
  readonly hardened?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** What a deployment works with, once the host is open. */
export interface DeployTools {
  readonly host: Host;
  readonly connector: Connector;
  readonly clock: Clock;
  readonly place?: DeployWish['place'];
  readonly restoreAfterMs?: number;
  readonly openTerminal: () => PromptTerminal | null;
}

export interface RunDeployOptions {
  /** @default the real ones */
  readonly tools?: Tools;
  /** Where questions are asked; null: nobody is there. @default the process's terminal */
  readonly openTerminal?: () => PromptTerminal | null;
  /** See `DeployOptions`. */
  readonly restoreAfterMs?: number;
}

/**
 * @returns the exit code
 * @throws UsageError; Failed when the host cannot be reached
 */
export async function runDeploy(
  invocation: Invocation,
  options: DeployCommandOptions,
  io: Io,
  { tools = realTools, openTerminal = openPromptTerminal, ...timing }: RunDeployOptions = {},
): Promise<number> {
  const text = invocation.text.deploy;
  const wish = await readWish(invocation, options);
  const asks = options.yes !== true && options.dryRun !== true;
  if (asks && !(invocation.mayAsk && canAsk(openTerminal))) throw new UsageError(text.needsYes);
  if (invocation.via === 'demo') {
    io.stderr.write(`${text.demo}\n`);
    if (options.json) {
      const document = asJson('demo', now(tools.clock), null, stopped(null), String);
      writeJson(io.stdout, { ...document, error: { code: 'demo', message: text.demo } });
    }
    return 1;
  }
  return withHost({ invocation, io, tools }, ({ host, connector }) =>
    deployOn({ host, connector, clock: tools.clock, openTerminal, ...timing }, wish, invocation, options, io),
  );
}

function canAsk(openTerminal: () => PromptTerminal | null): boolean {
  const terminal = openTerminal();
  terminal?.close();
  return terminal !== null;
}

/** Checks what can be checked before a host is opened. @throws UsageError */
export async function readWish(invocation: Invocation, options: DeployCommandOptions): Promise<DeployWish> {
  const { target, text } = invocation;
  const { listen } = options;
  if (listen !== undefined && isIP(listen) === 0) throw new UsageError(text.deploy.badListen(listen));
  if (options.dryRun !== true && invocation.readOnly) throw new UsageError(text.deploy.readOnly);
  return {
    unit: target.unit,
    port: target.port,
    address: target.address,
    listen: listen ?? null,
    files: options.files.length === 0 ? null : await readFiles(options.files, invocation),
    hardened: options.hardened === true,
    asksAnswers: options.files.length === 0 || target.calculator,
  };
}

/** @returns the exit code */
export async function deployOn(
  tools: DeployTools,
  wish: DeployWish,
  invocation: Invocation,
  options: DeployCommandOptions,
  io: Io,
): Promise<number> {
  const { host, clock } = tools;
  const text = invocation.text.deploy;
  const say = (line: string): void => io.stderr.write(`${line}\n`);
  const whole: DeployWish = { ...wish, ...(tools.place ? { place: tools.place } : {}) };
  const at = now(clock);
  const report = (found: Survey | null, outcome: DeployOutcome): void => {
    if (options.json) writeJson(io.stdout, asJson(host.info.label, at, found, outcome, text.problem));
  };
  let found: Survey | null = null;
  let toldProblem = false;
  try {
    const { privilege } = host.info;
    if (privilege.kind === 'none' && !options.dryRun) {
      say(text.noPrivilege(host.info.user, privilege.detail));
      const failure = { code: 'not-permitted', action: 'deploy', detail: privilege.detail } as const;
      report(null, stopped({ code: 'failure', failure }));
      return 4;
    }
    if (!(await settleUnfinished(tools, whole, { invocation, options, io }))) {
      say(text.declined);
      report(null, stopped(null));
      return 1;
    }
    found = await survey(host, whole, { clock, signal: io.signal });
    const people = options.json ? io.stderr : io.stdout;
    showPlan(found, host.info.label, people, text, io.colour && !options.json);
    if (options.dryRun) {
      if (found.steps.length > 0) say(text.dryRun);
      report(found, stopped(null));
      return 0;
    }
    if (found.steps.length > 0 && !options.yes) {
      const answer = await askAt(tools, text.askApply(wish.unit, host.info.label), io.signal);
      if (answer === null || !invocation.text.connect.isYes(answer)) {
        say(text.declined);
        report(found, stopped(null));
        return 1;
      }
      const again = await survey(host, whole, { clock, signal: io.signal });
      if (!samePlan(found, again)) throw new DeployStopped({ code: 'changed-meanwhile' });
      found = again;
    }
    let told = 0;
    const outcome = await deploy(host, found, {
      connector: tools.connector,
      clock,
      signal: io.signal,
      ...(tools.restoreAfterMs === undefined ? {} : { restoreAfterMs: tools.restoreAfterMs }),
      onStep: (step) => say(`· ${text.step(step)}`),
      onProof: (proved) => {
        const lines = text.proved(proved);
        for (const line of lines.slice(told)) say(`✓ ${line}`);
        told = lines.length;
      },
      onRestore: (problem) => {
        say(text.problem(problem));
        say(text.restoring);
        toldProblem = true;
      },
    });
    tell(outcome, text, io, toldProblem);
    report(found, outcome);
    return exitCode(outcome.problem, io.signal, options.listen !== undefined);
  } catch (error) {
    const over = io.signal.aborted || error instanceof Interrupted;
    const problem: DeployProblem = over ? { code: 'interrupted' } : problemOf(error);
    const outcome = stopped(problem);
    tell(outcome, text, io, toldProblem);
    report(found, outcome);
    return exitCode(problem, io.signal, options.listen !== undefined);
  }
}

/**
 * Tells of deployments that were cut off, and puts back what they left half done, or keeps it if that is wished.
 * @returns whether to go on
 */
async function settleUnfinished(
  tools: DeployTools,
  wish: DeployWish,
  { invocation, options, io }: { invocation: Invocation; options: DeployCommandOptions; io: Io },
): Promise<boolean> {
  const { host } = tools;
  const text = invocation.text.deploy;
  const place = wish.place ?? placeOf(wish.unit);
  const { unfinished } = await look(host, { state: place.state, unit: wish.unit }, [], io.signal);
  for (const one of unfinished) {
    io.stderr.write(`${text.unfinished(one)}\n`);
    if (options.dryRun) continue;
    if (one.stage === 'restored') {
      await forgetTransaction(host, one.folder);
      continue;
    }
    const answer = options.yes ? '' : await askAt(tools, text.askPutBack, io.signal);
    if (answer === null) return false;
    const transaction = openTransaction(host, one.folder, place);
    if (/^n/i.test(answer.trim())) {
      await transaction.commit();
      io.stderr.write(`${text.keptAsIs}\n`);
      continue;
    }
    io.stderr.write(`${text.putBackFirst}\n`);
    const wrong = await transaction.restore();
    if (wrong !== null) throw new Failed({ code: 'host-error', name: one.folder, detail: wrong });
  }
  return true;
}

/** @returns null when there is no answer to be had @throws Interrupted; the signal's reason */
async function askAt(
  { openTerminal }: DeployTools,
  question: string,
  signal: AbortSignal,
): Promise<string | null> {
  const terminal = openTerminal();
  if (terminal === null) return null;
  try {
    return await askAnswer(question, terminal, signal);
  } finally {
    terminal.close();
  }
}

function now(clock: Clock): string {
  return new Date(clock.wall()).toISOString();
}
