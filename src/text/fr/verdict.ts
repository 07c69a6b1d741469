/** Placeholder until written. */
export const verdict = {};
