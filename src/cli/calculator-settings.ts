/** `calculator` in the settings: whether the service is the exercise's calculator, and how it is spoken to. */
import * as v from 'valibot';
import { DIALECTS, type Dialect } from '../calc/dialect.ts';

/** `auto`: it is learnt from what comes back. */
const dialect = v.picklist(['auto', ...DIALECTS], 'dialect');
/** Seconds of silence that are waited for an answer. */
const answerTimeout = v.pipe(
  v.number('answer-timeout'),
  v.finite('answer-timeout'),
  v.minValue(0.1, 'answer-timeout'),
  v.maxValue(600, 'answer-timeout'),
);

const calculatorTable = v.strictObject({
  dialect: v.optional(dialect),
  answer_timeout: v.optional(answerTimeout),
});

export const calculatorKeys: readonly string[] = Object.keys(calculatorTable.entries);

/** Whether it is the calculator; a table says that it is, and how it is spoken to. */
export const calculatorSettings = v.lazy((input) =>
  typeof input === 'object' ? calculatorTable : v.boolean('calculator'),
);

export type CalculatorTable = v.InferOutput<typeof calculatorTable>;
export type CalculatorSettings = boolean | CalculatorTable;

/**
 * Each of the two by itself: what one host's table leaves out, the file's own says.
 * @param layers the nearest first
 */
export function spokenTo(layers: readonly (CalculatorSettings | undefined)[]): {
  readonly dialect: Dialect | null;
  readonly answerTimeoutMs: number | null;
} {
  const tables = layers.map((layer) => (typeof layer === 'object' ? layer : {}));
  const said = tables.map((table) => table.dialect).find((value) => value !== undefined) ?? 'auto';
  const seconds = tables.map((table) => table.answer_timeout).find((value) => value !== undefined);
  return {
    dialect: said === 'auto' ? null : said,
    answerTimeoutMs: seconds === undefined ? null : seconds * 1000,
  };
}
