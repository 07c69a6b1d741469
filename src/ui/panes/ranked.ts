/** Which rows stay when there is not room for all: the lowest ranks, in the order they were given. */
import type { Row } from '../rows.ts';

export interface Ranked {
  readonly rank: number;
  readonly row: Row;
}

export function ranked(rows: readonly Ranked[], height: number): Row[] {
  if (rows.length <= height) return rows.map(({ row }) => row);
  const order = rows.map((_, index) => index);
  order.sort((one, other) => (rows[one]?.rank ?? 0) - (rows[other]?.rank ?? 0) || one - other);
  const kept = new Set(order.slice(0, Math.max(0, height)));
  return rows.filter((_, index) => kept.has(index)).map(({ row }) => row);
}
