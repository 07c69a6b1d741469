/** The tests nearest to one mutated file, alone: `scripts/mutation.mjs` names them. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: (process.env.TP5_MUTATION_TESTS ?? '').split(',').filter((path) => path !== ''),
    testTimeout: 60_000,
    maxWorkers: 1,
  },
});
