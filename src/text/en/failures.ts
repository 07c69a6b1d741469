/** Placeholder until written. */
export const failures = {};
