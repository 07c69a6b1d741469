/** The results of `check` and the plan of `--fix`, for people and as JSON. */
import type { CheckResult, CheckState, Evidence } from '../ops/checks/check.ts';
import type { RepairStep } from '../ops/checks/repair.ts';
import type { Clock } from '../ops/clock.ts';
import { diffLines } from '../ops/deploy/diff.ts';
import type { Host } from '../ops/host.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { harmless } from '../text/foreign.ts';
import type { Io, Output } from './io.ts';
import { type Paint, painter, SYMBOL, type Tone } from './paint.ts';

type Text = Catalogue['checks'];

const MARKS: Record<CheckState, string> = { pass: SYMBOL.yes, fail: SYMBOL.no, warn: '!', skip: '–' };
const TONES: Record<CheckState, Tone> = { pass: 'good', fail: 'bad', warn: 'warning', skip: 'quiet' };

/** Evidence is cut after these many lines; `--json` has all of it. */
const LINES_SHOWN = 12;
const LINE_WIDTH = 300;

export function showResults(
  results: readonly CheckResult[],
  text: Text,
  io: Pick<Io, 'stdout' | 'colour'>,
): void {
  const paint = painter(io.colour);
  const width = Math.max(0, ...results.map(({ id }) => id.length));
  const lines: string[] = [];
  let group = '';
  for (const result of results) {
    if (result.group !== group) {
      if (group !== '') lines.push('');
      group = result.group;
      lines.push(paint(text.groups[result.group], 'strong'));
    }
    const mark = paint(MARKS[result.state], TONES[result.state]);
    const sentence = `${text.titles[result.id]} — ${text.finding(result.finding)}`;
    lines.push(`${mark} ${paint(result.id.padEnd(width), 'quiet')} ${sentence}`);
    if (result.state === 'fail' || result.state === 'warn') lines.push(...details(result, text, paint));
  }
  const { pass, fail, warn, skip } = summaryOf(results);
  lines.push('', text.summary(pass, fail, warn, skip));
  io.stdout.write(`${lines.join('\n')}\n`);
}

function details({ evidence, mend }: CheckResult, text: Text, paint: Paint): readonly string[] {
  const shown = evidence.flatMap(({ command, output }) => [
    paint(`    $ ${harmless(command, LINE_WIDTH)}`, 'quiet'),
    ...outputLines(output).map((line) => paint(`    ${line}`, 'quiet')),
  ]);
  const mends = (mend?.commands ?? []).map((command, index) => {
    const lead = index === 0 ? text.mend : ' '.repeat(text.mend.length);
    const behind = index === 0 && mend?.fixable ? `  ${text.byFix}` : '';
    return `    ${lead}${harmless(command, LINE_WIDTH)}${behind}`;
  });
  return [...shown, ...mends];
}

function outputLines(output: string): readonly string[] {
  const lines = output === '' ? [] : output.split('\n');
  const cut = lines.slice(0, LINES_SHOWN).map((line) => harmless(line, LINE_WIDTH));
  return lines.length > LINES_SHOWN ? [...cut, '…'] : cut;
}

export function summaryOf(results: readonly CheckResult[]): Record<CheckState, number> {
  const summary: Record<CheckState, number> = { pass: 0, fail: 0, warn: 0, skip: 0 };
  for (const { state } of results) summary[state] += 1;
  return summary;
}

/** What `--json` prints. */
export interface CheckDocument {
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly items: readonly {
    readonly id: string;
    readonly group: string;
    readonly title: string;
    readonly state: CheckState;
    readonly finding: string;
    readonly evidence: readonly Evidence[];
    readonly mend: { readonly commands: readonly string[]; readonly fixable: boolean } | null;
  }[];
  readonly summary: Record<CheckState, number>;
}

export function checkDocument(
  results: readonly CheckResult[],
  { host, clock }: { readonly host: Host; readonly clock: Clock },
  text: Text,
): CheckDocument {
  return {
    host: host.info.label,
    at: new Date(clock.wall()).toISOString(),
    items: results.map(({ id, group, state, finding, evidence, mend }) => ({
      id,
      group,
      title: text.titles[id],
      state,
      finding: text.finding(finding),
      evidence,
      mend,
    })),
    summary: summaryOf(results),
  };
}

export function showPlan(
  steps: readonly RepairStep[],
  host: string,
  out: Output,
  text: Text,
  paint: Paint,
): void {
  const lines = [
    '',
    text.plan(steps.length, host),
    ...steps.flatMap((step, index) => [
      `  ${index + 1}. ${text.step(step)}  ${paint(`[${step.items.join(', ')}]`, 'quiet')}`,
      ...(step.kind === 'edit-unit' ? unifiedDiff(step, paint) : []),
    ]),
  ];
  out.write(`${lines.join('\n')}\n`);
}

const SIGNS = { same: ' ', gone: '-', new: '+' };
const SIGN_TONES = { same: 'quiet', gone: 'bad', new: 'good' } as const;

function unifiedDiff({ before, after }: { before: string; after: string }, paint: Paint): readonly string[] {
  return diffLines(before, after).flatMap((hunk) => [
    paint(`     @@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`, 'quiet'),
    ...hunk.lines.map(({ kind, text }) =>
      paint(`     ${SIGNS[kind]}${harmless(text, LINE_WIDTH)}`, SIGN_TONES[kind]),
    ),
  ]);
}
