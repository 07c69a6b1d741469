/** How far a drill has come: its steps in order, and how it ended. */
import type { Failure } from '../failure.ts';

export const DRILL_STEPS = [
  'killed',
  'exited',
  'port-closed',
  'restarting',
  'port-open',
  'started',
  'connects',
  'answers',
] as const;
export type DrillStepName = (typeof DRILL_STEPS)[number];

export interface DrillStep {
  readonly name: DrillStepName;
  /** Milliseconds since the kill on the monotonic clock; null: not reached yet, or the unit has no such step. */
  readonly ms: number | null;
  readonly state: 'waiting' | 'done' | 'absent' | 'missed';
}

export type DrillReason =
  | { readonly code: 'no-restart'; readonly restart: string }
  | { readonly code: 'not-running' }
  /** It runs, and systemd still waits for the sign that `Type=` promises. */
  | { readonly code: 'not-ready'; readonly type: string }
  | { readonly code: 'wait-differs'; readonly expectedMs: number; readonly measuredMs: number }
  | { readonly code: 'start-limit' }
  | { readonly code: 'failed-to-start'; readonly result: string }
  | { readonly code: 'does-not-connect' }
  | { readonly code: 'wrong-answer'; readonly got: string }
  | { readonly code: 'no-answer' }
  | { readonly code: 'timeout'; readonly waitedMs: number }
  | { readonly code: 'link-lost' }
  | { readonly code: 'cancelled' }
  | { readonly code: 'refused'; readonly failure: Failure };

export interface DrillProgress {
  readonly unit: string;
  readonly startedMono: number;
  readonly pidBefore: number;
  readonly pidAfter: number | null;
  readonly restartSecMs: number;
  /** How long systemd waited before it started the unit again, ms; null while it waits, or has not begun to. */
  readonly waitedMs: number | null;
  readonly steps: readonly DrillStep[];
  /** null while it runs. */
  readonly passed: boolean | null;
  readonly reason: DrillReason | null;
}
