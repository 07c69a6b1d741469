/** What a pane shows in place of facts: that they are awaited, or why there are none, or not to this user. Pure. */
import type { Failure } from '../../ops/failure.ts';
import type { Catalogue } from '../../text/catalogue.ts';
import { harmless } from '../../text/foreign.ts';
import { wrap } from '../../text/measure.ts';
import { type Row, row, span } from '../rows.ts';
import { failureLines } from '../sentences.ts';
import { SYMBOL } from '../theme.ts';

export function absentRows(failure: Failure | null, width: number, text: Catalogue): Row[] {
  if (failure === null) return [row(span(text.console.waiting, 'quiet'))];
  return failureLines(failure, text).flatMap((line, index) =>
    wrap(harmless(line.trimEnd()), Math.max(1, width - 2), 4).map((part, place) =>
      row(
        span(index + place === 0 ? `${SYMBOL.bad} ` : '  ', 'bad'),
        span(part, index === 0 ? 'bad' : 'quiet'),
      ),
    ),
  );
}

/** What this user may not see, what would let him, and the host's own words behind it: most needed first. */
export function refusedRows(
  words: { readonly what: string; readonly how: string; readonly detail: string },
  width: number,
): Row[] {
  const room = Math.max(1, width - 2);
  const detail = words.detail.replaceAll(/\s*\n\s*/g, ' ');
  return [
    ...wrap(words.what, room, 2).map((part, index) =>
      row(span(index === 0 ? `${SYMBOL.warning} ` : '  ', 'warning'), span(part, 'warning')),
    ),
    ...wrap(words.how, room, 3).map((part) => row('  ', part)),
    ...(detail === '' ? [] : wrap(harmless(detail), room, 2).map((part) => row('  ', span(part, 'quiet')))),
  ];
}
