/** Bytes for a parser, and what must hold of whatever it makes of them. */
import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { harmless } from '../../src/text/foreign.ts';
import type { FuzzedParser } from './parsers.ts';

/** Inputs are no longer: what is held is a shape, not a size. */
const MOST = 4096;
/** Of what comes out, in characters of JSON, for each byte that went in, and beside them. */
const GROWTH = 64;
const FIXED = 65_536;

/** What parsers trip over: ends of lines and texts, quotes, brackets, escapes, no UTF-8, numbers at their bounds. */
const TOKENS = [
  '\0', '\n', '\r\n', '\t', ' ', '"', "'", '\\', '{', '}', '[', ']', '(', ')', ':', ',', '=', '#', '%', '$', '*', '|',
  '\x1b', '\x1b[2J', '\x1b]0;x\x07', '\x9b', '\xff', '\xe2\x80\xae', '\xf0\x9f', '-1', '0', '65536', '1e999', 'NaN',
  '9007199254740993', '18446744073709551615', 'null', 'true', '[]', '{}', '__proto__', 'constructor', '../',
]; // biome-ignore format: a list to be looked over, not down

type Edit = readonly [kind: number, at: number, length: number, token: string];

const edit: fc.Arbitrary<Edit> = fc.tuple(
  fc.nat(3),
  fc.nat(MOST),
  fc.nat(64),
  fc.oneof(fc.constantFrom(...TOKENS), fc.string({ unit: 'binary-ascii', maxLength: 8 })),
);

function edited(sample: string, edits: readonly Edit[]): string {
  let bytes = sample;
  for (const [kind, place, length, token] of edits) {
    const at = bytes.length === 0 ? 0 : place % bytes.length;
    const [before, piece, after] = [
      bytes.slice(0, at),
      bytes.slice(at, at + length),
      bytes.slice(at + length),
    ];
    if (kind === 0) bytes = before + token + piece + after;
    else if (kind === 1) bytes = before + token + after;
    else if (kind === 2) bytes = before + piece + piece + after;
    else bytes = before;
  }
  return bytes.slice(0, MOST);
}

/** Any window of a sample, edited here and there; now and then bytes that nobody wrote. */
function inputs({ samples }: FuzzedParser): fc.Arbitrary<string> {
  const window = fc
    .tuple(fc.constantFrom(...samples), fc.nat(200_000), fc.boolean())
    .map(([sample, from, whole]) =>
      whole ? sample.slice(0, MOST) : sample.slice(from % sample.length).slice(0, MOST),
    );
  const noise = fc.uint8Array({ maxLength: 256 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
  return fc.oneof(
    {
      weight: 9,
      arbitrary: fc.tuple(window, fc.array(edit, { maxLength: 8 })).map((pair) => edited(...pair)),
    },
    { weight: 1, arbitrary: noise },
  );
}

/** @throws what is wrong with what the parser made of these bytes */
export function holdsFor(parser: FuzzedParser, bytes: string): void {
  let result: unknown;
  try {
    result = parser.read(bytes);
  } catch (error) {
    if (parser.throws?.(error)) return;
    throw new Error(`threw ${error instanceof Error ? error.stack : String(error)}`, { cause: error });
  }
  const words: string[] = [];
  const written =
    JSON.stringify(result, (_key, value: unknown) => {
      if (typeof value === 'string') words.push(value);
      return typeof value === 'bigint' ? String(value) : value;
    }) ?? '';
  if (written.length > FIXED + GROWTH * bytes.length)
    throw new Error(`made ${written.length} characters of ${bytes.length} bytes`);
  for (const word of words) {
    const shown = harmless(word);
    if (/[\p{Cc}\p{Cf}\p{Cs}]/u.test(shown.replaceAll(/[\u200d\ufe0f]/g, '')))
      throw new Error(`is not harmless on the screen: ${JSON.stringify(shown)}`);
  }
}

export interface Fault {
  readonly parser: string;
  readonly bytes: string;
  readonly why: string;
}

/** Tries so many inputs; the first that fails comes back as small as it can be made. */
export function fuzz(parser: FuzzedParser, numRuns: number, seed: number): Fault | null {
  const property = fc.property(inputs(parser), (bytes) => holdsFor(parser, bytes));
  const { failed, counterexample, errorInstance } = fc.check(property, { numRuns, seed });
  if (!failed) return null;
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return { parser: parser.name, bytes: counterexample?.[0] ?? '', why };
}

const SEEDS = new URL('seeds.json', import.meta.url);

/** Inputs that failed once, by parser, in base64. */
export function readSeeds(): Record<string, string[]> {
  return JSON.parse(readFileSync(SEEDS, 'utf8')) as Record<string, string[]>;
}

/** Keeps an input that failed, for every run to come. */
export function keepSeed({ parser, bytes }: Fault): void {
  const seeds = readSeeds();
  const kept = new Set(seeds[parser]).add(Buffer.from(bytes, 'latin1').toString('base64'));
  writeFileSync(SEEDS, `${JSON.stringify({ ...seeds, [parser]: [...kept] }, null, 2)}\n`);
}
