/** Placeholder until written. */
export const consoleText = {};
