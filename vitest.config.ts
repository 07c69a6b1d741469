/**
 * Kinds of tests, in this order: `unit` anywhere and in parallel, `e2e` in a real terminal on the demo host,
 * `lab-timing` on a real systemd host with nothing beside it, since it measures, and `lab` on several such hosts.
 */
import { defineConfig } from 'vitest/config';

const tests = (folder: string): string => `test/${folder}/**/*.test.{ts,tsx}`;

const measured = ['test/lab/live.test.ts', 'test/lab/watch.test.ts'];

/** Minutes each: left out of a plain `npm test`, which is to stay under five; `TP5_LAB=require` runs all. */
const long = [
  'check',
  'delivery',
  'delivery-killed',
  'deploy',
  'hosts',
  'idle',
  'netdata',
  'netdata-link',
  'prometheus',
  'report',
  'watch',
].map((name) => `test/lab/${name}.test.ts`);
const leftOut = process.env.TP5_LAB === 'require' ? [] : long;
/**
 * A real host on a shared machine now and then stalls. Whoever works on a test sees it fail; a whole run goes on,
 * and `.ci/run` names at its end what passed on the second try alone.
 */
const retry = process.env.CI === 'true' ? 1 : 0;
const onLab = { retry, globalSetup: ['test/lab/setup.ts'], testTimeout: 60_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          retry,
          name: 'unit',
          include: [tests('**')],
          exclude: [tests('e2e'), tests('lab')],
          testTimeout: 10_000,
          // One core is left alone by default, which of two is half of the machine.
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          retry,
          name: 'e2e',
          include: [tests('e2e')],
          testTimeout: 30_000,
          maxWorkers: '100%',
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...onLab,
          name: 'lab-timing',
          include: measured,
          exclude: leftOut,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          ...onLab,
          name: 'lab',
          include: [tests('lab')],
          exclude: [...measured, ...leftOut],
          // Each worker has a host of its own; most of what they do is wait.
          maxWorkers: 3,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
