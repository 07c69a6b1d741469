/**
 * `npm run lab -- VERB…` is test/lab/lab; `npm run lab` alone, or `npm run lab -- console [USER] [OPTION…]`, boots
 * the lab if it must and opens the console on it, from the operator's PC.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Runs a command in this terminal and returns its exit code; 128+n ends as a shell would say it. */
function run(command, ...args) {
  const { status, signal, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) throw error;
  return status ?? (signal === 'SIGINT' ? 130 : 1);
}

const lab = (...args) => run('bash', path('lab'), ...args);

function openConsole(user = 'manon', ...options) {
  return (
    lab('up') ||
    run(process.execPath, path('../../scripts/build.mjs'), '--quiet') ||
    lab('pc', process.execPath, path('../../bin/tp5-tui.js'), `${user}@hosting.tp5.b1`, ...options)
  );
}

const [verb = 'console', ...rest] = process.argv.slice(2);
if (process.platform !== 'linux') {
  process.stderr.write('lab: it boots a Linux machine and needs Linux; `npm run demo` runs anywhere.\n');
  process.exitCode = 2;
} else {
  process.exitCode = verb === 'console' ? openConsole(...rest) : lab(verb, ...rest);
}
