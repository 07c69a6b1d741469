/**
 * Runs `npm test` several times while the machine is kept busy, and tells of each run in one line:
 * `npm run stress-tests [-- RUNS [VITEST OPTION…]]`, ten runs without a number.
 *
 * Ends with 1 at the first run that fails, whose whole output is kept in a file; with 2 where stress-ng is missing
 * (Debian: apt-get install stress-ng).
 */
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [count = '10', ...options] = process.argv.slice(2);
const runs = Number(count);
if (!Number.isInteger(runs) || runs < 1) {
  console.error(`stress-tests: “${count}” is no number of runs`);
  process.exit(2);
}
if (spawnSync('stress-ng', ['--version'], { stdio: 'ignore' }).error) {
  console.error('stress-tests: stress-ng is not installed (Debian: apt-get install stress-ng)');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'tp5-stress-'));
const load = spawn('stress-ng', ['--cpu', '4', '--quiet'], { stdio: 'ignore' });
process.on('exit', () => load.kill());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

for (let run = 1; run <= runs; run += 1) {
  if (load.exitCode !== null) {
    console.error('stress-tests: stress-ng ended before the tests: the machine was not kept busy');
    process.exit(2);
  }
  const file = join(folder, `run-${run}.txt`);
  const began = performance.now();
  const { code, output } = await tests(file);
  const took = `${Math.round((performance.now() - began) / 1000)} s`;
  const [tally = 'no tests were counted'] = /(?<=Tests {2}).*/.exec(output) ?? [];
  console.log(`${run} of ${runs}: ${code === 0 ? 'passed' : 'FAILED'}, ${tally}, ${took}`);
  if (code !== 0) {
    console.log(`the output of that run: ${file}`);
    process.exit(1);
  }
}
process.exit(0);

/** One whole run, its output in that file. */
function tests(file) {
  const child = spawn('npm', ['test', '--silent', '--', ...options], {
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kept = createWriteStream(file);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      kept.write(chunk);
    });
  }
  return new Promise((resolve) => child.once('close', (code) => kept.end(() => resolve({ code, output }))));
}
