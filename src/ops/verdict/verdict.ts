/**
 * The layer verdict: a ladder from the link up to the right answer. The first broken rung is what
 * is wrong. Pure: facts in, verdict out; the sentences for each reason are in the catalogue.
 */
import { firewallRung } from './firewall-rung.ts';
import type { Evidence, Rung, RungId, RungState, Verdict, VerdictFacts } from './ladder.ts';
import { mendFor } from './mends.ts';
import { answerRung, linkRung, listenerRung, networkRung, portTakenRung, unitRung } from './rungs.ts';

const NOT_LOOKED: Evidence = { code: 'not-looked' };

/** Never throws, whatever the facts. */
export function judge(facts: VerdictFacts): Verdict {
  const rungs = settle(facts);
  const broken = rungs.find((rung) => rung.state === 'broken') ?? null;
  const warning = broken === null ? (rungs.find((rung) => rung.state === 'warning') ?? null) : null;
  const state = (id: RungId) => rungs.find((rung) => rung.id === id)?.state;
  const withheld = rungs.some((rung) => rung.evidence.code === 'answer-withheld');
  const asked = facts.subject.asksAnswers && !withheld;
  const answered = asked ? state('answer') === 'ok' : state('answer') !== 'broken';
  const { connect: untried } = facts.probe.restraints;
  // The unit is what is broken, but no start of it gets past a port that is taken.
  const taken = rungs.find((rung) => rung.evidence.code === 'port-taken');
  const faulty = taken ?? broken ?? warning;
  return {
    rungs,
    broken: broken?.id ?? null,
    warning: warning?.id ?? null,
    reachable: broken === null && state('network') === 'ok' && answered,
    untried: untried?.code === 'looking' ? null : untried,
    mend: faulty === null ? null : mendFor(faulty.evidence, facts),
  };
}

/**
 * Each rung is first judged on its own, then against those above it, so that the ladder never
 * contradicts itself: what follows from a broken rung is skipped, not broken as well; what has been
 * seen to work takes back what merely looked wrong.
 */
function settle(facts: VerdictFacts): readonly Rung[] {
  const link = linkRung(facts);
  const network = networkRung(facts);
  const answer = answerRung(facts);
  if (link.state === 'broken') {
    const unseen = (id: RungId): Rung => ({ id, state: 'skipped', evidence: NOT_LOOKED });
    return [link, unseen('unit'), unseen('listener'), unseen('firewall'), ifWell(network), ifWell(answer)];
  }
  const unit = unitRung(facts);
  const seenListener = listenerRung(facts);
  const seenFirewall = firewallRung(facts);
  if (unit.state === 'broken') {
    // The exercise's unit opens its port when it starts and closes it when it stops.
    const firewall = unlessBroken(seenFirewall, 'skipped');
    const listener = portTakenRung(facts, unit) ?? ifWell(seenListener);
    return [link, unit, listener, firewall, ifWell(network), ifWell(answer)];
  }
  const connects = network.state === 'ok';
  const listener = connects ? doubted(seenListener) : seenListener;
  const firewall = connects ? doubted(seenFirewall) : seenFirewall;
  const explained =
    listener.state === 'broken' ||
    firewall.state === 'broken' ||
    listener.evidence.code === 'not-listening-yet';
  // At the very start: what is above may explain it in a moment.
  const early = [unit, listener, firewall].some((rung) => rung.evidence.code === 'not-looked');
  const reached = explained ? ifWell(network) : early ? unlessBroken(network, 'unknown') : network;
  const blocked = reached.state === 'broken' || reached.state === 'skipped';
  return [link, unit, listener, firewall, reached, blocked ? ifWell(answer) : answer];
}

/** It looks wrong, and yet it connects: a rich rule, a forwarded port. Worth a warning. */
function doubted(rung: Rung): Rung {
  return rung.state === 'broken' ? { ...rung, state: 'warning' } : rung;
}

/** A rung below a broken one: kept when it was seen to be well, else a consequence of no interest. */
function ifWell(rung: Rung): Rung {
  return rung.state === 'ok' || rung.state === 'warning' ? rung : { ...rung, state: 'skipped' };
}

function unlessBroken(rung: Rung, instead: RungState): Rung {
  return rung.state === 'broken' ? { ...rung, state: instead } : rung;
}
