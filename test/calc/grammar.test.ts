/** The grammar: what is sent, what is refused and why, and Python itself as the judge of the answers. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CalcRefusal, INPUT_LIMIT, parse } from '../../src/calc/grammar.ts';
import { BOUND_MS } from '../support/bound.ts';

const CANONICAL = /^-?\d{1,6}[+*-]-?\d{1,6}$/;

const accepted: readonly (readonly [input: string, canonical: string, value: number])[] = [
  ['2+3', '2+3', 5],
  [' 2 +\t3 ', '2+3', 5],
  ['2--3', '2--3', 5],
  ['2+-3', '2+-3', -1],
  ['2-+3', '2-3', -1],
  ['+2*+3', '2*3', 6],
  ['- 5 - 5', '-5-5', -10],
  ['007*0010', '7*10', 70],
  ['-0+0', '0+0', 0],
  ['0*-5', '0*-5', 0],
  ['-000+-0', '0+0', 0],
  ['100000*-100000', '100000*-100000', -10_000_000_000],
  [`${'0'.repeat(60)}1+1`, '1+1', 2],
];

const refused: readonly (readonly [input: string, refusal: CalcRefusal])[] = [
  ['', { code: 'empty' }],
  [' \t ', { code: 'empty' }],
  ['1'.repeat(65), { code: 'too-long', length: 65, limit: INPUT_LIMIT }],
  ['2+a', { code: 'unknown-character', character: 'a', index: 2 }],
  ['2+3;', { code: 'unknown-character', character: ';', index: 3 }],
  ['2+3\n', { code: 'unknown-character', character: '\n', index: 3 }],
  ['\u001b[2J', { code: 'unknown-character', character: '\u001b', index: 0 }],
  ['2+\u202e3', { code: 'unknown-character', character: '\u202e', index: 2 }],
  ['٢+٣', { code: 'unknown-character', character: '٢', index: 0 }],
  ['\uff12+3', { code: 'unknown-character', character: '\uff12', index: 0 }],
  ['2\uff0b3', { code: 'unknown-character', character: '\uff0b', index: 1 }],
  ['😀+1', { code: 'unknown-character', character: '😀', index: 0 }],
  ['1\u00a0+2', { code: 'unknown-character', character: '\u00a0', index: 1 }],
  ['__import__("os")', { code: 'unknown-character', character: '_', index: 0 }],
  ['4/2', { code: 'unsupported-operator', operator: '/', index: 1 }],
  ['4//2', { code: 'unsupported-operator', operator: '//', index: 1 }],
  ['4 ** 2', { code: 'unsupported-operator', operator: '**', index: 2 }],
  ['4%2', { code: 'unsupported-operator', operator: '%', index: 1 }],
  ['4^2', { code: 'unsupported-operator', operator: '^', index: 1 }],
  ['4×2', { code: 'unsupported-operator', operator: '×', index: 1 }],
  ['4\u22122', { code: 'unsupported-operator', operator: '\u2212', index: 1 }],
  ['4<<2', { code: 'unsupported-operator', operator: '<<', index: 1 }],
  ['+', { code: 'missing-operand', side: 'left', index: 1 }],
  ['*3', { code: 'missing-operand', side: 'left', index: 0 }],
  ['-*3', { code: 'missing-operand', side: 'left', index: 1 }],
  ['2+', { code: 'missing-operand', side: 'right', index: 2 }],
  ['2 + *3', { code: 'missing-operand', side: 'right', index: 4 }],
  ['2--', { code: 'missing-operand', side: 'right', index: 3 }],
  ['5', { code: 'missing-operator', index: 1 }],
  ['-5', { code: 'missing-operator', index: 2 }],
  ['1 000 + 2', { code: 'missing-operator', index: 2 }],
  ['1+2 3', { code: 'missing-operator', index: 4 }],
  ['1+2+3', { code: 'more-than-one-operation', index: 3 }],
  ['1*2-', { code: 'more-than-one-operation', index: 3 }],
  ['--2+3', { code: 'repeated-sign', index: 1 }],
  ['2---3', { code: 'repeated-sign', index: 3 }],
  ['100001+1', { code: 'out-of-range', number: '100001', min: -100_000, max: 100_000, index: 0 }],
  ['1+-100001', { code: 'out-of-range', number: '-100001', min: -100_000, max: 100_000, index: 2 }],
  [
    `1+${'9'.repeat(40)}`,
    { code: 'out-of-range', number: '9'.repeat(40), min: -100_000, max: 100_000, index: 2 },
  ],
  ['3.5+1', { code: 'not-an-integer', text: '3.5', index: 0 }],
  ['3,5+1', { code: 'not-an-integer', text: '3,5', index: 0 }],
  ['1+.5', { code: 'not-an-integer', text: '.5', index: 2 }],
  ['5.+1', { code: 'not-an-integer', text: '5.', index: 0 }],
  ['1e3+1', { code: 'not-an-integer', text: '1e3', index: 0 }],
  ['1+2E-3', { code: 'not-an-integer', text: '2E-3', index: 2 }],
  ['0x10+1', { code: 'not-an-integer', text: '0x10', index: 0 }],
  ['1+0b11', { code: 'not-an-integer', text: '0b11', index: 2 }],
  ['1_000+1', { code: 'not-an-integer', text: '1_000', index: 0 }],
  ['1+2j', { code: 'not-an-integer', text: '2j', index: 2 }],
  ['(1+2)', { code: 'parentheses', index: 0 }],
  ['1+2)', { code: 'parentheses', index: 3 }],
];

describe('what is accepted', () => {
  it.each(accepted)('%j is sent as %s and is %d', (input, canonical, value) => {
    expect(parse(input)).toMatchObject({ ok: true, canonical, value });
  });
});

describe('what is refused', () => {
  it.each(refused)('%j', (input, refusal) => {
    expect(parse(input)).toEqual({ ok: false, refusal });
  });

  it('never answers a negative zero', () => {
    const parsed = parse('0*-5');
    expect(parsed.ok && Object.is(parsed.value, 0)).toBe(true);
  });
});

/** Strings close to the grammar: most random ones would be refused at their first character. */
const nearlyRight = fc
  .array(
    fc.oneof(
      fc.integer({ min: -200_000, max: 200_000 }).map(String),
      fc.constantFrom(
        '+',
        '-',
        '*',
        ' ',
        '\t',
        '0',
        '00',
        '**',
        '/',
        '.',
        'e',
        '_',
        '(',
        ')',
        '\n',
        '\0',
        '٣',
      ),
    ),
    { maxLength: 7 },
  )
  .map((parts) => parts.join(''));

const rightInputs = fc
  .tuple(
    fc.oneof(
      fc.integer({ min: -100_000, max: 100_000 }).map(String),
      fc.constantFrom('0', '-0', '007', '+5', '-100000', '100000'),
    ),
    fc.constantFrom('+', '-', '*', ' - '),
    fc.oneof(
      fc.integer({ min: -100_000, max: 100_000 }).map(String),
      fc.constantFrom('0', '-0', '+0012', '-100000', '100000'),
    ),
  )
  .map((parts) => parts.join(''));

describe('properties', () => {
  it('whatever is accepted is canonical, re-parses to itself and has the right value', () => {
    fc.assert(
      fc.property(fc.oneof(rightInputs, nearlyRight, fc.string({ unit: 'binary' })), (input) => {
        const parsed = parse(input);
        if (!parsed.ok) return;
        expect(parsed.canonical).toMatch(CANONICAL);
        expect(parse(parsed.canonical)).toEqual(parsed);
        const [left, right] = [BigInt(parsed.left), BigInt(parsed.right)];
        const exact = { '+': left + right, '-': left - right, '*': left * right }[parsed.operator];
        expect(String(parsed.value)).toBe(String(exact));
      }),
      { numRuns: 3000 },
    );
  });

  it('every operation in range is accepted, however it is spaced, signed and padded', () => {
    const operand = fc.integer({ min: -100_000, max: 100_000 });
    const gap = fc.constantFrom('', ' ', '  ', '\t');
    fc.assert(
      fc.property(
        operand,
        fc.constantFrom('+', '-', '*'),
        operand,
        gap,
        fc.constantFrom('', '0', '00'),
        (left, operator, right, space, zeros) => {
          const sign = left < 0 ? '-' : '+';
          const input = `${space}${sign}${zeros}${Math.abs(left)}${space}${operator}${space}${right}${space}`;
          expect(parse(input)).toMatchObject({ ok: true, canonical: `${left}${operator}${right}` });
        },
      ),
    );
  });

  it('one foreign character anywhere makes it refused', () => {
    const foreign = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });
    fc.assert(
      fc.property(foreign, fc.nat(3), (character, at) => {
        fc.pre(!/^[\d+*\- \t]$/.test(character));
        expect(parse(`${'2+3'.slice(0, at)}${character}${'2+3'.slice(at)}`).ok).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});

const python = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!python)('against Python', () => {
  it('eval() of what is sent gives the value', () => {
    const operations = fc.sample(rightInputs, { numRuns: 500, seed: 13337 }).map((input) => {
      const parsed = parse(input);
      if (!parsed.ok) throw new Error(`${input} was refused: ${parsed.refusal.code}`);
      return parsed;
    });
    const judge = spawnSync('python3', ['-c', 'import sys\nfor line in sys.stdin: print(eval(line))'], {
      input: operations.map((operation) => `${operation.canonical}\n`).join(''),
      encoding: 'utf8',
      timeout: BOUND_MS,
    });
    expect(judge.stderr).toBe('');
    expect(judge.stdout.trim().split('\n')).toEqual(operations.map(({ value }) => String(value)));
  });
});
