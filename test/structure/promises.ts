/** The tests that docs/SECURITY.md names for its promises, and those that it names in vain. */
import type { Source } from './source.ts';

export interface Promised {
  /** The promise's first words, to know it by. */
  readonly promise: string;
  readonly tests: readonly { readonly file: string; readonly name: string }[];
}

/** A test is named as `test/FILE > "NAME"`, in code; the lines of a paragraph may be broken anywhere. */
const CODE = /`([^`]*)`/g;
const REFERENCE = /^(test\/\S+\.tsx?) > "([^"]+)"$/;
/** How a test or a group of tests is opened, whatever stands between: `it.each(…)(`, `describe.skipIf(…).each(…)(`. */
const TITLE = /\(\s*(['"`])((?:\\.|(?!\1)[^\\\n])+)\1\s*,\s*(?:async\b|\(|function\b)/g;

/** The list of the section under `heading`, each item with the tests that it names. @throws for a heading that is not there */
export function promisesIn(markdown: string, heading: string): readonly Promised[] {
  const [, section] =
    new RegExp(`^## ${heading}\\n([\\s\\S]*?)(?=^## |(?![\\s\\S]))`, 'm').exec(markdown) ?? [];
  if (section === undefined) throw new Error(`no section ${heading}`);
  return section
    .split(/^- /m)
    .slice(1)
    .map((item) => item.split(/\n\n|^### /m, 1)[0]?.replace(/\s+/g, ' ') ?? '')
    .map((item) => ({
      promise: item.slice(0, 60),
      tests: [...item.matchAll(CODE)].flatMap(([, code]) => {
        const [, file, name] = REFERENCE.exec(code ?? '') ?? [];
        return file === undefined || name === undefined ? [] : [{ file, name }];
      }),
    }));
}

/** What looks like a test's name anywhere in the text and is not written as one. */
export function misnamed(markdown: string): readonly string[] {
  return [...markdown.replace(/\s+/g, ' ').matchAll(CODE)]
    .map(([, code]) => code ?? '')
    .filter((code) => /^test\/.*>|\.test\.tsx? >/.test(code) && !REFERENCE.test(code));
}

/** Promises that no test holds, and tests that are not there under their name. */
export function unheld(promises: readonly Promised[], sources: readonly Source[]): readonly string[] {
  const titles = new Map(sources.map(({ path, code }) => [path, titlesIn(code)]));
  return promises.flatMap(({ promise, tests }) => {
    if (tests.length === 0) return [`no test is named: ${promise}`];
    return tests.flatMap(({ file, name }) => {
      const there = titles.get(file);
      if (there === undefined) return [`no file ${file}`];
      return there.has(name) ? [] : [`no test in ${file} > "${name}"`];
    });
  });
}

function titlesIn(code: string): ReadonlySet<string> {
  return new Set([...code.matchAll(TITLE)].map(([, , title]) => (title ?? '').replace(/\\(.)/g, '$1')));
}
