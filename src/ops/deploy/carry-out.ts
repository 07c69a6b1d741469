/**
 * Carries out a plan on a host: begun as a transaction there, changed step by step, proved, then kept; on any
 * failure put back. With the link lost it is the host that puts back, by its timer.
 */
import { hostname, userInfo } from 'node:os';
import type { Clock } from '../clock.ts';
import type { Host } from '../host.ts';
import { maskSecrets } from '../mask.ts';
import type { Place } from './place.ts';
import type { Step } from './plan.ts';
import { type DeployProblem, DeployStopped, problemOf } from './problem.ts';
import type { Aside, NotBack } from './restored.ts';
import { asRoot } from './root-command.ts';
import { beginTransaction, type Transaction } from './transaction.ts';

/** What is to be done, and how it is seen to work; `P` is what was seen. */
export interface Undertaking<P> {
  readonly place: Pick<Place, 'state' | 'owner'>;
  /** Put back as it was with the rest: running or not, enabled or not. */
  readonly unit: string;
  /** Put back as it was in the firewall. */
  readonly port: number;
  /** null: the default zone. */
  readonly zone: string | null;
  readonly steps: readonly Step[];
  /** The host's wall clock when it was planned, seconds since the epoch. */
  readonly nowSec: number;
  readonly nothingProved: P;
  /** @throws DeployStopped; Failed; the signal's reason. What was proved until then was told to `onProof`. */
  prove(signal: AbortSignal, onProof: (proved: P) => void): Promise<P>;
}

export interface CarryOutOptions<P> {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** When the host puts everything back by itself unless it was proved before. @default 2 min */
  readonly restoreAfterMs?: number;
  /** Told before each step. */
  readonly onStep?: (step: Step) => void;
  readonly onProof?: (proved: P) => void;
  /** Told when it starts to put back what was there. */
  readonly onRestore?: (problem: DeployProblem) => void;
}

/**
 * `no-need`: nothing was changed, or all is well; `done`; `failed`: the host is half done, and says so to the
 * next deployment; `by-host`: the link is lost, the host does it at the time given.
 */
export type RolledBack =
  | { readonly how: 'no-need' }
  | { readonly how: 'done'; readonly aside: readonly Aside[] }
  | { readonly how: 'failed'; readonly aside: readonly Aside[]; readonly wrong: readonly NotBack[] }
  | { readonly how: 'by-host'; readonly withinMs: number };

export interface Outcome<P> {
  readonly changed: boolean;
  readonly proved: P;
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
export async function carryOut<P>(
  host: Host,
  undertaking: Undertaking<P>,
  options: CarryOutOptions<P>,
): Promise<Outcome<P>> {
  const { clock } = options;
  const { steps } = undertaking;
  const restoreAfterMs = options.restoreAfterMs ?? RESTORE_AFTER_MS;
  const limitMs = Math.max(restoreAfterMs - MARGIN_MS, restoreAfterMs / 2);
  const over = new AbortController();
  const limit = new AbortController();
  clock.sleep(limitMs, over.signal).then(
    () => limit.abort(new DeployStopped({ code: 'too-long', ms: limitMs })),
    () => undefined,
  );
  const signal = AbortSignal.any([options.signal, limit.signal]);
  let proved = undertaking.nothingProved;
  let transaction: Transaction | null = null;
  let begun = false;
  try {
    if (steps.length > 0) {
      signal.throwIfAborted();
      begun = true;
      transaction = await beginTransaction(host, {
        place: undertaking.place,
        unit: undertaking.unit,
        port: undertaking.port,
        zone: undertaking.zone,
        paths: changedPaths(steps),
        restoreAfterMs,
        by: `${userInfo().username}@${hostname()}`,
        clock,
      });
      for (const step of steps) {
        signal.throwIfAborted();
        options.onStep?.(step);
        await transaction.carryOut(step, signal);
      }
    }
    proved = await undertaking.prove(signal, (so) => {
      proved = so;
      options.onProof?.(so);
    });
    await transaction?.commit();
    return {
      changed: transaction !== null,
      proved,
      problem: null,
      rolledBack: { how: 'no-need' },
      journal: [],
      kept: steps.some((step) => step.kind === 'write' && step.before !== null)
        ? (transaction?.folder ?? null)
        : null,
    };
  } catch (error) {
    const problem: DeployProblem = options.signal.aborted ? { code: 'interrupted' } : problemOf(error);
    const journal = failsOnHost(problem) ? await lastLines(host, undertaking) : [];
    if (transaction !== null) options.onRestore?.(problem);
    const rolledBack = await putBack({ transaction, begun, problem, restoreAfterMs });
    return { changed: false, proved, problem, rolledBack, journal, kept: null };
  } finally {
    over.abort();
  }
}

function changedPaths(steps: readonly Step[]): string[] {
  const paths = steps.flatMap((step) =>
    step.kind === 'mkdir' || step.kind === 'write' || step.kind === 'chmod' || step.kind === 'chown'
      ? [step.path]
      : [],
  );
  return [...new Set(paths)];
}

/** The journal has something to say of these. */
function failsOnHost(problem: DeployProblem): boolean {
  if (problem.code === 'step') return problem.step.kind === 'start' || problem.step.kind === 'restart';
  return problem.code === 'proof' || problem.code === 'netdata' || problem.code === 'too-long';
}

async function lastLines(
  host: Host,
  { unit, nowSec }: Pick<Undertaking<unknown>, 'unit' | 'nowSec'>,
): Promise<string[]> {
  const argv = ['journalctl', '-u', unit, '--since', `@${nowSec}`, '-n', `${JOURNAL_LINES}`];
  try {
    const { stdout } = await asRoot(host, [...argv, '-o', 'cat', '--no-pager', '-q']);
    return maskSecrets(stdout)
      .split('\n')
      .filter((line) => line !== '');
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
    const { aside, wrong } = await transaction.restore();
    return wrong.length === 0 ? { how: 'done', aside } : { how: 'failed', aside, wrong };
  } catch {
    return byHost;
  }
}
