/** The man page beside the program that it is about. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { manPage } from '../../scripts/man-page.ts';
import { COMMANDS } from '../../src/cli/command-table.ts';

const path = fileURLToPath(new URL('../../docs/tp5-tui.1', import.meta.url));

it('is what the table of commands makes of it: `node scripts/man.ts` writes it anew', () => {
  expect(readFileSync(path, 'utf8')).toBe(manPage());
});

it('has a section on every command', () => {
  for (const { name } of COMMANDS) expect(manPage()).toMatch(new RegExp(`^\\.SS "${name}[ "]`, 'm'));
});

it('holds no line that roff would take for a request it does not know', () => {
  const requests = /^\.(\\"|TH|SH|SS|PP|TP|B|I|br|nf|fi|RS|RE)( |$|\\)/;
  const lines = manPage().split('\n');
  expect(lines.filter((line) => /^[.']/.test(line) && !requests.test(line))).toEqual([]);
});

const formatter = 'man';

it.skipIf(spawnSync(formatter, ['--version']).status !== 0)('is formatted without a complaint', () => {
  const { status, stdout, stderr } = spawnSync(formatter, ['--warnings', '-E', 'UTF-8', '-l', path], {
    encoding: 'utf8',
    env: { ...process.env, MANPAGER: 'cat', PAGER: 'cat', MANWIDTH: '80', LC_ALL: 'C.UTF-8' },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('EXIT STATUS');
});
