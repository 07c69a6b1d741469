/** The licences of the packages that went into a bundle, as their terms ask to be passed on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const licenceFile = /^(licen[cs]e|copying|notice)/i;

/**
 * @param {string} root the project's folder
 * @param {readonly string[]} inputs the bundle's inputs, relative to `root`, as in esbuild's metafile
 * @returns {string} one section a package, in order of name
 */
export function notices(root, inputs) {
  const packages = new Set();
  for (const input of inputs) {
    const found = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
    if (found) packages.add(found[0]);
  }
  const sections = [...packages].sort().map((folder) => section(join(root, folder)));
  return `tp5-tui bundles these packages:\n\n${sections.join('\n')}`;
}

function section(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => licenceFile.test(file)) : [];
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`== ${name} ${version} (${license}) ==`, ...texts, ''].join('\n');
}
