/** docs/SECURITY.md promises nothing that no test holds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { misnamed, promisesIn, unheld } from './promises.ts';
import { projectFolder, source, sourcesIn } from './source.ts';

const HEADING = 'What is promised';
const read = (path: string): string => readFileSync(join(projectFolder, path), 'utf8');

describe('docs/SECURITY.md', () => {
  const page = read('docs/SECURITY.md');

  it('names for each promise tests that there are', () => {
    const promises = promisesIn(page, HEADING);
    expect(promises.length).toBeGreaterThan(20);
    expect(unheld(promises, sourcesIn('test'))).toEqual([]);
    expect(misnamed(page)).toEqual([]);
  });

  it.each(['README.md', 'docs/ARCHITECTURE.md'])('is found from %s', (path) => {
    expect(read(path)).toContain('docs/SECURITY.md');
  });
});

describe('the rule itself', () => {
  const page = (...items: readonly string[]): string =>
    `# Page\n\n## ${HEADING}\n\n### Wire\n\n${items.map((item) => `- ${item}\n`).join('')}\n## After\n\n- no promise\n`;
  const tests = [
    source(
      'test/a.test.ts',
      "it('is held', () => {});\nit.each([1, 2])(\n  'is held of %i',\n  async (n) => {},\n);\n",
    ),
    source(
      'test/b.test.tsx',
      "// it('is gone', () => {});\nexpect(said).toBe('is gone', 'x');\nit.todo('is to come');\n",
    ),
  ];
  const sees = (...items: readonly string[]): readonly string[] =>
    unheld(promisesIn(page(...items), HEADING), tests);

  it('is content where each promise has its test, wherever the line is broken', () => {
    const items = [
      'One. `test/a.test.ts > "is held"`',
      'Two.\n  `test/a.test.ts >\n  "is held of %i"`, `other`',
    ];
    expect(promisesIn(page(...items), HEADING)).toHaveLength(2);
    expect(sees(...items)).toEqual([]);
  });

  it.each([
    ['nothing is named', 'One. `npm test`', 'no test is named: One. `npm test`'],
    ['the file is not there', 'One. `test/c.test.ts > "is held"`', 'no file test/c.test.ts'],
    ['the name is another', 'One. `test/a.test.ts > "is"`', 'no test in test/a.test.ts > "is"'],
    [
      'it is a comment or no test',
      'One. `test/b.test.tsx > "is gone"`',
      'no test in test/b.test.tsx > "is gone"',
    ],
    [
      'it is not written yet',
      'One. `test/b.test.tsx > "is to come"`',
      'no test in test/b.test.tsx > "is to come"',
    ],
  ])('sees that %s', (_name, item, told) => {
    expect(sees(item)).toEqual([told]);
  });

  it('sees a name that is not written as one', () => {
    expect(misnamed('`test/a.test.ts > is held` and `test/a.test.ts > "is held"`')).toEqual([
      'test/a.test.ts > is held',
    ]);
  });

  it('has no page to read without its section', () => {
    expect(() => promisesIn('# Page\n', HEADING)).toThrow(HEADING);
  });
});
