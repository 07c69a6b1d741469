/** A box with a line that filters, and the list below it; the cursor stands in the line. */
import type { ReactNode } from 'react';
import { Cursor } from '../components/Cursor.tsx';
import { type EditedLine, textOf } from '../input/line-editor.ts';
import { type Row, row, span } from '../rows.ts';
import { OverlayBox, overlayWidth, type ScreenSize } from './OverlayBox.tsx';

export function FilterBox({
  title,
  query,
  hint,
  list,
  wanted,
  screen,
}: {
  readonly title: string;
  readonly query: EditedLine;
  /** Shown while nothing is typed. */
  readonly hint: string;
  readonly list: readonly Row[];
  readonly wanted: number;
  readonly screen: ScreenSize;
}): ReactNode {
  const width = overlayWidth(wanted, screen);
  const typed = textOf(query);
  const rows = [
    row(span(': ', 'accent', { bold: true }), typed, typed === '' && span(hint, 'quiet')),
    ...list,
  ];
  const boxWidth = Math.min(wanted, screen.columns);
  const boxHeight = Math.min(rows.length, Math.max(1, screen.rows - 2 - (screen.rows > 10 ? 2 : 0))) + 2;
  const at = {
    x:
      Math.floor((screen.columns - boxWidth) / 2) +
      (boxWidth - width) / 2 +
      Math.min(width - 1, 2 + query.before.length),
    y: Math.floor((screen.rows - boxHeight) / 2) + 1,
  };
  return (
    <>
      <OverlayBox title={title} rows={rows} wanted={wanted} screen={screen} />
      <Cursor at={at} />
    </>
  );
}
