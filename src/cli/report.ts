/** `tp5-tui report`: the write-up that the exercise asks for, with the commands and what they printed. */

import { createSpeaker } from '../calc/client.ts';
import type { DrillProgress, DrillStepName } from '../ops/drill/progress.ts';
import { makeReport, type Report, type ReportProgress } from '../ops/report/report.ts';
import { type Catalogue, catalogue } from '../text/catalogue.ts';
import type { Language } from '../text/language.ts';
import { askAnswer, openPromptTerminal, type PromptTerminal } from './ask.ts';
import { type Cautious, cautiously } from './cautious.ts';
import { subjectOf } from './check.ts';
import { exitCodeOf } from './connect.ts';
import { reasonSentence } from './drill.ts';
import { fileTrouble } from './file-trouble.ts';
import { type Invocation, UsageError } from './invocation.ts';
import { type Io, writeJson } from './io.ts';
import type { OpenedHost } from './open-host.ts';
import { reportDocument } from './report-document.ts';
import { lookAt, writeWhole } from './report-file.ts';
import { reportMarkdown } from './report-markdown.ts';
import { realTools, type Tools, withHost } from './with-host.ts';

export interface ReportOptions {
  /** A path; stdout without it. */
  readonly output?: string;
  readonly withDrill?: boolean;
  /** Ask nothing: neither before the kill, nor before a file is replaced. */
  readonly yes?: boolean;
  readonly json?: boolean;
  /** `--lang` as given; the write-up is in French without it, whatever the locale. */
  readonly lang?: string;
}

/**
 * With `--json` the data goes to stdout, and the write-up only into a file that was asked for.
 * @returns the exit code: 0 written; 1 not, since a file in its way was to be kept; 4 written, but the drill
 * that was asked for is not permitted
 * @throws UsageError; Failed when the host cannot be reached or is lost; Interrupted
 */
export async function runReport(
  invocation: Invocation,
  options: ReportOptions,
  io: Io,
  tools: Tools = realTools,
  openTerminal: () => PromptTerminal | null = openPromptTerminal,
): Promise<number> {
  const call: Call = { invocation, options, io, tools, openTerminal };
  const { output, withDrill = false, json = false } = options;
  if (withDrill) refuseDrill(call);
  const replace = output === undefined ? false : await settleFile(output, call);
  if (replace === null) return 1;

  return withHost({ invocation, io, tools }, async (opened) => {
    const asked = options.yes === true ? null : openTerminal;
    const report = await cautiously(
      { invocation, io, tools, openTerminal: asked },
      opened,
      true,
      (cautious) => makeCautiously(opened, cautious, call),
    );
    const text = catalogue(languageOf(options));
    if (json) writeJson(io.stdout, reportDocument(report, text));
    else if (output === undefined) io.stdout.write(reportMarkdown(report, text));
    if (output !== undefined && !(await write(output, reportMarkdown(report, text), replace, call))) return 1;
    return drillExit(report, call);
  });
}

/** A drill ends with a question: where none may be put, there is no drill either. */
async function makeCautiously(opened: OpenedHost, cautious: Cautious, call: Call): Promise<Report> {
  const { io, invocation, options } = call;
  const words = invocation.text.report;
  const { withDrill = false } = options;
  const question = words.askDrill(opened.subject.unit, opened.host.info.label);
  const drilling = withDrill && cautious.restraint === null && (await agreed(question, call));
  if (withDrill && !drilling) io.stderr.write(`${words.drillDeclined}\n`);
  if (drilling) cautious.acted();
  return make(opened, drilling, cautious, call);
}

interface Call {
  readonly invocation: Invocation;
  readonly options: ReportOptions;
  readonly io: Io;
  readonly tools: Tools;
  readonly openTerminal: () => PromptTerminal | null;
}

function languageOf({ lang }: ReportOptions): Language {
  return lang === 'en' ? 'en' : 'fr';
}

/** What can be told before a host is opened. @throws UsageError */
function refuseDrill(call: Call): void {
  const words = call.invocation.text.report;
  if (call.invocation.readOnly) throw new UsageError(words.readOnly);
  if (!mayAgree(call)) throw new UsageError(words.needsYesDrill);
}

/**
 * @returns whether a file that is there is to be replaced; null: it is there, and is to be kept
 * @throws UsageError
 */
async function settleFile(file: string, call: Call): Promise<boolean | null> {
  const words = call.invocation.text.report;
  const place = await lookAt(file);
  if (place === 'folder') throw new UsageError(words.badFile(file, words.isFolder));
  if (place === 'no-folder') throw new UsageError(words.badFile(file, words.noFolder));
  if (place === 'free') return call.options.yes === true;
  if (!mayAgree(call)) throw new UsageError(words.needsYesFile(file));
  if (await agreed(words.askOverwrite(file), call)) return true;
  call.io.stderr.write(`${words.keptFile(file)}\n`);
  return null;
}

/** Whether a Yes can be had at all. */
function mayAgree({ invocation, options, openTerminal }: Call): boolean {
  if (options.yes === true) return true;
  const terminal = invocation.mayAsk ? openTerminal() : null;
  terminal?.close();
  return terminal !== null;
}

/** No for an answer when there is nobody to ask. */
async function agreed(question: string, { invocation, options, io, openTerminal }: Call): Promise<boolean> {
  if (options.yes === true) return true;
  const terminal = openTerminal();
  if (terminal === null) return false;
  try {
    const answer = await askAnswer(question, terminal, io.signal);
    return answer !== null && invocation.text.connect.isYes(answer);
  } finally {
    terminal.close();
  }
}

async function make(
  opened: OpenedHost,
  withDrill: boolean,
  { connector, restraint }: Cautious,
  call: Call,
): Promise<Report> {
  const { host } = opened;
  const { invocation, io, tools } = call;
  const progress = progressLine(invocation.text, io);
  try {
    return await makeReport({
      host,
      connector,
      clock: tools.clock,
      subject: subjectOf(opened, invocation),
      ask: createSpeaker(opened.speech).ask,
      withDrill,
      restraint,
      onProgress: progress.show,
      signal: io.signal,
    });
  } finally {
    progress.clear();
  }
}

/** One line on stderr that is written over, where somebody looks at it. */
function progressLine(text: Catalogue, { stderr }: Io) {
  const words = text.report;
  function show(progress: ReportProgress): void {
    if (!stderr.isTTY) return;
    const line =
      progress.stage === 'commands'
        ? words.progress(progress.ended)
        : words.drilling(text.console.drill.steps[stepOf(progress.drill)]);
    stderr.write(`\r\x1b[K${line}`);
  }
  return {
    show,
    clear(): void {
      if (stderr.isTTY) stderr.write('\r\x1b[K');
    },
  };
}

/** The last step that was taken. */
function stepOf({ steps }: DrillProgress): DrillStepName {
  const taken = steps.filter(({ ms }) => ms !== null).toSorted((a, b) => (a.ms ?? 0) - (b.ms ?? 0));
  return taken.at(-1)?.name ?? 'killed';
}

/** @returns false when a file has come in its way meanwhile. @throws UsageError when it cannot be written */
async function write(
  file: string,
  content: string,
  replace: boolean,
  { invocation, io }: Call,
): Promise<boolean> {
  const words = invocation.text.report;
  let written: boolean;
  try {
    written = await writeWhole(file, content, replace);
  } catch (error) {
    throw new UsageError(words.badFile(file, fileTrouble(error)));
  }
  io.stderr.write(`${written ? words.written(file) : words.keptFile(file)}\n`);
  return written;
}

/** A drill that was asked for and did not pass is told here too; one that was refused by the exit code as well. */
function drillExit({ drill }: Report, { invocation, io }: Call): number {
  const reason = drill?.reason ?? null;
  if (reason === null) return 0;
  const { text } = invocation;
  io.stderr.write(`${text.report.drillFailed(reasonSentence(reason, text))}\n`);
  return reason.code === 'refused' ? exitCodeOf(reason.failure) : 0;
}
