/** `tp5-tui calc`: one operation put to the server, or one for each line of stdin. */
import { createInterface } from 'node:readline';
import { type Dialect, wantsOneConnection } from '../calc/dialect.ts';
import { type Operation, parse } from '../calc/grammar.ts';
import type { Restraint } from '../ops/caution/restraint.ts';
import type { CalculationResult } from '../state/put-operation.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { harmless } from '../text/foreign.ts';
import { openPromptTerminal, type PromptTerminal } from './ask.ts';
import { createWays, type Ways } from './calc-ways.ts';
import { type Invocation, UsageError } from './invocation.ts';
import { type Io, writeJson } from './io.ts';
import { heldBack } from './look-first.ts';
import { realTools, type Tools } from './with-host.ts';

export interface CalcOptions {
  readonly json?: boolean;
}

/**
 * One line of `--json`, for each expression. `answer` is what the server said; `error` is there unless it
 * was right.
 */
interface CalcDocument {
  readonly input: string;
  /** `refused`: never sent, the server would die of it. */
  readonly state: 'right' | 'wrong' | 'failed' | 'refused';
  readonly answer?: string;
  readonly expected?: string;
  readonly ms?: number;
  readonly via?: 'direct' | 'host';
  /** How the server was spoken to; null when it answered no number. */
  readonly dialect?: Dialect | null;
  readonly error?: { readonly code: string; readonly message: string };
}

type Outcome =
  | CalculationResult
  | { readonly state: 'refused'; readonly code: string; readonly message: string };

/**
 * The answer alone goes to stdout, so that a script can use it.
 *
 * @param words the expression, in as many words as it was typed; none: lines of stdin
 * @returns the exit code: 0 when every answer was right, else 1
 * @throws UsageError; Failed when no way leads to the server for want of a link; the signal's reason
 */
export async function runCalc(
  invocation: Invocation,
  words: readonly string[],
  options: CalcOptions,
  io: Io,
  tools: Tools = realTools,
  openTerminal: () => PromptTerminal | null = openPromptTerminal,
): Promise<number> {
  const { text } = invocation;
  if (words.length === 0 && io.stdin.isTTY && !invocation.mayAsk) {
    throw new UsageError(text.commands.calc.needsExpression);
  }
  const ways = createWays(invocation, io, tools);
  let looked: Promise<Restraint | null> | null = null;
  /** Once, before the first that is sent. */
  const restraint = (): Promise<Restraint | null> => {
    looked ??= heldBack(invocation, io, tools, options.json === true ? null : openTerminal, true);
    return looked;
  };
  let allRight = true;
  let told = false;
  let hinted = false;
  /** What is said once, behind everything else. */
  const ending: string[] = [];

  async function calculate(input: string, line: number | null): Promise<void> {
    const outcome = await outcomeOf(input, { ways, restraint }, text);
    io.signal.throwIfAborted();
    allRight &&= outcome.state === 'right';
    if (options.json) writeJson(io.stdout, documentOf(input, outcome, text));
    else if ('answer' in outcome) io.stdout.write(`${harmless(outcome.answer.trim())}\n`);
    if (!told && wantsOneConnection(ways.speaker.dialect()) && ways.speaker.kept()) {
      told = true;
      io.stderr.write(`${text.commands.calc.oneConnection}\n`);
    }
    if (!hinted && outcome.state === 'failed' && outcome.failure.code === 'mute') {
      hinted = ways.speaker.dialect() === null;
      if (hinted) ending.push(text.commands.calc.mute);
    }
    const why = complaint(outcome, text);
    if (why === null) return;
    const { calc } = text.commands;
    io.stderr.write(`${line === null ? calc.one(input, why) : calc.line(line, input, why)}\n`);
  }

  try {
    if (words.length > 0) await calculate(words.join(' ').trim(), null);
    else await eachLine(io, text, calculate);
    for (const sentence of ending) io.stderr.write(`${sentence}\n`);
    return allRight ? 0 : 1;
  } finally {
    await ways.close();
  }
}

interface Reaching {
  readonly ways: Ways;
  /** Why nothing is sent; null: it is. */
  readonly restraint: () => Promise<Restraint | null>;
}

async function outcomeOf(input: string, { ways, restraint }: Reaching, text: Catalogue): Promise<Outcome> {
  const parsed = parse(input);
  if (parsed.ok) {
    const why = await restraint();
    if (why !== null) return { state: 'failed', failure: { code: 'held-back', restraint: why } };
    return ways.put(parsed satisfies Operation);
  }
  const { refusal } = parsed;
  return { state: 'refused', code: refusal.code, message: text.console.calculator.refusal(refusal) };
}

/** Each line as it comes: answers do not wait for the end of the input. Blank ones are passed over. */
async function eachLine(
  { stdin, stderr, signal }: Io,
  text: Catalogue,
  use: (input: string, line: number) => Promise<void>,
): Promise<void> {
  if (stdin.isTTY) stderr.write(`${text.commands.calc.hint}\n`);
  const lines = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY, signal });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() !== '') await use(line.trim(), number);
  }
  signal.throwIfAborted();
}

/** What is to be said on stderr; null when the answer was right. */
function complaint(outcome: Outcome, text: Catalogue): string | null {
  switch (outcome.state) {
    case 'right':
      return null;
    case 'wrong':
      return text.commands.calc.wrong(outcome.answer.trim(), outcome.expected);
    case 'failed':
      return harmless(text.console.calculator.failure(outcome.failure), 300);
    case 'refused':
      return harmless(outcome.message, 300);
  }
}

function documentOf(input: string, outcome: Outcome, text: Catalogue): CalcDocument {
  const message = complaint(outcome, text) ?? '';
  switch (outcome.state) {
    case 'right': {
      const { state, answer, ms, via, dialect } = outcome;
      return { input, state, answer: answer.trim(), ms: rounded(ms), via, dialect };
    }
    case 'wrong': {
      const { state, answer, expected, via, dialect } = outcome;
      const ms = rounded(outcome.ms);
      return { input, state, answer, expected, ms, via, dialect, error: { code: 'wrong', message } };
    }
    case 'failed':
      return { input, state: 'failed', error: { code: outcome.failure.code, message } };
    case 'refused':
      return { input, state: 'refused', error: { code: outcome.code, message } };
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
