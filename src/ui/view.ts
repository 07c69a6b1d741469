/** What the user is looking at: focus, overlays, the journal's window, what is being typed. React-free. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CalcRefusal } from '../calc/grammar.ts';
import type { Command } from '../state/session.ts';
import type { FailedSwitch } from './hosts.ts';
import { type EditedLine, EMPTY_LINE } from './input/line-editor.ts';
import { type Inputs, NOT_WALKING, type Walk } from './input/recall.ts';
import type { PaneId } from './layout.ts';
import type { Tone } from './theme.ts';

export const PRIORITIES = ['all', 'info', 'notice', 'warning', 'err'] as const;
export type PriorityFilter = (typeof PRIORITIES)[number];

export const TIME_STYLES = ['clock', 'age', 'date'] as const;
export type TimeStyle = (typeof TIME_STYLES)[number];

/** Lines are named by their sequence number in the journal buffer. */
export interface JournalView {
  readonly follow: boolean;
  /** The chosen line while not following. */
  readonly cursor: number | null;
  /** The line at the top of the window while not following. */
  readonly top: number | null;
  /** Where a selection of several lines began. */
  readonly mark: number | null;
  /** The buffer's `endSeq` when the following stopped: what is beyond is new. */
  readonly pausedAt: number;
  readonly priority: PriorityFilter;
  readonly folded: boolean;
  readonly wrap: boolean;
  readonly time: TimeStyle;
  /** What is looked for; '' when nothing. */
  readonly query: string;
  /** The query while it is typed, else null. */
  readonly typing: EditedLine | null;
}

export interface CalculatorView {
  readonly line: EditedLine;
  readonly inputs: Inputs;
  readonly walk: Walk;
  /** Ctrl+R: what is searched for and which input it found. */
  readonly search: { readonly line: EditedLine; readonly found: number | null } | null;
  /** Why Enter did not send what stands there. */
  readonly refusal: CalcRefusal | null;
}

/** One answer of a dialog. */
export interface Choice {
  readonly label: string;
  /** The letters that pick it at once; the first is shown. */
  readonly keys: readonly string[];
  readonly commands: readonly Command[];
  /** Opens the drill's overlay as well. */
  readonly opensDrill?: true;
}

export type Overlay =
  | {
      readonly kind: 'dialog';
      /** Names unit and host, which are foreign. */
      readonly question: string;
      readonly notes: readonly string[];
      readonly choices: readonly Choice[];
      readonly chosen: number;
      readonly harmful: boolean;
    }
  | { readonly kind: 'help'; readonly scroll: number }
  | { readonly kind: 'verdict'; readonly scroll: number }
  | { readonly kind: 'drill'; readonly scroll: number }
  | { readonly kind: 'line'; readonly seq: number; readonly scroll: number }
  | { readonly kind: 'palette'; readonly query: EditedLine; readonly chosen: number }
  | {
      readonly kind: 'hosts';
      readonly query: EditedLine;
      readonly chosen: number;
      /** Of the switch that was tried last. */
      readonly failure: FailedSwitch | null;
    };

export interface Toast {
  readonly text: string;
  readonly tone: Tone;
  readonly untilMono: number;
}

export interface ViewState {
  readonly focus: PaneId;
  readonly zoomed: boolean;
  /** Letters go to the calculator's input. */
  readonly typing: boolean;
  readonly overlay: Overlay | null;
  readonly toast: Toast | null;
  readonly journal: JournalView;
  readonly calculator: CalculatorView;
}

export type ViewStore = StoreApi<ViewState>;

export const INITIAL_VIEW: ViewState = {
  focus: 'service',
  zoomed: false,
  typing: false,
  overlay: null,
  toast: null,
  journal: {
    follow: true,
    cursor: null,
    top: null,
    mark: null,
    pausedAt: 0,
    priority: 'all',
    folded: true,
    wrap: false,
    time: 'clock',
    query: '',
    typing: null,
  },
  calculator: { line: EMPTY_LINE, inputs: [], walk: NOT_WALKING, search: null, refusal: null },
};

export function createViewStore(initial: ViewState = INITIAL_VIEW): ViewStore {
  return createStore<ViewState>(() => initial);
}
