/** A pane in its place: border, title, and its rows; faded as a whole while they are stale. */
import { Box } from 'ink';
import type { ReactNode } from 'react';
import { useFacts, useSecond, useText, useView } from '../context.ts';
import { PANES, type PlacedPane } from '../layout.ts';
import { faded, fill, type Row, type Span, span } from '../rows.ts';
import { SYMBOL } from '../theme.ts';
import { bodyRow, bottomRow, type FrameLook, titleRow } from './frame-rows.ts';
import { Lines } from './Line.tsx';

export interface PaneProps {
  readonly place: PlacedPane;
  /** The pane above in the same column, whose bottom border is this one's title line. */
  readonly above: PlacedPane | null;
  /** Alone on the screen: nothing to tell it from. */
  readonly alone: boolean;
}

export function PaneFrame({
  place,
  above,
  alone,
  rows,
  notes = [],
  local = false,
}: PaneProps & {
  readonly rows: readonly Row[];
  readonly notes?: readonly Span[];
  /** What it shows is learnt here, not over the link. */
  readonly local?: boolean;
}): ReactNode {
  const text = useText();
  const focus = useView((view) => view.focus);
  const age = useStale();
  const stale = local ? null : age;
  const look: FrameLook = {
    title: `${PANES.indexOf(place.id) + 1} ${text.panes[place.id]}`,
    notes: stale === null ? notes : [span(`${SYMBOL.warning} ${stale}`, 'warning'), ...notes],
    width: place.width,
    first: place.first,
    last: place.last,
    focused: focus === place.id && !alone,
    focusAbove: above !== null && focus === above.id,
  };
  const body = fill(rows, place.body).map((content) =>
    bodyRow(stale === null ? content : faded(content), look),
  );
  const all = [titleRow(look), ...body, ...(place.last ? [bottomRow(look)] : [])];
  return (
    <Box flexDirection="column" width={place.width} height={place.height} flexShrink={0}>
      <Lines rows={all} width={place.width} />
    </Box>
  );
}

/** `stale 12 s` from the moment the link was lost; null while what is shown is true. */
export function useStale(): string | null {
  const text = useText();
  const lostAt = useFacts((state) => (state.link.state === 'lost' ? state.link.sinceMono : null));
  return useSecond((now) => (lostAt === null ? null : text.top.stale(text.format.duration(now - lostAt))));
}
