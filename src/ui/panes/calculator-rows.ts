/** The Calculator pane's rows: questions and answers, and at the bottom the line being typed. Pure. */
import { parse } from '../../calc/grammar.ts';
import type { Calculation } from '../../state/store.ts';
import type { Catalogue } from '../../text/catalogue.ts';
import { harmless } from '../../text/foreign.ts';
import { cut, cutStart, widthOf, wrap } from '../../text/measure.ts';
import { textOf } from '../input/line-editor.ts';
import { type Row, row, type Span, span } from '../rows.ts';
import { SYMBOL, type Tone } from '../theme.ts';
import type { CalculatorView } from '../view.ts';

export interface CalculatorRows {
  readonly rows: Row[];
  /** Where the terminal's cursor stands while typing, from the pane's first content cell; null when not typing. */
  readonly cursor: { readonly x: number; readonly y: number } | null;
}

/**
 * @param kept one connection is kept for all of them
 * @param typeKey what begins the typing from where the user is, as it is shown; '' for none
 */
export function calculatorRows(
  calculations: readonly Calculation[],
  kept: boolean,
  view: CalculatorView,
  typing: boolean,
  width: number,
  height: number,
  typeKey: string,
  text: Catalogue['console'],
): CalculatorRows {
  if (height <= 0) return { rows: [], cursor: null };
  const refused = refusalRows(view, typing, width, text);
  const said = refused.length > 0 || !kept ? refused : keptRows(width, text);
  // The last answer comes before what is said of the connection.
  const room = refused.length > 0 ? height - 1 : height - 3;
  const notes = said.slice(0, Math.max(0, Math.min(2, room)));
  const below = 1 + notes.length;
  const past: Row[] = [];
  const one = calculations.at(-1);
  if (height === 1 && !typing && one !== undefined) {
    return { rows: [shortRow(one, text)], cursor: null };
  }
  for (const calculation of calculations) past.push(questionRow(calculation), answerRow(calculation, text));
  const shown = past.slice(Math.max(0, past.length - (height - below)));
  const input = inputRow(view, typing, width, typeKey, text);
  const rows = [...shown, input.row, ...notes];
  return { rows, cursor: input.x === null ? null : { x: input.x, y: shown.length } };
}

function questionRow({ input }: Calculation): Row {
  return row(span(`${SYMBOL.prompt} `, 'quiet'), input);
}

function answerRow(calculation: Calculation, text: Catalogue['console']): Row {
  return row('  ', ...answerSpans(calculation, text));
}

function answerSpans({ result }: Calculation, text: Catalogue['console']): Span[] {
  const words = text.calculator;
  switch (result.state) {
    case 'asking':
      return [span(`${SYMBOL.busy} ${words.asking}`, 'accent')];
    case 'failed':
      return [
        span(
          `${SYMBOL.bad} ${words.failure(result.failure)}`,
          result.failure.code === 'cancelled' ? 'quiet' : 'bad',
        ),
      ];
    default: {
      const how = `${text.format.latency(result.ms)}  ${result.via === 'direct' ? words.direct : words.throughHost}`;
      const right = result.state === 'right';
      return [
        span(cut(result.answer, 64), right ? 'plain' : 'bad', { bold: true }),
        span(
          right ? `  ${SYMBOL.yes} ` : `  ${SYMBOL.no} ${words.wrong(result.expected)} `,
          right ? 'good' : 'bad',
        ),
        span(` ${how}`, 'quiet'),
      ];
    }
  }
}

/** The last answer in one line, for a pane that has no more. */
function shortRow(calculation: Calculation, text: Catalogue['console']): Row {
  return row(
    span(`${SYMBOL.prompt} `, 'quiet'),
    calculation.input,
    span(' = ', 'quiet'),
    ...answerSpans(calculation, text),
  );
}

function inputRow(
  view: CalculatorView,
  typing: boolean,
  width: number,
  typeKey: string,
  text: Catalogue['console'],
): { readonly row: Row; readonly x: number | null } {
  if (!typing) {
    const typed = textOf(view.line);
    const invitation = typeKey === '' ? '' : text.calculator.toType(typeKey);
    return {
      row: row(span(`${SYMBOL.prompt} `, 'quiet'), span(typed === '' ? invitation : typed, 'quiet')),
      x: null,
    };
  }
  if (view.search !== null) {
    const found = view.search.found === null ? null : (view.inputs[view.search.found] ?? null);
    const front = `(${text.calculator.historySearch}) ${textOf(view.search.line)}`;
    const behind = found ?? (textOf(view.search.line) === '' ? '' : text.calculator.noHistoryMatch);
    return {
      row: row(
        span(front, 'accent'),
        span(text.calculator.historyFound(behind), found === null ? 'quiet' : 'plain'),
      ),
      x: Math.min(width - 1, widthOf(front)),
    };
  }
  // One cell is kept for the cursor behind the last character.
  const room = Math.max(1, width - 3);
  const before = cutStart(view.line.before, room);
  const after = cut(view.line.after, Math.max(0, room - widthOf(before)));
  return {
    row: row(span(`${SYMBOL.prompt} `, 'accent', { bold: true }), before, after),
    x: Math.min(width - 1, 2 + widthOf(before)),
  };
}

/** Why the line would not be sent: said as soon as no more typing can mend it, and at Enter in any case. */
function refusalRows(
  view: CalculatorView,
  typing: boolean,
  width: number,
  text: Catalogue['console'],
): Row[] {
  if (!typing || view.search !== null) return [];
  const words = text.calculator;
  if (view.refusal !== null)
    return noteRows(SYMBOL.no, words.notSent(words.refusal(view.refusal)), 'bad', width);
  const typed = textOf(view.line).trim();
  if (typed === '') return [];
  const parsed = parse(typed);
  if (parsed.ok || unfinished(parsed.refusal.code)) return [];
  return noteRows(SYMBOL.warning, words.refusal(parsed.refusal), 'warning', width);
}

/** What leaving would do, said while there is something to leave. */
function keptRows(width: number, text: Catalogue['console']): Row[] {
  return noteRows(SYMBOL.warning, text.calculator.kept, 'warning', width);
}

function noteRows(symbol: string, said: string, tone: Tone, width: number): Row[] {
  return wrap(harmless(said), Math.max(1, width - 2), 2).map((line, index) =>
    row(span(index === 0 ? `${symbol} ` : '  ', tone), span(line, tone)),
  );
}

/** What somebody in the middle of typing `2+3` has on the line. */
function unfinished(code: string): boolean {
  return code === 'empty' || code === 'missing-operand' || code === 'missing-operator';
}
