/** What every component reads: the facts, the view, the catalogue, the beat. */
import { createContext, use, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { ConsoleState } from '../state/store.ts';
import type { Catalogue } from '../text/catalogue.ts';
import type { ConsoleController } from './controller.ts';
import { keyLabel } from './key-label.ts';
import { createPulse, type Pulse } from './pulse.ts';
import { mendingAction } from './sentences.ts';
import { fastTicker, secondTicker, type Ticker } from './ticker.ts';
import type { ViewState } from './view.ts';

export interface ConsoleParts {
  readonly controller: ConsoleController;
  readonly seconds: Ticker;
  readonly tenths: Ticker;
  /** The journal's version, at the pace of the screen. */
  readonly journal: Pulse;
}

export const ConsoleContext = createContext<ConsoleParts | null>(null);

export function partsOf(controller: ConsoleController): ConsoleParts {
  const { clock, session } = controller.deps;
  const version = (): number => session.store.getState().journalVersion;
  return {
    controller,
    seconds: secondTicker(clock),
    tenths: fastTicker(clock),
    journal: createPulse(clock, version, (changed) => session.store.subscribe(changed)),
  };
}

function useParts(): ConsoleParts {
  const parts = use(ConsoleContext);
  if (parts === null) throw new Error('drawn outside the console');
  return parts;
}

export const useController = (): ConsoleController => useParts().controller;

export function useText(): Catalogue['console'] {
  return useParts().controller.deps.text.console;
}

/** A slice of the facts: the component is drawn again only when it changed, compared one level deep. */
export function useFacts<T>(select: (state: ConsoleState) => T): T {
  return useStore(useParts().controller.deps.session.store, useShallow(select));
}

/** The key that mends what is wrong, as it is shown; null when none does, or it is off. */
export function useMendKey(): string | null {
  const { keys, text } = useController().deps;
  const action = useFacts(mendingAction);
  const key = action === null ? undefined : keys.keysOf(action)[0];
  return key === undefined ? null : keyLabel(key, text.console.keyNames);
}

export function useView<T>(select: (view: ViewState) => T): T {
  return useStore(useParts().controller.view, useShallow(select));
}

/**
 * Something worked out from the time, once a second: the component is drawn again only when the
 * result (a string, a number) differs.
 */
export function useSecond<T extends string | number | boolean | null>(select: (nowMono: number) => T): T {
  const { seconds } = useParts();
  return useSyncExternalStore(seconds.subscribe, () => select(seconds.now()));
}

const never = (): (() => void) => () => undefined;

/** The same ten times a second while `active`; otherwise not at all. */
export function useTenth<T extends string | number | boolean | null>(
  active: boolean,
  select: (nowMono: number) => T,
): T | null {
  const { tenths } = useParts();
  return useSyncExternalStore(active ? tenths.subscribe : never, () =>
    active ? select(tenths.now()) : null,
  );
}

/** Draws the component again when lines came, thirty times a second at most. */
export function useJournalVersion(): number {
  const { journal } = useParts();
  return useSyncExternalStore(journal.subscribe, journal.value);
}
