/**
 * A deployment from its plan to its last word, whatever is deployed: shows what would change on the host, asks,
 * changes it, proves it; or puts it back.
 */
import type { Clock } from '../ops/clock.ts';
import type { CarryOutOptions, Outcome } from '../ops/deploy/carry-out.ts';
import type { Place } from '../ops/deploy/place.ts';
import type { Step } from '../ops/deploy/plan.ts';
import { type DeployProblem, DeployStopped, problemOf } from '../ops/deploy/problem.ts';
import type { Host } from '../ops/host.ts';
import { askAt, type PromptTerminal } from './ask.ts';
import { showPlan } from './deploy-plan.ts';
import { asJson, exitCode, stopped, tell } from './deploy-report.ts';
import type { Invocation } from './invocation.ts';
import { Interrupted, type Io, writeJson } from './io.ts';
import { type Earlier, settleUnfinished } from './unfinished.ts';

/** What was found on the host, and what would be changed there. */
export interface Plan {
  readonly steps: readonly Step[];
  /** What a reader of the plan should know besides, as data. */
  readonly notes: readonly object[];
}

/** What is deployed: the service, or Netdata's watch on it. `S` is its plan, `P` what proves it. */
export interface Deployment<S extends Plan, P> {
  readonly unit: string;
  readonly place: Pick<Place, 'state' | 'owner'>;
  readonly nothingProved: P;
  readonly words: {
    heading(found: S): string;
    notes(found: S): readonly string[];
    readonly ask: string;
    /** What is waited for once the last step is begun, where that takes its time. */
    readonly waiting?: string;
    /** Lines, as many as were proved. */
    proved(proved: P): readonly string[];
    done(kept: string | null): string;
    /** What tells, later, what became of it. */
    readonly command: string;
  };
  /** @throws DeployStopped; Failed */
  survey(): Promise<S>;
  /** Whether two surveys would do the same. */
  same(one: S, other: S): boolean;
  carryOut(found: S, options: CarryOutOptions<P>): Promise<Outcome<P>>;
  /** What follows when all is well; its code is the command's, and its document joins the JSON. */
  after?(found: S): Promise<{ readonly code: number; readonly document: object }>;
  /** Whether an address that is not the host's was the user's choice: wrong usage then. */
  readonly listenGiven: boolean;
}

export interface DeploymentTools {
  readonly host: Host;
  readonly clock: Clock;
  readonly restoreAfterMs?: number;
  readonly openTerminal: () => PromptTerminal | null;
}

export interface DeploymentOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

interface Call {
  readonly invocation: Invocation;
  readonly options: DeploymentOptions;
  readonly io: Io;
}

/** @returns the exit code */
export async function runDeployment<S extends Plan, P>(
  tools: DeploymentTools,
  deployment: Deployment<S, P>,
  { invocation, options, io }: Call,
): Promise<number> {
  const { host, clock } = tools;
  const text = invocation.text.deploy;
  const say = (line: string): void => io.stderr.write(`${line}\n`);
  const { words, nothingProved } = deployment;
  const at = now(clock);
  const earlier: Earlier[] = [];
  const report = (found: Plan | null, outcome: Outcome<P>, more: object = {}): void => {
    if (!options.json) return;
    writeJson(io.stdout, {
      ...asJson(host.info.label, at, found, outcome, text.problem),
      earlier,
      ...more,
    });
  };
  let found: S | null = null;
  let toldProblem = false;
  try {
    const { privilege } = host.info;
    if (privilege.kind === 'none' && !options.dryRun) {
      say(text.noPrivilege(host.info.user, privilege));
      const failure = { code: 'not-permitted', action: 'deploy', detail: privilege.detail } as const;
      report(null, stopped({ code: 'failure', failure }, nothingProved));
      return 4;
    }
    if (!(await settleUnfinished(tools, deployment, { invocation, options, io }, earlier))) {
      say(text.declined);
      report(null, stopped(null, nothingProved));
      return 1;
    }
    found = await deployment.survey();
    const people = options.json ? io.stderr : io.stdout;
    const plan = { steps: found.steps, heading: words.heading(found), notes: words.notes(found) };
    showPlan(plan, people, text, io.colour && !options.json);
    if (options.dryRun) {
      if (found.steps.length > 0) say(text.dryRun);
      report(found, stopped(null, nothingProved));
      return 0;
    }
    if (found.steps.length > 0 && !options.yes) {
      const answer = await askAt(tools.openTerminal, words.ask, io.signal);
      if (answer === null || !invocation.text.connect.isYes(answer)) {
        say(text.declined);
        report(found, stopped(null, nothingProved));
        return 1;
      }
      const again = await deployment.survey();
      if (!deployment.same(found, again)) throw new DeployStopped({ code: 'changed-meanwhile' });
      found = again;
    }
    let told = 0;
    let begun = 0;
    const steps = found.steps.length;
    const outcome = await deployment.carryOut(found, {
      clock,
      signal: io.signal,
      ...(tools.restoreAfterMs === undefined ? {} : { restoreAfterMs: tools.restoreAfterMs }),
      onStep: (step) => {
        say(`· ${text.step(step)}`);
        begun++;
        if (begun === steps && words.waiting !== undefined) say(words.waiting);
      },
      onProof: (proved) => {
        const lines = words.proved(proved);
        for (const line of lines.slice(told)) say(`✓ ${line}`);
        told = lines.length;
      },
      onRestore: (problem) => {
        say(text.problem(problem));
        say(text.restoring);
        toldProblem = true;
      },
    });
    tell(outcome, text, words, io, toldProblem);
    const last = outcome.problem === null ? await follow(deployment, found) : NOTHING_FOLLOWS;
    if (last.problem !== null) say(text.problem(last.problem));
    report(found, outcome, last.document);
    return last.code || exitCode(outcome.problem ?? last.problem, io.signal, deployment.listenGiven);
  } catch (error) {
    const over = io.signal.aborted || error instanceof Interrupted;
    const problem: DeployProblem = over ? { code: 'interrupted' } : problemOf(error);
    const outcome = stopped(problem, nothingProved);
    tell(outcome, text, words, io, toldProblem);
    report(found, outcome);
    return exitCode(problem, io.signal, deployment.listenGiven);
  }
}

interface Follow {
  readonly code: number;
  readonly document: object;
  readonly problem: DeployProblem | null;
}

const NOTHING_FOLLOWS: Follow = { code: 0, document: {}, problem: null };

/** What is deployed stays so whatever becomes of this. */
async function follow<S extends Plan>(
  { after }: Pick<Deployment<S, unknown>, 'after'>,
  found: S,
): Promise<Follow> {
  try {
    return { ...NOTHING_FOLLOWS, ...(await after?.(found)) };
  } catch (error) {
    return { ...NOTHING_FOLLOWS, problem: problemOf(error) };
  }
}

function now(clock: Clock): string {
  return new Date(clock.wall()).toISOString();
}
