/** The project's own sources as the structure tests see them: their text, and what each imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Import {
  /** As it is written: `../ops/host.ts`, `ink`, `node:fs`. */
  readonly specifier: string;
  /** `import type` and `export type`: gone before the program runs. */
  readonly typeOnly: boolean;
}

export interface Source {
  /** From the project's folder, with slashes: `src/ops/host.ts`. */
  readonly path: string;
  readonly text: string;
  /** The text with its comments blanked. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** All TypeScript files under `folder` of the project. */
export function sourcesIn(folder: string): readonly Source[] {
  return readdirSync(join(projectFolder, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(projectFolder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
    .map((path) => source(path, readFileSync(join(projectFolder, path), 'utf8')));
}

export function source(path: string, text: string): Source {
  const code = withoutComments(text);
  return { path, text, code, imports: importsOf(code) };
}

/** `import … from`, `export … from`, `import '…'`, `import('…')`, and types by `typeof import('…')`. */
const declaration =
  /^\s*(?:import|export)\s+(?<type>type\s+(?!from\b))?(?:[\w*\s{},$]+?\s+from\s+)?(?<quote>['"])(?<specifier>[^'"]+)\k<quote>/gm;
const call = /(?<type>typeof\s+)?\bimport\(\s*(?<quote>['"])(?<specifier>[^'"]+)\k<quote>/g;

function importsOf(code: string): Import[] {
  return [declaration, call].flatMap((pattern) =>
    [...code.matchAll(pattern)].map(({ groups }) => ({
      specifier: groups?.specifier ?? '',
      typeOnly: groups?.type !== undefined,
    })),
  );
}

/** Comments are blanked, so that an example in one is no import; strings are left as they are. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ' '));
}

/** The project's file that a relative import names; null for a package or a module of Node's. */
export function targetOf(importer: Source, { specifier }: Import): string | null {
  if (!specifier.startsWith('.')) return null;
  return posix.normalize(posix.join(dirname(importer.path).split(sep).join('/'), specifier));
}

/** The package that an import names: `ink`, `@xterm/headless`; null for the project's own files and Node's. */
export function packageOf({ specifier }: Import): string | null {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return null;
  return /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? null;
}
