/** What became of a deployment: in words, as JSON, as an exit code. */
import type { Outcome } from '../ops/deploy/carry-out.ts';
import type { Step } from '../ops/deploy/plan.ts';
import type { DeployProblem } from '../ops/deploy/problem.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { harmless } from '../text/foreign.ts';
import { exitCodeOf } from './connect.ts';
import { Interrupted, type Io } from './io.ts';

/** An outcome that left the host as it was. */
export function stopped<P>(problem: DeployProblem | null, nothingProved: P): Outcome<P> {
  return {
    changed: false,
    proved: nothingProved,
    problem,
    rolledBack: { how: 'no-need' },
    journal: [],
    kept: null,
  };
}

/**
 * What became of it, for people.
 * @param told the problem was told already
 */
export function tell(
  outcome: Outcome<unknown>,
  text: Catalogue['deploy'],
  words: { readonly command: string; done(kept: string | null): string },
  io: Pick<Io, 'stderr'>,
  told: boolean,
): void {
  const { problem, rolledBack, journal, kept } = outcome;
  const aside = 'aside' in rolledBack ? rolledBack.aside : [];
  const lines =
    problem === null
      ? [words.done(kept)]
      : [
          ...(told ? [] : [text.problem(problem)]),
          ...(journal.length === 0
            ? []
            : [text.journal, ...journal.map((line) => `  ${harmless(line, 300)}`)]),
          text.rolledBack(rolledBack, words.command) ?? '',
          ...aside.map(text.movedAside),
        ];
  for (const line of lines) if (line !== '') io.stderr.write(`${line}\n`);
}

/** @param listenGiven the address was the user's choice: then a wrong one is wrong usage */
export function exitCode(problem: DeployProblem | null, signal: AbortSignal, listenGiven: boolean): number {
  if (problem === null) return 0;
  if (problem.code === 'interrupted') {
    return signal.reason instanceof Interrupted ? signal.reason.exitCode : 130;
  }
  if (problem.code === 'address-not-here') return listenGiven ? 2 : 1;
  if (problem.code !== 'failure') return 1;
  return exitCodeOf(problem.failure);
}

/** The document of `--json`. @param at when the deployment began, ISO 8601 */
export function asJson(
  host: string,
  at: string,
  found: { readonly steps: readonly Step[]; readonly notes: readonly object[] } | null,
  outcome: Outcome<unknown>,
  sentence: (problem: DeployProblem) => string,
): Record<string, unknown> {
  const { problem, proved, rolledBack } = outcome;
  const aside = 'aside' in rolledBack ? rolledBack.aside : [];
  const wrong = 'wrong' in rolledBack ? rolledBack.wrong : [];
  return {
    host,
    at,
    changed: outcome.changed,
    steps: (found?.steps ?? []).map((step) => ({
      kind: step.kind,
      path: step.path,
      before: step.before,
      after: step.after,
      ...('reason' in step ? { reason: step.reason } : {}),
    })),
    notes: found?.notes ?? [],
    proved,
    /** null: nothing had to be; `pending`: the host does it by itself. */
    rolledBack:
      rolledBack.how === 'no-need'
        ? null
        : rolledBack.how === 'by-host'
          ? 'pending'
          : rolledBack.how === 'done',
    movedAside: aside,
    notPutBack: wrong,
    error: problem === null ? null : { code: codeOf(problem), message: sentence(problem), detail: problem },
    journal: outcome.journal,
  };
}

function codeOf(problem: DeployProblem): string {
  return problem.code === 'failure' ? problem.failure.code : problem.code;
}
