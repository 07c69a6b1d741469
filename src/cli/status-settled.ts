/** Whether all that `status` tells is in, or known not to come. Pure. */
import type { ConsoleState } from '../state/store.ts';

/** Evidence that is on its way to becoming another. */
const PASSING = new Set(['not-looked', 'not-listening-yet', 'link-connecting']);

/** Nothing is on its way any more. */
export function isComplete(state: ConsoleState): boolean {
  const { link, probe, verdict, subject } = state;
  // A sample, or an answer: with a full accept queue there is no sample to be had.
  const probed = probe.samples.length > 0 || probe.answer !== null || verdict.untried !== null;
  if (link.state === 'lost') return probed;
  const said =
    (state.service !== null || state.serviceFailure !== null) &&
    (state.firewall !== null || state.firewallFailure !== null) &&
    (state.listeners !== null || state.listenersFailure !== null);
  if (!said || !probed) return false;
  const judged = subject.asksAnswers ? verdict.rungs : verdict.rungs.filter(({ id }) => id !== 'answer');
  return judged.every(({ id, state: rung, evidence }) => {
    if (rung !== 'unknown' || !PASSING.has(evidence.code)) return true;
    // The reason why there is none is known.
    return (id === 'unit' && state.serviceFailure !== null) || (id === 'network' && probe.answer !== null);
  });
}

/** Complete, and the unit not in the middle of a start or a stop: a look a moment later says more. */
export function isSettled(state: ConsoleState): boolean {
  const unit = state.verdict.rungs.find(({ id }) => id === 'unit')?.evidence.code;
  return isComplete(state) && unit !== 'unit-starting' && unit !== 'unit-stopping';
}
