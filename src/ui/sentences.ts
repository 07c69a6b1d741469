/** Failures and verdicts in words, from the catalogue, made ready for the screen. */
import type { Failure } from '../ops/failure.ts';
import type { Mend, Verdict } from '../ops/verdict.ts';
import type { Catalogue } from '../text/catalogue.ts';
import type { ActionId } from './actions.ts';
import type { KeyClash, KeyTable } from './bindings.ts';
import { keyLabel } from './key-label.ts';
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

/** What mends it, and the key that does it when one does. */
export function mendSentence(mend: Mend, keys: KeyTable, text: Catalogue): string {
  const said = text.verdict.mend(mend);
  const key = mend.action === null ? undefined : keys.keysOf(MENDING[mend.action])[0];
  if (key === undefined) return said;
  const pressed = text.console.probe.key(keyLabel(key, text.console.keyNames));
  return said === '' ? pressed : `${said} (${pressed})`;
}

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
