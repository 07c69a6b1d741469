/** No test asks how fast the machine is: waits are for events, and time is simulated. */
import { describe, expect, it } from 'vitest';
import { source, sourcesIn } from './source.ts';
import { broken, HABITS } from './waits.ts';

const tests = sourcesIn('test').filter(({ path }) => !/^test\/(?:bench|structure)\//.test(path));

describe('the tests', () => {
  it.each(HABITS)('have nowhere $name', (habit) => {
    expect(broken(tests, habit)).toEqual([]);
  });
});

describe('the rule itself', () => {
  const sees = (code: string): readonly string[] =>
    HABITS.filter(({ pattern }) => pattern.test(source('test/a.test.ts', code).code)).map(({ name }) => name);

  it.each([
    'await new Promise((resolve) => setTimeout(resolve, 5));',
    'await systemClock.sleep(5);',
    "import { setTimeout as wait } from 'node:timers/promises';",
    'await vi.waitFor(() => expect(x).toBe(1));',
    "it('x', { timeout: 500 }, () => {});",
    "it('x', () => {\n}, 60_000);",
    'expect(performance.now() - began).toBeLessThan(2000);',
    'const took = Date.now() - began;',
  ])('sees %j', (code) => {
    expect(sees(code)).toHaveLength(1);
  });

  it.each([
    'await eventually(() => expect(x).toBe(1));',
    'await clock.advance(5000);',
    "// setTimeout(resolve, 5)\nexpect(facts.code).toBe('timeout');",
  ])('has nothing against %j', (code) => {
    expect(sees(code)).toEqual([]);
  });
});
