/** The project's shape, as docs/ARCHITECTURE.md tells it. */
import { describe, expect, it } from 'vitest';
import { circles, holding, strayPackages, tooLong, withoutSubject, wrongWay } from './rules.ts';
import { source, sourcesIn } from './source.ts';

const program = sourcesIn('src');
const tests = [...sourcesIn('test'), ...sourcesIn('scripts')];

describe('the sources', () => {
  it('are found', () => {
    expect(program.map(({ path }) => path)).toContain('src/main.ts');
    expect(program.flatMap(({ imports }) => imports).length).toBeGreaterThan(100);
  });

  it('import one way: calc ← ops ← state ← ui, cli; text for ui and cli alone', () => {
    expect(wrongWay(program)).toEqual([]);
  });

  it('use each package in its own layer', () => {
    expect(strayPackages(program)).toEqual([]);
  });

  it('have no circles', () => {
    expect(circles(program)).toEqual([]);
  });

  it('have one subject a file: said first, and told in 300 lines', () => {
    expect(tooLong(program, 300)).toEqual([]);
    expect(withoutSubject(program)).toEqual([]);
  });

  it('take their environment from whoever calls them', () => {
    const exempt = [
      /^src\/(cli\/|[^/]+$)/, // called by the launcher
      /^src\/ops\/demo\/main-process\.ts$/, // hands its own on to the child
    ];
    // `env = process.env` is the default of an option: the caller may still say otherwise.
    const readers = holding(program, /(?<!\w = )\bprocess\.env\b/);
    expect(readers.filter((path) => !exempt.some((known) => known.test(path)))).toEqual([]);
  });

  it('leave what reaches the terminal to ui and cli', () => {
    const exempt = [
      /^src\/(ui\/|cli\/|[^/]+$)/,
      /^src\/calc\/serve\.ts$/, // a program of its own
    ];
    const printers = holding(program, /\bconsole\.\w+\(|\bprocess\.std(out|err)\.write/);
    expect(printers.filter((path) => !exempt.some((known) => known.test(path)))).toEqual([]);
  });

  it('have named exports only', () => {
    // vitest asks these for a default export
    const exempt = new Set(['test/lab/setup.ts', 'test/bench/vitest.config.ts']);
    expect(holding([...program, ...tests], /^export default\b/m).filter((path) => !exempt.has(path))).toEqual(
      [],
    );
  });
});

describe('the rules themselves', () => {
  const sees = (path: string, text: string): readonly string[] => wrongWay([source(path, text)]);

  it.each([
    ['src/ops/a.ts', "import { b } from '../state/b.ts';", 'src/state/b.ts'],
    ['src/ops/linux/a.ts', "import type { B } from '../../ui/b.ts';", 'src/ui/b.ts'],
    ['src/state/a.ts', "import {\n  type B,\n  c,\n} from '../cli/b.ts';", 'src/cli/b.ts'],
    ['src/ui/a.tsx', "const { b } = await import('../cli/b.ts');", 'src/cli/b.ts'],
    ['src/cli/a.ts', "export * from '../ui/b.ts';", 'src/ui/b.ts'],
    ['src/state/a.ts', "import type { B } from '../text/b.ts';", 'src/text/b.ts'],
    ['src/text/a.ts', "import { b } from '../ops/b.ts';", 'src/ops/b.ts'],
    ['src/text/a.ts', "import '../ops/b.ts';", 'src/ops/b.ts'],
    ['src/calc/a.ts', "type B = typeof import('../ops/b.ts');", 'src/ops/b.ts'],
    ['src/ui/a.ts', "import { b } from '../main.ts';", 'src/main.ts'],
    ['src/ops/a.ts', "import { b } from '../../test/support/b.ts';", 'test/support/b.ts'],
  ])('see in %s that %j points the wrong way', (path, text, target) => {
    expect(sees(path, text)).toEqual([`${path} imports ${target}`]);
  });

  it.each([
    ['src/ops/a.ts', "import { b } from '../calc/b.ts';"],
    ['src/ops/linux/a.ts', "import { b } from '../b.ts';"],
    ['src/text/en/a.ts', "import type { B } from '../../ops/b.ts';"],
    ['src/ui/panes/a.tsx', "import { b } from '../../text/b.ts';"],
    ['src/main.ts', "import { b } from './cli/b.ts';\nconst c = await import('./ui/c.ts');"],
    ['src/main.ts', "import p from '../package.json' with { type: 'json' };"],
    ['src/ops/a.ts', "/** Not `import { b } from '../ui/b.ts'`. */\n// import '../ui/c.ts';"],
    ['src/ops/a.ts', "import { readFile } from 'node:fs/promises';"],
  ])('allow in %s %j', (path, text) => {
    expect(sees(path, text)).toEqual([]);
  });

  it('see a folder that is no layer', () => {
    expect(sees('src/utils/a.ts', '')).toEqual(['src/utils/a.ts is in no layer']);
  });

  it('see a package outside its layer, and one that has none', () => {
    const stray = source('src/ops/a.ts', "import { Box } from 'ink';\nimport x from '@scope/x/y';");
    expect(strayPackages([stray])).toEqual(['src/ops/a.ts imports ink', 'src/ops/a.ts imports @scope/x']);
    expect(strayPackages([source('src/ui/a.tsx', "import { Box } from 'ink';")])).toEqual([]);
  });

  it('see a circle, but not one of types', () => {
    const a = source('src/ops/a.ts', "import { b } from './b.ts';");
    expect(circles([a, source('src/ops/b.ts', "export { a } from './a.ts';")])).toEqual([
      'src/ops/a.ts → src/ops/b.ts → src/ops/a.ts',
    ]);
    expect(circles([a, source('src/ops/b.ts', "import type { A } from './a.ts';")])).toEqual([]);
  });

  it('see a long file and one that does not say what it is about', () => {
    const long = source('src/ops/a.ts', 'x\n'.repeat(301));
    expect(tooLong([long], 300)).toEqual(['src/ops/a.ts has 301 lines']);
    expect(tooLong([long], 301)).toEqual([]);
    expect(withoutSubject([long, source('src/ops/b.ts', '/** Bytes. */\n')])).toEqual(['src/ops/a.ts']);
  });
});
