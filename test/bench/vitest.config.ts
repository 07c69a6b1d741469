/** What is measured, one after the other and never beside the tests: `npm run bench`. */
import { defineConfig } from 'vitest/config';
import { TEST_BOUND_MS } from '../support/bound.ts';

export default defineConfig({
  test: {
    include: ['test/bench/**/*.bench.ts'],
    globalSetup: ['test/lab/setup.ts'],
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: TEST_BOUND_MS,
    hookTimeout: TEST_BOUND_MS,
  },
});
