/** Placeholder until written. */
export const connect = {};
