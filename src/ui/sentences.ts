/** Failures and verdicts in words, from the catalogue, made ready for the screen. */
import type { Failure } from '../ops/failure.ts';
import type { Mend, RungState, Verdict } from '../ops/verdict/ladder.ts';
import type { ConsoleState } from '../state/store.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { type ActionId, actionOf, blocked } from './actions.ts';
import type { KeyClash } from './bindings.ts';
import { SYMBOL, type Tone } from './theme.ts';

/** What went wrong, in the one line that stands alone. */
export function failureSentence(failure: Failure, text: Catalogue): string {
  return failureLines(failure, text)[0] ?? failure.code;
}

/** The same with what was tried and what to do next, a line each. */
export function failureLines(failure: Failure, text: Catalogue): string[] {
  return text.failures.describe(failure).split('\n');
}

export function verdictLook(verdict: Verdict): { readonly symbol: string; readonly tone: Tone } {
  if (verdict.broken !== null) return { symbol: SYMBOL.bad, tone: 'bad' };
  if (verdict.warning !== null) return { symbol: SYMBOL.warning, tone: 'warning' };
  return verdict.reachable
    ? { symbol: SYMBOL.good, tone: 'good' }
    : { symbol: SYMBOL.unknown, tone: 'quiet' };
}

/** Whether its sentences hold a wait to the tenth of a second. */
export function countsDown(verdict: Verdict): boolean {
  return verdict.rungs.some(
    ({ evidence }) => evidence.code === 'unit-waiting-restart' && evidence.restartAtMono !== null,
  );
}

const MENDING: Readonly<Record<NonNullable<Mend['action']>, ActionId>> = {
  start: 'start',
  'reset-failed': 'reset-failed',
  restart: 'restart',
  'daemon-reload': 'daemon-reload',
  'open-port': 'open-port',
  'open-port-permanent': 'open-port',
  reconnect: 'reconnect',
};

/** The action that mends what is wrong, when one does and it is not off. */
export function mendingAction(
  state: Pick<ConsoleState, 'verdict' | 'readOnly' | 'link' | 'drill'>,
): ActionId | null {
  const action = state.verdict.mend?.action ?? null;
  if (action === null) return null;
  const id = MENDING[action];
  return blocked(actionOf(id), state) === null ? id : null;
}

/** What to press next: what mends it, or else the verdict in full, where what does is written. */
export function nextAction(state: Parameters<typeof mendingAction>[0]): ActionId | null {
  return mendingAction(state) ?? (state.verdict.mend === null ? null : 'verdict');
}

/**
 * What mends it: the key where there is one, then what one would type on the host.
 * @param key as it is shown; null when no key does, or it is off
 */
export function mendSentence(mend: Mend, key: string | null, text: Catalogue): string {
  if (key === null) return text.verdict.mend(mend);
  const { press, advised } = text.console.probe;
  const advice = text.verdict.advice(mend);
  const command = text.verdict.mend({ ...mend, advice: null });
  const pressed = press(key, command);
  return advice === null ? pressed : advised(advice, pressed);
}

export interface RungInWords {
  readonly name: string;
  readonly state: RungState;
  readonly stateName: string;
  /** Of one that is skipped just that: what it would say follows from the broken one, or is not so any more. */
  readonly evidence: string;
}

export function rungsInWords(verdict: Verdict, nowMono: number, text: Catalogue): RungInWords[] {
  return verdict.rungs.map(({ id, state, evidence }) => ({
    name: text.verdict.rung(id),
    state,
    stateName: text.verdict.state(state),
    evidence: state === 'skipped' ? text.verdict.state(state) : text.verdict.evidence(evidence, nowMono),
  }));
}

export const RUNG_LOOK: Readonly<Record<RungState, { readonly symbol: string; readonly tone: Tone }>> = {
  ok: { symbol: SYMBOL.good, tone: 'good' },
  warning: { symbol: SYMBOL.warning, tone: 'warning' },
  broken: { symbol: SYMBOL.bad, tone: 'bad' },
  unknown: { symbol: '?', tone: 'quiet' },
  skipped: { symbol: SYMBOL.unknown, tone: 'quiet' },
};

/** What is wrong with a key of the settings, in one sentence. */
export function clashSentence(clash: KeyClash, text: Catalogue): string {
  const words = text.console.clashes;
  switch (clash.kind) {
    case 'unknown-action':
      return words.unknownAction(clash.action);
    case 'unknown-key':
      return words.unknownKey(clash.key, clash.action);
    case 'reserved':
      return words.reserved(clash.key, clash.action);
    case 'overlap':
      return words.overlap(clash.key, clash.actions[0], clash.actions[1]);
  }
}
