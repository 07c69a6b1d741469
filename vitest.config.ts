/**
 * Three kinds of tests, in this order: `unit` anywhere and in parallel, `e2e` in a real terminal on the demo
 * host, `lab` on a real systemd host, one file at a time and with nothing beside it, since it measures.
 */
import { defineConfig } from 'vitest/config';

const tests = (folder: string): string => `test/${folder}/**/*.test.{ts,tsx}`;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [tests('**')],
          exclude: [tests('e2e'), tests('lab')],
          testTimeout: 10_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: [tests('e2e')],
          testTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'lab',
          include: [tests('lab')],
          globalSetup: ['test/lab/setup.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
