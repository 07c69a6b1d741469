/** How long to wait before trying a lost host again: exponential, with full jitter. */

export interface BackoffLimits {
  /** Never sooner than this, ms. */
  readonly floorMs: number;
  /** Never later than this, ms. */
  readonly ceilingMs: number;
}

export const RECONNECT_LIMITS: BackoffLimits = { floorMs: 500, ceilingMs: 30_000 };

/**
 * Milliseconds to wait before attempt `attempt` (0 is the first after the loss): drawn evenly between
 * the floor and `floor × 2^(attempt + 1)`, capped. The whole span is drawn from, so that many clients
 * of one host that came back do not knock together (Brooker, "Exponential backoff and jitter").
 *
 * @param random in [0, 1)
 */
export function backoffMs(attempt: number, random: number, limits: BackoffLimits = RECONNECT_LIMITS): number {
  const span = Math.min(limits.ceilingMs, limits.floorMs * 2 ** (Math.max(0, attempt) + 1));
  return limits.floorMs + random * (span - limits.floorMs);
}
