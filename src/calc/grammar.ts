/**
 * The only language the calculator is spoken to in: one operation on two integers.
 *
 * The exercise's server evaluates whatever it reads as Python and dies of what it cannot evaluate.
 * So this is an allow-list and not a filter: the input is read into two numbers and an operator, and
 * what is sent is written anew from those. `007` becomes `7` (a syntax error in Python otherwise).
 */

/** Both ends belong to the range. */
export const OPERAND_MIN = -100_000;
export const OPERAND_MAX = 100_000;
/** Longest input that is looked at, in UTF-16 units; an honest operation needs 15. */
export const INPUT_LIMIT = 64;

export type Operator = '+' | '-' | '*';

/** Why an input is not sent. Every `index` counts UTF-16 units of the input as it was typed, from 0. */
export type CalcRefusal =
  | { readonly code: 'empty' }
  | { readonly code: 'too-long'; readonly length: number; readonly limit: number }
  /** `character` is one whole code point, foreign: it may be a control or a bidi character. */
  | { readonly code: 'unknown-character'; readonly character: string; readonly index: number }
  | { readonly code: 'unsupported-operator'; readonly operator: string; readonly index: number }
  | { readonly code: 'missing-operand'; readonly side: 'left' | 'right'; readonly index: number }
  /** A lone number, or two numbers side by side. */
  | { readonly code: 'missing-operator'; readonly index: number }
  | { readonly code: 'more-than-one-operation'; readonly index: number }
  /** `--2`: Python takes it, one sign is enough for us. */
  | { readonly code: 'repeated-sign'; readonly index: number }
  | {
      readonly code: 'out-of-range';
      /** Canonical, with its sign. */
      readonly number: string;
      readonly min: number;
      readonly max: number;
      readonly index: number;
    }
  | { readonly code: 'not-an-integer'; readonly text: string; readonly index: number }
  | { readonly code: 'parentheses'; readonly index: number };

export interface Operation {
  readonly ok: true;
  /** What may be sent: matches `/^-?\d{1,6}[+*-]-?\d{1,6}$/`. */
  readonly canonical: string;
  readonly value: number;
  readonly left: number;
  readonly operator: Operator;
  readonly right: number;
}

export type Parsed = Operation | { readonly ok: false; readonly refusal: CalcRefusal };

interface Token {
  readonly kind: 'number' | 'operator';
  readonly text: string;
  readonly index: number;
}

/** Ways to write a number that are not a plain integer: `3.5`, `3,5`, `.5`, `1e3`, `0x10`, `1_000`, `2j`. */
const OTHER_NUMBER =
  /0[xob][0-9a-f_]+|\d[\d_]*[.,][\d_]*(?:e[+-]?\d+)?|[.,]\d[\d_]*(?:e[+-]?\d+)?|\d[\d_]*e[+-]?\d+|\d+_[\d_]*|\d+j/iy;
const INTEGER = /\d+/y;
/** Longest first. The last ones are what people type for `*`, `/` and `-`, U+2212 for one. */
const OTHER_OPERATOR = /\*\*|\/\/|<<|>>|<=|>=|==|!=|[/%^&|~@<>=!:×÷·\u2212\u2217\u22c5]/y;

/** Reads an input as the one operation it may be, or says why it is none. Never throws. */
export function parse(input: string): Parsed {
  if (input.length > INPUT_LIMIT) {
    return refuse({ code: 'too-long', length: input.length, limit: INPUT_LIMIT });
  }
  const tokens = tokenize(input);
  return Array.isArray(tokens) ? operation(tokens, input.length) : refuse(tokens);
}

function refuse(refusal: CalcRefusal): Parsed {
  return { ok: false, refusal };
}

function tokenize(input: string): Token[] | CalcRefusal {
  const tokens: Token[] = [];
  let index = 0;
  while (index < input.length) {
    const character = String.fromCodePoint(input.codePointAt(index) ?? 0);
    if (character === ' ' || character === '\t') {
      index += 1;
      continue;
    }
    const text = match(OTHER_NUMBER, input, index);
    if (text !== null) return { code: 'not-an-integer', text, index };
    const operator = match(OTHER_OPERATOR, input, index);
    if (operator !== null) return { code: 'unsupported-operator', operator, index };
    if (character === '(' || character === ')') return { code: 'parentheses', index };
    const digits = match(INTEGER, input, index);
    if (digits !== null) {
      tokens.push({ kind: 'number', text: digits, index });
      index += digits.length;
    } else if (character === '+' || character === '-' || character === '*') {
      tokens.push({ kind: 'operator', text: character, index });
      index += 1;
    } else {
      return { code: 'unknown-character', character, index };
    }
  }
  return tokens;
}

function match(pattern: RegExp, input: string, index: number): string | null {
  pattern.lastIndex = index;
  return pattern.exec(input)?.[0] ?? null;
}

function operation(tokens: readonly Token[], end: number): Parsed {
  if (tokens.length === 0) return refuse({ code: 'empty' });
  const left = operand(tokens, 0, 'left', end);
  if ('code' in left) return refuse(left);

  const operator = tokens[left.next];
  if (operator === undefined) return refuse({ code: 'missing-operator', index: end });
  if (operator.kind === 'number') return refuse({ code: 'missing-operator', index: operator.index });

  const right = operand(tokens, left.next + 1, 'right', end);
  if ('code' in right) return refuse(right);

  const rest = tokens[right.next];
  if (rest !== undefined) {
    const code = rest.kind === 'number' ? 'missing-operator' : 'more-than-one-operation';
    return refuse({ code, index: rest.index });
  }
  const symbol = operator.text as Operator;
  return {
    ok: true,
    canonical: `${left.value}${symbol}${right.value}`,
    value: compute(left.value, symbol, right.value),
    left: left.value,
    operator: symbol,
    right: right.value,
  };
}

/** One optional sign and a number, from the token at `at`. */
function operand(
  tokens: readonly Token[],
  at: number,
  side: 'left' | 'right',
  end: number,
): { readonly value: number; readonly next: number } | CalcRefusal {
  const first = tokens[at];
  const sign = first?.kind === 'operator' && first.text !== '*' ? first : null;
  const number = sign === null ? first : tokens[at + 1];
  if (number?.kind !== 'number') {
    if (sign !== null && number !== undefined && number.text !== '*') {
      return { code: 'repeated-sign', index: number.index };
    }
    return { code: 'missing-operand', side, index: number?.index ?? end };
  }
  const magnitude = number.text.replace(/^0+(?=\d)/, '');
  const minus = sign?.text === '-' && magnitude !== '0';
  // Beyond 64 digits nothing comes here, so Number() may round but never overflows.
  const value = minus ? -Number(magnitude) : Number(magnitude);
  if (value < OPERAND_MIN || value > OPERAND_MAX) {
    return {
      code: 'out-of-range',
      number: `${minus ? '-' : ''}${magnitude}`,
      min: OPERAND_MIN,
      max: OPERAND_MAX,
      index: (sign ?? number).index,
    };
  }
  return { value, next: at + (sign === null ? 1 : 2) };
}

function compute(left: number, operator: Operator, right: number): number {
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  // Adding 0 turns the -0 of `0*-5` into the 0 that Python answers.
  return left * right + 0;
}
