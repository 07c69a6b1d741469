/**
 * One question on one connection, in any dialect: what to send, how long to wait, when the answer is there.
 * Pure: events and times in, actions out; the socket and the clock are the client's.
 *
 * What counts as an answer (docs/calculator.md has the same in prose):
 * - the number that what came ends with: alone, on a line of its own, after `:`, `=`, `>` or `?`, or in a read of
 *   its own after words (a server that greets right at the connection);
 * - it is complete at once when it is the expected one, with its newline where the server writes lines; while it
 *   may still become that (it comes byte by byte), it is waited for as long as for a first byte; any other number
 *   ends with a quiet time that follows the pace at which the bytes came;
 * - words alone are a greeting: the same question is put once more, on the same connection. Were it a server that
 *   greets nobody, it would get again what it has just survived. A second time, words are the answer.
 */
import { type Dialect, wantsOneConnection } from './dialect.ts';

export interface ExchangeOptions {
  /** What `parse` gave, and nothing else. */
  readonly canonical: string;
  readonly expected?: string;
  /** null: not known yet, bare bytes are tried. */
  readonly dialect: Dialect | null;
  /** The user has set it: nothing else is tried. */
  readonly set: boolean;
  /** The connection has been asked before: a greeting is over. */
  readonly greeted: boolean;
  /** The longest silence before a first byte, or within an answer that may be the right one. */
  readonly timeoutMs: number;
}

export type ExchangeEvent =
  | { readonly type: 'bytes'; readonly bytes: Buffer }
  /** Nothing came for as long as was to be waited. */
  | { readonly type: 'silence' }
  /** The other side closed or reset. */
  | { readonly type: 'gone' };

export type Outcome =
  | {
      readonly state: 'answered';
      /** The number where there is one, else all that came; what is not UTF-8 as U+FFFD. */
      readonly text: string;
      /** What the server said before it: a greeting, a prompt. null: nothing. */
      readonly words: string | null;
      readonly bytes: number;
      readonly lastByteMs: number;
      /** Nothing more is to come: the connection may be dropped. */
      readonly whole: boolean;
      /** What was spoken when a number came back; null when none did. */
      readonly dialect: Dialect | null;
    }
  | { readonly state: 'mute' }
  | { readonly state: 'closed' };

export type Action =
  | { readonly type: 'wait'; readonly ms: number; readonly send?: string }
  | { readonly type: 'end'; readonly outcome: Outcome };

export interface Exchange {
  readonly options: ExchangeOptions;
  readonly beganMs: number;
  /** What came since the question was last sent. */
  readonly heard: Buffer;
  /** The part of `heard` that was nothing but words when the rest of it came. */
  readonly wordsEnd: number;
  /** What was answered with the first time; null while the question was sent once. */
  readonly greeting: string | null;
  readonly sentMs: number;
  readonly lastByteMs: number | null;
  /** The longest pause within what came. */
  readonly gapMs: number;
}

/** The most that is read of one answer. */
export const ANSWER_BYTES = 1024;
/** The shortest quiet time that ends an answer; longer on a slow way. */
const QUIET_MIN_MS = 30;
const QUIET_MAX_MS = 1000;
/**
 * Words may be followed by the answer to what was sent already, where the server greets at the connection. Asked
 * again too early, such a server would get both questions in one read.
 */
const AFTER_WORDS_MS = 500;
/** An answer that never ends is cut off after so many times the longest silence. */
const TOTAL_TIMES = 4;

type Step = readonly [Exchange, Action];

export function begin(options: ExchangeOptions, nowMs: number, dialledMs = nowMs): Step {
  const exchange: Exchange = {
    options,
    beganMs: dialledMs,
    heard: Buffer.alloc(0),
    wordsEnd: 0,
    greeting: null,
    sentMs: nowMs,
    lastByteMs: null,
    gapMs: 0,
  };
  return [exchange, { type: 'wait', ms: options.timeoutMs, send: question(options) }];
}

export function advance(before: Exchange, event: ExchangeEvent, nowMs: number): Step {
  switch (event.type) {
    case 'bytes':
      return hear(before, event.bytes, nowMs);
    case 'silence':
      return asksAgain(before) ? askAgain(before, nowMs) : [before, end(before, false)];
    case 'gone':
      return [before, end(before, true)];
  }
}

function question({ canonical, dialect }: ExchangeOptions): string {
  return dialect === 'line' ? `${canonical}\n` : canonical;
}

function hear(before: Exchange, bytes: Buffer, nowMs: number): Step {
  const { heard, lastByteMs } = before;
  const onlyWords = heard.length > 0 && reading(before).kind === 'words';
  const exchange: Exchange = {
    ...before,
    heard: Buffer.concat([heard, bytes.subarray(0, ANSWER_BYTES - heard.length)]),
    wordsEnd: onlyWords ? heard.length : before.wordsEnd,
    lastByteMs: nowMs,
    gapMs: heard.length === 0 || lastByteMs === null ? 0 : Math.max(before.gapMs, nowMs - lastByteMs),
  };
  const { kind } = reading(exchange);
  if (kind === 'expected') return [exchange, end(exchange, exchange.greeting === null)];
  if (exchange.heard.length >= ANSWER_BYTES) return [exchange, end(exchange, false)];
  const leftMs = exchange.sentMs + TOTAL_TIMES * exchange.options.timeoutMs - nowMs;
  return [exchange, { type: 'wait', ms: Math.max(0, Math.min(leftMs, patience(exchange, kind))) }];
}

function patience(exchange: Exchange, kind: Reading['kind']): number {
  if (kind === 'begun') return exchange.options.timeoutMs;
  const ms = quietMs(exchange);
  return kind === 'words' && asksAgain(exchange) && exchange.options.dialect !== 'greeting'
    ? Math.max(ms, AFTER_WORDS_MS)
    : ms;
}

/**
 * How long nothing must come before an answer counts as whole. The pieces of one answer come as far apart as the
 * way is slow, which the way to the first byte shows, dial included, or as the server writes them.
 */
function quietMs({ beganMs, sentMs, lastByteMs, gapMs, greeting }: Exchange): number {
  const firstMs = (lastByteMs ?? sentMs) - (greeting === null ? beganMs : sentMs);
  return Math.min(QUIET_MAX_MS, Math.max(QUIET_MIN_MS, 2 * (gapMs === 0 ? firstMs : gapMs)));
}

/** Whether words are taken for a greeting, after which the question counts. */
function asksAgain(exchange: Exchange): boolean {
  const { options, heard, greeting } = exchange;
  const { dialect, set, greeted } = options;
  if (heard.length === 0 || greeting !== null || greeted) return false;
  if (set && dialect !== 'greeting') return false;
  return reading(exchange).kind === 'words';
}

function askAgain(before: Exchange, nowMs: number): Step {
  const exchange: Exchange = {
    ...before,
    heard: Buffer.alloc(0),
    wordsEnd: 0,
    greeting: before.heard.toString('utf8'),
    sentMs: nowMs,
    gapMs: 0,
  };
  return [exchange, { type: 'wait', ms: before.options.timeoutMs, send: question(before.options) }];
}

/** @param whole nothing more is to come */
function end(exchange: Exchange, whole: boolean): Action {
  return { type: 'end', outcome: outcomeOf(exchange, whole) };
}

function outcomeOf(exchange: Exchange, whole: boolean): Outcome {
  const { heard, greeting, lastByteMs, sentMs, options } = exchange;
  const last = { lastByteMs: lastByteMs ?? sentMs, whole };
  if (heard.length === 0) {
    if (greeting === null || options.dialect === 'greeting') return { state: whole ? 'closed' : 'mute' };
    // It had nothing more to say: what looked like a greeting was its answer.
    const bytes = Buffer.byteLength(greeting);
    return { state: 'answered', text: greeting, words: null, bytes, ...last, dialect: null };
  }
  const read = reading(exchange);
  const answer = { state: 'answered', bytes: heard.length, ...last } as const;
  if (read.kind === 'words') return { ...answer, text: read.text, words: greeting, dialect: null };
  const words = `${greeting ?? ''}${read.words}`;
  return {
    ...answer,
    text: read.text,
    words: words === '' ? null : words,
    dialect: INTEGER.test(read.text.trim()) ? spoken(exchange) : null,
  };
}

function spoken({ options: { dialect, greeted }, greeting }: Exchange): Dialect {
  if (dialect === 'line') return 'line';
  if (greeting !== null) return 'greeting';
  if (dialect === 'several' || (greeted && dialect !== null && wantsOneConnection(dialect))) return dialect;
  return 'bare';
}

type Reading =
  /** The expected number, complete. */
  | { readonly kind: 'expected'; readonly text: string; readonly words: string }
  /** May still become it. */
  | { readonly kind: 'begun'; readonly text: string; readonly words: string }
  /** Another number. */
  | { readonly kind: 'other'; readonly text: string; readonly words: string }
  | { readonly kind: 'words'; readonly text: string };

const INTEGER = /^[+-]?\d+$/;
/** What may stand before the answer, and the answer, whole or begun. */
const AT_THE_END = /^(?<words>[\s\S]*[\n:=>?][ \t]*|[ \t\r\n]*)(?<number>[+-]?\d*)$/;

/** What has come so far, as an answer. */
function reading({ heard, wordsEnd, options }: Exchange): Reading {
  const text = heard.toString('utf8');
  const ends = /[\r\n]\s*$/.test(text);
  const trimmed = text.trimEnd();
  const split = afterWords(heard, wordsEnd) ?? AT_THE_END.exec(trimmed)?.groups;
  if (split === undefined) return { kind: 'words', text };
  const { words = '', number = '' } = split;
  const answer = { text: number, words };
  if (number === '')
    return words.trim() === '' && !ends ? { kind: 'begun', ...answer } : { kind: 'words', text };
  const { expected, dialect } = options;
  // A line may lack its newline for good: that shows soon.
  if (number === expected) return { kind: dialect === 'line' && !ends ? 'other' : 'expected', ...answer };
  if (!ends && expected?.startsWith(number) === true) return { kind: 'begun', ...answer };
  // Two numbers are no words and a number: all of it is the answer.
  if (/^\s*[+-]?\d+\s*$/m.test(words)) return { kind: 'other', text, words: '' };
  return INTEGER.test(number) ? { kind: 'other', ...answer } : { kind: 'words', text };
}

/** A number in a read of its own, after nothing but words. */
function afterWords(heard: Buffer, wordsEnd: number): { words: string; number: string } | undefined {
  if (wordsEnd === 0) return undefined;
  const number = heard.toString('utf8', wordsEnd).trim();
  return number !== '' && /^[+-]?\d*$/.test(number)
    ? { words: heard.toString('utf8', 0, wordsEnd), number }
    : undefined;
}
