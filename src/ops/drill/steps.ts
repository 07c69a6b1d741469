/** What one fact after another means to a drill: pure, for the watching is elsewhere. */
import type { ServiceFacts } from '../host.ts';
import {
  DRILL_STEPS,
  type DrillProgress,
  type DrillReason,
  type DrillStep,
  type DrillStepName,
} from './progress.ts';

/** Before systemd 254, `failed` is announced for a moment before the wait for the restart. */
const DOWN_FOR_GOOD_MS = 1500;

/** A drill under way: what the screen shows, and what must be remembered to go on. */
export interface DrillTrack {
  readonly progress: DrillProgress;
  /** Whether the port was open when it began; null where that cannot be seen. */
  readonly portWasOpen: boolean | null;
  /** When systemd began to wait for the restart, and when it stopped waiting. */
  readonly waitFromMono: number | null;
  readonly waitUntilMono: number | null;
  /** Since when the unit is `failed` or `inactive`. */
  readonly downMono: number | null;
  readonly relapsed: boolean;
}

/** A drill that has not begun. */
export function idleDrill(unit: string, service: ServiceFacts | null, nowMono: number): DrillProgress {
  return {
    unit,
    startedMono: nowMono,
    pidBefore: service?.mainPid ?? 0,
    pidAfter: null,
    restartSecMs: service?.restartSecMs ?? 0,
    waitedMs: null,
    steps: DRILL_STEPS.map((name) => ({ name, ms: null, state: 'waiting' })),
    passed: null,
    reason: null,
  };
}

export function isDone(progress: DrillProgress, name: DrillStepName): boolean {
  return progress.steps.some((step) => step.name === name && step.state === 'done');
}

/** The step taken at that moment; the first time counts. */
export function done(progress: DrillProgress, name: DrillStepName, atMono: number): DrillProgress {
  if (isDone(progress, name)) return progress;
  return withStep(progress, { name, ms: Math.max(0, atMono - progress.startedMono), state: 'done' });
}

function withStep(progress: DrillProgress, step: DrillStep): DrillProgress {
  return { ...progress, steps: progress.steps.map((each) => (each.name === step.name ? step : each)) };
}

/** Those of `names` that still wait, settled as `state`. */
export function settle(
  progress: DrillProgress,
  state: 'absent' | 'missed',
  names: readonly DrillStepName[] = DRILL_STEPS,
): DrillProgress {
  const steps = progress.steps.map((step) =>
    step.state === 'waiting' && names.includes(step.name) ? { ...step, state } : step,
  );
  return { ...progress, steps };
}

/** systemd's names for the wait between a failure and the start that follows (the second since 254). */
function waitsForRestart({ active, sub }: ServiceFacts): boolean {
  return active === 'activating' && sub.startsWith('auto-restart');
}

/** Whether systemd starts it again after SIGKILL, an unclean signal: the table in systemd.service(5). */
export function restartsAfterKill(restart: string): boolean {
  return ['always', 'on-failure', 'on-abnormal', 'on-abort'].includes(restart);
}

/** The track after one more look at what the host said last. */
export function observe(
  track: DrillTrack,
  service: ServiceFacts,
  portOpen: boolean | null,
  nowMono: number,
): DrillTrack {
  let { progress, waitFromMono, waitUntilMono, relapsed } = track;
  const up = service.active === 'active' && service.mainPid !== 0;
  // The news of the exit may come before the reply to the kill that brought it about.
  if (!up || service.mainPid !== progress.pidBefore) {
    progress = done(done(progress, 'killed', nowMono), 'exited', nowMono);
  }
  if (waitsForRestart(service)) {
    progress = done(progress, 'restarting', nowMono);
    relapsed = waitUntilMono !== null;
    waitFromMono ??= nowMono;
  } else if (waitFromMono !== null) {
    waitUntilMono ??= nowMono;
  }
  if (up && service.mainPid !== progress.pidBefore) {
    progress = { ...done(progress, 'started', nowMono), pidAfter: service.mainPid };
    waitUntilMono ??= nowMono;
  }
  const down = service.active === 'failed' || service.active === 'inactive';
  if (waitUntilMono !== null && progress.waitedMs === null) {
    progress = { ...progress, waitedMs: waitedMs(progress, waitFromMono, waitUntilMono) };
  }
  return {
    ...track,
    progress: observePort(progress, track.portWasOpen, portOpen, nowMono),
    waitFromMono,
    waitUntilMono,
    relapsed,
    downMono: down ? (track.downMono ?? nowMono) : null,
  };
}

/** A wait too short to be announced is counted from the exit. */
function waitedMs(progress: DrillProgress, fromMono: number | null, untilMono: number): number {
  const exitedMs = progress.steps.find((step) => step.name === 'exited')?.ms ?? 0;
  return Math.max(0, untilMono - (fromMono ?? progress.startedMono + exitedMs));
}

/** Closing counts from open only, and opening after that, or from closed. */
function observePort(
  progress: DrillProgress,
  wasOpen: boolean | null,
  open: boolean | null,
  nowMono: number,
): DrillProgress {
  if (wasOpen === null || open === null) return progress;
  if (!open) return wasOpen ? done(progress, 'port-closed', nowMono) : progress;
  return !wasOpen || isDone(progress, 'port-closed') ? done(progress, 'port-open', nowMono) : progress;
}

/** Why it will not come back; null: it still may. */
export function hopeless(track: DrillTrack, service: ServiceFacts, nowMono: number): DrillReason | null {
  const { result } = service;
  if (track.downMono !== null && result === 'start-limit-hit') return { code: 'start-limit' };
  const downForGood = track.downMono !== null && nowMono - track.downMono >= DOWN_FOR_GOOD_MS;
  if (track.relapsed || downForGood) return { code: 'failed-to-start', result };
  return null;
}

/**
 * The port's two steps, once the restart is over: a unit that leaves its port alone, or a firewall that
 * is off or not ours to read, has neither. A port that closed and did not open again was missed.
 */
export function settlePort(progress: DrillProgress): DrillProgress {
  const reopening = isDone(progress, 'port-closed') ? 'missed' : 'absent';
  return settle(settle(progress, 'absent', ['port-closed']), reopening, ['port-open']);
}
