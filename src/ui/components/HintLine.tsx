/** The line at the bottom: a result while it is fresh, otherwise the keys that make sense now. */
import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { ActionId } from '../actions.ts';
import { useController, useFacts, useSecond, useText, useView } from '../context.ts';
import { endOf } from '../panes/ServicePane.tsx';
import { actionLine } from '../panes/service-rows.ts';
import { type Row, row, rowWidth, span } from '../rows.ts';
import { failureSentence, nextAction } from '../sentences.ts';
import { hintedActions, hintRow, pairsRow } from './hint-row.ts';
import { Line } from './Line.tsx';

const RESULT_MS = 6000;

/** Fewer cells than that beside a result hold no hint worth reading. */
const LEAST_HINTS = 24;

export function HintLine({ width }: { readonly width: number }): ReactNode {
  const toast = useToast();
  const used = toast === null ? 0 : rowWidth(toast) + 2;
  const hints = useHints(width - used);
  const beside = width - used < LEAST_HINTS ? [] : [span('  '), ...hints];
  return (
    <Box width={width} height={1} flexShrink={0}>
      <Line row={toast === null ? hints : [...toast, ...beside]} width={width} />
    </Box>
  );
}

function useHints(width: number): Row {
  const text = useText();
  const { deps } = useController();
  const { typing, focus, overlay, searching } = useView((view) => ({
    typing: view.typing,
    focus: view.focus,
    overlay: view.overlay?.kind ?? null,
    searching: view.journal.typing !== null,
  }));
  const { ids, mending } = useFacts((state) => ({
    ids: hintedActions(state, focus).join(' '),
    mending: nextAction(state),
  }));
  if (overlay !== null) return pairsRow([[text.keyNames.esc ?? '', text.hints.close]], width);
  if (searching) return pairsRow(text.hints.searching, width);
  if (typing) return pairsRow(text.hints.typing, width);
  return hintRow(ids.split(' ') as ActionId[], mending, deps.keys, width, text);
}

/** What was just said, or the newest result; the later of the two. */
export function useToast(): Row | null {
  const text = useText();
  const { deps } = useController();
  const said = useView((view) => view.toast);
  const record = useFacts((state) => state.actions.at(-1) ?? null);
  const done = record?.outcome ? record : null;
  const saidFresh = useSecond((now) => said !== null && now < said.untilMono);
  const doneFresh = useSecond((now) => done !== null && now - endOf(done) < RESULT_MS);
  if (
    saidFresh &&
    said !== null &&
    !(doneFresh && done !== null && endOf(done) + RESULT_MS > said.untilMono)
  ) {
    return row(' ', span(said.text, said.tone));
  }
  if (!doneFresh || done === null) return null;
  const line = actionLine(done, 0, text, (failure) => failureSentence(failure, deps.text));
  return row(' ', span(`${line.symbol} ${line.text}`, line.tone));
}
