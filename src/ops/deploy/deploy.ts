/**
 * Carries out a survey's plan: begun as a transaction on the host, changed step by step, proved, then kept;
 * on any failure put back. With the link lost it is the host that puts back, by its timer.
 */
import { hostname, userInfo } from 'node:os';
import type { Clock } from '../clock.ts';
import type { Connector } from '../connector.ts';
import type { Host } from '../host.ts';
import type { Step } from './plan.ts';
import { type DeployProblem, DeployStopped, problemOf } from './problem.ts';
import { NOTHING_PROVED, type ProofSubject, type Proved, prove } from './prove.ts';
import { asRoot } from './root-command.ts';
import type { Survey } from './survey.ts';
import { beginTransaction, type Transaction } from './transaction.ts';

export interface DeployOptions {
  readonly connector: Connector;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** When the host puts everything back by itself unless it was proved before. @default 2 min */
  readonly restoreAfterMs?: number;
  /** Told before each step. */
  readonly onStep?: (step: Step) => void;
  readonly onProof?: (proved: Proved) => void;
  /** Told when it starts to put back what was there. */
  readonly onRestore?: (problem: DeployProblem) => void;
}

/**
 * `no-need`: nothing was changed, or all is well; `done`; `failed`: the host is half done, and says so to the
 * next deployment; `by-host`: the link is lost, the host does it at the time given.
 */
export type RolledBack =
  | { readonly how: 'no-need' | 'done' }
  | { readonly how: 'failed'; readonly detail: string }
  | { readonly how: 'by-host'; readonly withinMs: number };

export interface DeployOutcome {
  readonly changed: boolean;
  readonly proved: Proved;
  readonly problem: DeployProblem | null;
  readonly rolledBack: RolledBack;
  /** The last lines of the unit's journal after a failure. Foreign text. */
  readonly journal: readonly string[];
  /** The folder on the host that keeps what was replaced; null when nothing was. */
  readonly kept: string | null;
}

const RESTORE_AFTER_MS = 120_000;
/** How long before the host's timer we give up by ourselves, so that the two never meet. */
const MARGIN_MS = 20_000;
const JOURNAL_LINES = 12;

/** Never rejects for what the host does; see the outcome. */
export async function deploy(host: Host, survey: Survey, options: DeployOptions): Promise<DeployOutcome> {
  const { clock } = options;
  const restoreAfterMs = options.restoreAfterMs ?? RESTORE_AFTER_MS;
  const limitMs = Math.max(restoreAfterMs - MARGIN_MS, restoreAfterMs / 2);
  const over = new AbortController();
  const limit = new AbortController();
  clock.sleep(limitMs, over.signal).then(
    () => limit.abort(new DeployStopped({ code: 'too-long', ms: limitMs })),
    () => undefined,
  );
  const signal = AbortSignal.any([options.signal, limit.signal]);
  let proved = NOTHING_PROVED;
  let transaction: Transaction | null = null;
  let begun = false;
  try {
    if (survey.steps.length > 0) {
      signal.throwIfAborted();
      begun = true;
      transaction = await beginTransaction(host, {
        place: survey.place,
        unit: survey.wish.unit,
        port: survey.wish.port,
        zone: survey.zoneIsDefault ? null : survey.zone,
        paths: changedPaths(survey),
        restoreAfterMs,
        by: `${userInfo().username}@${hostname()}`,
        clock,
      });
      for (const step of survey.steps) {
        signal.throwIfAborted();
        options.onStep?.(step);
        await transaction.carryOut(step, signal);
      }
    }
    proved = await prove(host, proofSubject(host, survey), {
      connector: options.connector,
      clock,
      signal,
      onProof: (so) => {
        proved = so;
        options.onProof?.(so);
      },
    });
    await transaction?.commit();
    return {
      changed: transaction !== null,
      proved,
      problem: null,
      rolledBack: { how: 'no-need' },
      journal: [],
      kept: survey.steps.some((step) => step.kind === 'write' && step.before !== null)
        ? (transaction?.folder ?? null)
        : null,
    };
  } catch (error) {
    const problem: DeployProblem = options.signal.aborted ? { code: 'interrupted' } : problemOf(error);
    const journal = failsOnHost(problem) ? await lastLines(host, survey) : [];
    if (transaction !== null) options.onRestore?.(problem);
    const rolledBack = await putBack({ transaction, begun, problem, restoreAfterMs });
    return { changed: false, proved, problem, rolledBack, journal, kept: null };
  } finally {
    over.abort();
  }
}

function changedPaths({ steps }: Survey): string[] {
  const paths = steps.flatMap((step) =>
    step.kind === 'mkdir' || step.kind === 'write' || step.kind === 'chmod' || step.kind === 'chown'
      ? [step.path]
      : [],
  );
  return [...new Set(paths)];
}

function proofSubject(host: Host, survey: Survey): ProofSubject {
  const starts = survey.steps.some((step) => step.kind === 'start' || step.kind === 'restart');
  return {
    listen: survey.listen,
    port: survey.wish.port,
    address: survey.wish.address ?? host.info.address,
    zone: survey.zone,
    notInvocation: starts ? survey.invocationId : null,
    asksAnswers: survey.wish.asksAnswers,
  };
}

/** The journal has something to say of these. */
function failsOnHost(problem: DeployProblem): boolean {
  if (problem.code === 'step') return problem.step.kind === 'start' || problem.step.kind === 'restart';
  return problem.code === 'proof' || problem.code === 'too-long';
}

async function lastLines(host: Host, { wish, nowSec }: Survey): Promise<string[]> {
  const argv = ['journalctl', '-u', wish.unit, '--since', `@${nowSec}`, '-n', `${JOURNAL_LINES}`];
  try {
    const { stdout } = await asRoot(host, [...argv, '-o', 'cat', '--no-pager', '-q']);
    return stdout.split('\n').filter((line) => line !== '');
  } catch {
    // Of no weight beside the failure that it would explain.
    return [];
  }
}

async function putBack(state: {
  readonly transaction: Transaction | null;
  readonly begun: boolean;
  readonly problem: DeployProblem;
  readonly restoreAfterMs: number;
}): Promise<RolledBack> {
  const { transaction, problem, restoreAfterMs } = state;
  const lost = problem.code === 'failure' && problem.failure.code === 'link-lost';
  const byHost: RolledBack = { how: 'by-host', withinMs: restoreAfterMs };
  if (lost && state.begun) return byHost;
  if (transaction === null) return { how: 'no-need' };
  try {
    // With no signal: who interrupted us wants it put back all the same.
    const wrong = await transaction.restore();
    return wrong === null ? { how: 'done' } : { how: 'failed', detail: wrong };
  } catch {
    return byHost;
  }
}
