/** `tp5-tui drill`: kill -9, and the way back timed step by step, asked first. */
import { createSpeaker } from '../calc/client.ts';
import { runDrill } from '../ops/drill/drill.ts';
import type { DrillProgress, DrillReason } from '../ops/drill/progress.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { harmless } from '../text/foreign.ts';
import { pad, widthOf } from '../text/measure.ts';
import { askAnswer, openPromptTerminal, type PromptTerminal } from './ask.ts';
import { cautiously } from './cautious.ts';
import { exitCodeOf } from './connect.ts';
import { type Invocation, UsageError } from './invocation.ts';
import { type Io, writeJson } from './io.ts';
import type { OpenedHost } from './open-host.ts';
import { type Paint, painter, SYMBOL } from './paint.ts';
import { realTools, type Tools, withHost } from './with-host.ts';

export interface DrillCommandOptions {
  readonly json?: boolean;
  readonly yes?: boolean;
}

/** What `drill --json` prints. */
interface DrillDocument {
  readonly unit: string;
  /** 0 when it had no main process. */
  readonly pidBefore: number;
  readonly pidAfter: number | null;
  /** Seconds, as the unit has it. */
  readonly restartSec: number;
  /** In their order. `ms` since the kill; null for a step that the unit has not, or that was missed. */
  readonly steps: readonly { readonly name: string; readonly ms: number | null }[];
  readonly passed: boolean;
  /** Why it did not pass, a sentence in the language chosen. */
  readonly reason: string | null;
}

/**
 * @returns the exit code: 0 passed, 1 not; 3 when the link was lost meanwhile, 4 when the kill was not permitted
 * @throws UsageError; Failed when the host cannot be reached; Interrupted
 */
export async function runDrillCommand(
  invocation: Invocation,
  options: DrillCommandOptions,
  io: Io,
  tools: Tools = realTools,
  openTerminal: () => PromptTerminal | null = openPromptTerminal,
): Promise<number> {
  const { text } = invocation;
  if (invocation.readOnly) throw new UsageError(text.commands.drill.readOnly);
  const asks = options.yes !== true;
  const terminal = asks && invocation.mayAsk ? openTerminal() : null;
  if (asks && terminal === null) throw new UsageError(text.commands.drill.needsYes);
  try {
    return await withHost({ invocation, io, tools }, async (opened) => {
      if (terminal !== null) {
        const { unit } = opened.subject;
        const answer = await askAnswer(
          text.commands.drill.ask(unit, opened.host.info.label),
          terminal,
          io.signal,
        );
        if (answer === null || !text.connect.isYes(answer)) {
          io.stderr.write(`${text.commands.drill.declined}\n`);
          return 1;
        }
      }
      const call = { invocation, io, tools, openTerminal: asks ? openTerminal : null };
      const progress = await cautiously(call, opened, true, async (cautious) => {
        if (cautious.restraint !== null) return null;
        cautious.acted();
        return drill({ ...opened, connector: cautious.connector }, text, io, tools);
      });
      // Killed, it would come back, and be ended by the question that proves it.
      if (progress === null) return 1;
      if (options.json) writeJson(io.stdout, drillDocument(progress, text));
      else io.stdout.write(`${summary(progress, text, painter(io.colour))}\n`);
      if (endsUnseen(progress)) io.stderr.write(`${text.commands.drill.unseen(progress.pidBefore)}\n`);
      return drillExit(progress);
    });
  } finally {
    terminal?.close();
  }
}

async function drill(opened: OpenedHost, text: Catalogue, io: Io, tools: Tools): Promise<DrillProgress> {
  const { host, subject, connector } = opened;
  const tell = stepTeller(text, io);
  return runDrill({
    host,
    clock: tools.clock,
    subject,
    interfaces: await host.listeners.interfaces().catch(() => null),
    connector,
    ask: subject.asksAnswers ? createSpeaker(opened.speech).ask : null,
    signal: io.signal,
    onProgress: tell,
  });
}

/** Each step on stderr as it comes. */
function stepTeller(text: Catalogue, io: Io): (progress: DrillProgress) => void {
  const words = text.console.drill;
  const paint = painter(io.colour && io.stderr.isTTY);
  const width = Math.max(...Object.values(words.steps).map(widthOf)) + 2;
  const told = new Set<string>();
  return ({ steps, restartSecMs }) => {
    const fresh = steps.filter((step) => step.state === 'done' && !told.has(step.name));
    // Two that one announcement brought are told in the order they have.
    for (const { name, ms } of fresh) {
      told.add(name);
      const time = text.console.format.seconds(ms ?? 0);
      const wait =
        name === 'restarting' && restartSecMs >= 1000
          ? text.commands.drill.waits(text.console.format.duration(restartSecMs))
          : '';
      const line = `${paint(SYMBOL.yes, 'good')} ${pad(words.steps[name], width)}${time}`;
      io.stderr.write(`${line}${wait === '' ? '' : `   ${paint(wait, 'quiet')}`}\n`);
    }
  };
}

export function drillDocument(progress: DrillProgress, text: Catalogue): DrillDocument {
  return {
    unit: progress.unit,
    pidBefore: progress.pidBefore,
    pidAfter: progress.pidAfter,
    restartSec: progress.restartSecMs / 1000,
    steps: progress.steps.map(({ name, ms }) => ({
      name,
      ms: ms === null ? null : Math.round(ms * 10) / 10,
    })),
    passed: progress.passed === true,
    reason: progress.reason === null ? null : reasonSentence(progress.reason, text),
  };
}

function summary(progress: DrillProgress, text: Catalogue, paint: Paint): string {
  const words = text.commands.drill;
  if (progress.passed === true) {
    const total = Math.max(0, ...progress.steps.map((step) => step.ms ?? 0));
    const said = words.passed(progress.pidBefore, progress.pidAfter ?? 0, text.console.format.seconds(total));
    return `${paint(SYMBOL.good, 'good')} ${said}`;
  }
  const why = progress.reason === null ? '' : reasonSentence(progress.reason, text);
  return `${paint(SYMBOL.bad, 'bad')} ${words.failed(why)}`;
}

export function reasonSentence(reason: DrillReason, text: Catalogue): string {
  const { format, drill } = text.console;
  const words = drill.reasons;
  switch (reason.code) {
    case 'no-restart':
      return words.noRestart(harmless(reason.restart));
    case 'not-running':
      return words.notRunning;
    case 'not-ready':
      return words.notReady(harmless(reason.type));
    case 'wait-differs':
      return words.waitDiffers(format.seconds(reason.measuredMs), format.seconds(reason.expectedMs));
    case 'start-limit':
      return words.startLimit;
    case 'failed-to-start':
      return words.failedToStart(harmless(reason.result));
    case 'does-not-connect':
      return words.doesNotConnect;
    case 'wrong-answer':
      return words.wrongAnswer(harmless(reason.got, 200));
    case 'no-answer':
      return words.noAnswer;
    case 'timeout':
      return words.timeout(format.duration(reason.waitedMs));
    case 'link-lost':
      return words.linkLost;
    case 'cancelled':
      return words.cancelled;
    case 'refused':
      return text.failures.describe(reason.failure);
  }
}

/** It was killed, and nobody has seen it come back. */
function endsUnseen({ reason, steps }: DrillProgress): boolean {
  const killed = steps.some(({ name, ms }) => name === 'killed' && ms !== null);
  return killed && (reason?.code === 'link-lost' || reason?.code === 'cancelled');
}

function drillExit({ passed, reason }: DrillProgress): number {
  if (passed === true) return 0;
  if (reason?.code === 'link-lost') return 3;
  return reason?.code === 'refused' ? exitCodeOf(reason.failure) : 1;
}
