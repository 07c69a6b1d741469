#!/usr/bin/env node
// The launcher: what must be settled before the first library loads, then the bundle. It must parse on any
// Node since 18, so that an old one gets a sentence and not a SyntaxError.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const [major, minor] = process.versions.node.split('.').map(Number);
const bundle = new URL('../dist/main.js', import.meta.url);

function refuse(sentence) {
  process.stderr.write(`tp5-tui: ${sentence}\n`);
  process.exit(2);
}

if (major < 22 || (major === 22 && minor < 12)) {
  refuse(
    `needs Node.js 22.12 or newer, this is ${process.versions.node}. ` +
      'Install a current one from https://nodejs.org, or in a checkout run `npm run demo`, which brings its own.',
  );
}
if (!existsSync(bundle))
  refuse('dist/main.js is missing: in a checkout run `npm ci && npm run build` first.');

const { env } = process;
// React's development build is slower and keeps every measure it takes.
env.NODE_ENV = 'production';
// Ink's colours know FORCE_COLOR alone. https://no-color.org: present and not empty.
if (env.NO_COLOR) env.FORCE_COLOR = '0';
// In CI Ink draws nothing before the end; somebody at a terminal wants to see it all the same.
if (process.stdout.isTTY) for (const mark of ['CI', 'CONTINUOUS_INTEGRATION']) delete env[mark];
// In a folder of the user's own: the default one is in /tmp, where others may write.
module.enableCompileCache?.(join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tp5-tui'));

const { main } = await import(bundle.href);
process.exitCode = await main(process.argv.slice(2), env);
