/** A whole run: which checks, the facts they need, the judgements, and the one proof that stops the service. */
import type { Asking } from './answers.ts';
import { APP } from './app.ts';
import { type Check, type CheckId, type CheckResult, EVERY_CHECK, type Gathered, skipped } from './check.ts';
import { demoSources } from './demo-sources.ts';
import { FIREWALL_FOLLOWS, isReadyToProve, proveFollows } from './firewall-follows.ts';
import { gather } from './gather.ts';
import { HOST } from './host.ts';
import { INTEGRATE } from './integrate.ts';
import { guardingZone } from './integrate-firewall.ts';
import { linuxSources } from './linux-sources.ts';
import { MONITOR } from './monitor.ts';
import { withServices } from './open-services.ts';
import { planRepairs } from './repair.ts';
import { SETUP } from './setup.ts';
import { TEST } from './test.ts';

const ALL: readonly Check[] = [
  ...SETUP,
  ...TEST,
  ...INTEGRATE,
  FIREWALL_FOLLOWS,
  ...MONITOR,
  ...HOST,
  ...APP,
];

export function isCheckId(word: string): word is CheckId {
  return (EVERY_CHECK as readonly string[]).includes(word);
}

export interface CheckRun extends Asking {
  /** Ids, in any order; null for all. */
  readonly only: readonly CheckId[] | null;
  /** Asked once, and only when everything is ready for it; null: never stop the service. */
  readonly mayStop: (() => Promise<boolean>) | null;
}

export interface CheckReport {
  /** In the exercise's order. */
  readonly results: readonly CheckResult[];
  /** What they were judged on; a plan to mend is made from it. */
  readonly facts: Gathered;
}

/** @throws Failed `link-lost`; the signal's reason */
export async function runChecks(run: CheckRun): Promise<CheckReport> {
  const { host, subject, only, signal } = run;
  const chosen = ALL.filter(({ id }) => only === null || only.includes(id));
  // The proof rests on these, also when they are not asked for.
  const wanted =
    chosen.includes(FIREWALL_FOLLOWS) && run.mayStop !== null ? [...chosen, ...FOUNDATION] : chosen;
  const sources = host.info.kind === 'demo' ? demoSources(run) : linuxSources(run);
  const facts = await gather(
    wanted.flatMap((check) => check.facts),
    sources,
  );
  signal.throwIfAborted();
  const judged = [...new Set(wanted)].map((check) => check.run(facts, subject));
  const proved = await prove(run, judged, facts);
  const results = EVERY_CHECK.flatMap((id) => {
    if (only !== null && !only.includes(id)) return [];
    const result = proved?.id === id ? proved : judged.find((one) => one.id === id);
    return result === undefined ? [] : [result];
  });
  return { results: offer(results, facts, run), facts };
}

const FOUNDATION = INTEGRATE.filter(({ id }) =>
  ['active', 'firewall-open-on-start', 'firewall-close-on-stop'].includes(id),
);

async function prove(
  { host, subject, mayStop, signal }: CheckRun,
  judged: readonly CheckResult[],
  facts: Gathered,
): Promise<CheckResult | null> {
  const { service, firewall, cards, listenAddress, openServices } = facts;
  if (mayStop === null || !isReadyToProve(judged)) return null;
  if (!service?.seen || service.value.active !== 'active' || !firewall?.seen) return null;
  if (host.info.privilege.kind === 'none') {
    const detail = host.info.privilege.detail;
    return skipped('firewall-follows', 'integrate', { code: 'not-permitted', detail }, firewall.evidence);
  }
  if (!(await mayStop())) return null;
  const guard = guardingZone(
    firewall.value,
    cards?.seen === true ? cards.value : null,
    listenAddress?.seen === true ? listenAddress.value : null,
  );
  const known = withServices(firewall.value, openServices?.seen === true ? openServices : null);
  return proveFollows(host, known, subject, guard?.zone ?? firewall.value.defaultZone, signal);
}

/** What is offered is what there is a plan for; nothing is to somebody who may not change the host. */
function offer(results: readonly CheckResult[], facts: Gathered, { host, subject }: CheckRun) {
  const steps = planRepairs({ results, facts, subject, host: host.info, stamp: '' });
  const mended = new Set(steps.flatMap((step) => step.items));
  return results.map((result) =>
    result.mend?.fixable === true && !mended.has(result.id)
      ? { ...result, mend: { ...result.mend, fixable: false } }
      : result,
  );
}
