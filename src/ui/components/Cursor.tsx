/**
 * The terminal's own cursor, where something is typed. Mounted only while it counts: there is one
 * cursor, and the component that drew last would win it otherwise.
 */
import { useCursor } from 'ink';
import type { ReactNode } from 'react';

/** @param at cell of the whole screen, from 0 */
export function Cursor({ at }: { readonly at: { readonly x: number; readonly y: number } }): ReactNode {
  const { setCursorPosition } = useCursor();
  setCursorPosition(at);
  return null;
}
