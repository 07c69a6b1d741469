/** The report as Markdown: headings, sentences, and fences that what a host printed cannot break out of. */
import type { DrillProgress } from '../ops/drill/progress.ts';
import { maskSecrets } from '../ops/mask.ts';
import { bounded } from '../ops/report/bounded.ts';
import { isProof, type Judged } from '../ops/report/judged.ts';
import type { Block, Section } from '../ops/report/material.ts';
import { CHECKLIST, type ChecklistItem } from '../ops/report/points.ts';
import type { Report } from '../ops/report/report.ts';
import type { Typed } from '../ops/report/typed.ts';
import type { Catalogue } from '../text/catalogue.ts';
import type { ReportNames } from '../text/en/report.ts';
import { harmless } from '../text/foreign.ts';
import { reasonSentence } from './drill.ts';

const TAB_STOP = 8;
const LONGEST_COMMAND = 1000;

/** @returns a document that ends in a newline */
export function reportMarkdown(report: Report, text: Catalogue): string {
  const page: Page = { report, text, names: namesOf(report), prompt: promptOf(report) };
  const parts = new Set<string>();
  const sections = report.sections.flatMap((section) => {
    const part = section.point.split('.')[0] as keyof Catalogue['report']['parts'];
    const heading = parts.has(part) ? [] : [`## ${text.report.parts[part]}`];
    parts.add(part);
    return [...heading, ...sectionParagraphs(section, page)];
  });
  return `${[`# ${text.report.title}`, ...introduction(page), ...sections].join('\n\n')}\n`;
}

interface Page {
  readonly report: Report;
  readonly text: Catalogue;
  readonly names: ReportNames;
  readonly prompt: string;
}

/** A finding in words, for people and for `--json`; not yet fit for Markdown. */
export function findingSentence({ finding }: Judged, text: Catalogue): string {
  const sentence =
    finding.by === 'check'
      ? text.checks.finding(finding.result.finding)
      : text.report.own(finding.own, reasonOf(finding.own, text));
  return maskSecrets(sentence);
}

export function pointTitle(report: Report, { point }: Section, text: Catalogue): string {
  return text.report.pointTitle(point, namesOf(report));
}

function namesOf({ subject, hostname }: Report): ReportNames {
  const { unit, port, expected } = subject;
  // They stand in code spans and in a table: nothing that would end those.
  const safe = (name: string): string => harmless(name, 100).replace(/[^\w.@:/\\-]/g, '?');
  return {
    unit: safe(unit),
    folder: safe(expected.folder),
    hostname: safe(hostname),
    port,
    restartSec: expected.restartSecMs / 1000,
    netdataPort: expected.netdataPort,
  };
}

/** As bash has it on Rocky Linux: `[manon@hosting ~]$`. */
function promptOf({ host, hostname }: Report): string {
  const short = hostname.split('.')[0] ?? hostname;
  const account = harmless(`${host.user}@${short}`, 100);
  return `[${account} ~]${host.user === 'root' ? '#' : '$'}`;
}

function introduction({ report, text, names }: Page): readonly string[] {
  const { host, sections, harm, at } = report;
  const words = text.report;
  const done = sections.filter(({ state }) => state === 'done' || state === 'doubtful').length;
  return [
    words.intro(names.hostname, names.unit, at),
    host.kind === 'demo' ? words.embedded : words.howRead,
    harm.killed ? words.changed(harm.stopped, harm.running) : words.changedNothing,
    ...(host.privilege.kind === 'none' ? [escaped(words.limited(host.user, host.privilege))] : []),
    table(
      words.summaryHead,
      sections.map((section) => [
        section.point,
        words.pointTitle(section.point, names),
        words.states[section.state],
      ]),
    ),
    words.summary(done, sections.length),
  ];
}

function sectionParagraphs(section: Section, page: Page): readonly string[] {
  const { point, state, judged, blocks } = section;
  const words = page.text.report;
  return [
    `### ${point} ${words.pointTitle(point, page.names)}`,
    words.about(point, page.names),
    `**${capital(words.states[state])}.**`,
    ...(point === '0' ? [checklist(judged, page)] : []),
    judged
      .map((one) => judgement(one, page))
      .join('\n')
      .trimEnd(),
    ...blocks.map((block) => blockParagraphs(block, page)),
  ].filter((paragraph) => paragraph !== '');
}

/** The exercise's own list, ticked where every check behind the line passed. */
function checklist(judged: readonly Judged[], { text }: Page): string {
  const items = Object.entries(CHECKLIST) as [ChecklistItem, readonly string[]][];
  const lines = items.map(([item, ids]) => {
    const ticked = ids.every((id) => judged.some((one) => one.id === id && one.state === 'pass'));
    return `- [${ticked ? 'x' : ' '}] ${text.report.checklist[item]}`;
  });
  return [text.report.checklistLead, '', ...lines].join('\n');
}

function judgement(judged: Judged, { text }: Page): string {
  const words = text.report;
  const { id, state, finding, mend } = judged;
  const title = finding.by === 'check' ? text.checks.titles[finding.result.id] : (words.ownTitles[id] ?? id);
  const line = `- ${words.item(words.marks[state], title, escaped(findingSentence(judged, text)))}`;
  if (mend === null || state === 'pass') return line;
  const commands = mend.commands.map((command) => commandLine(maskSecrets(command), text));
  // Indented, so that the commands belong to their item of the list.
  const block = fenced(commands).map((one) => `  ${one}`);
  const lead = isProof(mend) ? words.proveLead : words.mendLead;
  return [`${line}${lead}`, '', ...block, ''].join('\n');
}

function blockParagraphs(block: Block, page: Page): string {
  const words = page.text.report;
  switch (block.kind) {
    case 'remark':
      return words.remarks[block.remark];
    case 'drill':
      return drillTable(block.drill, page.text);
    case 'typed': {
      const there = block.typed.filter(({ unseen }) => unseen?.code !== 'no-command');
      const missing = block.typed.filter(({ unseen }) => unseen?.code === 'no-command');
      const refused = there.some(({ unseen }) => unseen?.code === 'not-permitted');
      return [
        words.captions[block.caption],
        ...(there.length === 0
          ? []
          : [fenced(there.flatMap((typed) => promptLines(typed, page))).join('\n')]),
        ...missing.map(({ command }) => words.noCommand(inCode(command))),
        ...(refused ? [words.notPermitted] : []),
      ].join('\n\n');
    }
  }
}

function promptLines({ where, command, output }: Typed, { prompt, text }: Page): readonly string[] {
  const words = text.report;
  const { first, cut, last } = bounded(output);
  const line = (one: { readonly text: string; readonly cut: number }): string =>
    `${visible(one.text)}${one.cut === 0 ? '' : ` ${words.cutLine(one.cut)}`}`;
  return [
    `${where === 'host' ? prompt : '$'} ${commandLine(command, text)}`,
    ...first.map(line),
    ...(cut === 0 ? [] : [words.cutLines(cut)]),
    ...last.map(line),
  ];
}

function drillTable({ steps }: DrillProgress, text: Catalogue): string {
  const words = text.report;
  const names = text.console.drill.steps;
  const rows = steps.map(({ name, ms, state }) => [
    names[name],
    ms !== null ? text.console.format.seconds(ms) : state === 'absent' ? words.noStep : words.missed,
  ]);
  return [words.drillSteps, table(words.drillHead, rows)].join('\n\n');
}

function reasonOf(own: Extract<Judged['finding'], { by: 'report' }>['own'], text: Catalogue): string {
  return 'reason' in own && own.reason !== null ? reasonSentence(own.reason, text) : '';
}

/** A fence one backtick longer than any run of them inside (CommonMark, "Fenced code blocks"). */
function fenced(lines: readonly string[]): readonly string[] {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []);
  const fence = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return [`${fence}bash`, ...lines, fence];
}

/** One line of a host's output: tabs as a terminal sets them, the end of a DOS line dropped, the rest visible. */
function visible(line: string): string {
  let column = 0;
  const untabbed = line.replace(/\r$/, '').replace(/[^\t]+|\t/g, (piece) => {
    const shown = piece === '\t' ? ' '.repeat(TAB_STOP - (column % TAB_STOP)) : piece;
    column += shown.length;
    return shown;
  });
  return harmless(untabbed);
}

/** A command as one line; a newline in it is shown, so that it cannot pass for output. */
function commandLine(command: string, text: Catalogue): string {
  const over = command.length - LONGEST_COMMAND;
  if (over <= 0) return harmless(command);
  return `${harmless(command.slice(0, LONGEST_COMMAND))} ${text.report.cutLine(over)}`;
}

function inCode(foreign: string): string {
  return harmless(foreign, 200).replaceAll('`', "'");
}

/** A sentence with foreign words in it, as text that Markdown leaves alone. */
function escaped(sentence: string): string {
  return sentence
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[\\`*[\]<>&|~]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
