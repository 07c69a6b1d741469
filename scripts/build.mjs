/**
 * Bundles the program for publishing and for `npm start`: src/main.ts into dist/main.js, the calculator's
 * server into dist/serve.js, and the licences of what is bundled into dist/THIRD-PARTY.txt.
 *
 * `--quiet` says nothing when all is well; a build that is newer than its sources is left as it is, unless
 * `--force`. Plain JavaScript, since it may be the first thing that runs on a fresh machine.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { notices } from './notices.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const entries = { main: join(root, 'src/main.ts'), serve: join(root, 'src/calc/serve.ts') };
const sources = ['src', 'scripts/build.mjs', 'scripts/notices.mjs', 'package.json', 'package-lock.json'];

/** Written last, so that its age is the build's. */
const stamp = join(dist, 'main.js');

/** What bundled CommonJS packages lean on, and an ES module does not have. */
const commonJs = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url), __dirname = import.meta.dirname;',
].join('\n');

/** Modules that the bundle names but does not ship, and what stands in for each. */
const absent = {
  name: 'absent',
  setup(build) {
    build.onResolve({ filter: /^(react-devtools-core|cpu-features)$|\.node$/ }, ({ path }) => ({
      path,
      namespace: 'absent',
    }));
    // Ink imports its developer tools in one branch that production never takes.
    build.onLoad({ filter: /^react-devtools-core$/, namespace: 'absent' }, () => ({
      contents: 'export default {};',
    }));
    // ssh2's optional add-ons: it catches the failure to load and uses Node's own ciphers. An empty module
    // would not do, since ssh2 would take it for the real one.
    build.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({
      contents: 'throw new Error("native add-ons are not shipped");',
    }));
  },
};

/** Newest modification time, ms, of a file or of a folder and all in it; a folder's own tells of deletions. */
function newest(path) {
  const info = statSync(path);
  if (!info.isDirectory()) return info.mtimeMs;
  return Math.max(info.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** The files that `deploy` brings to a host, as src/ops/deploy/assets.ts wants them: a bundle has none beside it. */
function deployAssets() {
  const folder = join(root, 'src/ops/deploy/assets');
  const names = ['look.sh', 'server.py', 'transaction.sh'];
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function isFresh() {
  try {
    return statSync(stamp).mtimeMs > Math.max(...sources.map((path) => newest(join(root, path))));
  } catch {
    return false;
  }
}

async function bundle() {
  // Loaded late: `npm start` with a fresh build does without it.
  const { build } = await import('esbuild');
  return build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: dist,
    bundle: true,
    splitting: true,
    // Beside main.js, so that `new URL('./serve.js', import.meta.url)` is right in every chunk.
    chunkNames: '[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    jsx: 'automatic',
    minifySyntax: true,
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"', DEPLOY_ASSETS: JSON.stringify(deployAssets()) },
    banner: { js: commonJs },
    plugins: [absent],
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
}

/** A file appears whole or not at all: tests and other builds may be reading. */
function writeWhole(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, contents);
  renameSync(partial, path);
}

function write(result) {
  const files = result.outputFiles.toSorted((a, b) => Number(a.path === stamp) - Number(b.path === stamp));
  writeWhole(join(dist, 'THIRD-PARTY.txt'), notices(root, Object.keys(result.metafile.inputs)));
  for (const file of files) writeWhole(file.path, file.contents);
  const kept = new Set(files.map((file) => basename(file.path)));
  for (const name of readdirSync(dist)) {
    if (name.endsWith('.js') && !kept.has(name)) rmSync(join(dist, name), { force: true });
  }
  return files.reduce((bytes, file) => bytes + file.contents.length, 0);
}

function fail(sentence) {
  process.stderr.write(`build: ${sentence}\n`);
  process.exitCode = 1;
}

const quiet = process.argv.includes('--quiet');
const say = (sentence) => quiet || process.stdout.write(`build: ${sentence}\n`);

if (isFresh() && !process.argv.includes('--force')) {
  say('dist/ is newer than the sources; nothing to do');
} else {
  const started = performance.now();
  try {
    const bytes = write(await bundle());
    say(`dist/ written, ${Math.round(bytes / 1000)} kB in ${Math.round(performance.now() - started)} ms`);
  } catch (error) {
    if (error?.code === 'ERR_MODULE_NOT_FOUND') fail('esbuild is not installed: run `npm ci` first');
    else if (!Array.isArray(error?.errors)) throw error;
    else {
      for (const { text, location } of error.errors.slice(0, 10)) {
        fail(location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text);
      }
      fail(`${error.errors.length} error(s); dist/ was left as it was`);
    }
  }
}
