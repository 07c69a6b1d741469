/** One row of cells on the screen, exactly `width` wide: the only component that draws text. */
import { Text } from 'ink';
import type { ReactNode } from 'react';
import { fitRow, type Row } from '../rows.ts';
import { INK } from '../theme.ts';

export function Line({ row, width }: { readonly row: Row; readonly width: number }): ReactNode {
  if (width <= 0) return null;
  return (
    <Text wrap="truncate">
      {fitRow(row, width).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a row have no identity but their place
        <Text key={index} {...INK[part.tone ?? 'plain']} {...style(part)}>
          {part.text}
        </Text>
      ))}
    </Text>
  );
}

function style({ bold, inverse, underline }: Row[number]): Record<string, boolean> {
  return {
    ...(bold ? { bold } : {}),
    ...(inverse ? { inverse } : {}),
    ...(underline ? { underline } : {}),
  };
}

/** Rows one under the other. */
export function Lines({ rows, width }: { readonly rows: readonly Row[]; readonly width: number }): ReactNode {
  return rows.map((row, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
    <Line key={index} row={row} width={width} />
  ));
}
