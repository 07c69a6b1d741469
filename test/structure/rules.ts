/** The rules that keep the project's shape, each as a function from sources to the places that break it. */
import { packageOf, type Source, targetOf } from './source.ts';

/** A folder of src, or `program` for the files that stand in src itself and join everything. */
type Layer = 'calc' | 'ops' | 'state' | 'text' | 'ui' | 'cli' | 'program';

interface Reach {
  /** Layers whose code it may run. */
  readonly code: readonly Layer[];
  /** Layers whose types it may name besides. */
  readonly types: readonly Layer[];
}

const layers: Readonly<Record<Layer, Reach>> = {
  calc: { code: [], types: [] },
  ops: { code: ['calc'], types: [] },
  state: { code: ['calc', 'ops'], types: [] },
  // Sentences are made from what the lower layers found; who reads them is ui and cli alone.
  text: { code: [], types: ['calc', 'ops', 'state'] },
  ui: { code: ['calc', 'ops', 'state', 'text'], types: [] },
  cli: { code: ['calc', 'ops', 'state', 'text'], types: [] },
  program: { code: ['calc', 'ops', 'state', 'text', 'ui', 'cli'], types: [] },
};

/** Where a package may be used; one that is not named here may be used nowhere. */
const packages: ReadonlyArray<readonly [folder: RegExp, names: readonly string[]]> = [
  [/^src\/(ui\/|[^/]+$)/, ['ink', 'react']],
  [/^src\/(ui|state)\//, ['zustand']],
  [/^src\/(ui|text)\//, ['string-width']],
  [/^src\/ops\/transport\//, ['ssh2', 'execa']],
  [/^src\/ops\//, ['dbus-native']],
  [/^src\/ops\/metrics\//, ['prom-client']],
  [/^src\/cli\//, ['commander', 'smol-toml', 'valibot']],
];

function layerOf(path: string): Layer | null {
  const folder = /^src\/(?:([^/]+)\/)?[^/]*$|^src\/([^/]+)\//.exec(path);
  if (folder === null) return null;
  const name = folder[1] ?? folder[2] ?? 'program';
  return name in layers ? (name as Layer) : null;
}

/** Imports that point the wrong way. */
export function wrongWay(sources: readonly Source[]): readonly string[] {
  return sources.flatMap((source) => {
    const layer = layerOf(source.path);
    if (layer === null) return [`${source.path} is in no layer`];
    return source.imports.flatMap((imported) => {
      const target = targetOf(source, imported);
      if (target === null || target === 'package.json') return [];
      const to = layerOf(target);
      const reach = layers[layer];
      const allowed =
        to !== null &&
        (to === layer || reach.code.includes(to) || (imported.typeOnly && reach.types.includes(to)));
      return allowed ? [] : [`${source.path} imports ${target}`];
    });
  });
}

/** Packages used where they do not belong. */
export function strayPackages(sources: readonly Source[]): readonly string[] {
  return sources.flatMap((source) =>
    source.imports.flatMap((imported) => {
      const name = packageOf(imported);
      const allowed = packages.some(
        ([folder, names]) => folder.test(source.path) && names.includes(name ?? ''),
      );
      return name === null || allowed ? [] : [`${source.path} imports ${name}`];
    }),
  );
}

/** Files that import themselves round about, code only: each such circle once, as `a → b → a`. */
export function circles(sources: readonly Source[]): readonly string[] {
  const next = new Map(
    sources.map((source) => [
      source.path,
      source.imports.filter(({ typeOnly }) => !typeOnly).flatMap((to) => targetOf(source, to) ?? []),
    ]),
  );
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
  return found;
}

/** Files longer than `limit` lines. */
export function tooLong(sources: readonly Source[], limit: number): readonly string[] {
  return sources
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > limit)
    .map(({ path, lines }) => `${path} has ${lines} lines`);
}

/** Files that do not say their subject in a comment on their first line. */
export function withoutSubject(sources: readonly Source[]): readonly string[] {
  return sources.filter(({ text }) => !/^(\/\*\*|\/\/)/.test(text)).map(({ path }) => path);
}

/** Files with something in their code that belongs elsewhere. */
export function holding(sources: readonly Source[], pattern: RegExp): readonly string[] {
  return sources.filter(({ code }) => pattern.test(code)).map(({ path }) => path);
}
