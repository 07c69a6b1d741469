/** A box over the middle of the screen: a title, rows that scroll when they do not fit, and what closes it. */
import { Box } from 'ink';
import { type ReactNode, useLayoutEffect } from 'react';
import { bodyRow, bottomRow, contentWidth, type FrameLook, titleRow } from '../components/frame-rows.ts';
import { Lines } from '../components/Line.tsx';
import { useController } from '../context.ts';
import { fill, type Row, span } from '../rows.ts';
import { SYMBOL } from '../theme.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** Cells of content an overlay may use that would like `wanted`. */
export function overlayWidth(wanted: number, { columns }: ScreenSize): number {
  return contentWidth(Math.min(wanted, columns));
}

/** Rows of content it may use: where there are some to spare, the top line and the hints stay in sight. */
export function overlayHeight({ rows }: ScreenSize): number {
  return Math.max(1, rows - 2 - (rows > 10 ? 2 : 0));
}

export function OverlayBox({
  title,
  rows,
  wanted,
  screen,
  scroll = 0,
}: {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly wanted: number;
  readonly screen: ScreenSize;
  readonly scroll?: number;
}): ReactNode {
  const controller = useController();
  const width = Math.min(wanted, screen.columns);
  const body = Math.min(Math.max(1, rows.length), overlayHeight(screen));
  const furthest = Math.max(0, rows.length - body);
  useLayoutEffect(() => {
    controller.overlayScrollMax = furthest;
  });
  const from = Math.min(scroll, furthest);
  const more = from < furthest ? [span(SYMBOL.more, 'accent')] : [];
  const look: FrameLook = {
    title,
    notes: more,
    width,
    first: true,
    last: true,
    focused: true,
    focusAbove: false,
  };
  const shown = fill(rows.slice(from), body).map((content) => bodyRow(content, look));
  const all = [titleRow(look), ...shown, bottomRow(look)].slice(0, screen.rows);
  return (
    <Box
      position="absolute"
      left={Math.floor((screen.columns - width) / 2)}
      top={Math.floor((screen.rows - all.length) / 2)}
      width={width}
      height={all.length}
      flexDirection="column"
    >
      <Lines rows={all} width={width} />
    </Box>
  );
}
