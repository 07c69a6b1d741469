/** Failures and verdicts in words, from the catalogue, made ready for the screen. */
import type { Failure } from '../ops/failure.ts';
import type { Mend, Verdict } from '../ops/verdict.ts';
import type { Catalogue } from '../text/catalogue.ts';
import type { ActionId } from './actions.ts';
import type { KeyTable } from './bindings.ts';
import { keyLabel } from './key-label.ts';
import { SYMBOL, type Tone } from './theme.ts';

interface Describes {
  describe?(failure: Failure): string;
}
interface Judges {
  headline?(verdict: Verdict, nowMono: number): string;
  mend?(mend: Mend): string;
  evidence?(evidence: Verdict['rungs'][number]['evidence'], nowMono: number): string;
}

export function failureSentence(failure: Failure, text: Catalogue): string {
  return (text.failures as Describes).describe?.(failure) ?? failure.code;
}

export function verdictLook(verdict: Verdict): { readonly symbol: string; readonly tone: Tone } {
  if (verdict.broken !== null) return { symbol: SYMBOL.bad, tone: 'bad' };
  if (verdict.warning !== null) return { symbol: SYMBOL.warning, tone: 'warning' };
  return verdict.reachable
    ? { symbol: SYMBOL.good, tone: 'good' }
    : { symbol: SYMBOL.unknown, tone: 'quiet' };
}

export function verdictHeadline(verdict: Verdict, nowMono: number, text: Catalogue): string {
  return (text.verdict as Judges).headline?.(verdict, nowMono) ?? verdict.broken ?? '';
}

export function evidenceSentence(rung: Verdict['rungs'][number], nowMono: number, text: Catalogue): string {
  return (text.verdict as Judges).evidence?.(rung.evidence, nowMono) ?? rung.evidence.code;
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
  const said = (text.verdict as Judges).mend?.(mend) ?? mend.command ?? '';
  const key = mend.action === null ? undefined : keys.keysOf(MENDING[mend.action])[0];
  if (key === undefined) return said;
  return `${said} (${text.console.probe.key(keyLabel(key, text.console.keyNames))})`;
}
