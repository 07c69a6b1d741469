/** What a pane shows in place of facts: that they are awaited, or why there are none. Pure. */
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
