/**
 * Kinds of tests, in this order: `unit` anywhere and in parallel, `e2e` in a real terminal on the demo host,
 * `lab-timing` on a real systemd host with nothing beside it, since it measures, and `lab` on several such hosts.
 */
import { defineConfig } from 'vitest/config';
import { BOUND_MS, TEST_BOUND_MS } from './test/support/bound.ts';

const tests = (folder: string): string => `test/${folder}/**/*.test.{ts,tsx}`;

const measured = ['test/lab/live.test.ts', 'test/lab/watch.test.ts'];

/** Minutes each: left out of a plain `npm test`, which is to stay under five; `TP5_LAB=require` runs all. */
const long = [
  'check',
  'delivery',
  'delivery-killed',
  'deploy',
  'firewall',
  'hosts',
  'idle',
  'netdata',
  'netdata-link',
  'prometheus',
  'report',
  'ssh-configurations',
  'watch',
].map((name) => `test/lab/${name}.test.ts`);
const leftOut = process.env.TP5_LAB === 'require' ? [] : long;
/** The same bounds for every test: none waits for time, and none is tried twice. */
const bounds = {
  testTimeout: TEST_BOUND_MS,
  hookTimeout: TEST_BOUND_MS,
  expect: { poll: { timeout: BOUND_MS, interval: 5 } },
};
const onLab = { ...bounds, globalSetup: ['test/lab/setup.ts'] };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...bounds,
          name: 'unit',
          include: [tests('**')],
          exclude: [tests('e2e'), tests('lab')],
          // One core is left alone by default, which of two is half of the machine.
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...bounds,
          name: 'e2e',
          include: [tests('e2e')],
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
