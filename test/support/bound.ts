/**
 * How long a test waits for anything: said here, and nowhere else.
 *
 * A wait is for an event and ends with it, so that a generous bound costs nothing while the tests pass. It is there
 * for what never comes, and so long that a slow or a busy machine alone does not reach it.
 */

/** For one event. */
export const BOUND_MS = 60_000;

/** For a whole test, and for a hook: longer, so that the wait that failed is the one that says so. */
export const TEST_BOUND_MS = 5 * BOUND_MS;
