/** Which command was meant by a word that is none. */
import { expect, it } from 'vitest';
import { meantCommand } from '../../src/cli/meant-command.ts';

it.each([
  ['statu', 'status'],
  ['stauts', 'status'],
  ['STATUS', null],
  ['Dril', 'drill'],
  ['lgos', 'logs'],
  ['depoly', 'deploy'],
  ['wach', 'watch'],
  ['status', null],
  ['tp5', null],
  ['hosting', null],
  ['stat.us', null],
  ['manon@statu', null],
  ['ca', null],
  ['', null],
  [undefined, null],
])('%s: %s', (word, command) => {
  expect(meantCommand(word)).toBe(command);
});
