/**
 * How long a test waits for anything: said here, and nowhere else.
 *
 * A wait is for an event and ends with it, so that a generous bound costs nothing while the tests pass. It is there
 * for what never comes, and so long that a slow or a busy machine alone does not reach it.
 */

/** For one event: more than the longest rest that the program itself takes, which is a minute. */
export const BOUND_MS = 120_000;

/** For a program that was told to end, until it is killed: it tidies up, and decides nothing that is tested. */
export const GRACE_MS = 3000;

/** For a whole test, and for a hook: longer, so that the wait that failed is the one that says so. */
export const TEST_BOUND_MS = 3 * BOUND_MS;
