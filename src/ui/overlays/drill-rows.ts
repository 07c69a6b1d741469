/** The drill as rows: what was killed, how far the wait is, each step with its time, and what came of it. Pure. */
import type { DrillProgress, DrillReason, DrillStep } from '../../ops/drill/progress.ts';
import type { Failure } from '../../ops/failure.ts';
import type { Catalogue } from '../../text/catalogue.ts';
import { harmless } from '../../text/foreign.ts';
import { widthOf, wrap } from '../../text/measure.ts';
import { gauge } from '../panes/service-rows.ts';
import { BLANK, type Row, row, rowWidth, span } from '../rows.ts';
import { SYMBOL, type Tone } from '../theme.ts';

type Text = Catalogue['console'];
type Describe = (failure: Failure) => string;

/** @param elapsedMs since the kill; the last step's time when it has ended */
export function drillRows(
  drill: DrillProgress | null,
  elapsedMs: number,
  width: number,
  text: Text,
  describe: Describe,
): Row[] {
  const words = text.drill;
  if (drill === null) return [row(span(`${SYMBOL.busy} ${words.starting}`, 'accent'))];
  const head = span(drill.unit, 'plain', { bold: true });
  const verdict = verdictRows(drill, width, text, describe);
  const killed = drill.steps.some(({ name, state }) => name === 'killed' && state === 'done');
  // It was not tried: eight steps that were "missed" would tell of something that never happened.
  if (drill.passed === false && !killed) {
    return [row(head), BLANK, ...verdict, BLANK, row(span(words.nothingKilled, 'quiet'))];
  }
  const pids = words.pids(drill.pidBefore, drill.pidAfter === null ? '…' : String(drill.pidAfter));
  return [
    row(head, span(`   ${pids}`, 'quiet')),
    // Before the steps: on a low screen they scroll, and this is what one waits for.
    ...verdict,
    BLANK,
    barRow(drill, elapsedMs, width, text),
    BLANK,
    ...stepRows(drill, elapsedMs, width, text),
  ];
}

/** From the kill to where systemd should have started it again. */
function barRow(drill: DrillProgress, elapsedMs: number, width: number, text: Text): Row {
  const now = text.format.seconds(elapsedMs).padStart(7);
  const end = text.drill.expected(text.format.wait(drill.restartSecMs));
  const room = Math.max(4, Math.min(32, width - widthOf(now) - widthOf(end) - 3));
  const share = elapsedMs / Math.max(1, drill.restartSecMs);
  return row(
    span(now, 'plain', { bold: true }),
    ' ',
    gauge(share, room, drill.passed === false ? 'bad' : 'accent'),
    span(`  ${end}`, 'quiet'),
  );
}

function stepRows(drill: DrillProgress, elapsedMs: number, width: number, text: Text): Row[] {
  const words = text.drill;
  const column = Math.max(...drill.steps.map(({ name }) => widthOf(words.steps[name]))) + 2;
  const timeOf = (step: DrillStep): string =>
    step.ms === null
      ? words.stepStates[step.state]
      : step.ms < 1000
        ? text.format.latency(step.ms)
        : text.format.seconds(step.ms);
  const times = Math.max(...drill.steps.map((step) => widthOf(timeOf(step))), 8);
  return drill.steps.flatMap((step) => {
    const wait = step.name === 'restarting' ? waitSpan(drill, step, elapsedMs, text) : null;
    const look = wait !== null && drill.waitedMs === null ? WAITING : STEP_LOOK[step.state];
    const name = words.steps[step.name];
    const time = timeOf(step);
    const line = row(
      span(`${look.symbol} `, look.tone),
      span(name + ' '.repeat(column - widthOf(name)), look.tone === 'quiet' ? 'quiet' : 'plain'),
      span(' '.repeat(times - widthOf(time)) + time, step.ms === null ? look.tone : 'plain', {
        bold: step.ms !== null,
      }),
    );
    if (wait === null) return [line];
    return rowWidth([...line, wait]) <= width ? [[...line, wait]] : [line, row('  ', wait)];
  });
}

/** How long systemd has waited, or did in the end, against what RestartSec says. */
function waitSpan(
  drill: DrillProgress,
  step: DrillStep,
  elapsedMs: number,
  { drill: words, format }: Text,
): ReturnType<typeof span> | null {
  const expected = format.seconds(drill.restartSecMs);
  if (drill.waitedMs !== null) {
    const tone: Tone = drill.reason?.code === 'wait-differs' ? 'bad' : 'good';
    return span(`  ${words.waited(format.seconds(drill.waitedMs), expected)}`, tone);
  }
  if (step.ms === null || drill.passed !== null) return null;
  return span(`  ${words.waits(format.seconds(elapsedMs - step.ms), expected)}`, 'accent');
}

function verdictRows(drill: DrillProgress, width: number, text: Text, describe: Describe): Row[] {
  if (drill.passed === null) return [];
  const words = text.drill;
  const said = drill.passed
    ? `${SYMBOL.good} ${words.passed}`
    : `${SYMBOL.bad} ${words.failed(drill.reason === null ? '' : drillReason(drill.reason, text, describe))}`;
  return wrap(harmless(said), width, 6).map((line) =>
    row(span(line, drill.passed ? 'good' : 'bad', { bold: true })),
  );
}

/** The one step that takes its time. */
const WAITING = { symbol: SYMBOL.busy, tone: 'accent' } as const;

const STEP_LOOK: Readonly<Record<DrillStep['state'], { readonly symbol: string; readonly tone: Tone }>> = {
  waiting: { symbol: SYMBOL.off, tone: 'quiet' },
  done: { symbol: SYMBOL.yes, tone: 'good' },
  absent: { symbol: SYMBOL.unknown, tone: 'quiet' },
  missed: { symbol: SYMBOL.no, tone: 'bad' },
};

export function drillReason(reason: DrillReason, text: Text, describe: Describe): string {
  const words = text.drill.reasons;
  const { duration, seconds } = text.format;
  switch (reason.code) {
    case 'no-restart':
      return words.noRestart(reason.restart);
    case 'not-running':
      return words.notRunning;
    case 'not-ready':
      return words.notReady(reason.type);
    case 'wait-differs':
      return words.waitDiffers(seconds(reason.measuredMs), seconds(reason.expectedMs));
    case 'start-limit':
      return words.startLimit;
    case 'failed-to-start':
      return words.failedToStart(reason.result);
    case 'does-not-connect':
      return words.doesNotConnect;
    case 'wrong-answer':
      return words.wrongAnswer(reason.got);
    case 'no-answer':
      return words.noAnswer;
    case 'timeout':
      return words.timeout(duration(reason.waitedMs));
    case 'link-lost':
      return words.linkLost;
    case 'cancelled':
      return words.cancelled;
    case 'refused':
      return describe(reason.failure);
  }
}

/** The drill in one line, for who has closed its overlay: where it is, or what came of it. */
export function drillLine(
  drill: DrillProgress,
  nowMono: number,
  key: string,
  text: Text,
): { readonly tone: Tone; readonly symbol: string; readonly text: string } {
  const words = text.drill;
  if (drill.passed === null) {
    const at = drill.steps.findLast(({ state }) => state === 'done');
    const step = at === undefined ? words.starting : words.steps[at.name];
    const time = text.format.seconds(nowMono - drill.startedMono);
    return { tone: 'accent', symbol: SYMBOL.busy, text: words.underWay(step, time) };
  }
  return drill.passed
    ? { tone: 'good', symbol: SYMBOL.yes, text: words.hasPassed(text.format.seconds(drillEndMs(drill)), key) }
    : { tone: 'bad', symbol: SYMBOL.no, text: words.hasFailed(key) };
}

/** When its last step was taken, ms since the kill. */
export const drillEndMs = (drill: DrillProgress): number =>
  Math.max(0, ...drill.steps.map(({ ms }) => ms ?? 0));
