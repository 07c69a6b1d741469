/**
 * Foreign text made harmless: log lines, replies, unit names, host names.
 *
 * A terminal acts on what it is sent, and Ink passes most of it through, so nothing that came from
 * elsewhere is drawn before it went through `harmless`. What cannot be shown is shown *as* what it
 * is (`\x1b`, `\u202e`), never dropped: a reader should see that it was there.
 */

declare const harmlessMark: unique symbol;

/** A string that a terminal will only ever print: safe to draw. */
export type HarmlessText = string & { readonly [harmlessMark]: true };

/**
 * Controls, formats (bidi overrides, zero-width characters, tags), lone surrogates, private use,
 * unassigned, line separators, and whatever Unicode lets a terminal draw as nothing: fillers that are
 * letters by category, variation selectors, the grapheme joiner.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** What most lines are made of, and nothing in it to look at. */
const PLAIN = /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2500-\u257f]*$/;

/** More marks than this on one letter climb over the neighbouring rows. */
const STACKED_MARKS = /(\p{M}{2})\p{M}+/gu;

const TAB_WIDTH = 4;

/** Longest piece that is looked at: measuring and escaping cost time by the length. */
const MAX_UNITS = 16_384;

/**
 * @param foreign text from anywhere
 * @param maxUnits UTF-16 units of `foreign` that are looked at; what is beyond is replaced by `…`
 */
export function harmless(foreign: string, maxUnits: number = MAX_UNITS): HarmlessText {
  const limit = Math.min(maxUnits, MAX_UNITS);
  const piece = foreign.length > limit ? `${foreign.slice(0, limit)}…` : foreign;
  if (PLAIN.test(piece)) return piece as HarmlessText;
  return piece.replace(STACKED_MARKS, '$1').replace(UNPRINTABLE, visible) as HarmlessText;
}

function visible(character: string): string {
  if (character === '\t') return ' '.repeat(TAB_WIDTH);
  if (character === '\n') return '↵';
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\u{${code.toString(16)}}`;
}
