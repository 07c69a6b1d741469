/** The plan of a deployment for people: its steps, and a unified diff of every file that changes. */
import { diffLines } from '../ops/deploy/diff.ts';
import type { Step } from '../ops/deploy/plan.ts';
import { maskSecrets } from '../ops/mask.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { harmless } from '../text/foreign.ts';
import type { Output } from './io.ts';

/** A file that was not there is shown up to here: all of it is new anyway. */
const NEW_LINES_SHOWN = 24;

const COLOURS = { gone: '\x1b[31m', new: '\x1b[32m', same: '', place: '\x1b[36m', end: '\x1b[39m' };
const SIGNS = { gone: '-', new: '+', same: ' ' };

/** A plan in words; its steps still as data. */
export interface ShownPlan {
  readonly heading: string;
  readonly steps: readonly Step[];
  readonly notes: readonly string[];
}

export function showPlan(
  { heading, steps, notes }: ShownPlan,
  out: Output,
  text: Catalogue['deploy'],
  colour: boolean,
): void {
  const lines = [
    ...(steps.length === 0 ? [text.nothingToDo] : [heading]),
    ...steps.map((step, index) => `  ${index + 1}. ${text.step(step)}`),
    ...notes.map((note) => `! ${note}`),
    ...steps.flatMap((step) => (step.kind === 'write' ? ['', ...unifiedDiff(step, text, colour)] : [])),
  ];
  out.write(`${lines.join('\n')}\n`);
}

type WriteStep = Extract<Step, { kind: 'write' }>;

function unifiedDiff(step: WriteStep, text: Catalogue['deploy'], colour: boolean): string[] {
  const paint = (line: string, how: 'gone' | 'new' | 'same' | 'place'): string =>
    colour && COLOURS[how] !== '' ? `${COLOURS[how]}${line}${COLOURS.end}` : line;
  const path = harmless(step.path);
  // Told apart as they are, shown without their secrets.
  const hunks = diffLines(step.before ?? '', step.after);
  const whole = hunks.flatMap((hunk) => [
    paint(`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`, 'place'),
    ...hunk.lines.map((line) =>
      paint(`${SIGNS[line.kind]}${harmless(maskSecrets(line.text), 400)}`, line.kind),
    ),
  ]);
  const shown = step.before === null ? whole.slice(0, NEW_LINES_SHOWN + 1) : whole;
  const rest = whole.length - shown.length;
  return [
    paint(
      `--- ${step.before === null ? '/dev/null' : path}\t${step.before === null ? text.nothingThere : text.before}`,
      'gone',
    ),
    paint(`+++ ${path}\t${text.after}`, 'new'),
    ...shown,
    ...(rest > 0 ? [text.moreLines(rest)] : []),
  ];
}
